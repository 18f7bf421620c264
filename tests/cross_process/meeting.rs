//! Meeting: two processes find the same region, whoever starts first and however they learn where it is.
//!
//! Every test ends the same way: the child takes the parent's message, answers in the same region, and the parent reads
//! the answer there.
#![forbid(unsafe_code)]

use std::{
    io::{IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::Stdio,
    time::Duration,
};

use cohabit::Record;
use cohabit_std::{
    Member, OpenError, Options,
    cohabit::{Order, Value},
};
use cohabit_testkit::{Dir, Name, Other, command, say};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};

const SMALL: Options = Options::new().size(64 << 10).parties(2);
const PATIENCE: Duration = Duration::from_secs(20);
const QUESTION: &str = "what is six times seven, in Grüßen \0 and bytes?";

/// The original's consumer, started first, meets its creator only by luck.
pub fn the_consumer_may_start_first() {
    let name = Name::new("late");
    let mut consumer = Other::spawn("consumer", &[&*name]);
    consumer.expect("nothing there yet");
    let mut me = cohabit_std::create(&name, SMALL).unwrap();
    ask(&mut me);
    hear(consumer, &mut me);
}

/// Role: opens by name, before there is anything.
pub fn consumer(arguments: &[String]) {
    let name = &*arguments[0];
    assert_eq!(cohabit_std::open(name).err(), Some(OpenError::DoesNotExist));
    say("nothing there yet");
    answer(cohabit_std::open_wait(name, PATIENCE).unwrap());
}

/// A memfd, inherited: the child's standard input is the segment.
pub fn a_nameless_segment_is_inherited() {
    let mut me = cohabit_std::create_anonymous(SMALL).unwrap();
    ask(&mut me);
    let copy = me.as_fd().try_clone_to_owned().unwrap();
    let child = Other::run(command("heir", &[]).stdin(Stdio::from(copy)));
    hear(child, &mut me);
}

/// Role: its standard input is the segment.
pub fn heir() {
    let inherited = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    answer(Member::from_fd(inherited).unwrap());
}

/// A memfd, sent to a process that is already running.
pub fn a_nameless_segment_is_sent_through_a_socket() {
    let (near, far) = UnixStream::pair().unwrap();
    let mut child = Other::run(command("receiver", &[]).stdin(Stdio::from(OwnedFd::from(far))));
    child.expect("listening");
    let mut me = cohabit_std::create_anonymous(SMALL).unwrap();
    ask(&mut me);
    send(&near, &me);
    hear(child, &mut me);
}

fn send(socket: &UnixStream, member: &Member) {
    let fds = [member.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(&fds)));
    // Descriptors travel with at least one byte.
    assert_eq!(sendmsg(socket, &[IoSlice::new(b"!")], &mut control, SendFlags::empty()), Ok(1));
}

/// Role: its standard input is a socket, from which the segment comes.
pub fn receiver() {
    say("listening");
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let socket = std::io::stdin();
    recvmsg(&socket, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC).unwrap();
    let rights = |message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    };
    let fd = control.drain().find_map(rights).expect("a descriptor comes with the byte");
    answer(Member::from_fd(fd).unwrap());
}

/// A region in an ordinary file; what was left in it is there when everybody has gone and somebody comes back.
pub fn two_processes_share_a_file() {
    let folder = Dir::new("file");
    let path = folder.file("region");
    let mut me = cohabit_std::create_file(&path, SMALL).unwrap();
    ask(&mut me);
    let child = Other::spawn("file", &[path.to_str().unwrap()]);
    hear(child, &mut me);
    me.acquire().unwrap().put_message("until later").unwrap();
    me.leave().unwrap();

    let mut back = cohabit_std::open_file(&path).unwrap();
    let turn = &mut back.acquire().unwrap();
    assert_eq!(turn.read_message(Order::Fifo), Ok(Some(Value::Text("until later"))));
    turn.audit().unwrap();
}

/// Role: opens the file.
pub fn file(arguments: &[String]) {
    answer(cohabit_std::open_file(&arguments[0]).unwrap());
}

/// A record as the parent's program has it.
#[derive(Record)]
struct Motor {
    speed: i32,
    label: String,
    limits: [f64; 2],
}

/// A record is read by the names of its fields in a process that does not have its type.
pub fn records_are_read_by_name_elsewhere() {
    let name = Name::new("records");
    let mut me = cohabit_std::create(&name, SMALL).unwrap();
    let mut turn = me.acquire().unwrap();
    let motor = Motor { speed: 1200, label: "the left motor".into(), limits: [0.5, 99.5] };
    let motor = turn.new_record(&motor).unwrap();
    turn.roots().unwrap().set(&mut turn, "motor", motor).unwrap();
    motor.update(&mut turn, Motor::SPEED, |speed| speed + 34).unwrap();
    drop(turn);
    Other::spawn("reader", &[&*name]).finish();
}

/// Role: knows names only.
pub fn reader(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let turn = &me.acquire().unwrap();
    let motor = turn.roots().unwrap().get(turn, "motor").unwrap().and_then(Value::as_record).unwrap();
    assert_eq!(motor.schema(turn).unwrap().name(), "Motor");
    assert_eq!(motor.get(turn, "speed"), Ok(Some(Value::Int(1234))));
    assert_eq!(motor.get(turn, "label"), Ok(Some(Value::Text("the left motor"))));
    let limits = motor.get(turn, "limits").unwrap().and_then(Value::as_list).unwrap();
    assert_eq!(limits.get(turn, 1), Ok(Value::Float(99.5)));
    let fields: Vec<_> = motor.schema(turn).unwrap().fields().collect();
    assert_eq!(fields, [("speed", "i32"), ("label", "text"), ("limits", "list<f64>")]);
}

/// In the parent: leaves a message and an empty list for the answer.
fn ask(me: &mut Member) {
    let turn = &mut me.acquire().unwrap();
    let answers = turn.new_list().unwrap();
    turn.roots().unwrap().set(turn, "answers", answers).unwrap();
    turn.put_message(QUESTION).unwrap();
}

/// In the child: waits for the message, answers in the list, and says so by a message.
fn answer(mut me: Member) {
    assert!(me.wait_for_message(PATIENCE), "no message came");
    let turn = &mut me.acquire().unwrap();
    let question = turn.take_message(Order::Fifo).unwrap().unwrap();
    assert_eq!(question.value(turn), Ok(Value::Text(QUESTION)));
    question.finish(turn).unwrap();
    let answers = turn.roots().unwrap().get(turn, "answers").unwrap().and_then(Value::as_list).unwrap();
    answers.push(turn, 42).unwrap();
    turn.put_message("answered").unwrap();
}

/// In the parent: reads the answer, which outlives the child that gave it.
fn hear(child: Other, me: &mut Member) {
    child.finish();
    let turn = &mut me.acquire().unwrap();
    let answered = turn.take_message(Order::Fifo).unwrap().unwrap();
    assert_eq!(answered.value(turn), Ok(Value::Text("answered")));
    answered.finish(turn).unwrap();
    let answers = turn.roots().unwrap().get(turn, "answers").unwrap().and_then(Value::as_list).unwrap();
    assert_eq!(answers.as_ints(turn), Ok(&[42][..]));
    turn.audit().unwrap();
}
