//! Findings about what a spreadsheet did to values: zeros in front, long numbers, formulas.
use super::checks::Kind;
use super::header::{Header, letter};
use super::notices::{Named, Scope, finding, place_header};
use super::workbook::Numbers;
use crate::finding::Count;

/// Shorter numbers count as damaged when so many of a hundred are one length.
const MOST: u64 = 80;
/// Numbers of one length that speak for it.
const ENOUGH: u64 = 3;

impl Scope<'_> {
    /// What the numbers of a sheet show, column by column.
    pub(super) fn numbers(&mut self, file: &Named<'_>, header: &Header, numbers: &[Numbers]) {
        for (column, numbers) in numbers.iter().enumerate().take(header.names.len()) {
            if file.map.known_as(&header.names[column]).is_none() {
                continue;
            }
            if file.map.is_id(&header.names[column]) {
                self.zeros(file, header, column, numbers);
                let (count, row) = numbers.rounded;
                self.in_column(Kind::RoundedNumber, file, header, column, (count, row), |is, what| {
                    format!("{what} {is} longer than the 15 digits that a spreadsheet keeps of a number; the others are zeros now")
                });
            }
            self.in_column(Kind::FormulaError, file, header, column, numbers.errors, |is, what| {
                format!("{what} {is} the error of a formula")
            });
        }
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
