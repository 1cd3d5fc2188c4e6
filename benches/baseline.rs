//! The yardstick: reads the CSV files of a folder and splits them into cells, with the csv crate. See `benches/README.md`.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, unsafe_code)]
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const USAGE: &str = "usage: cargo bench --bench baseline -- DIR [--threads 2] [--runs 3]";
/// Ranges are small beside the files, so that the threads end together.
const RANGE: u64 = 8 << 20;
const BUFFER: usize = 1 << 20;

struct Input {
    path: PathBuf,
    length: u64,
    map: memmap2::Mmap,
}

/// A piece of a file that starts and ends at a line end.
struct Range {
    input: usize,
    from: u64,
    to: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Buffered,
    Mapped,
}

#[derive(Default, Clone, Copy, PartialEq, Debug)]
struct Sum {
    records: u64,
    cells: u64,
    bytes: u64,
}

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench" && arg != "--test");
    let (mut folder, mut threads, mut runs) = (None, 2, 3);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--threads" | "--runs" => {
                let Some(number) = args.next().and_then(|value| value.parse().ok()).filter(|number| *number > 0) else {
                    eprintln!("{arg} needs a number\n{USAGE}");
                    std::process::exit(2);
                };
                *(if arg == "--threads" { &mut threads } else { &mut runs }) = number;
            }
            _ => folder = Some(PathBuf::from(arg)),
        }
    }
    let Some(folder) = folder else { return println!("{USAGE}") };
    if let Err(error) = run(&folder, threads, runs) {
        eprintln!("{}: {error}", folder.display());
        std::process::exit(2);
    }
}

fn run(folder: &Path, threads: usize, runs: usize) -> io::Result<()> {
    let mut paths = Vec::new();
    find(folder, &mut paths)?;
    paths.sort();
    let mut inputs = Vec::new();
    for path in paths {
        let file = File::open(&path)?;
        // SAFETY: the benchmark's files are written before it starts and by nobody while it runs.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        inputs.push(Input { length: file.metadata()?.len(), path, map });
    }
    let ranges = cut(&inputs);
    let megabytes = inputs.iter().map(|input| input.length).sum::<u64>() as f64 / 1e6;
    println!("{} files, {megabytes:.1} MB, {} ranges, {threads} threads", inputs.len(), ranges.len());
    // Once before, so that the system has the files in memory for every run.
    measure(&inputs, &ranges, threads, Way::Buffered)?;
    let mut best = (f64::INFINITY, Way::Buffered, Sum::default());
    for way in [Way::Buffered, Way::Mapped] {
        let word = if way == Way::Buffered { "buffered" } else { "mapped" };
        for _ in 0..runs {
            let start = Instant::now();
            let sum = measure(&inputs, &ranges, threads, way)?;
            let seconds = start.elapsed().as_secs_f64();
            println!("{word:<8} {seconds:>8.3} s {:>8.1} MB/s", megabytes / seconds);
            if seconds < best.0 {
                best = (seconds, way, sum);
            }
        }
    }
    let (seconds, way, sum) = best;
    let way = if way == Way::Buffered { "buffered" } else { "mapped" };
    println!(
        "best: {way}, {} records, {} cells, {megabytes:.1} MB, {seconds:.3} s, {:.1} MB/s",
        sum.records,
        sum.cells,
        megabytes / seconds
    );
    Ok(())
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "csv") && path.metadata()?.len() > 0 {
            paths.push(path);
        }
    }
    Ok(())
}

/// The district's cells hold no line breaks, so every line end is a record's end.
fn cut(inputs: &[Input]) -> Vec<Range> {
    let mut ranges = Vec::new();
    for (input, Input { length, map, .. }) in inputs.iter().enumerate() {
        let mut from = 0;
        while from < *length {
            let wanted = (from + RANGE).min(*length);
            let to = memchr::memchr(b'\n', &map[wanted as usize..]).map_or(*length, |at| wanted + at as u64 + 1);
            ranges.push(Range { input, from, to });
            from = to;
        }
    }
    ranges
}

fn measure(inputs: &[Input], ranges: &[Range], threads: usize, way: Way) -> io::Result<Sum> {
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<Sum> {
        let mut sum = Sum::default();
        while let Some(Range { input, from, to }) = ranges.get(next.fetch_add(1, Ordering::Relaxed)) {
            let input = &inputs[*input];
            if way == Way::Mapped {
                split(&input.map[*from as usize..*to as usize], &mut sum)?;
            } else {
                let mut file = File::open(&input.path)?;
                file.seek(SeekFrom::Start(*from))?;
                split(BufReader::with_capacity(BUFFER, file.take(to - from)), &mut sum)?;
            }
        }
        Ok(sum)
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        all.into_iter().try_fold(Sum::default(), |sum, thread| {
            let one = thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread ended early")))?;
            Ok(Sum { records: sum.records + one.records, cells: sum.cells + one.cells, bytes: sum.bytes + one.bytes })
        })
    })
}

/// Every cell is looked at, so that nothing is left out as unused.
fn split(reader: impl Read, sum: &mut Sum) -> io::Result<()> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(BUFFER).from_reader(reader);
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        sum.records += 1;
        sum.cells += record.len() as u64;
        sum.bytes += record.iter().map(|cell| cell.len() as u64).sum::<u64>();
    }
    Ok(())
}
