//! Header rows: names of columns, compared without letter case, spaces and underscores, and letters of columns as spreadsheets show them.
use super::split::{Form, Row, split, unescape};
use std::borrow::Cow;

/// A header in the form in which headers are compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Name(String);

impl Name {
    pub(super) fn new(header: &str) -> Name {
        Name(header.chars().filter(|letter| !letter.is_whitespace() && *letter != '_').flat_map(char::to_lowercase).collect())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for anything; without letter case.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
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
}

impl Header {
    /// These columns, for a file whose first line is a row already.
    pub(super) fn replaced(&self, texts: &[String]) -> Header {
        let names = texts.iter().map(|text| Name::new(text)).collect();
        let (rows, rows_line) = (self.start, self.line);
        Header { texts: texts.to_vec(), names, places: vec![self.start; texts.len()], rows, rows_line, ..*self }
    }

    /// The first column of that name.
    pub(super) fn find(&self, header: &str) -> Option<usize> {
        let name = Name::new(header);
        self.names.iter().position(|known| *known == name)
    }
}

/// What a file begins with.
pub(super) enum Start {
    Empty,
    Utf16,
    /// Bytes that are no text.
    Binary,
    /// One column whose header holds this other separator.
    Separated(char, Header),
    Header(Header),
}

/// How many bytes tell text from other things.
const HEAD: usize = 1 << 10;

impl Start {
    /// What there is in place of a header.
    pub(super) fn state(&self) -> &'static str {
        match self {
            Start::Empty => "which is empty",
            Start::Utf16 => "which is in UTF-16",
            Start::Binary => "which is not text",
            Start::Separated('\t', _) => "which is separated by tabs",
            Start::Separated(';', _) => "which is separated by semicolons",
            Start::Separated(..) => "which is separated by vertical bars",
            Start::Header(_) => "",
        }
    }
}

/// Reads the header row; blank lines before it are passed over.
pub(super) fn start(bytes: &[u8]) -> Start {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Start::Utf16;
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    let line = head.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(head, |end| &head[..end]);
    match line.iter().filter(|byte| **byte == 0).count() {
        0 if !head.starts_with(b"PK\x03\x04") => {}
        // Half of the bytes of Latin letters in UTF-16 are NUL.
        nuls if nuls > 1 && nuls * 5 >= line.len() * 2 && line.len() > 3 && (line[0] == 0) != (line[1] == 0) => return Start::Utf16,
        _ => return Start::Binary,
    }
    if head.starts_with(b"\x89PNG") || head.starts_with(b"%PDF") || head.starts_with(b"\x1f\x8b") {
        return Start::Binary;
    }
    let mut at = if bytes.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    let mut line = 1;
    let mut row = Row::default();
    while at < bytes.len() {
        if split(bytes, at, bytes.len(), &mut row).is_err() {
            break;
        }
        let blank = row.cells.iter().all(|cell| cell.raw(bytes).iter().all(u8::is_ascii_whitespace));
        if !blank {
            return header(bytes, &row, line);
        }
        at = row.next;
        line += u64::from(row.lines);
    }
    Start::Empty
}

fn header(bytes: &[u8], row: &Row, line: u64) -> Start {
    let mut header = Header { line, start: row.start, rows: row.next, rows_line: line + u64::from(row.lines), ..Header::default() };
    for cell in &row.cells {
        let raw = cell.raw(bytes);
        let value: Cow<'_, [u8]> = if cell.form == Form::Escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) };
        let text = String::from_utf8_lossy(&value).trim().to_owned();
        header.names.push(Name::new(&text));
        header.texts.push(text);
        header.places.push(cell.outer_start());
    }
    let other = |header: &Header| [';', '\t', '|'].into_iter().find(|mark| header.texts[0].contains(*mark));
    match &header.texts[..] {
        [_] => match other(&header) {
            Some(mark) => Start::Separated(mark, header),
            None => Start::Header(header),
        },
        _ => Start::Header(header),
    }
}
