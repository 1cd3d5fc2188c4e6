//! Findings about what a spreadsheet did to values: zeros in front, long numbers, formulas.
use super::blame::DamagedRow;
use super::damage::KEPT;
use super::excerpt::visible;
use super::header::{Header, letter};
use super::kind::Kind;
use super::notices::{Named, Scope, finding, place_header};
use super::split::EachRow;
use super::workbook::Numbers;
use crate::finding::{Count, Excerpt, List};
use hashbrown::HashSet;

/// Shorter numbers count as damaged when so many of a hundred are one length.
const MOST: u64 = 80;
/// Numbers of one length that speak for it.
const ENOUGH: u64 = 3;

impl Scope<'_> {
    /// What the numbers of a sheet show, column by column.
    pub(super) fn numbers(&mut self, file: &Named<'_>, header: &Header, numbers: &[Numbers]) -> Vec<DamagedRow> {
        let mut damaged = Vec::new();
        for (column, numbers) in numbers.iter().enumerate().take(header.names.len()) {
            if file.map.known_as(&header.names[column]).is_none() {
                continue;
            }
            if file.map.is_id(&header.names[column]) {
                self.zeros(file, header, column, numbers);
                self.in_column(Kind::RoundedNumber, file, header, column, numbers.rounded, |is, what| {
                    let rows = rows(&numbers.rounded_rows, numbers.rounded.0);
                    format!("{what} {is} longer than the 15 digits that a spreadsheet keeps of a number; the others are zeros now{rows}")
                });
                damaged.extend(self.cells(Kind::RoundedNumber, file, header, column, &numbers.rounded_rows));
            }
            self.in_column(Kind::FormulaError, file, header, column, numbers.errors, |is, what| {
                format!("{what} {is} the error of a formula{}", rows(&numbers.error_rows, numbers.errors.0))
            });
            damaged.extend(self.cells(Kind::FormulaError, file, header, column, &numbers.error_rows));
        }
        damaged
    }

    /// The records in which cells of a column are damaged. The first of these cells is shown with the finding just made.
    fn cells(&mut self, kind: Kind, file: &Named<'_>, header: &Header, column: usize, rows: &[u64]) -> Vec<DamagedRow> {
        let mut damaged = Vec::new();
        let Some(finding) = self.findings.last_mut().filter(|_| !rows.is_empty()) else { return damaged };
        let first = rows.iter().min().copied();
        let rows: HashSet<u64> = rows.iter().copied().collect();
        let mut each = EachRow::new(file.bytes, header.rows, header.dialect);
        let (mut line, mut record) = (header.rows_line, 0);
        while let Some(row) = each.row().filter(|_| damaged.len() < rows.len()) {
            if rows.contains(&line) {
                damaged.push(DamagedRow { finding: finding.fingerprint, record, column: Some(column) });
            }
            if Some(line) == first
                && let (Some(place), Some(cell)) = (&mut finding.place, row.cells.get(column))
            {
                let (text, length) = visible(&String::from_utf8_lossy(cell.raw(file.bytes)), 60);
                let label = if kind == Kind::RoundedNumber { "rounded" } else { "an error" };
                place.record = Some(record + 1);
                place.excerpt = Some(Excerpt { text, mark: (0, length.max(1)), label: label.to_owned() });
            }
            record += u64::from(!row.is_blank_line());
            line += u64::from(row.lines);
        }
        damaged
    }

    fn zeros(&mut self, file: &Named<'_>, header: &Header, column: usize, numbers: &Numbers) {
        let longest = numbers.digits.iter().rposition(|(count, _)| *count > 0).unwrap_or(0);
        let (padded, width) = numbers.padded;
        let all: u64 = numbers.digits.iter().map(|(count, _)| count).sum();
        let full = numbers.digits[longest].0;
        // As long as the others are, or as the cells are that kept their zeros.
        let (width, why) = if padded > 0 && longest <= width {
            (
                width,
                format!(
                    "{} of the same column {} a text of {width} figures that begins with 0",
                    Count(padded, "cell", "cells"),
                    if padded == 1 { "is" } else { "are" }
                ),
            )
        } else if full >= ENOUGH && full * 100 >= all * MOST {
            (longest, format!("the other {full} have {longest}"))
        } else {
            return;
        };
        let short = &numbers.digits[..width.min(numbers.digits.len())];
        let count = short.iter().map(|(count, _)| count).sum();
        let row = short.iter().filter(|(count, _)| *count > 0).map(|(_, row)| *row).min().unwrap_or(0);
        self.in_column(Kind::ZerosLost, file, header, column, (count, row), |is, what| {
            let have = if is == "is" { "has" } else { "have" };
            format!("{what} {is} a number and {have} fewer than {width} digits, and {why}: a spreadsheet has probably dropped the zeros in front")
        });
    }

    fn in_column(
        &mut self,
        kind: Kind,
        file: &Named<'_>,
        header: &Header,
        column: usize,
        (count, row): (u64, u64),
        words: impl Fn(&str, String) -> String,
    ) {
        if count == 0 {
            return;
        }
        let text = match header.texts[column].as_str() {
            "" => format!("column {}", letter(column)),
            text => format!("`{text}`"),
        };
        let what = format!("{} of {text} in `{}`", Count(count, "value", "values"), file.shown);
        let message = words(if count == 1 { "is" } else { "are" }, what);
        let mut finding = finding(kind, self.role, file.shown, header.names[column].as_str(), message, count);
        place_header(&mut finding, file.bytes, header, column, "");
        if let Some(place) = &mut finding.place {
            place.line = Some(row);
            place.excerpt = None;
        }
        self.push(finding, kind);
    }
}

/// The first few rows of several: `, in rows 2, 3 and 4`.
fn rows(rows: &[u64], count: u64) -> String {
    if count < 2 {
        return String::new();
    }
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    let shown: Vec<String> = rows.iter().take(KEPT).map(|row| Count::grouped(*row)).collect();
    if count > KEPT as u64 { format!(": in rows {} and more", shown.join(", ")) } else { format!(": in rows {}", List(&shown, "and")) }
}
