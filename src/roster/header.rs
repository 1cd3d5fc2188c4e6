//! Header rows: names of columns, compared without letter case, spaces and underscores, and letters of columns as spreadsheets show them.
use super::split::{Dialect, Row, split};
use crate::finding::Count;

/// A header in the form in which headers are compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Name(String);

impl Name {
    pub(super) fn new(header: &str) -> Name {
        let mut name = String::with_capacity(header.len());
        if header.is_ascii() {
            name.extend(ascii(header).map(char::from));
            return Name(name);
        }
        name.extend(header.chars().filter(|letter| !letter.is_whitespace() && *letter != '_').flat_map(char::to_lowercase));
        Name(name)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The bytes of the name of a header in ASCII.
fn ascii(header: &str) -> impl Iterator<Item = u8> {
    header.bytes().filter(|byte| !matches!(byte, b'\t'..=b'\r' | b' ' | b'_')).map(|byte| byte.to_ascii_lowercase())
}

/// Whether `text` fits `pattern`, in which `*` stands for anything; without letter case.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    matches_exactly(&pattern.to_lowercase(), &text.to_lowercase())
}

/// The same with letter case.
pub(super) fn matches_exactly(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// A column's letters in a spreadsheet: `A`, `Z`, `AA`.
pub(super) fn letter(column: usize) -> String {
    let mut number = column + 1;
    let mut letters = Vec::new();
    while number > 0 {
        number -= 1;
        letters.push(b'A' + (number % 26) as u8);
        number /= 26;
    }
    letters.reverse();
    String::from_utf8_lossy(&letters).into_owned()
}

/// A file's header row.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    /// As the file has them, without outer space.
    pub(super) texts: Vec<String>,
    pub(super) names: Vec<Name>,
    /// The first byte of each header.
    pub(super) places: Vec<usize>,
    /// The line on which it stands.
    pub(super) line: u64,
    /// The first byte of the row.
    pub(super) start: usize,
    /// Where the rows begin, and on which line.
    pub(super) rows: usize,
    pub(super) rows_line: u64,
    pub(super) dialect: Dialect,
    /// Rows above it that are not blank.
    pub(super) titles: u64,
}

impl Header {
    /// These columns, for a file whose first line is a row already.
    pub(super) fn replaced(&self, texts: &[String]) -> Header {
        let names = texts.iter().map(|text| Name::new(text)).collect();
        let (rows, rows_line) = (self.start, self.line);
        Header { texts: texts.to_vec(), names, places: vec![self.start; texts.len()], rows, rows_line, ..*self }
    }

    /// How many bytes end its line: two for CR and LF.
    pub(super) fn ending(&self, bytes: &[u8]) -> usize {
        // Where no line is the header, it is the first row's.
        let end = if self.rows > self.start {
            self.rows
        } else {
            memchr::memchr(b'\n', &bytes[self.rows.min(bytes.len())..]).map_or(0, |at| self.rows + at + 1)
        };
        if bytes[..end.min(bytes.len())].ends_with(b"\r\n") { 2 } else { 1 }
    }

    /// The first column of that name.
    pub(super) fn find(&self, header: &str) -> Option<usize> {
        if header.is_ascii() {
            return self.names.iter().position(|known| known.0.bytes().eq(ascii(header)));
        }
        let name = Name::new(header);
        self.names.iter().position(|known| *known == name)
    }
}

/// What a file begins with.
pub(super) enum Start {
    Empty,
    /// No text, and what it is instead.
    Other(&'static str),
    /// More columns than are read, and how many.
    Wide(usize),
    Header(Header),
}

/// Columns of a table, at most; no format has a tenth of them.
pub(super) const COLUMNS: usize = 2_000;
/// How many bytes tell text from other things.
const HEAD: usize = 1 << 10;
/// How far separators are compared.
const TRIAL: usize = 1 << 16;
/// Rows in which they are.
const TRIED: usize = 5;
/// How far down a header is looked for below titles.
const TITLES: usize = 50;
/// What may stand between cells; the first when nothing speaks for another.
pub(super) const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

impl Start {
    /// What there is in place of a header.
    pub(super) fn state(&self) -> String {
        match self {
            Start::Empty => "which is empty".to_owned(),
            Start::Other(what) => format!("which is {what}"),
            Start::Wide(columns) => format!("which has {}", too_wide(*columns)),
            Start::Header(_) => String::new(),
        }
    }
}

/// That a table has more columns than are read.
pub(super) fn too_wide(columns: usize) -> String {
    format!("{} columns, and more than {} are not read", Count::grouped(columns as u64), Count::grouped(COLUMNS as u64))
}

/// What separates the cells, for people.
pub(super) fn separator_name(separator: u8) -> &'static str {
    match separator {
        b'\t' => "tabs",
        b';' => "semicolons",
        b'|' => "vertical bars",
        _ => "commas",
    }
}

/// What a page is called that came in place of a file.
pub(super) const PAGE: &str = "a web page or XML, perhaps what a failed export or a log-in page left";

/// What bytes are that are no text.
pub(super) fn other(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let begins = |marks: &[&[u8]]| marks.iter().any(|mark| head.starts_with(mark));
    if begins(&[b"PK\x03\x04"]) {
        return Some("a zip archive or an Excel workbook under another name");
    }
    if begins(&[b"\xd0\xcf\x11\xe0"]) {
        return Some("an old Excel workbook under another name");
    }
    if begins(&[b"\x1f\x8b"]) {
        return Some("a gzip file under another name");
    }
    if begins(&[b"%PDF", b"\x89PNG"]) {
        return Some("a document or picture under another name");
    }
    if begins(&[b"\xff\xfe\0\0", b"\0\0\xfe\xff"]) {
        return Some("in UTF-32, which is not read");
    }
    let text = head.trim_ascii_start().to_ascii_lowercase();
    let text = text.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(&text);
    if [&b"<!doctype"[..], b"<html", b"<table", b"<?xml"].iter().any(|mark| text.starts_with(mark)) {
        return Some(PAGE);
    }
    let line = head.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(head, |end| &head[..end]);
    line.contains(&0).then_some("not text")
}

/// Whether a file begins like something that is no text.
pub(super) fn is_no_text(bytes: &[u8]) -> bool {
    other(bytes).is_some()
}

/// Reads the header row; blank lines before it are passed over, and titles when a row below them holds headers that are known; `known` counts them. `rows` says that the
/// text is a spreadsheet's.
pub(super) fn start(bytes: &[u8], rows: bool, known: &dyn Fn(&[&Name]) -> usize) -> Start {
    if let Some(what) = other(bytes) {
        return Start::Other(what);
    }
    let mut at = if bytes.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    let mut line = 1;
    let mut hint = None;
    if let Some((separator, length)) = said(&bytes[at..]) {
        hint = Some(separator);
        at += length;
        line += 1;
    }
    let mut first: Option<Header> = None;
    let (mut titles, mut widest) = (0, 0);
    while at < bytes.len() && titles <= TITLES {
        let dialect = Dialect { separator: hint.unwrap_or_else(|| if rows { b',' } else { separator(bytes, at) }), rows };
        let mut row = Row::of(dialect);
        if split(bytes, at, bytes.len(), &mut row).is_err() {
            break;
        }
        // What stands behind the last header, a spreadsheet's commas to its last column, is no column.
        let width = row.cells.iter().rposition(|cell| !cell.raw(bytes).iter().all(u8::is_ascii_whitespace)).map_or(0, |last| last + 1);
        if width > COLUMNS {
            return Start::Wide(width);
        }
        if width > 0 {
            let mut header = header(bytes, &row, line);
            let filled = header.texts.iter().filter(|text| !text.is_empty()).count();
            // A value that is a header's word by chance may stand in a row twice.
            let mut named: Vec<&Name> = header.names.iter().collect();
            named.sort_unstable();
            named.dedup();
            let found = known(&named);
            match &first {
                // A title may be a header's word: a row below that is a header throughout goes before it.
                None if found > 1 && found * 2 >= filled => return Start::Header(header),
                None => first = Some(header),
                // Titles fill fewer cells than a header; rows of data may hold its words by chance.
                Some(_) if found > 1 && found * 2 >= filled && filled > widest => {
                    header.titles = titles as u64;
                    return Start::Header(header);
                }
                Some(_) => {}
            }
            titles += 1;
            widest = widest.max(filled);
        }
        at = row.next;
        line += u64::from(row.lines);
    }
    first.map_or(Start::Empty, Start::Header)
}

/// A first line that says what separates the cells, as Excel writes it: `sep=;`.
fn said(bytes: &[u8]) -> Option<(u8, usize)> {
    let length = bytes.iter().take(16).position(|byte| *byte == b'\n')? + 1;
    let line = bytes[..length].trim_ascii();
    let line = line.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(line);
    match (line, &bytes[..length]) {
        ([b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator], _) if SEPARATORS.contains(separator) => Some((*separator, length)),
        ([b's' | b'S', b'e' | b'E', b'p' | b'P', b'='], [.., b'\t', b'\n'] | [.., b'\t', b'\r', b'\n']) => Some((b'\t', length)),
        _ => None,
    }
}

/// What separates the cells of the row at `at` and of those below it. A comma, unless the row is then one cell and has several with another separator, or
/// the rows below have as many cells as this one with another separator and not with commas.
fn separator(bytes: &[u8], at: usize) -> u8 {
    let head = &bytes[..bytes.len().min(at + TRIAL)];
    let widths = |separator: u8| -> Vec<usize> {
        let mut row = Row::of(Dialect { separator, rows: false });
        let mut from = at;
        let mut widths = Vec::new();
        while from < head.len() && widths.len() <= TRIED && split(head, from, head.len(), &mut row).is_ok() {
            // What is cut off at the end of what is looked at is no whole row.
            if !row.is_blank_line() && (row.is_terminated() || head.len() == bytes.len()) {
                widths.push(row.cells.len());
            }
            from = row.next;
        }
        widths
    };
    let alike = |widths: &[usize]| widths.len() > 1 && widths[1..].iter().all(|width| *width == widths[0]);
    let commas = widths(b',');
    let width = |widths: &[usize]| widths.first().copied().unwrap_or(0);
    if width(&commas) > 1 && (alike(&commas) || commas.len() < 2) {
        return b',';
    }
    let others = SEPARATORS[1..].iter().map(|mark| (*mark, widths(*mark)));
    let several = |widths: &[usize]| widths.len() < 2 || widths[1..].iter().any(|width| *width > 1);
    let best = others
        .filter(|(_, widths)| {
            width(widths) > 1 && (if width(&commas) > 1 { alike(widths) && widths[0] > commas[0] } else { several(widths) })
        })
        .max_by_key(|(mark, widths)| (width(widths), std::cmp::Reverse(*mark)));
    best.map_or(b',', |(mark, _)| mark)
}

fn header(bytes: &[u8], row: &Row, line: u64) -> Header {
    let mut header = Header {
        line,
        start: row.start,
        rows: row.next,
        rows_line: line + u64::from(row.lines),
        dialect: row.dialect,
        ..Header::default()
    };
    for cell in &row.cells {
        let text = String::from_utf8_lossy(&cell.value(bytes)).trim().to_owned();
        header.names.push(Name::new(&text));
        header.texts.push(text);
        header.places.push(cell.outer_start());
    }
    header
}
