//! What running this suite takes besides children: limits, a clock that all processes share, notes for the summary.
#![forbid(unsafe_code)]

use std::{
    env,
    hash::{BuildHasher, RandomState},
    process,
    sync::{
        Mutex,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime},
};

/// Longest that one test may take.
const TEST: Duration = Duration::from_secs(300);

/// Milliseconds on a clock that all processes share.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    since.as_millis() as i64
}

/// A seed, another one at each call.
pub fn fresh_seed() -> u64 {
    RandomState::new().hash_one(now_ms())
}

/// Runs a test; if it hangs, ends this program, and the children with it.
pub fn watched(name: &str, test: impl FnOnce() -> bool) -> bool {
    let (end, ended) = channel();
    let (name, limit) = (name.to_owned(), TEST + soak().unwrap_or_default());
    let watch = thread::spawn(move || {
        if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            println!("test {name} ... FAILED\nerror: it hangs; given up after {limit:?}");
            process::exit(101);
        }
    });
    let held = test();
    drop::<Sender<()>>(end);
    watch.join().unwrap();
    held
}

/// How long to soak, if that is what we are here for.
pub fn soak() -> Option<Duration> {
    let minutes = env::var("COHABIT_SOAK_MINUTES").ok()?;
    let minutes: u64 = minutes.parse().expect("COHABIT_SOAK_MINUTES is a number of minutes");
    Some(Duration::from_secs(60 * minutes))
}

/// Looks at the clock every few milliseconds, to learn how long the machine itself keeps a process from running that only
/// wants a little. On a busy machine everybody waits at times, whatever the protocol.
pub struct Metronome {
    end: Option<Sender<()>>,
    beat: Option<JoinHandle<Duration>>,
}

impl Metronome {
    pub fn start() -> Metronome {
        const EVERY: Duration = Duration::from_millis(3);
        let (end, ended) = channel::<()>();
        let beat = thread::spawn(move || {
            let mut worst = Duration::ZERO;
            loop {
                let slept = Instant::now();
                if ended.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                    return worst;
                }
                worst = worst.max(slept.elapsed().saturating_sub(EVERY));
            }
        });
        Metronome { end: Some(end), beat: Some(beat) }
    }

    /// The longest that it was kept from running.
    pub fn stop(mut self) -> Duration {
        drop(self.end.take());
        self.beat.take().and_then(|beat| beat.join().ok()).unwrap_or_default()
    }
}

static NOTES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A part of the line that this program says about itself at the end.
pub fn note(text: String) {
    NOTES.lock().unwrap().push(text);
}

/// All notes in one line.
pub fn notes() -> String {
    NOTES.lock().unwrap().join("; ")
}
