//! Findings about damaged rows: one per file and kind, with the first place, the lines of the next few, and an exact count.
use super::blame::DamagedRow;
use super::damage::{Damage, KEPT, Spot};
use super::excerpt;
use super::header::{Header, SEPARATORS, separator_name};
use super::kind::Kind;
use super::notices::finding;
use super::plan::FilePlan;
use super::split::{Cell, Dialect, Row, split};
use super::survey::Role;
use crate::finding::{Count, Finding, Fingerprint, List};
use std::sync::Arc;

/// A file with damage in it.
pub(super) struct Damaged<'a> {
    pub(super) role: Role,
    pub(super) file: &'a Arc<str>,
    pub(super) bytes: &'a [u8],
    pub(super) header: &'a Header,
    pub(super) plan: &'a FilePlan,
}

const ROWS: [Kind; 18] = [
    Kind::TooFewCells,
    Kind::TooManyCells,
    Kind::TrailingComma,
    Kind::LoneReturn,
    Kind::MixedLineEnds,
    Kind::LineBreak,
    Kind::StrayLine,
    Kind::Remark,
    Kind::HeaderAgain,
    Kind::BlankRow,
    Kind::UnclosedQuote,
    Kind::StrayQuote,
    Kind::NotUtf8,
    Kind::Mojibake,
    Kind::LostLetter,
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

    /// The rows that they are about.
    pub(super) fn rows(&self, damage: &Damage) -> Vec<DamagedRow> {
        let of = |(kind, record, column): &(Kind, u64, Option<usize>)| {
            let finding = Fingerprint::of(kind.check().id, [self.role.word(), self.file, detail(*kind)]);
            DamagedRow { finding, record: *record, column: *column }
        };
        damage.rows.iter().map(of).collect()
    }

    fn of_kind(&self, kind: Kind, damage: &Damage) -> Option<Finding> {
        let count = damage.count(kind);
        let spots: Vec<&Spot> = damage.spots.iter().filter(|spot| spot.kind == kind).collect();
        let first = *spots.first()?;
        let line = self.line(first);
        let (mut message, of_first) = self.message(kind, count, first);
        if count > 1 {
            let mut lines: Vec<String> = spots.iter().map(|spot| Count::grouped(self.line(spot))).collect();
            lines.dedup();
            let more = count > KEPT as u64;
            message.push_str(&match &lines[..] {
                [line] if !more => format!(", on line {line}"),
                _ if more => format!(", on lines {} and more", lines.join(", ")),
                _ => format!(", on lines {}", List(&lines, "and")),
            });
        }
        if !of_first.is_empty() {
            message.push_str(match count {
                1 if of_first.starts_with("in ") => ", ",
                1 => ": ",
                _ => "; the first ",
            });
            message.push_str(&of_first);
        }
        let mut finding = finding(kind, self.role, self.file, detail(kind), message, count);
        let secrets = excerpt::secrets(self.plan, self.header);
        let secrets = excerpt::moved(self.bytes, first.row, &secrets, self.plan.width, self.header.dialect);
        if let Some(value) = self.torn(kind, first, &secrets) {
            finding.help =
                Some(format!("`{value}` is probably one value: put it in double quotes, and each other one that holds a separator"));
        }
        if let Some(separator) = self.otherwise(kind, first) {
            let name = separator_name(separator);
            finding.help = Some(format!("its cells are separated by {name}: put commas in their place, and so in each other line like it"));
        }
        if let Some(place) = &mut finding.place {
            place.line = Some(line);
            place.column = Some(self.column(first));
            place.record = first.record.map(|record| record + 1);
            place.excerpt = match kind {
                Kind::BlankRow | Kind::TooLongCell => None,
                Kind::TooFewCells
                | Kind::TooManyCells
                | Kind::TrailingComma
                | Kind::StrayLine
                | Kind::Remark
                | Kind::HeaderAgain
                | Kind::CutOff
                | Kind::LoneReturn
                | Kind::MixedLineEnds => {
                    let label = match kind {
                        Kind::CutOff => "the end of the file".to_owned(),
                        Kind::Remark => "no record".to_owned(),
                        Kind::HeaderAgain => "the header".to_owned(),
                        Kind::LoneReturn => "ends with CR".to_owned(),
                        Kind::MixedLineEnds => format!("ends with {}", line_end(first.number)),
                        _ => Count(first.number as u64, "cell", "cells").to_string(),
                    };
                    excerpt::beginning(self.bytes, first.row, &secrets, label, self.header.dialect)
                }
                _ => excerpt::around(self.bytes, first.row, first.at, first.length, &secrets, self.label(kind, first), self.header.dialect),
            };
        }
        Some(finding)
    }

    /// The value that a separator without quotes tore in two: what follows the separator begins with a blank, as in `Lindqvist, Jr.`.
    fn torn(&self, kind: Kind, spot: &Spot, secrets: &[usize]) -> Option<String> {
        let mut row = Row::of(self.header.dialect);
        if kind != Kind::TooManyCells || split(self.bytes, spot.row, self.bytes.len(), &mut row).is_err() {
            return None;
        }
        let safe = secrets.iter().min().copied().unwrap_or(usize::MAX);
        let raw = |cell: &Cell| cell.raw(self.bytes).to_vec();
        let after = (1..row.cells.len().min(safe)).find(|at| {
            let (before, cell) = (raw(&row.cells[at - 1]), raw(&row.cells[*at]));
            cell.first() == Some(&b' ') && !cell.trim_ascii().is_empty() && !before.trim_ascii().is_empty()
        })?;
        let text = self.bytes.get(row.cells[after - 1].outer_start()..row.cells[after].end)?;
        Some(excerpt::visible(&String::from_utf8_lossy(text), 60).0)
    }

    /// What separates the cells of a line that is no record, if it is one with another separator.
    fn otherwise(&self, kind: Kind, spot: &Spot) -> Option<u8> {
        if kind != Kind::StrayLine || self.header.dialect.separator != b',' || self.header.dialect.rows {
            return None;
        }
        let cells = |separator: u8| {
            let mut row = Row::of(Dialect { separator, rows: false });
            split(self.bytes, spot.row, self.bytes.len(), &mut row).map_or(0, |()| row.cells.len())
        };
        SEPARATORS.into_iter().find(|separator| cells(*separator) == self.plan.width)
    }

    /// The character in the line, or the column of a spreadsheet.
    fn column(&self, spot: &Spot) -> u64 {
        if !self.header.dialect.rows {
            return excerpt::column(self.bytes, spot.row, spot.at);
        }
        let mut row = Row::of(self.header.dialect);
        let split = split(self.bytes, spot.row, self.bytes.len(), &mut row);
        let cell = split.ok().and_then(|()| row.cells.iter().rposition(|cell| cell.outer_start() <= spot.at));
        cell.map_or(1, |cell| cell as u64 + 1)
    }

    /// The physical line of the byte itself.
    fn line(&self, spot: &Spot) -> u64 {
        self.header.rows_line + spot.line + u64::from(self.header.dialect.line_ends(&self.bytes[spot.row..spot.at]))
    }

    /// What is wrong, and what is said of the first place alone.
    fn message(&self, kind: Kind, count: u64, spot: &Spot) -> (String, String) {
        let file = self.file;
        let width = self.plan.width;
        let column = || format!("in {}", excerpt::header(self.header, spot.number));
        let rows = Count(count, "row", "rows");
        let cells = Count(count, "cell", "cells");
        let (has, is) = if count == 1 { ("has", "is") } else { ("have", "are") };
        let instead = || format!("{} instead of {width}", spot.number);
        let first_has = || if count == 1 { instead() } else { format!("has {}", instead()) };
        match kind {
            Kind::TooFewCells => (format!("{rows} of `{file}` {has} fewer cells than the header"), first_has()),
            Kind::TooManyCells => (format!("{rows} of `{file}` {has} more cells than the header"), first_has()),
            Kind::TrailingComma if count == 1 => (format!("1 row of `{file}` ends with more commas than the header"), String::new()),
            Kind::TrailingComma => (format!("{rows} of `{file}` end with more commas than the header"), String::new()),
            Kind::LoneReturn => {
                let (line, end) = if count == 1 { ("line", "ends") } else { ("lines", "end") };
                (format!("{} {line} of `{file}` {end} with a carriage return (CR) alone", Count::grouped(count)), String::new())
            }
            Kind::MixedLineEnds => {
                let (line, end) = if count == 1 { ("line", "ends") } else { ("lines", "end") };
                let (here, header) = (line_end(spot.number), line_end(self.header.ending(self.bytes)));
                (format!("{} {line} of `{file}` {end} with {here}, and its header with {header}", Count::grouped(count)), String::new())
            }
            Kind::LineBreak => {
                let holds = if count == 1 { "holds" } else { "hold" };
                (format!("{cells} in `{file}` {holds} a line break"), of_first(count, column()))
            }
            Kind::StrayLine if count == 1 => (format!("1 line of `{file}` is no record"), format!("a single cell instead of {width}")),
            Kind::StrayLine => {
                (format!("{} lines of `{file}` are no records", Count::grouped(count)), format!("is a single cell instead of {width}"))
            }
            Kind::Remark if count == 1 => (format!("1 row of `{file}` is no record: a total or a remark"), String::new()),
            Kind::Remark => (format!("{rows} of `{file}` are no records: totals or remarks"), String::new()),
            Kind::HeaderAgain if count == 1 => {
                (format!("the header stands once more among the rows of `{file}`: two files were joined there"), String::new())
            }
            Kind::HeaderAgain => {
                let times = Count::grouped(count);
                (format!("the header stands {times} times more among the rows of `{file}`: files were joined there"), String::new())
            }
            Kind::BlankRow => (format!("{rows} of `{file}` {is} blank"), String::new()),
            Kind::UnclosedQuote => {
                let message = format!("{} in `{file}` {is} opened and never closed", Count(count, "quote", "quotes"));
                (message, of_first(count, column()))
            }
            Kind::StrayQuote => (format!("{cells} in `{file}` {has} a quote where none belongs"), of_first(count, column())),
            Kind::NotUtf8 => {
                let hex = self.hex(spot);
                (format!("{cells} in `{file}` {has} bytes that are not UTF-8"), of_first(count, format!("{hex} {}", column())))
            }
            Kind::Mojibake => {
                let letters = String::from_utf8_lossy(self.bytes.get(spot.at..spot.at + spot.length).unwrap_or(&[])).into_owned();
                let (holds, words) = if count == 1 { ("holds", "letters") } else { ("hold", "letters") };
                let message = format!("{cells} in `{file}` {holds} {words} that were read in a wrong encoding once");
                (message, of_first(count, format!("`{letters}` {}", column())))
            }
            Kind::LostLetter => {
                let holds = if count == 1 { "holds" } else { "hold" };
                (format!("{cells} in `{file}` {holds} `�` in place of a letter that was lost"), of_first(count, column()))
            }
            Kind::NulByte => (format!("{cells} in `{file}` {has} a NUL byte"), of_first(count, column())),
            Kind::TooLongCell => (format!("{cells} in `{file}` {is} longer than 1 MiB"), of_first(count, column())),
            Kind::CutOff => (self.cut_off(spot), String::new()),
            _ => (kind.check().title.to_owned(), String::new()),
        }
    }

    /// How a file ends that was cut off. Its last row is that of the place, and nothing follows.
    fn cut_off(&self, spot: &Spot) -> String {
        let (file, width) = (self.file, self.plan.width);
        let rest = &self.bytes[spot.row..];
        if rest.iter().all(|byte| *byte == 0) {
            return format!("`{file}` ends with {}: it was never written to its end", Count(rest.len() as u64, "NUL byte", "NUL bytes"));
        }
        match spot.number {
            cells if cells < width => format!("`{file}` ends in the middle of a row: {cells} of {width} cells, and no line end"),
            _ => format!("`{file}` ends in the middle of a cell: its quote is never closed"),
        }
    }

    fn label(&self, kind: Kind, spot: &Spot) -> String {
        match kind {
            Kind::UnclosedQuote => "opened here".to_owned(),
            Kind::StrayQuote => "this quote".to_owned(),
            Kind::NotUtf8 => self.hex(spot),
            Kind::Mojibake => "letters of a wrong encoding".to_owned(),
            Kind::LostLetter => "a letter was lost".to_owned(),
            Kind::LineBreak => "a line break".to_owned(),
            _ => "here".to_owned(),
        }
    }

    fn hex(&self, spot: &Spot) -> String {
        let bytes = self.bytes.get(spot.at..spot.at + spot.length).unwrap_or(&[]);
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02X}")).collect();
        bytes.join(" ")
    }
}

/// What tells the findings of a check about one file apart.
fn detail(kind: Kind) -> &'static str {
    match kind {
        Kind::TooFewCells => "few",
        Kind::Remark => "remark",
        _ => "",
    }
}

/// What so many bytes at the end of a line are.
fn line_end(bytes: usize) -> &'static str {
    if bytes == 2 { "CR and LF" } else { "LF" }
}

/// What is said of the first of several places, or of the only one.
fn of_first(count: u64, words: String) -> String {
    if count == 1 { words } else { format!("is {words}") }
}
