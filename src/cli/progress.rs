//! A line on standard error that says how far a long run is; only where a person looks on.
use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a run may take before it says something.
const PATIENCE: Duration = Duration::from_millis(700);
/// Between two lines.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Progress {
    shown: bool,
    start: Instant,
    last: Mutex<Option<Instant>>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Progress { shown: std::io::stderr().is_terminal(), start: Instant::now(), last: Mutex::new(None) }
    }

    /// Says how far it is.
    pub(super) fn tell(&self, what: &str, done: u64, all: u64) {
        if !self.shown || self.start.elapsed() < PATIENCE {
            return;
        }
        let Ok(mut last) = self.last.try_lock() else { return };
        if last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        *last = Some(Instant::now());
        let percent = (done * 100).checked_div(all).unwrap_or(100);
        let mut error = std::io::stderr().lock();
        let _ = write!(error, "\r\x1b[2K{what} {percent}%");
        let _ = error.flush();
    }

    /// Takes the line away.
    pub(super) fn done(&self) {
        let told = self.last.lock().is_ok_and(|last| last.is_some());
        if told {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[2K");
        }
    }
}
