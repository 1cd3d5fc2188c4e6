//! Spreadsheets as rows of text: every cell as it was typed, as far as the workbook still knows it.
//!
//! A sheet becomes one text in memory that the splitter reads, a line per row of the sheet, so that a line's number is the row's.
use super::archive;
use super::cause::Cause;
use super::compound;
use super::header::{self, too_wide};
use calamine::{Data, DataRef, ExcelDateTime, Reader as _};
use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{self, Cursor};

/// Rows of a sheet, at most; no spreadsheet has more.
const ROWS: u32 = 1 << 20;
/// Bytes of text that a sheet becomes, at most.
const TEXT: usize = 1 << 30;
/// From here on a number has lost digits: a spreadsheet keeps fifteen.
const EXACT: f64 = 1e15;
/// Digits that are told apart.
const DIGITS: usize = 16;

/// A sheet of a workbook.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Its rows as comma-separated values.
    pub(super) text: Vec<u8>,
    /// What its numbers look like, by column.
    pub(super) columns: Vec<Numbers>,
}

/// The cells of a column that a spreadsheet holds as numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    /// How many whole numbers have so many digits, and the row of the first, from 1.
    pub(super) digits: [(u64, u64); DIGITS],
    /// Numbers of more digits than are kept, and the row of the first.
    pub(super) rounded: (u64, u64),
    /// Cells of figures with zeros in front, kept as text, and the length of the longest.
    pub(super) padded: (u64, usize),
    /// Cells that hold a formula's error, and the row of the first.
    pub(super) errors: (u64, u64),
    /// The rows of both, as many as are remembered, in the order in which the workbook has them.
    pub(super) rounded_rows: Vec<u64>,
    pub(super) error_rows: Vec<u64>,
}

/// Adds a row to a list that stays short.
fn remember(rows: &mut Vec<u64>, row: u64) {
    if rows.len() < super::damage::REMEMBERED {
        rows.push(row);
    }
}

thread_local! {
    /// Whether a panic on this thread will be caught and told as a finding.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Keeps panics that are caught here, and told as findings, from being printed too. To be called once, when the program starts.
pub fn hide_caught_panics() {
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !GUARDED.get() {
            shown(panic);
        }
    }));
}

/// Whether bytes begin like a workbook of the older kind.
pub(super) fn is_old(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// The sheets of a workbook that is no roster, each as comma-separated values: a line a row, with blanks for line breaks inside of cells. `None` when the bytes
/// are no workbook's.
#[must_use]
pub fn workbook_rows(bytes: &[u8]) -> Option<Result<Vec<Vec<u8>>, String>> {
    if !is_old(bytes) && !archive::is_zip(bytes) {
        return None;
    }
    Some(read(bytes).map_err(|error| error.to_string()).map(|sheets| sheets.into_iter().map(|sheet| one_line_a_row(sheet.text)).collect()))
}

fn one_line_a_row(mut text: Vec<u8>) -> Vec<u8> {
    let mut quoted = false;
    for byte in &mut text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if quoted => *byte = b' ',
            _ => {}
        }
    }
    text
}

/// The sheets of a workbook, in their order.
///
/// # Errors
/// Why it can't be read.
pub(super) fn read(bytes: &[u8]) -> io::Result<Vec<Sheet>> {
    // A newer workbook with a password is wrapped in a file of the older kind.
    let wrapped: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if is_old(bytes) && memchr::memmem::find(bytes, &wrapped).is_some() {
        return Err(protected());
    }
    // The libraries below are given whatever a file called a workbook holds; a mistake of theirs is no reason to end the run.
    GUARDED.set(true);
    let read = std::panic::catch_unwind(|| if is_old(bytes) { old(bytes) } else { new(bytes) });
    GUARDED.set(false);
    read.unwrap_or_else(|_| Err(io::Error::other("it is a damaged workbook")))
}

fn protected() -> io::Error {
    io::Error::other("it is protected by a password")
}

/// What is called a workbook, and begins like none.
fn no_workbook(bytes: &[u8]) -> io::Error {
    match header::other(bytes) {
        Some(what) if what == header::PAGE => Cause::error(
            "it is a web page or XML under the name of a workbook, as some programs write it",
            "open it in a spreadsheet program, save it as CSV UTF-8, and take this file away; if it can't be opened, export the data again",
        ),
        None if !bytes.is_empty() => Cause::error(
            "it is plain text, such as CSV, under the name of a workbook",
            "if it is CSV, give it a name that ends in `.csv`; otherwise export the file again",
        ),
        _ => io::Error::other("it is no workbook, whatever its name says"),
    }
}

fn new(bytes: &[u8]) -> io::Result<Vec<Sheet>> {
    if !archive::is_zip(bytes) {
        return Err(no_workbook(bytes));
    }
    let parts = archive::unzip(bytes, &|name| name.starts_with("xl/"))
        .map_err(|_| io::Error::other("it is no workbook, or a damaged or cut-off one"))?;
    // Only to know that it unpacks to a size that fits; the parts are read again below.
    if let Some(error) = parts.into_iter().find_map(|part| part.bytes.err()) {
        return Err(error);
    }
    let broken = |error: calamine::XlsxError| match error {
        calamine::XlsxError::Password => protected(),
        error => io::Error::other(format!("it is no workbook, or a damaged one: {error}")),
    };
    let mut book = calamine::Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let mut cells = Cells::default();
        // A sheet without cells, a chart, is no table.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        let formats: Vec<Option<String>> = reader
            .styles()
            .iter()
            .map(|style| style.number_format.as_ref().map(|format| format.format_code.clone()).filter(|code| is_pattern(code)))
            .collect();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(broken)? {
            let (row, column) = cell.get_position();
            let pattern = formats.get(style).and_then(Option::as_deref);
            let value = match cell.get_value() {
                DataRef::Int(number) => Value::Number(*number as f64, pattern),
                DataRef::Float(number) => Value::Number(*number, pattern),
                DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::Text(text),
                DataRef::SharedString(text) => Value::Text(text),
                DataRef::Bool(flag) => Value::Flag(*flag),
                DataRef::DateTime(date) => Value::Date(date),
                DataRef::Error(error) => Value::Error(error.to_string()),
                DataRef::Empty => continue,
            };
            cells.push(row, column, value)?;
        }
        sheets.push(cells.finish(name)?);
    }
    Ok(sheets)
}

fn old(bytes: &[u8]) -> io::Result<Vec<Sheet>> {
    let broken = |error: calamine::XlsError| match error {
        calamine::XlsError::Password => protected(),
        error => io::Error::other(format!("it is no workbook, or a damaged one: {error}")),
    };
    let bytes = compound::checked(bytes).ok_or_else(|| io::Error::other("it is no workbook, or a damaged one"))?;
    let mut book = calamine::Xls::new(Cursor::new(bytes)).map_err(broken)?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let mut cells = Cells::default();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let value = match value {
                Data::Int(number) => Value::Number(*number as f64, None),
                Data::Float(number) => Value::Number(*number, None),
                Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Value::Text(text),
                Data::Bool(flag) => Value::Flag(*flag),
                Data::DateTime(date) => Value::Date(date),
                Data::Error(error) => Value::Error(error.to_string()),
                _ => continue,
            };
            cells.push(top + row as u32, left + column as u32, value)?;
        }
        sheets.push(cells.finish(name)?);
    }
    Ok(sheets)
}

/// Whether a number format writes figures in places of its own: `00000`, `000-00-0000`.
fn is_pattern(code: &str) -> bool {
    code.bytes().filter(|byte| *byte == b'0').count() > 1 && code.bytes().all(|byte| matches!(byte, b'0' | b'-' | b' ' | b'"' | b'\\'))
}

enum Value<'a> {
    Number(f64, Option<&'a str>),
    Text(&'a str),
    Flag(bool),
    Date(&'a ExcelDateTime),
    Error(String),
}

/// The cells of a sheet, gathered in any order.
#[derive(Default)]
struct Cells {
    /// Row, column, and where the text ends; it begins where that of the cell before ends.
    places: Vec<(u32, u32, usize, usize)>,
    text: String,
    columns: Vec<Numbers>,
}

impl Cells {
    fn push(&mut self, row: u32, column: u32, value: Value<'_>) -> io::Result<()> {
        if column as usize >= header::COLUMNS {
            let column = column as usize;
            return Err(Cause::limit(format!("a cell stands in column {}: that is {}", header::letter(column), too_wide(column + 1))));
        }
        if row >= ROWS {
            return Err(Cause::limit(format!("a cell stands in row {}, and no spreadsheet has so many", u64::from(row) + 1)));
        }
        let start = self.text.len();
        if self.columns.len() <= column as usize {
            self.columns.resize(column as usize + 1, Numbers::default());
        }
        let numbers = &mut self.columns[column as usize];
        let line = u64::from(row) + 1;
        let count = |place: &mut (u64, u64)| *place = (place.0 + 1, if place.0 == 0 { line } else { place.1.min(line) });
        match value {
            Value::Text(text) => {
                let figures = text.trim();
                if figures.len() > 1 && figures.starts_with('0') && figures.bytes().all(|byte| byte.is_ascii_digit()) {
                    numbers.padded = (numbers.padded.0 + 1, numbers.padded.1.max(figures.len()));
                }
                self.text.push_str(text);
            }
            Value::Number(number, pattern) => {
                if number.abs() >= EXACT {
                    count(&mut numbers.rounded);
                    remember(&mut numbers.rounded_rows, line);
                } else if number >= 0.0 && number.fract() == 0.0 && pattern.is_none() {
                    count(&mut numbers.digits[(number.max(1.0).log10() as usize).min(DIGITS - 2) + 1]);
                }
                number_text(number, pattern, &mut self.text);
            }
            Value::Flag(flag) => self.text.push_str(if flag { "true" } else { "false" }),
            Value::Date(date) => date_text(date, &mut self.text),
            Value::Error(error) => {
                count(&mut numbers.errors);
                remember(&mut numbers.error_rows, line);
                self.text.push_str(&error);
            }
        }
        if self.text.len() > TEXT {
            return Err(Cause::limit(format!("its cells hold more than {} GiB of text", TEXT >> 30)));
        }
        if self.text.len() > start {
            self.places.push((row, column, start, self.text.len()));
        }
        Ok(())
    }

    fn finish(mut self, name: String) -> io::Result<Sheet> {
        if !self.places.is_sorted_by_key(|(row, column, ..)| (*row, *column)) {
            self.places.sort_by_key(|(row, column, ..)| (*row, *column));
        }
        let width = self.places.iter().map(|(_, column, ..)| column + 1).max().unwrap_or(0);
        let rows = self.places.chunk_by(|a, b| a.0 == b.0).count();
        if self.text.len() + self.places.len() + rows * width as usize > TEXT {
            return Err(Cause::limit(format!("its rows are {width} columns wide and too many to be read")));
        }
        let mut text = Vec::with_capacity(self.text.len() + self.places.len() * 2);
        let mut line = 0;
        for row in self.places.chunk_by(|a, b| a.0 == b.0) {
            text.resize(text.len() + (row[0].0 - line) as usize, b'\n');
            line = row[0].0 + 1;
            let mut at = 0;
            for (_, column, start, end) in row {
                text.resize(text.len() + column.saturating_sub(at) as usize, b',');
                at = *column;
                quote(&self.text.as_bytes()[*start..*end], &mut text);
            }
            text.resize(text.len() + (width - 1 - at) as usize, b',');
            text.push(b'\n');
        }
        Ok(Sheet { name, text, columns: self.columns })
    }
}

fn quote(cell: &[u8], text: &mut Vec<u8>) {
    if memchr::memchr3(b',', b'\n', b'\r', cell).is_none() && memchr::memchr(b'"', cell).is_none() {
        return text.extend_from_slice(cell);
    }
    text.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            text.push(b'"');
        }
        text.push(*byte);
    }
    text.push(b'"');
}

/// A number as it was typed, or as its format shows it when that puts figures in places of its own.
fn number_text(number: f64, pattern: Option<&str>, text: &mut String) {
    match pattern.filter(|_| number >= 0.0 && number.fract() == 0.0 && number < EXACT) {
        Some(pattern) => {
            let pattern: String = pattern.chars().filter(|letter| !matches!(letter, '"' | '\\')).collect();
            let places = pattern.bytes().filter(|byte| *byte == b'0').count();
            let digits = format!("{number:0places$.0}");
            let (front, mut rest) = digits.split_at(digits.len() - places);
            text.push_str(front);
            for letter in pattern.chars() {
                match (letter, rest.split_at_checked(1)) {
                    ('0', Some((digit, others))) => {
                        text.push_str(digit);
                        rest = others;
                    }
                    _ => text.push(letter),
                }
            }
        }
        None => {
            // Fifteen digits are what a spreadsheet keeps and shows; what a computation left behind them nobody typed.
            let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
            let _ = write!(text, "{shown}");
        }
    }
}

/// A date as 2026-09-01, with the time when there is one; a time of day or a length of time as 08:30:00.
fn date_text(date: &ExcelDateTime, text: &mut String) {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let value = date.as_f64();
    let _ = if date.is_duration() || (0.0..1.0).contains(&value) {
        let seconds = (value * 86_400.0).round() as i64;
        write!(text, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    } else if value.fract() == 0.0 {
        write!(text, "{year:04}-{month:02}-{day:02}")
    } else {
        write!(text, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    };
}
