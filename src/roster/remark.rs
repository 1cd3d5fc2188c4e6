//! Rows that are no records though they have all their cells: the header once more, totals, remarks.
use super::chunk::blank;
use super::kind::Kind;
use super::plan::FilePlan;
use super::split::Row;
use crate::model::{FieldRef, Type};

/// Words with which the last line of an export begins.
const TOTALS: [&str; 12] =
    ["total", "totals", "grand total", "subtotal", "count", "record count", "row count", "end of", "summe", "gesamt", "anzahl", "totaal"];
/// No total or remark is longer.
const LONGEST: usize = 200;

/// What a file's rows are held against.
pub(super) struct NoRecord<'a> {
    /// The header as it stands in the file; empty when it has none.
    header: &'a [u8],
    /// Whether the first column holds ids.
    by_id: bool,
}

impl<'a> NoRecord<'a> {
    pub(super) fn new(header: &'a [u8], plan: &FilePlan) -> Self {
        let is_id = |field: &FieldRef, of| matches!(field, FieldRef::Field(field) if field.of(of).kind == Type::Id);
        let mut ids = plan.records.iter().flat_map(|record| record.shown.iter().map(move |(field, column)| (record.noun, field, *column)));
        let by_id = ids.any(|(noun, field, column)| column == 0 && is_id(field, noun));
        let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header).trim_ascii_end();
        NoRecord { header, by_id }
    }

    /// What a row is if it is no record. Nearly all are passed by a look at their length and their second cell.
    #[inline]
    pub(super) fn kind(&self, bytes: &[u8], row: &Row) -> Option<Kind> {
        let length = row.end - row.start;
        if (length == self.header.len() || length == self.header.len() + 3) && self.is_header(&bytes[row.start..row.end]) {
            return Some(Kind::HeaderAgain);
        }
        let [first, second, ..] = &row.cells[..] else { return None };
        let beginning = bytes.get(second.start).copied().unwrap_or(b' ');
        let filled = second.end > second.start && !beginning.is_ascii_digit() && beginning != b' ';
        (!filled && row.cells.len() > 2 && length < LONGEST && self.is_remark(bytes, row, first.raw(bytes))).then_some(Kind::Remark)
    }

    fn is_header(&self, row: &[u8]) -> bool {
        !self.header.is_empty() && row.strip_prefix(b"\xef\xbb\xbf").unwrap_or(row) == self.header
    }

    /// A text of several words that stands alone where an id belongs, or a total with its numbers.
    fn is_remark(&self, bytes: &[u8], row: &Row, first: &[u8]) -> bool {
        let may = first.first().is_some_and(|letter| b"tgscreaTGSCREA".contains(letter)) || first.contains(&b' ');
        let number = |raw: &[u8]| raw.iter().all(|byte| byte.is_ascii_digit() || b" ,.".contains(byte));
        if !may || row.cells[1..].iter().any(|cell| !number(cell.raw(bytes))) {
            return false;
        }
        let text = String::from_utf8_lossy(first).trim().to_lowercase();
        let total = TOTALS.iter().any(|word| {
            let rest = text.strip_prefix(word);
            rest.is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_alphanumeric() && !"-_".contains(next)))
        });
        let alone = || row.cells[1..].iter().all(|cell| blank(cell.raw(bytes)));
        total || (self.by_id && text.split_whitespace().count() > 2 && alone())
    }
}
