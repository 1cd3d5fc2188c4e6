//! Reads one chunk of a file into numbered columns.
use super::damage::{Damage, Spot};
use super::hash::{hash, join, same};
use super::interner::{Address, Batch, Column, Interner, SAME};
use super::kind::Kind;
use super::plan::FilePlan;
use super::remark::NoRecord;
use super::repeats::{Cursor, Found, Original, Rows};
use super::split::{Cell, Dialect, Form, Oddity, PastLimit, Quick, Row, split};

/// Bytes per chunk: enough to make a task worth while, little enough that a wrong guess costs nothing.
pub(super) const CHUNK: usize = 1 << 20;
/// How far beyond its chunk a quoted cell may look for its end before the guess of where the chunk starts is given up.
const PATIENCE: usize = 1 << 20;
/// Bytes that are checked together, few enough to be split while they are still at hand.
const BLOCK: usize = 64 << 10;
/// Records between two places that are remembered.
pub(super) const STRIDE: usize = 64;
/// With so many columns or more, a single cell is no record.
const SEVERAL: usize = 3;
/// No cell is this long.
const LONG: usize = 1 << 20;

/// A file as chunks see it.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) bytes: &'a [u8],
    /// The header's bytes; none when the file has no header.
    pub(super) header: &'a [u8],
    pub(super) dialect: Dialect,
    /// Bytes of a usual line end: those of the header's.
    pub(super) ending: usize,
    /// The file's place among the interner's.
    pub(super) file: usize,
    pub(super) plan: &'a FilePlan,
    pub(super) interner: &'a Interner,
    /// Whether another file may repeat its rows.
    pub(super) repeated: bool,
    /// A file that probably has most of its rows.
    pub(super) original: Option<&'a Original<'a>>,
}

/// A chunk that was read.
#[derive(Default)]
pub(super) struct Chunk {
    /// The first row's first byte, and that of the row after the last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) records: usize,
    pub(super) lines: u64,
    /// Byte and line of every [`STRIDE`]th record.
    pub(super) marks: Vec<(usize, u32)>,
    pub(super) damage: Damage,
    /// By slot, a cell per record.
    pub(super) columns: Vec<Column>,
    /// Records that hold nothing, or are no whole records.
    pub(super) blanks: Vec<u32>,
    /// Per record plan that asks for it: the records of which one of the columns is filled.
    pub(super) filled: Vec<Vec<u32>>,
    /// Per record plan that asks for it: a digest of each record.
    pub(super) digests: Vec<Vec<u64>>,
    /// The rows by their bytes, if another file may repeat them.
    pub(super) rows: Rows,
}

/// Where the rows of the chunk from `nominal` on probably start.
pub(super) fn guess(bytes: &[u8], nominal: usize, until: usize) -> Option<usize> {
    let from = nominal.checked_sub(1)?;
    let found = from + memchr::memchr2(b'\n', b'\r', &bytes[from..until])?;
    let crlf = bytes[found] == b'\r' && bytes.get(found + 1) == Some(&b'\n');
    Some(found + if crlf { 2 } else { 1 })
}

/// Reads all rows that start in `start..until`. When `start` is a guess, the reading may give up.
pub(super) fn read(job: Job<'_>, start: usize, until: usize, guessed: bool) -> Result<Chunk, PastLimit> {
    let limit = if guessed { until.saturating_add(PATIENCE).min(job.bytes.len()) } else { job.bytes.len() };
    let mut reader = Reader::new(job, start);
    let mut row = Row::of(job.dialect);
    let mut at = start;
    let mut cursor = job.original.map(Cursor::new);
    while at < until {
        if let Some(walk) = cursor.as_mut().filter(|walk| !walk.is_hopeless()) {
            match walk.row(job.bytes, at) {
                Some(found) => {
                    reader.repeat(found, at);
                    at += found.length;
                }
                None => {
                    reader.take_run();
                    split(job.bytes, at, limit, &mut row)?;
                    reader.before.fill((0, 0));
                    reader.row(&row, false);
                    at = row.next;
                }
            }
            continue;
        }
        let block = Block::at(job.bytes, at, until);
        let mut quick = Quick::new(job.bytes, job.dialect.separator, at, block.end);
        while at < block.end {
            if !(block.clean && quick.split(at, &mut row)) {
                split(job.bytes, at, limit, &mut row)?;
                if block.clean && row.next < block.end {
                    quick = Quick::new(job.bytes, job.dialect.separator, row.next, block.end);
                }
            }
            reader.row(&row, block.clean && row.next <= block.end);
            at = row.next;
        }
    }
    Ok(reader.finish(at))
}

/// A stretch of rows.
struct Block {
    end: usize,
    /// Whether it ends with a line end and holds neither NUL, nor a lone CR, nor anything that is not UTF-8 or was misread before.
    clean: bool,
}

impl Block {
    fn at(bytes: &[u8], at: usize, until: usize) -> Block {
        let far = (at + BLOCK).min(until);
        let Some(last) = memchr::memrchr(b'\n', &bytes[at..far]) else { return Block { end: far, clean: false } };
        let end = at + last + 1;
        let block = &bytes[at..end];
        let odd = |place: usize| block[place] == 0 || block.get(place + 1) != Some(&b'\n');
        let text = || block.is_ascii() || (std::str::from_utf8(block).is_ok() && misread(block).is_none());
        let clean = !memchr::memchr2_iter(b'\r', 0, block).any(odd) && text();
        Block { end, clean }
    }
}

struct Reader<'a> {
    job: Job<'a>,
    chunk: Chunk,
    batch: Batch<'a>,
    /// Per slot, where the previous record's value stands.
    before: Vec<(usize, usize)>,
    /// Per record plan, stretches of neighbouring columns to digest.
    runs: Vec<Vec<(usize, usize)>>,
    scratch: Vec<u8>,
    no_record: NoRecord,
    /// Rows of the original, one after the other, that were repeated and whose cells are still to be taken.
    run: Run,
}

/// Records of a chunk of the original.
#[derive(Default)]
struct Run {
    chunk: usize,
    record: usize,
    length: usize,
}

impl<'a> Reader<'a> {
    fn new(job: Job<'a>, start: usize) -> Self {
        let plans = &job.plan.records;
        let chunk = Chunk {
            start,
            rows: Rows::starting(start),
            columns: job.interner.columns(job.plan.columns.len()),
            filled: vec![Vec::new(); plans.len()],
            digests: vec![Vec::new(); plans.len()],
            ..Chunk::default()
        };
        let runs = plans.iter().map(|plan| runs(plan.distinct.as_deref().unwrap_or(&[]))).collect();
        let before = vec![(0, 0); job.plan.columns.len()];
        let no_record = NoRecord::new(job.header, job.dialect, job.plan);
        Reader { no_record, job, chunk, batch: Batch::new(job.interner), before, runs, scratch: Vec::new(), run: Run::default() }
    }

    fn note(&mut self, kind: Kind, row: &Row, at: usize, length: usize, number: usize) {
        let record = (!row.is_blank_line()).then_some(self.chunk.records as u64);
        self.chunk.damage.note(Spot { kind, at, length, row: row.start, line: self.chunk.lines, record, number });
    }

    /// Takes a row; `clean` says that it holds only UTF-8 without NUL.
    #[inline]
    fn row(&mut self, row: &Row, clean: bool) {
        if row.is_blank_line() {
            self.note(Kind::BlankRow, row, row.start, 0, 0);
            if self.job.repeated {
                self.chunk.rows.push(row.next - row.start, false, false);
            }
            self.chunk.lines += u64::from(row.lines);
            return;
        }
        let number = self.chunk.records;
        if number.is_multiple_of(STRIDE) {
            self.chunk.marks.push((row.start, u32::try_from(self.chunk.lines).unwrap_or(u32::MAX)));
        }
        let usual = row.next - row.end == self.job.ending;
        if !usual || row.lines > 1 || !clean {
            self.line_ends(row);
        }
        let no_record = self.no_record.kind(self.job.bytes, row);
        let odd = no_record.is_some()
            || row.cells.len() != self.job.plan.width
            || !clean
            || !row.oddities.is_empty()
            || row.end - row.start > LONG;
        let blank = self.is_blank(row);
        if self.job.repeated {
            self.chunk.rows.push(row.next - row.start, !odd && !blank && usual && row.lines == 1, true);
        }
        if blank {
            self.note(Kind::BlankRow, row, row.start, row.end - row.start, 0);
        }
        let used = !blank && (!odd || self.inspect(row, clean, no_record));
        if !used {
            self.chunk.blanks.push(number as u32);
            self.chunk.columns.iter_mut().for_each(|column| column.push(0));
            self.before.fill((0, 0));
        } else {
            for slot in 0..self.job.plan.columns.len() {
                self.cell(slot, row, clean);
            }
        }
        self.gather(row, number as u32, used);
        self.chunk.records += 1;
        self.chunk.lines += u64::from(row.lines);
    }

    /// Takes a row at `at` that the original has too; its cells come with those of the whole run.
    #[inline]
    fn repeat(&mut self, found: Found, at: usize) {
        if self.chunk.records.is_multiple_of(STRIDE) {
            self.chunk.marks.push((at, u32::try_from(self.chunk.lines).unwrap_or(u32::MAX)));
        }
        if (self.run.chunk, self.run.record + self.run.length) != (found.chunk, found.record) {
            self.take_run();
            self.run = Run { chunk: found.chunk, record: found.record, length: 0 };
        }
        self.run.length += 1;
        self.chunk.records += 1;
        self.chunk.lines += 1;
    }

    /// Takes the cells of the rows last repeated, column by column.
    fn take_run(&mut self) {
        let Run { chunk, record, length } = std::mem::take(&mut self.run);
        let Some(original) = self.job.original.filter(|_| length > 0) else { return };
        let rows = &original.chunks[chunk];
        let run = record..record + length;
        for (column, slot) in self.chunk.columns.iter_mut().zip(original.slots) {
            column.extend_from_slice(&rows.columns[*slot][run.clone()]);
        }
        let before = self.chunk.records - length;
        for (plan, (digests, filled)) in original.plans.iter().enumerate() {
            if self.job.plan.records[plan].any_of.is_some() {
                let filled = &rows.filled[*filled];
                let from = filled.partition_point(|row| (*row as usize) < run.start);
                let rows = filled[from..].iter().map(|row| *row as usize).take_while(|row| *row < run.end);
                self.chunk.filled[plan].extend(rows.map(|row| (before + row - run.start) as u32));
            }
            if self.job.plan.records[plan].distinct.is_some() {
                self.chunk.digests[plan].extend_from_slice(&rows.digests[*digests][run.clone()]);
            }
        }
    }

    fn is_blank(&self, row: &Row) -> bool {
        let empty = |cell: &Cell| blank(cell.raw(self.job.bytes));
        row.cells.first().is_some_and(empty) && row.cells.iter().all(empty)
    }

    /// Notes what is odd about the end of a row, and breaks of lines within it.
    #[cold]
    fn line_ends(&mut self, row: &Row) {
        let bytes = self.job.bytes;
        let ending = &bytes[row.end..row.next];
        if ending == b"\r" {
            self.note(Kind::LoneReturn, row, row.end, 1, 0);
        } else if !ending.is_empty() && ending.len() != self.job.ending {
            self.note(Kind::MixedLineEnds, row, row.end, 0, ending.len());
        }
        if row.lines > u32::from(row.is_terminated()) {
            let broken = |cell: &Cell| memchr::memchr2(b'\n', b'\r', cell.raw(bytes)).map(|at| cell.start + at);
            let breaks: Vec<(usize, usize)> =
                row.cells.iter().enumerate().filter_map(|(column, cell)| Some((column, broken(cell)?))).collect();
            for (column, at) in breaks {
                self.note(Kind::LineBreak, row, at, 1, column);
            }
        }
    }

    /// Notes what is odd about a row; `false` when it is no whole record, and must not be used.
    #[cold]
    fn inspect(&mut self, row: &Row, clean: bool, no_record: Option<Kind>) -> bool {
        if let Some(kind) = no_record {
            self.note(kind, row, row.start, row.end - row.start, row.cells.len());
            return false;
        }
        let width = self.job.plan.width;
        let count = row.cells.len();
        let unclosed = row.oddities.iter().any(|oddity| matches!(oddity, Oddity::Unclosed(_)));
        if !row.is_terminated() && (count < width || unclosed) {
            // What else is odd about half a row comes from the cut.
            self.note(Kind::CutOff, row, row.end, 0, count);
            return false;
        }
        let whole = !(count == 1 && width >= SEVERAL && clean && row.oddities.is_empty());
        if !whole {
            self.note(Kind::StrayLine, row, row.start, row.end - row.start, count);
        } else if count < width {
            self.note(Kind::TooFewCells, row, row.end, 0, count);
        }
        if count > width {
            let extra = &row.cells[width..];
            let from = extra[0].outer_start();
            let empty = extra.iter().all(|cell| blank(cell.raw(self.job.bytes)));
            let kind = if empty { Kind::TrailingComma } else { Kind::TooManyCells };
            self.note(kind, row, from, row.end - from, count);
        }
        for oddity in &row.oddities {
            let (kind, at) = match *oddity {
                Oddity::Unclosed(at) => (Kind::UnclosedQuote, at),
                Oddity::Stray(at) => (Kind::StrayQuote, at),
            };
            let column = row.cells.iter().rposition(|cell| cell.outer_start() <= at).unwrap_or(0);
            self.note(kind, row, at, 1, column);
        }
        for (column, cell) in row.cells.iter().enumerate() {
            let raw = cell.raw(self.job.bytes);
            if raw.len() > LONG {
                self.note(Kind::TooLongCell, row, cell.start, 1, column);
            }
            if clean {
                continue;
            }
            if let Some(at) = memchr::memchr(0, raw) {
                self.note(Kind::NulByte, row, cell.start + at, 1, column);
            }
            if let Err(error) = std::str::from_utf8(raw) {
                let at = error.valid_up_to();
                let length = error.error_len().unwrap_or(raw.len() - at);
                self.note(Kind::NotUtf8, row, cell.start + at, length, column);
            } else if let Some((kind, at, length)) = misread(raw) {
                self.note(kind, row, cell.start + at, length, column);
            }
        }
        whole
    }

    #[inline]
    fn cell(&mut self, slot: usize, row: &Row, clean: bool) {
        let bytes = self.job.bytes;
        let Some(cell) = row.cells.get(self.job.plan.columns[slot]) else {
            self.chunk.columns[slot].push(0);
            self.before[slot] = (0, 0);
            return;
        };
        let text = cell.raw(bytes);
        if blank(text) {
            self.chunk.columns[slot].push(0);
            self.before[slot] = (0, 0);
            return;
        }
        let (from, to) = self.before[slot];
        if to > from && same(&bytes[from..to], text) {
            self.chunk.columns[slot].push(SAME);
            return;
        }
        let in_place = cell.form != Form::Escaped && (clean || std::str::from_utf8(text).is_ok());
        match Address::pack(self.job.file, cell.start, text.len()) {
            Some(address) if in_place => {
                self.batch.push(&mut self.chunk.columns, slot, text, address);
                self.before[slot] = (cell.start, cell.end);
            }
            _ => {
                let value = cell.value(self.job.bytes);
                let raw = self.job.interner.own(&String::from_utf8_lossy(&value));
                self.chunk.columns[slot].push(raw);
                self.before[slot] = (0, 0);
            }
        }
    }

    /// What record plans need of the row beyond its numbered cells.
    #[inline]
    fn gather(&mut self, row: &Row, number: u32, used: bool) {
        let bytes = self.job.bytes;
        for (at, plan) in self.job.plan.records.iter().enumerate() {
            if let Some(columns) = &plan.any_of {
                let filled = |column: &usize| row.cells.get(*column).is_some_and(|cell| !blank(cell.raw(bytes)));
                if used && columns.iter().any(filled) != plan.empty {
                    self.chunk.filled[at].push(number);
                }
            }
            if plan.distinct.is_some() {
                let digest = digest(bytes, row, &self.runs[at], &mut self.scratch);
                self.chunk.digests[at].push(digest);
            }
        }
    }

    fn finish(mut self, end: usize) -> Chunk {
        self.take_run();
        let mut chunk = self.chunk;
        self.batch.finish(&mut chunk.columns);
        for column in &mut chunk.columns {
            let mut last = 0;
            for raw in column {
                if *raw == SAME {
                    *raw = last;
                }
                last = *raw;
            }
        }
        chunk.end = end;
        chunk
    }
}

/// Where letters of UTF-8 stand that a program took for other ones: which kind, from which byte on, how many.
fn misread(text: &[u8]) -> Option<(Kind, usize, usize)> {
    if text.is_ascii() {
        return None;
    }
    for at in memchr::memchr2_iter(0xc3, 0xef, text) {
        match &text[at..] {
            // `Ã` or `Â` and a sign that no word has after it, as in `Ã©`; `â€` as in `â€™`.
            [0xc3, 0x82 | 0x83, 0xc2, 0x80..=0xbf, ..] => return Some((Kind::Mojibake, at, 4)),
            [0xc3, 0xa2, 0xe2, 0x82, 0xac, ..] => return Some((Kind::Mojibake, at, 5)),
            [0xef, 0xbf, 0xbd, ..] => return Some((Kind::LostLetter, at, 3)),
            _ => {}
        }
    }
    None
}

/// Whether a cell holds nothing, or blanks only.
#[inline]
pub(super) fn blank(text: &[u8]) -> bool {
    match text.first() {
        None => true,
        Some(first) if *first > b' ' && *first < 0x80 => false,
        Some(_) => std::str::from_utf8(text).is_ok_and(|text| text.trim().is_empty()),
    }
}

/// Neighbouring columns as stretches, first and last.
fn runs(columns: &[usize]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &column in columns {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == column => *last = column,
            _ => runs.push((column, column)),
        }
    }
    runs
}

/// A digest of the values in `runs`. Rows without quotes are digested as they stand; in others each cell is first written with quotes only
/// where it needs them, so that `"a"` and `a` are one value.
fn digest(bytes: &[u8], row: &Row, runs: &[(usize, usize)], scratch: &mut Vec<u8>) -> u64 {
    let mut digest = 0;
    let last_cell = row.cells.len() - 1;
    for &(first, last) in runs {
        let (first, last) = (first.min(row.cells.len()), last.min(last_cell));
        let next = if first > last {
            0
        } else if !row.quoted {
            hash(&bytes[row.cells[first].start..row.cells[last].end])
        } else {
            scratch.clear();
            for cell in &row.cells[first..=last] {
                let raw = cell.raw(bytes);
                let quotes = cell.form != Form::Plain
                    && raw.iter().any(|byte| *byte == row.dialect.separator || matches!(byte, b'"' | b'\n' | b'\r'));
                if quotes {
                    scratch.push(b'"');
                }
                scratch.extend_from_slice(raw);
                if quotes {
                    scratch.push(b'"');
                }
                scratch.push(row.dialect.separator);
            }
            scratch.pop();
            hash(scratch)
        };
        digest = join(digest, next);
    }
    digest
}
