//! Logs of a platform: which lines say what, what the others look like, and which records and findings a line is about.
mod names;
mod tie;
mod trial;

pub use names::Names;
pub(in crate::engine) use names::name_fields;
pub use tie::{Tied, Ties};
pub use trial::log_trial;

use crate::language::log::{Hit, Messages, is_secret, masked, without_secrets};
use crate::roster::{LogChunk, LogEntry, LogFile};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::borrow::Cow;

/// Lines that a message may be broken over.
const BROKEN: usize = 4;
/// Characters of a line that are kept.
const LONGEST: usize = 400;
/// Rows of a table that tell in which column its messages stand.
const TRIAL: usize = 1000;

/// Words among which a line has its level.
const LEVEL_WITHIN: usize = 12;
/// What a line calls its level: `level=error`, `"severity": "error"`.
const LEVELS: [&str; 5] = ["level", "lvl", "loglevel", "severity", "priority"];

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which log, in the order in which they were given.
    pub file: usize,
    /// From 1.
    pub line: u64,
    /// Lines that it takes: more than one when a message was broken.
    pub lines: u64,
    /// What it says, with passwords masked.
    pub text: String,
    /// The messages in it; none: nobody knows it.
    pub hits: Vec<Hit>,
    /// Other cells of a table: header and value.
    pub cells: Vec<(String, String)>,
}

/// Lines that nobody knows and that are alike but for numbers, ids and addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// What they have in common, `…` for what differs.
    pub shape: String,
    /// How many.
    pub count: u64,
    /// The first of them: log and line.
    pub first: (usize, u64),
    /// Whether they call themselves an error.
    pub error: bool,
}

/// What stands in logs.
#[derive(Debug, Default)]
pub struct Scan {
    /// Per log, lines that are not blank.
    pub lines: Vec<u64>,
    /// Lines with a message, in the order of the logs; when asked for, the others too.
    pub known: Vec<Line>,
    /// The others, the most frequent first.
    pub unknown: Vec<Alike>,
}

/// What one piece of a log holds.
#[derive(Default)]
struct Piece {
    lines: u64,
    known: Vec<Line>,
    unknown: HashMap<String, (u64, u64, bool)>,
}

/// Looks for messages in logs, in parallel on rayon's current pool. `each`: lines that nobody knows are kept one by one, too.
#[must_use]
pub fn scan(files: &[LogFile], messages: &Messages<'_>, each: bool) -> Scan {
    let mut scan = Scan::default();
    let mut unknown: HashMap<String, Alike> = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        let chunks = file.chunks(&begins);
        let column = file.headers().and_then(|headers| column(file, chunks.first()?, headers, messages));
        let pieces: Vec<Piece> = chunks
            .par_iter()
            .map(|chunk| match file.headers() {
                Some(headers) => rows(at, file.entries(chunk), headers, column, messages, each),
                None => lines(at, file.entries(chunk), messages, each),
            })
            .collect();
        scan.lines.push(pieces.iter().map(|piece| piece.lines).sum());
        for piece in pieces {
            scan.known.extend(piece.known);
            for (shape, (count, line, error)) in piece.unknown {
                let known = unknown.entry_ref(&shape).or_insert_with(|| Alike { shape: shape.clone(), count: 0, first: (at, line), error });
                known.count += count;
                known.error |= error;
                known.first = known.first.min((at, line));
            }
        }
    }
    scan.unknown = unknown.into_values().collect();
    scan.unknown
        .sort_by(|a, b| b.error.cmp(&a.error).then(b.count.cmp(&a.count)).then(a.first.cmp(&b.first)).then_with(|| a.shape.cmp(&b.shape)));
    scan
}

/// The column of a table in which its messages stand.
fn column(file: &LogFile, first: &LogChunk, headers: &[String], messages: &Messages<'_>) -> Option<usize> {
    let mut found = vec![0u32; headers.len()];
    for entry in file.entries(first).take(TRIAL) {
        for (count, cell) in found.iter_mut().zip(&entry.cells) {
            *count += u32::from(!messages.look(cell).is_empty());
        }
    }
    // Of two as good the first: what repeats the message stands after it.
    let (at, most) = found.iter().enumerate().max_by_key(|(at, count)| (**count, std::cmp::Reverse(*at)))?;
    (*most > 0).then_some(at)
}

fn text_of(bytes: &[u8], hits: &[Hit]) -> String {
    let text = without_secrets(bytes, hits);
    let text = masked(text.trim());
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// The messages in a line, which never show a password.
fn look(messages: &Messages<'_>, line: &[u8]) -> Vec<Hit> {
    let hits = messages.look(line);
    if hits.iter().all(|hit| hit.values.is_empty()) {
        return hits;
    }
    let shown = without_secrets(line, &hits);
    match masked(&shown) {
        Cow::Borrowed(_) if matches!(shown, Cow::Borrowed(_)) => hits,
        masked => hits.into_iter().map(|hit| hit.within(&masked)).collect(),
    }
}

fn blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// The rows of a table.
fn rows<'b>(
    file: usize,
    entries: impl Iterator<Item = LogEntry<'b>>,
    headers: &[String],
    column: Option<usize>,
    messages: &Messages<'_>,
    each: bool,
) -> Piece {
    let mut piece = Piece::default();
    for entry in entries.filter(|entry| !entry.cells.iter().all(|cell| blank(cell))) {
        piece.lines += 1;
        let hits = |at: usize| entry.cells.get(at).map(|cell| look(messages, cell)).unwrap_or_default();
        let found = match column {
            Some(at) => Some((at, hits(at))),
            None => (0..entry.cells.len()).map(|at| (at, hits(at))).find(|(_, hits)| !hits.is_empty()),
        };
        let (at, hits) = found.filter(|(_, hits)| !hits.is_empty()).unwrap_or((column.unwrap_or(usize::MAX), Vec::new()));
        // A cell beside the message may hold one of its own, or repeat what the message calls a password.
        let beside = |cell: &[u8]| {
            let own = if messages.have_secrets() { messages.look(cell) } else { Vec::new() };
            hits.iter().fold(text_of(cell, &own), |text, hit| hit.mask(text))
        };
        let cells = headers.iter().zip(&entry.cells).enumerate().filter(|(other, (_, cell))| *other != at && !blank(cell));
        let cells: Vec<(String, String)> =
            cells.map(|(_, (header, cell))| (header.clone(), if is_secret(header) { "***".to_owned() } else { beside(cell) })).collect();
        let message = entry.cells.get(at).map(|cell| text_of(cell, &hits));
        let text = message.unwrap_or_else(|| cells.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" "));
        if hits.is_empty() {
            let status = |cell: &(String, String)| ["error", "failed", "failure", "fatal"].contains(&cell.1.to_lowercase().as_str());
            piece.unknown(&text, entry.line, is_error(&text) || cells.iter().any(status));
        }
        if each || !hits.is_empty() {
            piece.known.push(Line { file, line: entry.line, lines: 1, text, hits, cells });
        }
    }
    piece
}

/// The lines of a log; a message that was broken is put together again.
fn lines<'b>(file: usize, entries: impl Iterator<Item = LogEntry<'b>>, messages: &Messages<'_>, each: bool) -> Piece {
    let mut piece = Piece::default();
    let lines: Vec<(u64, Cow<'b, [u8]>)> =
        entries.filter_map(|entry| Some((entry.line, entry.cells.into_iter().next()?))).filter(|(_, line)| !blank(line)).collect();
    piece.lines = lines.len() as u64;
    let mut at = 0;
    while let Some((number, line)) = lines.get(at) {
        let hits = look(messages, line);
        let mut taken = 1;
        let mut joined = Cow::Borrowed(&**line);
        let mut found = hits;
        // What is told of another message may be in the same lines: its passwords are none to show.
        let mut beside = Vec::new();
        if !found.iter().any(|hit| hit.whole) {
            let mut longer = line.trim_ascii_end().to_vec();
            let first = longer.len();
            for (_, next) in lines[at + 1..].iter().take(BROKEN - 1).take_while(|(_, next)| !begins(next)) {
                let border = longer.len();
                longer.push(b' ');
                longer.extend_from_slice(next.trim_ascii());
                taken += 1;
                let mut whole = look(messages, &longer);
                // What a later line says by itself is not what was broken; the blank between two lines may belong to a match.
                let all = whole.clone();
                whole.retain(|hit| hit.whole && hit.range.start < first && hit.range.end > border + 1);
                if !whole.is_empty() {
                    beside = all;
                    (found, joined) = (whole, Cow::Owned(longer.clone()));
                    break;
                }
            }
            if matches!(joined, Cow::Borrowed(_)) {
                taken = 1;
            }
        }
        if found.is_empty() {
            let text = text_of(line, &[]);
            piece.unknown(&text, *number, is_error(&text));
        }
        if each || !found.is_empty() {
            let lines = lines[at + taken - 1].0 - number + 1;
            let text = text_of(&joined, if beside.is_empty() { &found } else { &beside });
            piece.known.push(Line { file, line: *number, lines, text, hits: found, cells: Vec::new() });
        }
        at += taken;
    }
    piece
}

impl Piece {
    fn unknown(&mut self, text: &str, line: u64, error: bool) {
        let known = self.unknown.entry_ref(&*shape(text)).or_insert_with(|| (0, line, error));
        known.2 |= error;
        known.0 += 1;
    }
}

/// Whether a line begins an entry of its own: with a time, a mark or a level. What was broken goes on without one.
fn begins(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let bare = line.strip_prefix(b"[").unwrap_or(line);
    let digits = bare.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let time =
        digits > 0 && matches!(bare.get(digits), Some(b'-' | b'/' | b':' | b'.')) && bare.get(digits + 1).is_some_and(u8::is_ascii_digit);
    let named = bare.starts_with(b"{\"") || [&b"time="[..], b"ts=", b"timestamp=", b"level="].iter().any(|name| bare.starts_with(name));
    time || named || level(line).is_some()
}

/// The level with which a line begins, perhaps in brackets.
fn level(line: &[u8]) -> Option<&'static str> {
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let levels = ["ERROR", "WARNING", "WARN", "INFO", "DEBUG", "TRACE", "NOTICE", "FATAL", "CRITICAL", "SEVERE"];
    levels.into_iter().find(|level| {
        line.get(..level.len()).is_some_and(|start| start == level.as_bytes())
            && line.get(level.len()).is_some_and(|byte| !byte.is_ascii_alphanumeric())
    })
}

/// Whether a line calls itself an error: by a level in capitals among its first words, by what its field for the level says, or by beginning so.
fn is_error(text: &str) -> bool {
    let words = || text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    // A time is up to seven words.
    let worst = words().take(LEVEL_WITHIN).any(|word| ["ERROR", "FATAL", "CRITICAL", "SEVERE"].contains(&word));
    let named = || {
        words().zip(words().skip(1)).any(|(name, value)| {
            LEVELS.iter().any(|level| name.eq_ignore_ascii_case(level))
                && ["err", "error", "fatal", "critical", "severe"].iter().any(|level| value.eq_ignore_ascii_case(level))
        })
    };
    worst || text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("error:")) || (text.contains(['=', ':']) && named())
}

/// A line with `…` for what differs from line to line of a kind: times at its beginning, numbers, ids, addresses, what follows `=` and `"name":`.
/// What commas, semicolons and bars divide are words of their own.
fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len());
    // What stands between the last word that was kept and the next.
    let mut gap = String::new();
    for piece in text.split_inclusive(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '|')) {
        let word = piece.trim_end_matches(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '|'));
        let differs = word.bytes().any(|byte| byte.is_ascii_digit()) || word.contains('@');
        let named = word.split_once('=').map(|(name, value)| (name, "=", value)).or_else(|| {
            let (name, value) = word.split_once("\":")?;
            Some((name, "\":", value))
        });
        let kept = match named {
            Some((name, ..)) if is_level(name) => Some(word.to_owned()),
            Some((name, mark, value)) if !value.is_empty() && (mark == "=" || differs) => Some(format!("{name}{mark}…")),
            _ if word.is_empty() || differs => None,
            _ => Some(word.to_owned()),
        };
        match kept {
            None if word.is_empty() => {}
            // What differs at the beginning is a time; several in a row are one.
            None if shape.ends_with('…') => gap.clear(),
            None => {
                shape.push_str(&std::mem::take(&mut gap));
                shape.push('…');
            }
            Some(word) => {
                shape.push_str(&std::mem::take(&mut gap));
                shape.push_str(&word);
            }
        }
        gap.extend(piece[word.len()..].chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }));
        if gap.ends_with("  ") {
            gap.pop();
        }
    }
    let shape = format!("{shape}{}", gap.trim_end());
    // A time at the beginning tells nothing.
    match shape.strip_prefix("… ") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => shape,
    }
}

/// Whether a field of a line, perhaps in quotes, says its level.
fn is_level(name: &str) -> bool {
    let name = name.trim_matches(|letter: char| !letter.is_alphanumeric());
    LEVELS.iter().any(|level| name.eq_ignore_ascii_case(level))
}
