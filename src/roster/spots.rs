//! Findings about damaged rows: one per file and kind, with the first place, the lines of the next few, and an exact count.
use super::checks::Kind;
use super::damage::{Damage, KEPT, Spot};
use super::excerpt;
use super::header::Header;
use super::notices::finding;
use super::plan::FilePlan;
use super::split::line_ends;
use super::survey::Role;
use crate::finding::{Count, Finding, List};
use std::sync::Arc;

/// A file with damage in it.
pub(super) struct Damaged<'a> {
    pub(super) role: Role,
    pub(super) file: &'a Arc<str>,
    pub(super) bytes: &'a [u8],
    pub(super) header: &'a Header,
    pub(super) plan: &'a FilePlan,
}

const ROWS: [Kind; 9] = [
    Kind::TooFewCells,
    Kind::TooManyCells,
    Kind::BlankRow,
    Kind::UnclosedQuote,
    Kind::StrayQuote,
    Kind::NotUtf8,
    Kind::NulByte,
    Kind::TooLongCell,
    Kind::CutOff,
];

impl Damaged<'_> {
    /// The findings, in the order of their first lines.
    pub(super) fn findings(&self, damage: &Damage) -> Vec<Finding> {
        let mut findings: Vec<Finding> = ROWS.into_iter().filter_map(|kind| self.of_kind(kind, damage)).collect();
        findings.sort_by_key(|finding| finding.place.as_ref().map(|place| (place.line, place.column)));
        findings
    }

    fn of_kind(&self, kind: Kind, damage: &Damage) -> Option<Finding> {
        let count = damage.count(kind);
        let spots: Vec<&Spot> = damage.spots.iter().filter(|spot| spot.kind == kind).collect();
        let first = *spots.first()?;
        let line = self.line(first);
        let mut message = self.message(kind, count, first);
        if count > 1 {
            let mut lines: Vec<String> = spots.iter().map(|spot| Count::grouped(self.line(spot))).collect();
            lines.dedup();
            let more = count > KEPT as u64;
            let lines = if more { format!("{} and more", lines.join(", ")) } else { List(&lines, "and").to_string() };
            message = format!("{message}, on lines {lines}");
        }
        let detail = if matches!(kind, Kind::TooFewCells) { "few" } else { "" };
        let mut finding = finding(kind, self.role, self.file, detail, message, count);
        let secrets = excerpt::secrets(self.plan);
        if let Some(place) = &mut finding.place {
            place.line = Some(line);
            place.column = Some(excerpt::column(self.bytes, first.row, first.at));
            place.record = first.record.map(|record| record + 1);
            place.excerpt = match kind {
                Kind::BlankRow | Kind::TooLongCell => None,
                Kind::TooFewCells | Kind::TooManyCells | Kind::CutOff => {
                    let label = Count(first.number as u64, "cell", "cells").to_string();
                    excerpt::beginning(self.bytes, first.row, &secrets, label)
                }
                _ => excerpt::around(self.bytes, first.row, first.at, first.length, &secrets, self.label(kind, first)),
            };
        }
        Some(finding)
    }

    /// The physical line of the byte itself.
    fn line(&self, spot: &Spot) -> u64 {
        self.header.rows_line + spot.line + u64::from(line_ends(&self.bytes[spot.row..spot.at]))
    }

    fn message(&self, kind: Kind, count: u64, spot: &Spot) -> String {
        let file = self.file;
        let width = self.plan.width;
        let column = || excerpt::header(self.header, spot.number);
        let rows = Count(count, "row", "rows");
        let cells = Count(count, "cell", "cells");
        let (has, is) = if count == 1 { ("has", "is") } else { ("have", "are") };
        match kind {
            Kind::TooFewCells => format!("{rows} of `{file}` {has} fewer cells than the header, {} instead of {width}", spot.number),
            Kind::TooManyCells => format!("{rows} of `{file}` {has} more cells than the header, {} instead of {width}", spot.number),
            Kind::BlankRow => format!("{rows} of `{file}` {is} blank"),
            Kind::UnclosedQuote => {
                format!("{} of `{file}` {is} opened and never closed, in {}", Count(count, "quote", "quotes"), column())
            }
            Kind::StrayQuote => format!("{} in `{file}` {has} a quote where none belongs, in {}", cells, column()),
            Kind::NotUtf8 => format!("{cells} in `{file}` {has} bytes that are not UTF-8: {}, in {}", self.hex(spot), column()),
            Kind::NulByte => format!("{cells} in `{file}` {has} a NUL byte, in {}", column()),
            Kind::TooLongCell => format!("{cells} in `{file}` {is} longer than 1 MiB, in {}", column()),
            Kind::CutOff => format!("`{file}` ends in the middle of a row: {} of {width} cells, and no line end", spot.number),
            _ => kind.check().title.to_owned(),
        }
    }

    fn label(&self, kind: Kind, spot: &Spot) -> String {
        match kind {
            Kind::UnclosedQuote => "opened here".to_owned(),
            Kind::StrayQuote => "this quote".to_owned(),
            Kind::NotUtf8 => self.hex(spot),
            _ => "here".to_owned(),
        }
    }

    fn hex(&self, spot: &Spot) -> String {
        let bytes = self.bytes.get(spot.at..spot.at + spot.length).unwrap_or(&[]);
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02X}")).collect();
        bytes.join(" ")
    }
}
