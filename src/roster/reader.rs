//! Reads files in parallel, chunk by chunk, and proves that the chunks meet.
use super::chunk::{CHUNK, Chunk, Job, guess, read};
use super::damage::Damage;
use super::interner::Raw;
use super::plan::LookupPlan;
use super::records::{LookupTable, Piece, pieces};
use super::repeats::{Original, Rows};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Told how many bytes are done, of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// A file to read: how, from where on, and the values it looks up elsewhere.
pub(super) struct Order<'a> {
    pub(super) job: Job<'a>,
    pub(super) rows: usize,
    pub(super) lookups: Vec<&'a LookupTable>,
    /// A file that probably has most of its rows.
    pub(super) repeats: Option<Repeats>,
}

/// Which order's rows a file repeats, and how its plan is mapped to that order's; see [`Original`].
#[derive(Clone)]
pub(super) struct Repeats {
    pub(super) order: usize,
    pub(super) slots: Vec<usize>,
    pub(super) plans: Vec<(usize, usize)>,
}

/// A file that was read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) chunks: Vec<Index>,
    /// By chunk, then by record plan.
    pub(super) pieces: Vec<Vec<Piece>>,
    pub(super) records: u64,
    /// Those of them that are blank or no whole records.
    pub(super) unused: u64,
    pub(super) damage: Damage,
    lines: u64,
}

/// Where the records of a chunk stand.
pub(super) struct Index {
    /// Records and line ends of the file's rows before this chunk.
    pub(super) records: u64,
    pub(super) lines: u64,
    /// Byte and line, counted from the chunk, of every so-manieth record.
    pub(super) marks: Vec<(usize, u32)>,
}

struct Task {
    order: usize,
    start: Option<usize>,
    until: usize,
    guessed: bool,
}

type Done = Option<(Chunk, Vec<Piece>)>;

fn run<'a>(order: &Order<'a>, original: Option<&'a Original<'a>>, start: usize, until: usize, guessed: bool) -> Done {
    let mut chunk = read(Job { original, ..order.job }, start, until, guessed).ok()?;
    if order.job.repeated {
        chunk.rows.digests = chunk.digests.clone();
        chunk.rows.filled = chunk.filled.clone();
    }
    if order.repeats.is_none() {
        order.job.interner.advance((chunk.end - chunk.start) as u64);
    }
    let pieces = pieces(&mut chunk, &order.job.plan.records, order.job.interner, &order.lookups);
    if order.job.repeated {
        chunk.rows.columns = std::mem::take(&mut chunk.columns);
    } else if !order.job.plan.records.is_empty() {
        order.job.interner.give_back(std::mem::take(&mut chunk.columns));
    }
    Some((chunk, pieces))
}

fn tasks(orders: &[Order<'_>], chosen: impl Fn(&Order<'_>) -> bool) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (at, order) in orders.iter().enumerate().filter(|(_, order)| chosen(order)) {
        let bytes = order.job.bytes;
        let mut nominal = order.rows;
        while nominal < bytes.len() {
            let until = (nominal + CHUNK).min(bytes.len());
            let first = nominal == order.rows;
            let start = if first { Some(nominal) } else { guess(bytes, nominal, until) };
            tasks.push(Task { order: at, start, until, guessed: !first });
            nominal = until;
        }
    }
    tasks
}

/// Reads everything that is ordered: first the files that stand for themselves, then those that repeat them.
pub(super) fn read_all(orders: &[Order<'_>], progress: Option<Progress<'_>>) -> Vec<Reading> {
    let done = AtomicU64::new(0);
    let mut readings: Vec<(Reading, Vec<Chunk>)> = orders.iter().map(|_| Default::default()).collect();
    read_tasks(orders, &tasks(orders, |order| order.repeats.is_none()), &[], &mut readings, (progress, &done));
    let repeated: Vec<Vec<Rows>> =
        readings.iter_mut().map(|(_, chunks)| std::mem::take(chunks).into_iter().map(|chunk| chunk.rows).collect()).collect();
    let originals: Vec<Option<Original<'_>>> = orders
        .iter()
        .map(|order| {
            // A line end that is odd in one file may be usual in the other.
            let repeats = order.repeats.as_ref().filter(|repeats| orders[repeats.order].job.ending == order.job.ending)?;
            let bytes = orders[repeats.order].job.bytes;
            Some(Original { bytes, chunks: &repeated[repeats.order], slots: &repeats.slots, plans: &repeats.plans })
        })
        .collect();
    read_tasks(orders, &tasks(orders, |order| order.repeats.is_some()), &originals, &mut readings, (progress, &done));
    readings.into_iter().map(|(reading, _)| reading).collect()
}

fn read_tasks<'a>(
    orders: &[Order<'a>],
    tasks: &[Task],
    originals: &'a [Option<Original<'a>>],
    readings: &mut [(Reading, Vec<Chunk>)],
    (progress, done): (Option<Progress<'_>>, &AtomicU64),
) {
    let total = orders.iter().map(|order| order.job.bytes.len() as u64).sum();
    let original = |order: usize| originals.get(order).and_then(Option::as_ref);
    let results: Vec<Done> = tasks
        .par_iter()
        .with_max_len(1)
        .map(|task| {
            let order = &orders[task.order];
            let found = task.start.and_then(|start| run(order, original(task.order), start, task.until, task.guessed));
            if let Some(progress) = progress {
                let bytes = task.until - task.start.unwrap_or(task.until);
                progress(done.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64, total);
            }
            found
        })
        .collect();
    let mut ends: Vec<usize> = orders.iter().map(|order| order.rows).collect();
    for (task, found) in tasks.iter().zip(results) {
        let order = &orders[task.order];
        let end = &mut ends[task.order];
        // A chunk counts only when it starts where the rows before it end. If the guess was wrong, it is read again from there.
        let found = match found {
            Some(found) if found.0.start == *end => Some(found),
            _ if *end < task.until => run(order, original(task.order), *end, task.until, false),
            _ => None,
        };
        let Some((mut chunk, pieces)) = found else { continue };
        *end = chunk.end;
        let (reading, chunks) = &mut readings[task.order];
        let lines = reading.lines;
        reading.damage.append(&chunk.damage, lines, reading.records);
        reading.chunks.push(Index { records: reading.records, lines, marks: std::mem::take(&mut chunk.marks) });
        reading.records += chunk.records as u64;
        reading.unused += chunk.blanks.len() as u64;
        reading.lines = lines + chunk.lines;
        reading.pieces.push(pieces);
        chunks.push(chunk);
    }
}

/// Reads the two columns of a lookup; `columns` of the order's plan are the key, the value, and those that the preference asks for.
pub(super) fn read_lookup(order: Order<'_>, lookup: &LookupPlan) -> LookupTable {
    let interner = order.job.interner;
    let mut table = LookupTable::new();
    let mut preferred: HashMap<Raw, bool> = HashMap::new();
    let mut known: HashMap<(usize, Raw), bool> = HashMap::new();
    let mut read = [Default::default()];
    let orders = [order];
    read_tasks(&orders, &tasks(&orders, |_| true), &[], &mut read, (None, &AtomicU64::new(0)));
    for (_, chunks) in read {
        for chunk in chunks {
            for row in 0..chunk.records {
                let (key, value) = (chunk.columns[0][row], chunk.columns[1][row]);
                if key == 0 {
                    continue;
                }
                let liked = lookup.prefer.iter().enumerate().all(|(at, (_, values))| {
                    let raw = chunk.columns[at + 2][row];
                    *known.entry((at, raw)).or_insert_with(|| values.contains(&interner.text(raw).trim().to_lowercase()))
                });
                let before = preferred.get(&key).copied();
                if before.is_none() || (liked && before == Some(false)) {
                    preferred.insert(key, liked);
                    table.insert(key, value);
                }
            }
        }
    }
    table
}
