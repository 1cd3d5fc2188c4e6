//! Pieces of damaged rows for findings: short, with control characters made visible, and never a password.
use super::header::Header;
use super::plan::{FilePlan, RecordPlan};
use super::split::{Dialect, Row, split};
use crate::finding::Excerpt;
use crate::model::{FieldRef, Privacy};

/// The character of `at` in its line, from 1; `from` is a byte before it at which a line starts, the file's first after a byte order mark, or a row's.
pub(super) fn column(bytes: &[u8], from: usize, at: usize) -> u64 {
    let before = &bytes[from.min(at)..at];
    let line = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
    String::from_utf8_lossy(&before[line..]).chars().count() as u64 + 1
}

/// At most `most` characters of a text, with control characters made visible, and how many characters these are.
pub(super) fn visible(text: &str, most: usize) -> (String, usize) {
    let mut shown: String = text.chars().take(most).map(picture).collect();
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    let length = shown.chars().count();
    (shown, length)
}

/// Control characters as their pictures.
fn picture(letter: char) -> char {
    match letter {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + letter as u32).unwrap_or('�'),
        '\u{7f}' => '␡',
        _ => letter,
    }
}

/// Columns that hold passwords.
pub(super) fn secrets(plan: &FilePlan, header: &Header) -> Vec<usize> {
    (0..header.texts.len()).filter(|column| is_secret(plan, header, *column)).collect()
}

/// Whether a column holds passwords: what the layout knows it to hold decides, else its header.
pub(super) fn is_secret(plan: &FilePlan, header: &Header, column: usize) -> bool {
    let of = |record: &RecordPlan| {
        let noun = record.noun;
        let fields = record.shown.iter().filter(|(_, shown)| **shown == column);
        fields
            .filter_map(|(field, _)| if let FieldRef::Field(field) = field { Some(field.of(noun).privacy) } else { None })
            .collect::<Vec<_>>()
    };
    let known: Vec<Privacy> = plan.records.iter().flat_map(of).collect();
    known.contains(&Privacy::Secret) || (known.is_empty() && header.texts.get(column).is_some_and(|text| crate::model::is_secret(text)))
}

/// Where passwords may stand at first in a row: further left than their columns where cells are lost, and anywhere in a row that another
/// separator parts.
pub(super) fn moved(bytes: &[u8], row: usize, secrets: &[usize], width: usize, dialect: Dialect) -> Vec<usize> {
    let mut split_row = Row::of(dialect);
    if split(bytes, row, bytes.len(), &mut split_row).is_err() {
        return secrets.to_vec();
    }
    let lost = width.saturating_sub(split_row.cells.len());
    let text = bytes.get(row..split_row.end).unwrap_or(&[]);
    let parted = lost > 0 && text.iter().any(|byte| *byte != dialect.separator && b",;\t|:^~".contains(byte));
    secrets.iter().map(|column| if parted { 0 } else { column.saturating_sub(lost) }).collect()
}

/// The characters around `at` in a row, from the cell that holds it. Nothing is shown from a column of passwords on, because in a
/// damaged row what stands there may be one.
pub(super) fn around(
    bytes: &[u8],
    row: usize,
    at: usize,
    length: usize,
    secrets: &[usize],
    label: String,
    dialect: Dialect,
) -> Option<Excerpt> {
    let mut split_row = Row::of(dialect);
    split(bytes, row, bytes.len(), &mut split_row).ok()?;
    let cell = split_row.cells.iter().rposition(|cell| cell.outer_start() <= at)?;
    if secrets.iter().any(|secret| *secret <= cell) {
        return None;
    }
    let start = split_row.cells[cell].outer_start();
    let line = memchr::memrchr2(b'\n', b'\r', &bytes[start..at]).map_or(start, |end| start + end + 1);
    let end = split_row.cells[cell].end.max(at + length).min(split_row.end.max(at));
    let before = String::from_utf8_lossy(&bytes[line..at]).into_owned();
    let skip = before.chars().count().saturating_sub(40);
    let mut text: String = if skip > 0 { "…".to_owned() } else { String::new() };
    text.extend(before.chars().skip(skip).map(picture));
    let mark = text.chars().count();
    let meant = &bytes[at..(at + length).min(bytes.len())];
    let shown: String = String::from_utf8_lossy(meant).chars().take(40).map(picture).collect();
    text.push_str(&shown);
    let rest = bytes.get(at + length..end).unwrap_or(&[]);
    let rest = rest.split(|byte| *byte == dialect.separator || matches!(byte, b'\n' | b'\r')).next().unwrap_or(&[]);
    let (rest, _) = visible(&String::from_utf8_lossy(rest), 30);
    text.push_str(&rest);
    Some(Excerpt { text, mark: (mark, shown.chars().count().max(1)), label })
}

/// The beginning of a row, up to the first column of passwords.
pub(super) fn beginning(bytes: &[u8], row: usize, secrets: &[usize], label: String, dialect: Dialect) -> Option<Excerpt> {
    let mut split_row = Row::of(dialect);
    split(bytes, row, bytes.len(), &mut split_row).ok()?;
    let safe = secrets.iter().min().map_or(split_row.cells.len(), |first| (*first).min(split_row.cells.len()));
    let last = split_row.cells.get(safe.checked_sub(1)?)?;
    let (text, length) = visible(&String::from_utf8_lossy(&bytes[row..last.end.max(row)]), 90);
    (length > 0).then_some(Excerpt { text, mark: (0, length), label })
}

/// The header of a column, for messages.
pub(super) fn header(header: &Header, column: usize) -> String {
    match header.texts.get(column).map(String::as_str) {
        Some(text) if !text.is_empty() => format!("`{text}`"),
        _ => format!("column {}", super::header::letter(column)),
    }
}
