//! Rows that are no records though they have all their cells: the header once more, totals, remarks. To lose a record is worse than to read one too many.
use super::chunk::blank;
use super::kind::Kind;
use super::plan::FilePlan;
use super::split::{Dialect, Row, split};
use crate::model::{FieldRef, Type};

/// Words with which the last line of an export begins, and after which numbers may stand.
const TOTALS: [&str; 12] =
    ["total", "totals", "grand total", "subtotal", "count", "record count", "row count", "end of", "summe", "gesamt", "anzahl", "totaal"];
/// Words with which a remark begins that stands alone in its row.
const REMARKS: [&str; 8] = ["records", "rows", "printed", "generated", "exported", "created", "report", "as of"];
/// No total or remark is longer.
const LONGEST: usize = 200;

/// Letters that a header must have to be known again.
const TELLING: usize = 6;

/// What a file's rows are held against.
pub(super) struct NoRecord {
    /// The header's names, as headers are compared; empty when the file has none.
    header: Vec<Vec<u8>>,
    /// Whether the first column holds ids.
    by_id: bool,
    /// Columns besides the first that hold the ids of the file's own records.
    keys: Vec<usize>,
}

impl NoRecord {
    pub(super) fn new(header: &[u8], dialect: Dialect, plan: &FilePlan) -> Self {
        let (mut by_id, mut keys) = (false, Vec::new());
        for record in plan.records.iter().filter(|record| !record.noun.get().technical) {
            let own = record.noun.get().identity.first();
            for (field, column) in &record.shown {
                let FieldRef::Field(field) = field else { continue };
                let field = field.of(record.noun);
                by_id |= *column == 0 && field.kind == Type::Id;
                if *column > 0 && field.kind == Type::Id && field.refers.is_none() && own == Some(&field.name) {
                    keys.push(*column);
                }
            }
        }
        let mut row = Row::of(dialect);
        let mut names = Vec::new();
        if !header.is_empty() && split(header, 0, header.len(), &mut row).is_ok() {
            names = row.cells.iter().map(|cell| name(cell.raw(header)).collect()).collect();
            names.truncate(names.iter().rposition(|name: &Vec<u8>| !name.is_empty()).map_or(0, |last| last + 1));
        }
        // Names of a letter or two may be values as well.
        if names.iter().map(Vec::len).sum::<usize>() < TELLING {
            names.clear();
        }
        NoRecord { header: names, by_id, keys }
    }

    /// What a row is if it is no record. Nearly all are passed by a look at their first cell, their length and their second cell.
    #[inline]
    pub(super) fn kind(&self, bytes: &[u8], row: &Row) -> Option<Kind> {
        let [first, second, ..] = &row.cells[..] else { return None };
        if self.header.first().is_some_and(|own| !own.is_empty() && name(first.raw(bytes)).eq(own.iter().copied()))
            && self.is_header(bytes, row)
        {
            return Some(Kind::HeaderAgain);
        }
        let beginning = bytes.get(second.start).copied().unwrap_or(b' ');
        let filled = second.end > second.start && !beginning.is_ascii_digit() && !b" -=".contains(&beginning);
        let short = row.end - row.start < LONGEST;
        (!filled && row.cells.len() > 2 && short && self.is_remark(bytes, row, first.raw(bytes))).then_some(Kind::Remark)
    }

    fn is_header(&self, bytes: &[u8], row: &Row) -> bool {
        let (cells, rest) = row.cells.split_at(row.cells.len().min(self.header.len()));
        cells.len() == self.header.len()
            && rest.iter().all(|cell| blank(cell.raw(bytes)))
            && cells.iter().zip(&self.header).all(|(cell, own)| name(cell.raw(bytes)).eq(own.iter().copied()))
    }

    /// A line of dashes; a text that stands alone and is no id; or a total with its numbers, which leaves most other cells empty as a record does not.
    fn is_remark(&self, bytes: &[u8], row: &Row, first: &[u8]) -> bool {
        let line = |raw: &[u8]| raw.len() > 2 && raw.iter().all(|byte| b"-=".contains(byte));
        if line(first) {
            return row.cells[1..].iter().all(|cell| blank(cell.raw(bytes)) || line(cell.raw(bytes)));
        }
        let may = first.first().is_some_and(|letter| b"tgscreapTGSCREAP".contains(letter)) || first.contains(&b' ');
        let number = |raw: &[u8]| raw.iter().all(|byte| byte.is_ascii_digit() || b" ,.".contains(byte));
        if !may || row.cells[1..].iter().any(|cell| !number(cell.raw(bytes))) {
            return false;
        }
        let empty = |column: usize| row.cells.get(column).is_none_or(|cell| blank(cell.raw(bytes)));
        if self.keys.iter().any(|key| !empty(*key)) {
            return false;
        }
        let text = String::from_utf8_lossy(first).trim().to_lowercase();
        let begins = |words: &[&str]| {
            let rest = |word: &&str| text.strip_prefix(*word).map(str::to_owned);
            words.iter().filter_map(rest).any(|rest| rest.chars().next().is_none_or(|next| !next.is_alphanumeric() && !"-_".contains(next)))
        };
        let (others, left) = (row.cells.len() - 1, (1..row.cells.len()).filter(|column| empty(*column)).count());
        let alone = left == others;
        let told = || begins(&REMARKS) || (self.by_id && text.split_whitespace().count() > 3);
        (left * 2 >= others && begins(&TOTALS)) || (alone && told())
    }
}

/// The letters of a cell that count where headers are compared: neither case, blanks, `_` and quotes nor a byte order mark.
fn name(raw: &[u8]) -> impl Iterator<Item = u8> {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    raw.iter().filter(|byte| !matches!(byte, b'\t'..=b'\r' | b' ' | b'_' | b'"')).map(u8::to_ascii_lowercase)
}
