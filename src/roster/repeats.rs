//! Rows that another file has too, byte for byte.
//!
//! Most rows of yesterday's files stand in today's unchanged, in the same order. Such a row need not be split, nor its texts looked up: the numbers of its cells
//! are those that today's row got. A [`Cursor`] walks along today's file beside the reader of yesterday's and is found again after rows that differ.
use super::interner::Column;
use memchr::{memchr, memmem};

/// How a row of a chunk was, beside its length.
const ODD: u32 = 1 << 31;
const NO_RECORD: u32 = 1 << 30;
const LENGTH: u32 = NO_RECORD - 1;
/// How far from where it is expected a row is looked for: first nearby, then further.
const REACH: [usize; 2] = [1 << 12, 1 << 18];
/// Failures to find the place again after which a chunk is read without.
const PATIENCE: u32 = 8;

/// The rows of a chunk, and what was read from them.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) start: usize,
    /// Bytes of each row with its line end, and whether it can be repeated.
    lengths: Vec<u32>,
    /// By slot, a number per record.
    pub(super) columns: Vec<Column>,
    /// Per record plan: as in the chunk.
    pub(super) digests: Vec<Vec<u64>>,
    pub(super) filled: Vec<Vec<u32>>,
}

impl Rows {
    pub(super) fn starting(start: usize) -> Rows {
        Rows { start, ..Rows::default() }
    }

    /// Adds a row. Only one that is whole, well-formed, and on one closed line may be repeated.
    pub(super) fn push(&mut self, length: usize, repeatable: bool, record: bool) {
        let fits = length <= LENGTH as usize;
        // A longer row ends the walk: its length is wrong, and what follows is not found at the place where it is expected.
        let flags = if repeatable && fits { 0 } else { ODD } | if record { 0 } else { NO_RECORD };
        self.lengths.push(flags | (length.min(LENGTH as usize) as u32));
    }
}

/// A file that was read, as another that has nearly the same rows sees it.
pub(super) struct Original<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) chunks: &'a [Rows],
    /// For each slot of the other file's plan, the slot here.
    pub(super) slots: &'a [usize],
    /// For each of its record plans, the one here that digests the same columns, and that which asks for the same filled ones.
    pub(super) plans: &'a [(usize, usize)],
}

/// A row of the original.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) chunk: usize,
    pub(super) record: usize,
    pub(super) length: usize,
}

/// The place in the original where the next row is expected.
pub(super) struct Cursor<'a> {
    original: &'a Original<'a>,
    chunk: usize,
    row: usize,
    record: usize,
    at: usize,
    /// Whether the row before was another than the original's.
    changed: bool,
    lost: bool,
    failures: u32,
    /// Where the row last found stands in the original, less where it stands in the other file.
    drift: isize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(original: &'a Original<'a>) -> Self {
        Cursor { original, chunk: 0, row: 0, record: 0, at: 0, changed: false, lost: true, failures: 0, drift: 0 }
    }

    /// Whether to stop asking.
    pub(super) fn is_hopeless(&self) -> bool {
        self.failures >= PATIENCE
    }

    /// The row at `at`, if the original has the same one where it is expected, or nearby.
    #[inline]
    pub(super) fn row(&mut self, bytes: &[u8], at: usize) -> Option<Found> {
        if !self.lost {
            if let Some(found) = self.same(bytes, at) {
                self.changed = false;
                return Some(found);
            }
            if !self.changed {
                // One row that differs has most likely been changed; the next ones will be the same again.
                self.changed = true;
                self.skip();
                return None;
            }
        }
        self.elsewhere(bytes, at)
    }

    /// Length and flags of the next row of the original.
    #[inline]
    fn next(&mut self) -> Option<u32> {
        loop {
            let rows = self.original.chunks.get(self.chunk)?;
            if let Some(row) = rows.lengths.get(self.row) {
                return Some(*row);
            }
            (self.chunk, self.row, self.record) = (self.chunk + 1, 0, 0);
            self.at = self.original.chunks.get(self.chunk)?.start;
        }
    }

    fn skip(&mut self) {
        if let Some(row) = self.next() {
            self.step((row & LENGTH) as usize, row & NO_RECORD == 0);
        }
    }

    /// The next row of the original, if it is the same.
    #[inline]
    fn same(&mut self, bytes: &[u8], at: usize) -> Option<Found> {
        let row = self.next()?;
        let length = (row & LENGTH) as usize;
        if row & (ODD | NO_RECORD) != 0 || bytes.get(at..at + length)? != self.original.bytes.get(self.at..self.at + length)? {
            return None;
        }
        let found = Found { chunk: self.chunk, record: self.record, length };
        self.drift = self.at as isize - at as isize;
        self.step(length, true);
        Some(found)
    }

    fn step(&mut self, length: usize, record: bool) {
        self.at += length;
        self.row += 1;
        self.record += usize::from(record);
    }

    /// Looks for the row around the place where it is expected.
    #[cold]
    #[inline(never)]
    fn elsewhere(&mut self, bytes: &[u8], at: usize) -> Option<Found> {
        self.lost = true;
        if self.is_hopeless() {
            return None;
        }
        let end = at + memchr(b'\n', &bytes[at..])? + 1;
        let original = self.original.bytes;
        let expected = at.saturating_add_signed(self.drift);
        // The first of several alike is as good as any other: their cells are the same.
        let found = REACH.iter().any(|reach| {
            let from = expected.saturating_sub(*reach).min(original.len());
            let window = &original[from..expected.saturating_add(*reach).min(original.len())];
            memmem::find(window, &bytes[at..end]).is_some_and(|place| self.place(from + place))
        });
        if !found {
            self.failures += 1;
            return None;
        }
        (self.lost, self.changed, self.failures) = (false, false, 0);
        self.same(bytes, at)
    }

    /// Moves to the row that starts at `at`, if one does.
    fn place(&mut self, at: usize) -> bool {
        let chunk = self.original.chunks.partition_point(|rows| rows.start <= at);
        let Some(rows) = chunk.checked_sub(1).and_then(|chunk| self.original.chunks.get(chunk)) else { return false };
        (self.chunk, self.row, self.record, self.at) = (chunk - 1, 0, 0, rows.start);
        for row in &rows.lengths {
            if self.at >= at {
                break;
            }
            self.step((row & LENGTH) as usize, row & NO_RECORD == 0);
        }
        self.at == at
    }
}
