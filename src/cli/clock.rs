//! How long the phases of a run took, and how much memory they left, for `--timings`.
use crate::engine::Outcome;
use std::time::{Duration, Instant};

/// Rules that are named.
const SLOWEST: usize = 25;

/// How long the phases took, for `--timings`.
pub(super) struct Clock {
    told: bool,
    last: Instant,
    laps: Vec<(&'static str, Duration, Option<u64>)>,
}

impl Clock {
    pub(super) fn new(told: bool) -> Self {
        Clock { told, last: Instant::now(), laps: Vec::new() }
    }

    pub(super) fn lap(&mut self, what: &'static str) {
        let now = Instant::now();
        if self.told {
            self.laps.push((what, now - self.last, private_memory()));
        }
        self.last = now;
    }

    /// Prints the phases to standard error.
    pub(super) fn tell(&self) {
        for (what, time, memory) in &self.laps {
            let memory = memory.map(|bytes| format!("  {:6} MB private after it", bytes >> 20)).unwrap_or_default();
            eprintln!("{what:16} {:9.1} ms{memory}", time.as_secs_f64() * 1000.0);
        }
    }

    /// Prints the slowest rules to standard error.
    pub(super) fn tell_rules(&self, outcome: &Outcome<'_, '_>) {
        if !self.told {
            return;
        }
        let (rules, causes) = outcome.times();
        eprintln!("{:16} {:9.1} ms", "  root causes", causes.as_secs_f64() * 1000.0);
        for (rule, time) in rules.iter().take(SLOWEST) {
            eprintln!("  {:8.1} ms  {}", time.as_secs_f64() * 1000.0, rule.id);
        }
    }
}

/// Bytes of memory that are the program's own, mapped files left out; where the system tells.
fn private_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}
