//! Fuzzing without a nightly toolchain, for hours: damaged samples, reader by reader, counted.
//!
//!     cargo bench --bench fuzzing -- [READER ...] [--inputs FROM..TO] [--threads N]
//!     cargo bench --bench fuzzing -- --seeds fuzz/corpus
//!
//! The second writes the samples as they are, for cargo-fuzz to begin with.
#![expect(clippy::print_stdout, reason = "a program of its own, which tells what it did")]
mod exercise;
mod samples;
#[path = "../tests/workbooks.rs"]
#[expect(dead_code, reason = "the tests make other workbooks, too")]
mod workbooks;

use samples::{READERS, Sample, samples};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Inputs that a thread takes at once.
const BLOCK: u64 = 1000;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench").peekable();
    if arguments.peek().is_none() {
        println!("cargo bench --bench fuzzing -- [{}] [--inputs FROM..TO] [--threads N]", READERS.join("|"));
        println!("cargo bench --bench fuzzing -- --seeds FOLDER");
        return;
    }
    let (mut readers, mut from, mut to, mut threads) = (Vec::new(), 0, 100_000, 1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("a value after an option");
        match argument.as_str() {
            "--inputs" => {
                let range = value();
                let (first, end) = range.split_once("..").unwrap_or(("0", &range));
                (from, to) = (first.parse().expect("a number"), end.parse().expect("a number"));
            }
            "--seeds" => return seeds(Path::new(&value())),
            "--threads" => threads = value().parse().expect("a number"),
            reader => readers.push(*READERS.iter().find(|known| **known == reader).expect("one of the readers")),
        }
    }
    rollbook::roster::hide_caught_panics();
    let samples = samples();
    for reader in if readers.is_empty() { READERS } else { &readers } {
        let own: Vec<&Sample> = samples.iter().filter(|sample| sample.reader == *reader).collect();
        let began = Instant::now();
        run(&own, from, to, threads);
        let (inputs, seconds) = (to - from, began.elapsed().as_secs_f64());
        println!("{reader}: {inputs} inputs ({from}..{to}) in {seconds:.0} s, {:.0} a second, {}", inputs as f64 / seconds, memory());
    }
}

/// Writes every sample into the folder of its target.
fn seeds(folder: &Path) {
    for (number, sample) in samples().iter().enumerate() {
        let target = match sample.reader {
            "zip" => "archive",
            "xlsx" => "workbook",
            "xls" => "old_workbook",
            same => same,
        };
        let folder = folder.join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{number}-{}", sample.name)), &sample.bytes).expect("a file");
    }
}

/// Feeds a reader its inputs; input `n` is a sample by turns, damaged in the way of `n`.
fn run(samples: &[&Sample], from: u64, to: u64, threads: usize) {
    let next = AtomicU64::new(from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                // A pool of this thread alone: inputs side by side are faster than threads that share one of 300 bytes.
                let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().expect("a pool");
                pool.install(|| {
                    loop {
                        let block = next.fetch_add(BLOCK, Ordering::Relaxed);
                        if block >= to {
                            break;
                        }
                        for number in block..(block + BLOCK).min(to) {
                            let turns = samples.len() as u64;
                            one(samples[(number % turns) as usize], number / turns);
                        }
                    }
                });
            });
        }
    });
}

fn one(sample: &Sample, number: u64) {
    let bytes = sample.damaged(number);
    // Who sees the panic wants to know of which input it is.
    let told = std::panic::catch_unwind(|| sample.exercise(&bytes));
    if let Err(panic) = told {
        println!("{} number {number} as `{}`: {bytes:?}", sample.reader, sample.name);
        std::panic::resume_unwind(panic);
    }
}

/// The most memory that the process has had, where the system tells.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(String::new, |peak| format!("at most {} of memory", peak.trim()))
}
