//! Logs: files of lines, or tables of messages, read as rosters are: zipped or not, in whatever encoding, from standard input too.
use super::archive;
use super::bytes::Bytes;
use super::header::{self, Start};
use super::listing::{self, Listing};
use super::split::{Dialect, Row, split};
use super::survey::SurveyError;
use super::text;
use memchr::{memchr_iter, memrchr};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Bytes of a log that are looked at in one go.
const CHUNK: usize = 1 << 20;
/// Words that the header of a table of messages has, besides others.
const HEADINGS: [&str; 14] = [
    "message",
    "messages",
    "error",
    "errors",
    "error message",
    "errormessage",
    "error code",
    "errorcode",
    "description",
    "details",
    "reason",
    "warning",
    "status",
    "issue",
];

/// Words of these that are levels, too, with which a line may begin.
const LEVELS: [&str; 10] = ["error", "errors", "warning", "warn", "info", "debug", "trace", "notice", "fatal", "critical"];
/// Words that other headers hold.
const COLUMNS: [&str; 22] = [
    "row",
    "line",
    "number",
    "file",
    "filename",
    "table",
    "date",
    "time",
    "timestamp",
    "level",
    "severity",
    "code",
    "type",
    "id",
    "user",
    "name",
    "field",
    "column",
    "value",
    "record",
    "student",
    "email",
];
/// Rows in which a value of the first is looked for.
const TRIED: usize = 1000;

/// A log.
pub struct LogFile {
    /// As the user gave it, with the archive that it stands in.
    pub name: Arc<str>,
    content: Result<Content, String>,
}

struct Content {
    bytes: Bytes,
    /// Of a table: how it is cut, its headers, and where its rows begin.
    table: Option<(Dialect, Vec<String>, usize, u64)>,
    /// Why it is only the beginning.
    cut: Option<String>,
}

/// A piece of a log that can be read by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogChunk {
    /// Its bytes.
    range: Range<usize>,
    /// The number of its first line, from 1.
    line: u64,
}

/// A line of a log, or a row of a table of messages.
pub struct LogEntry<'b> {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The line; of a table its cells.
    pub cells: Vec<Cow<'b, [u8]>>,
}

impl LogFile {
    /// Opens what a path leads to: a file, the files of an archive, the sheets of a workbook, or standard input (`-`). What can't be read says so later.
    #[must_use]
    pub fn open(path: &Path) -> Vec<LogFile> {
        let piped = path == Path::new("-");
        let shown = if piped { listing::PIPED.to_owned() } else { path.display().to_string() };
        if path.is_dir() {
            return vec![LogFile { name: shown.into(), content: Err("it is a folder; name the files in it".to_owned()) }];
        }
        if piped {
            return match listing::piped() {
                // What is cut off is read as far as it goes.
                Ok(bytes) if archive::is_gzip(&bytes) => LogFile::packed_or_not(path, &shown, Bytes::Owned(bytes)),
                Ok(bytes) => LogFile::listed(&shown, listing::of_piped(bytes, &|_| false)),
                Err(error) => LogFile::listed(&shown, Err(error)),
            };
        }
        match Bytes::open(path) {
            Ok(bytes) => LogFile::packed_or_not(path, &shown, bytes),
            Err(_) => LogFile::listed(&shown, listing::list(path, &shown, &|_| false)),
        }
    }

    /// What a file holds that stands in memory, under the name that it would have on the disk.
    #[must_use]
    pub fn of_bytes(name: &str, bytes: Vec<u8>) -> Vec<LogFile> {
        LogFile::packed_or_not(Path::new(name), name, Bytes::Owned(bytes))
    }

    fn packed_or_not(path: &Path, shown: &str, bytes: Bytes) -> Vec<LogFile> {
        if archive::is_gzip(&bytes) {
            return vec![LogFile { name: shown.into(), content: content(bytes) }];
        }
        if archive::is_zip(&bytes)
            && path.extension().is_none_or(|extension| !extension.to_string_lossy().to_lowercase().starts_with("xls"))
        {
            let hidden = |name: &str| name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
            return match archive::unzip(&bytes, &|name| !hidden(name)) {
                Err(why) => vec![LogFile { name: shown.into(), content: Err(why) }],
                Ok(mut entries) => {
                    entries.sort_by(|a, b| a.name.cmp(&b.name));
                    let file = |entry: archive::Entry| LogFile {
                        name: format!("{shown}/{}", entry.name).into(),
                        content: entry.bytes.map_err(|error| error.to_string()).and_then(|bytes| content(Bytes::Owned(bytes))),
                    };
                    if entries.is_empty() {
                        return vec![LogFile { name: shown.into(), content: Err("the archive holds no file".to_owned()) }];
                    }
                    entries.into_iter().map(file).collect()
                }
            };
        }
        let name = path.file_name().map_or_else(|| shown.to_owned(), |name| name.to_string_lossy().into_owned());
        LogFile::listed(shown, listing::of_bytes(path, &name, bytes, &|_| false))
    }

    fn listed(shown: &str, listing: Result<Listing, SurveyError>) -> Vec<LogFile> {
        match listing {
            Err(error) => vec![LogFile { name: shown.into(), content: Err(error.message) }],
            Ok(listing) => {
                let several = listing.tables.len() > 1;
                let file = |found: listing::Found| LogFile {
                    name: if several { format!("{shown}/{}", found.part) } else { shown.to_owned() }.into(),
                    content: found.content.map_err(|error| error.to_string()).and_then(|content| {
                        let rows = content.encoding == text::Encoding::Cells;
                        of_text(content.bytes, rows)
                    }),
                };
                listing.tables.into_iter().map(file).collect()
            }
        }
    }

    /// A log that stands in memory.
    #[must_use]
    pub fn of(name: &str, text: &str) -> LogFile {
        LogFile { name: name.into(), content: content(Bytes::Owned(text.as_bytes().to_vec())) }
    }

    /// Why it can't be read.
    #[must_use]
    pub fn unreadable(&self) -> Option<&str> {
        self.content.as_ref().err().map(String::as_str)
    }

    /// Why it can't be read, or only its beginning could.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        match &self.content {
            Err(why) => Some(why),
            Ok(content) => content.cut.as_deref(),
        }
    }

    /// The headers of a table; nothing for a log of lines.
    #[must_use]
    pub fn headers(&self) -> Option<&[String]> {
        self.content.as_ref().ok()?.table.as_ref().map(|(_, headers, ..)| headers.as_slice())
    }

    /// Its pieces; a line that `begins` is where a piece of a log of lines should begin, so that no message is torn apart.
    #[must_use]
    pub fn chunks(&self, begins: &dyn Fn(&[u8]) -> bool) -> Vec<LogChunk> {
        let Ok(Content { bytes, table, .. }) = &self.content else { return Vec::new() };
        let mut chunks = Vec::new();
        if let Some((dialect, _, start, first)) = table {
            let (mut from, mut line) = (*start, *first);
            let (mut at, mut now) = (from, line);
            let mut row = Row::of(*dialect);
            while at < bytes.len() && split(bytes, at, bytes.len(), &mut row).is_ok() {
                at = row.next;
                now += if dialect.rows { 1 } else { u64::from(row.lines) };
                if at - from >= CHUNK {
                    chunks.push(LogChunk { range: from..at, line });
                    (from, line) = (at, now);
                }
            }
            if from < bytes.len() {
                chunks.push(LogChunk { range: from..bytes.len(), line });
            }
            return chunks;
        }
        let (mut from, mut line) = (if bytes.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 }, 1);
        while from < bytes.len() {
            let mut end = (from + CHUNK).min(bytes.len());
            if end < bytes.len() {
                end = memrchr(b'\n', &bytes[from..end]).map_or(bytes.len(), |at| from + at + 1);
                // On to a line that begins an entry, within reason.
                for _ in 0..32 {
                    let next = memchr::memchr(b'\n', &bytes[end..]).map_or(bytes.len(), |at| end + at + 1);
                    if end >= bytes.len() || begins(&bytes[end..next]) {
                        break;
                    }
                    end = next;
                }
            }
            chunks.push(LogChunk { range: from..end, line });
            line += memchr_iter(b'\n', &bytes[from..end]).count() as u64;
            from = end;
        }
        chunks
    }

    /// The entries of a piece, without the line ends.
    pub fn entries<'b>(&'b self, chunk: &LogChunk) -> impl Iterator<Item = LogEntry<'b>> + use<'b> {
        let (mut at, end, mut line) = (chunk.range.start, chunk.range.end, chunk.line);
        let content = self.content.as_ref().ok();
        let mut row = content.and_then(|content| content.table.as_ref()).map(|(dialect, ..)| Row::of(*dialect));
        std::iter::from_fn(move || {
            let Content { bytes, .. } = content?;
            if at >= end {
                return None;
            }
            let here = line;
            let Some(row) = &mut row else {
                let next = memchr::memchr(b'\n', &bytes[at..end]).map_or(end, |found| at + found + 1);
                let text = bytes[at..next].strip_suffix(b"\n").unwrap_or(&bytes[at..next]);
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                (at, line) = (next, line + 1);
                return Some(LogEntry { line: here, cells: vec![Cow::Borrowed(text)] });
            };
            split(bytes, at, bytes.len(), row).ok()?;
            let cells = row.cells.iter().map(|cell| cell.value(bytes)).collect();
            at = row.next;
            line += if row.dialect.rows { 1 } else { u64::from(row.lines) };
            Some(LogEntry { line: here, cells })
        })
    }
}

/// The text of a log that was never a file of its own, or is packed. What is cut off is read as far as it goes.
fn content(bytes: Bytes) -> Result<Content, String> {
    let (bytes, cut) = if archive::is_gzip(&bytes) {
        let (bytes, cut) = archive::gunzip_beginning(&bytes).map_err(|error| error.to_string())?;
        (Bytes::Owned(bytes), cut.map(|error| error.to_string()))
    } else {
        (bytes, None)
    };
    let (bytes, _) = text::decode(bytes);
    Ok(Content { cut, ..of_text(bytes, false)? })
}

/// Whether decoded bytes are a table of messages: a first row of several short headers, of which one is a word for messages. `rows`: they are a sheet.
/// When in doubt the first row is one as the others are, so that none is lost.
fn of_text(bytes: Bytes, rows: bool) -> Result<Content, String> {
    if let Some(what) = header::other(&bytes).filter(|_| !rows) {
        return Err(format!("it is {what}"));
    }
    let first = memchr::memchr(b'\n', &bytes).unwrap_or(bytes.len()).min(1 << 12);
    let head = &bytes[..first];
    let could_be = rows || (head.iter().any(|byte| matches!(byte, b',' | b';' | b'\t' | b'|')) && !head.contains(&b':'));
    let table = match could_be.then(|| header::start(&bytes, rows, &|_| 0)) {
        Some(Start::Header(header)) if header.texts.len() > 1 => {
            let texts = header.texts.clone();
            if are_headers(&texts, rows) && !come_again(&bytes, &texts, header.rows, header.dialect) {
                Some((header.dialect, texts, header.rows, header.rows_line))
            } else {
                // A sheet without headers has the letters of its columns.
                let letters = (0..texts.len()).map(|column| format!("column {}", header::letter(column))).collect();
                rows.then_some((header.dialect, letters, header.start, header.line))
            }
        }
        _ => None,
    };
    Ok(Content { bytes, table, cut: None })
}

/// Whether cells are headers by their words. A sheet's need not have a word for messages.
fn are_headers(texts: &[String], rows: bool) -> bool {
    let words: Vec<String> = texts.iter().map(|text| text.trim().to_lowercase().replace(['_', '-'], " ")).collect();
    let header = |text: &String| {
        text.len() <= 40 && !text.ends_with('.') && !text.contains('@') && !text.starts_with(|letter: char| letter.is_ascii_digit())
    };
    let mut distinct: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    let filled = distinct.len();
    distinct.sort_unstable();
    distinct.dedup();
    if !texts.iter().all(header) || distinct.len() < filled {
        return false;
    }
    let level = |word: &str| LEVELS.contains(&word);
    let named = |word: &str| {
        !level(word)
            && (HEADINGS.contains(&word)
                || COLUMNS.iter().any(|column| word.split(' ').any(|part| part == *column))
                || word.ends_with("id"))
    };
    let known = words.iter().filter(|word| named(word)).count();
    // A level is a word for messages as well as a value.
    if words.iter().any(|word| level(word)) {
        return known * 2 >= filled;
    }
    rows || words.iter().any(|word| HEADINGS.contains(&word.as_str()))
}

/// Whether a cell of the first row stands below it again, as values do. Where the whole row does, two tables were joined.
fn come_again(bytes: &[u8], texts: &[String], start: usize, dialect: Dialect) -> bool {
    let mut row = Row::of(dialect);
    let mut at = start;
    for _ in 0..TRIED {
        if at >= bytes.len() || split(bytes, at, bytes.len(), &mut row).is_err() {
            break;
        }
        let same = |(cell, text): (&super::split::Cell, &String)| !text.is_empty() && cell.raw(bytes).trim_ascii() == text.as_bytes();
        let again = row.cells.iter().zip(texts).filter(|pair| same(*pair)).count();
        if again > 0 && again < texts.iter().filter(|text| !text.is_empty()).count() {
            return true;
        }
        at = row.next;
    }
    false
}
