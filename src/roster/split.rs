//! Splits the bytes of a CSV file into rows and cells, and never gives up: what is not well-formed is taken literally, and noted.
//!
//! A cell is quoted when it begins with a quote. A line ends with LF, CRLF or a lone CR. Every row can be split without knowing what stood before it,
//! so that chunks can be read in parallel and a row can be found again later.
use super::marks::Marks;
use memchr::{memchr, memchr_iter, memchr3};
use std::borrow::Cow;

/// A cell of a row: where its value stands, without the quotes around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) form: Form,
}

/// How a cell was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// Without quotes, or with stray ones.
    Plain,
    /// In quotes.
    Quoted,
    /// In quotes, with doubled quotes inside: the value is not a piece of the file.
    Escaped,
}

impl Cell {
    /// The value as it stands in the file: right unless the form is [`Form::Escaped`].
    #[inline]
    pub(super) fn raw<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.start..self.end]
    }

    /// The value: doubled quotes are halved.
    #[inline]
    pub(super) fn value<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        if self.form == Form::Escaped { Cow::Owned(unescape(self.raw(bytes))) } else { Cow::Borrowed(self.raw(bytes)) }
    }

    /// The first byte of the cell, its quote included.
    pub(super) fn outer_start(&self) -> usize {
        if self.form == Form::Plain { self.start } else { self.start - 1 }
    }
}

/// Halves the doubled quotes of an escaped cell.
fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(raw.len());
    let mut from = 0;
    let mut quotes = memchr_iter(b'"', raw);
    while let Some(at) = quotes.next() {
        value.extend_from_slice(&raw[from..=at]);
        quotes.next();
        from = at + 2;
    }
    value.extend_from_slice(raw.get(from..).unwrap_or(&[]));
    value
}

/// What is wrong with the quotes of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Oddity {
    /// A quote opens at this byte and is never closed.
    Unclosed(usize),
    /// A quote at this byte stands where none belongs.
    Stray(usize),
}

/// How a file is cut into cells and lines.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Dialect {
    /// The byte between two cells.
    pub(super) separator: u8,
    /// Whether a row counts as one line whatever its cells hold, as in a spreadsheet.
    pub(super) rows: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect { separator: b',', rows: false }
    }
}

impl Dialect {
    /// Line ends in a piece of text, as far as this dialect counts them.
    pub(super) fn line_ends(self, bytes: &[u8]) -> u32 {
        if self.rows { 0 } else { line_ends(bytes) }
    }
}

/// A row, reused from row to row.
#[derive(Default, Debug)]
pub(super) struct Row {
    pub(super) dialect: Dialect,
    pub(super) cells: Vec<Cell>,
    pub(super) start: usize,
    /// The end of the last cell, quotes included.
    pub(super) end: usize,
    /// Where the next row starts.
    pub(super) next: usize,
    /// Line ends in the row, its own included.
    pub(super) lines: u32,
    pub(super) oddities: Vec<Oddity>,
    /// Whether any cell is in quotes.
    pub(super) quoted: bool,
}

impl Row {
    /// An empty row of a file of this dialect.
    pub(super) fn of(dialect: Dialect) -> Row {
        Row { dialect, ..Row::default() }
    }

    fn begin(&mut self, at: usize) {
        self.cells.clear();
        self.oddities.clear();
        self.start = at;
        self.lines = 0;
        self.quoted = false;
    }

    /// Whether the line is empty: no cell at all.
    #[inline]
    pub(super) fn is_blank_line(&self) -> bool {
        self.start == self.end
    }

    /// Whether a line end closed the row, rather than the end of the file.
    pub(super) fn is_terminated(&self) -> bool {
        self.next > self.end
    }
}

/// The rows of a file one after another, blank lines included.
pub(super) struct EachRow<'b> {
    bytes: &'b [u8],
    at: usize,
    row: Row,
}

impl<'b> EachRow<'b> {
    /// The rows from the one that begins at `from`.
    pub(super) fn new(bytes: &'b [u8], from: usize, dialect: Dialect) -> Self {
        EachRow { bytes, at: from, row: Row::of(dialect) }
    }

    /// The next row.
    pub(super) fn row(&mut self) -> Option<&Row> {
        if self.at >= self.bytes.len() {
            return None;
        }
        split(self.bytes, self.at, self.bytes.len(), &mut self.row).ok()?;
        self.at = self.row.next;
        Some(&self.row)
    }
}

/// A quoted cell ran past the limit before its end was found.
#[derive(Debug)]
pub(super) struct PastLimit;

/// Splits the row at `at`, which must be before the end. A quoted cell may look for its end up to `limit`; with the length of
/// the file as limit it never fails.
pub(super) fn split(bytes: &[u8], at: usize, limit: usize, row: &mut Row) -> Result<(), PastLimit> {
    row.begin(at);
    let separator = row.dialect.separator;
    let mut from = at;
    loop {
        let cell = match bytes.get(from) {
            Some(b'"') => quoted(bytes, from, limit, row)?,
            _ => plain(bytes, from, from, row),
        };
        row.cells.push(cell);
        let end = if cell.form == Form::Plain { cell.end } else { cell.end + 1 };
        match bytes.get(end) {
            Some(byte) if *byte == separator => from = end + 1,
            ending => {
                row.end = end;
                row.next = end
                    + match ending {
                        Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => 2,
                        Some(_) => 1,
                        None => 0,
                    };
                row.lines += u32::from(ending.is_some());
                return Ok(());
            }
        }
    }
}

/// A cell without quotes that starts at `start`, of which everything before `from` is known to belong to it.
fn plain(bytes: &[u8], start: usize, from: usize, row: &mut Row) -> Cell {
    let rest = &bytes[from..];
    let length = memchr3(row.dialect.separator, b'\n', b'\r', rest).unwrap_or(rest.len());
    if from == start
        && let Some(quote) = memchr(b'"', &rest[..length])
    {
        row.oddities.push(Oddity::Stray(from + quote));
    }
    Cell { start, end: from + length, form: Form::Plain }
}

/// A cell whose opening quote is at `open`.
fn quoted(bytes: &[u8], open: usize, limit: usize, row: &mut Row) -> Result<Cell, PastLimit> {
    let mut form = Form::Quoted;
    let mut at = open + 1;
    let literally = |row: &mut Row, oddity: Oddity, from: usize| {
        row.oddities.push(oddity);
        Ok(plain(bytes, open, from, row))
    };
    loop {
        let Some(skip) = memchr(b'"', &bytes[at..limit.max(at)]) else {
            return if limit < bytes.len() { Err(PastLimit) } else { literally(row, Oddity::Unclosed(open), open + 1) };
        };
        let quote = at + skip;
        match bytes.get(quote + 1) {
            Some(b'"') => {
                form = Form::Escaped;
                at = quote + 2;
            }
            next if next.is_none_or(|byte| matches!(byte, b'\n' | b'\r') || *byte == row.dialect.separator) => {
                row.quoted = true;
                row.lines += row.dialect.line_ends(&bytes[open..quote]);
                return Ok(Cell { start: open + 1, end: quote, form });
            }
            // Text after the closing quote. On another line than the opening one, it was that one which was never closed: lines are more often
            // whole than cells span lines, and so no row is lost.
            _ if memchr::memchr2(b'\n', b'\r', &bytes[open..quote]).is_some() => {
                return literally(row, Oddity::Unclosed(open), open + 1);
            }
            _ => return literally(row, Oddity::Stray(quote), quote + 1),
        }
    }
}

/// Line ends in a piece of text: LF, CRLF or a lone CR each count once.
pub(super) fn line_ends(bytes: &[u8]) -> u32 {
    let feeds = memchr_iter(b'\n', bytes).count();
    let lone = memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + lone) as u32
}

/// Splits rows of a block that has no lone CR, and ends with a line end: the usual case, at one step per cell.
pub(super) struct Quick<'b> {
    bytes: &'b [u8],
    separator: u8,
    marks: Marks<'b>,
}

impl<'b> Quick<'b> {
    /// Starts at `from`, and leaves off at `until`.
    pub(super) fn new(bytes: &'b [u8], separator: u8, from: usize, until: usize) -> Self {
        Quick { bytes, separator, marks: Marks::new(bytes, separator, from, until) }
    }

    /// Splits the row at `at`; `false` when it holds a quote, and [`split`] must do it.
    #[inline]
    pub(super) fn split(&mut self, at: usize, row: &mut Row) -> bool {
        row.begin(at);
        let mut from = at;
        while let Some(mark) = self.marks.next() {
            match self.bytes[mark] {
                byte if byte == self.separator => {
                    row.cells.push(Cell { start: from, end: mark, form: Form::Plain });
                    from = mark + 1;
                }
                b'\n' => {
                    let end = if mark > from && self.bytes[mark - 1] == b'\r' { mark - 1 } else { mark };
                    row.cells.push(Cell { start: from, end, form: Form::Plain });
                    row.end = end;
                    row.next = mark + 1;
                    row.lines = 1;
                    return true;
                }
                _ => return false,
            }
        }
        false
    }
}
