//! Two threads play two cores that run tasks; a third thread plays each core's interrupt controller.
#![cfg(feature = "async")]

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use cohabit_hal::{
    Bell, Ear, Mailbox, Shared,
    cohabit::{AlwaysAlive, Config, Liveness, Order, Party, Region},
};

const CONFIG: Config = Config::new().compact().journal(16).checked();
const LIMIT: Duration = Duration::from_secs(20);

/// An interrupt line to the other core, and one from it.
struct Line<'l> {
    out: &'l Signal,
    mine: &'l Signal,
}

#[derive(Default)]
struct Signal {
    raised: Mutex<bool>,
    changed: Condvar,
}

impl Mailbox for Line<'_> {
    fn ring(&self) {
        *self.out.raised.lock().unwrap() = true;
        self.out.changed.notify_all();
    }
    fn acknowledge(&self) {
        *self.mine.raised.lock().unwrap() = false;
    }
}

/// Calls the handler while its line is raised, until told to end.
fn interrupts(ear: &Ear<Line<'_>>, done: &AtomicBool) {
    let signal = ear.mailbox().mine;
    while !done.load(Ordering::Relaxed) {
        let raised = signal.raised.lock().unwrap();
        let wait = Duration::from_millis(5);
        let (raised, _) = signal.changed.wait_timeout_while(raised, wait, |raised| !*raised).unwrap();
        let now = *raised;
        drop(raised);
        if now {
            ear.on_interrupt();
        }
    }
}

struct Unpark(Thread, AtomicUsize);
impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.unpark();
    }
}

/// Polls only when woken; a wake that gets lost is a failed test, not a delay.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let wakes = Arc::new(Unpark(thread::current(), AtomicUsize::new(0)));
    let waker = Waker::from(wakes.clone());
    let mut future = pin!(future);
    loop {
        let woken = wakes.1.load(Ordering::Relaxed);
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        let start = Instant::now();
        while wakes.1.load(Ordering::Relaxed) == woken {
            assert!(start.elapsed() < LIMIT, "nobody woke the task");
            thread::park_timeout(LIMIT);
        }
    }
}

fn join<'a>(region: &Region<'a>, slot: u8, alive: &'a dyn Liveness) -> Party<'a> {
    // SAFETY: one party a slot at a time.
    unsafe { region.join(slot, alive) }.unwrap()
}

/// Runs one body a core, each with a party that rings at the other and an ear that hears it.
fn on_two_cores(
    zero: impl FnOnce(&mut Party<'_>, &Ear<Line<'_>>) + Send,
    one: impl FnOnce(&mut Party<'_>, &Ear<Line<'_>>) + Send,
) {
    let memory = Shared::<8192>::new();
    // SAFETY: nobody else is there yet.
    let region = unsafe { memory.format(CONFIG) }.unwrap();
    let signals = [Signal::default(), Signal::default()];
    let ears = [0, 1].map(|me| Ear::new(Line { out: &signals[1 - me], mine: &signals[me] }));
    let bells = [Bell(&ears[0]), Bell(&ears[1])];
    let [mut first, mut second] =
        [0, 1].map(|slot| join(&region, slot, &AlwaysAlive).with_wake(&bells[slot as usize]));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for ear in &ears {
            let done = &done;
            scope.spawn(move || interrupts(ear, done));
        }
        let other = scope.spawn(|| one(&mut second, &ears[1]));
        zero(&mut first, &ears[0]);
        let ended = other.join();
        done.store(true, Ordering::Relaxed);
        ended.unwrap();
    });
}

#[test]
fn tasks_that_await_their_turns_lose_no_wake_and_no_count() {
    const EACH: i64 = 3000;
    let count = |party: &mut Party<'_>, ear: &Ear<Line<'_>>| {
        block_on(async {
            for _ in 0..EACH {
                let mut turn = ear.alarm().acquire(party).await.unwrap();
                let roots = turn.roots().unwrap();
                let old = roots.get(&turn, "count").unwrap().and_then(|v| v.as_int()).unwrap_or(0);
                roots.set(&mut turn, "count", old + 1).unwrap();
            }
        });
    };
    on_two_cores(
        |party, ear| {
            count(party, ear);
            block_on(async {
                loop {
                    let since = party.changes();
                    let turn = ear.alarm().acquire(party).await.unwrap();
                    let now = turn.roots().unwrap().get(&turn, "count").unwrap().and_then(|v| v.as_int());
                    if now == Some(2 * EACH) {
                        break;
                    }
                    drop(turn);
                    ear.alarm().changed(party, since).await;
                }
            });
        },
        count,
    );
}

#[test]
fn messages_come_in_order_to_a_task_that_awaits_them() {
    const MANY: i64 = 2000;
    on_two_cores(
        |party, ear| {
            block_on(async {
                for expected in 0..MANY {
                    let message = ear.alarm().next_message(party, Order::Fifo).await.unwrap();
                    let mut turn = ear.alarm().acquire(party).await.unwrap();
                    assert_eq!(message.value(&turn).unwrap().as_int(), Some(expected));
                    message.finish(&mut turn).unwrap();
                }
            });
        },
        |party, ear| {
            block_on(async {
                for number in 0..MANY {
                    loop {
                        let since = party.changes();
                        let mut turn = ear.alarm().acquire(party).await.unwrap();
                        if turn.put_message(number).is_ok() {
                            break;
                        }
                        drop(turn);
                        ear.alarm().changed(party, since).await;
                    }
                }
            });
        },
    );
}

#[test]
fn future_that_is_dropped_takes_its_wish_back() {
    let memory = Shared::<8192>::new();
    // SAFETY: nobody else is there yet.
    let region = unsafe { memory.format(CONFIG) }.unwrap();
    let (mut a, mut b) = (join(&region, 0, &AlwaysAlive), join(&region, 1, &AlwaysAlive));
    let signals = [Signal::default(), Signal::default()];
    let ear = Ear::new(Line { out: &signals[0], mine: &signals[1] });
    let mut context = Context::from_waker(Waker::noop());
    let turn = a.acquire().unwrap();
    {
        let mut asking = pin!(ear.alarm().acquire(&mut b));
        assert!(asking.as_mut().poll(&mut context).is_pending());
        assert!(region.slot(1).unwrap().wants() && region.slot(1).unwrap().is_asleep());
    }
    assert_eq!(region.slot(1).unwrap().word, 0);
    drop(turn);
    {
        let since = b.changes();
        let mut waiting = pin!(ear.alarm().changed(&mut b, since));
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        assert!(region.slot(1).unwrap().is_asleep());
    }
    assert_eq!(region.slot(1).unwrap().word, 0);
    drop(a.try_acquire().unwrap().unwrap());
}
