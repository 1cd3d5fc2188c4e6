//! Records as small tables: the columns that matter, aligned, cut to the width, with the places to label.
use super::diagnostic::BoxDiagnostic;
use super::excerpt::{Excerpt, Shown};
use super::style::Style;
use super::text::{cut_middle, pad, visible, width};
use crate::finding::{Cell, Count, Finding, Place, Record};
use miette::LabeledSpan;

/// Columns that the frame takes beside a table, without line numbers.
const FRAME: usize = 6;
/// A value that no label points at is cut to this many columns.
const VALUE: usize = 28;
/// A labelled value, or the name of a column.
const LABELLED: usize = 48;
/// Between two columns.
const BETWEEN: usize = 2;

/// The boxes of a finding, from the top.
pub(super) fn boxes(finding: &Finding, style: &Style) -> Vec<BoxDiagnostic> {
    let mut boxes: Vec<BoxDiagnostic> = finding.place.iter().map(|place| damage(place, style)).collect();
    boxes.extend(rows(&finding.records).chunk_by(together).map(|records| table(records, style)));
    if let Some(last) = boxes.last_mut() {
        last.closing = more(finding).unwrap_or_default();
    }
    boxes
}

/// The rows to draw: one that is two records at once is drawn once, and a column from which two fields are read stands once.
pub(super) fn rows(records: &[Record]) -> Vec<Record> {
    let mut rows: Vec<Record> = Vec::new();
    for record in records {
        let same = |row: &&mut Record| row.source == record.source && row.file == record.file && row.record == record.record;
        let row = match rows.iter_mut().find(same) {
            Some(row) => row,
            None => {
                rows.push(Record { cells: Vec::new(), ..record.clone() });
                let last = rows.len() - 1;
                &mut rows[last]
            }
        };
        for cell in &record.cells {
            match row.cells.iter_mut().find(|known| known.letter == cell.letter && !cell.letter.is_empty()) {
                Some(known) => known.label = known.label.take().or_else(|| cell.label.clone()),
                None => row.cells.push(cell.clone()),
            }
        }
        // In the order of the file: letters of columns are ordered by their length first.
        row.cells.sort_by(|a, b| a.letter.len().cmp(&b.letter.len()).then_with(|| a.letter.cmp(&b.letter)));
    }
    rows
}

/// What says that a grouped finding has more records than are shown.
pub(super) fn more(finding: &Finding) -> Option<String> {
    if finding.records.is_empty() {
        return None;
    }
    // The first tuple is shown with all of its records, each further one by the record that is new in it.
    let variables: std::collections::BTreeSet<&str> = finding.records.iter().map(|record| record.var.as_str()).collect();
    let shown = (finding.records.len() + 1 - variables.len()) as u64;
    (finding.count > shown).then(|| format!("and {}", Count(finding.count - shown, "more record", "more records")))
}

/// Whether two neighbours may share a box: the same columns of the same file.
fn together(a: &Record, b: &Record) -> bool {
    let columns = |record: &Record| record.cells.iter().map(|cell| (cell.column.clone(), cell.letter.clone())).collect::<Vec<_>>();
    a.source == b.source && a.file == b.file && !a.cells.is_empty() && columns(a) == columns(b)
}

/// A few words on the source of a file, unless it is the roster itself.
pub(super) fn origin(source: &str) -> String {
    match source {
        "roster" => String::new(),
        "previous" => " (previous snapshot)".to_owned(),
        other => format!(" ({})", visible(other)),
    }
}

/// The name of a cell's column: the header as the file has it.
pub(super) fn title(cell: &Cell) -> String {
    match cell.column.trim() {
        "" => format!("{} (set by the layout)", visible(&cell.field)),
        _ => visible(&cell.column),
    }
}

/// What a cell says; a labelled one even when that is nothing.
pub(super) fn value(cell: &Cell) -> String {
    match (&cell.label, cell.value.trim()) {
        (Some(_), "") if cell.value.is_empty() => "(empty)".to_owned(),
        (Some(_), "") => "(blank)".to_owned(),
        // Blanks around a value can't be seen otherwise.
        (_, inner) if !inner.is_empty() && inner != cell.value => format!("\"{}\"", visible(&cell.value)),
        _ => visible(&cell.value),
    }
}

fn damage(place: &Place, style: &Style) -> BoxDiagnostic {
    let mut name = visible(&place.file);
    if let Some(line) = place.line {
        name.push_str(&format!(":{line}"));
        if let Some(column) = place.column {
            name.push_str(&format!(":{column}"));
        }
    }
    if let Some(record) = place.record {
        name.push_str(&format!(", record {record}"));
    }
    name.push_str(&origin(&place.source));
    let mut excerpt = Excerpt::new(name);
    let mut labels = Vec::new();
    if let Some(piece) = &place.excerpt {
        let byte = |nth: usize| piece.text.char_indices().nth(nth).map_or(piece.text.len(), |(at, _)| at);
        let (from, to) = (byte(piece.mark.0), byte(piece.mark.0.saturating_add(piece.mark.1)));
        let number = place.line.unwrap_or(1);
        let room = style.columns() - FRAME - number.to_string().len();
        let shown = Shown::around(&piece.text, &[from, to], room, style.gap());
        let (start, end) = (shown.place(from), shown.place(to));
        let at = excerpt.push_shown(number, shown);
        labels.push(LabeledSpan::new(Some(visible(&piece.label)), at + start, end - start));
    }
    BoxDiagnostic { closing: String::new(), excerpt, labels }
}

/// A column of the table.
struct Column {
    /// Its place among the cells of each record.
    nth: usize,
    title: String,
    labelled: bool,
    values: Vec<String>,
    width: usize,
}

impl Column {
    fn new(nth: usize, records: &[Record], most: usize, gap: &str) -> Option<Self> {
        let cells: Vec<&Cell> = records.iter().filter_map(|record| record.cells.get(nth)).collect();
        let first = cells.first()?;
        let labelled = cells.iter().any(|cell| cell.label.is_some());
        let room = if labelled { LABELLED.min(most) } else { VALUE.min(most) };
        let letter = if labelled && !first.letter.is_empty() { format!(" (column {})", visible(&first.letter)) } else { String::new() };
        let title = format!("{}{letter}", cut_middle(&title(first), room, gap));
        let values: Vec<String> = cells.iter().map(|cell| cut_middle(&value(cell), room, gap)).collect();
        let width = values.iter().map(|value| width(value)).chain([width(&title)]).max().unwrap_or(0);
        Some(Column { nth, title, labelled, values, width })
    }
}

fn total(columns: &[Column]) -> usize {
    columns.iter().map(|column| column.width + BETWEEN).sum::<usize>().saturating_sub(BETWEEN)
}

/// The columns that fit, in lines of the table, and whether some were left out.
fn fit(records: &[Record], room: usize, gap: &str) -> (Vec<Vec<Column>>, bool) {
    let cells = records.first().map_or(0, |record| record.cells.len());
    let mut kept: Vec<Column> = (0..cells).filter_map(|nth| Column::new(nth, records, room, gap)).collect();
    let mut dropped = false;
    // The first column is mostly the identity, so it goes last.
    while total(&kept) + if dropped { BETWEEN + width(gap) } else { 0 } > room {
        let Some(at) = kept.iter().skip(1).rposition(|column| !column.labelled) else { break };
        kept.remove(at + 1);
        dropped = true;
    }
    let mut bands: Vec<Vec<Column>> = Vec::new();
    for column in kept {
        match bands.last_mut() {
            Some(band) if total(band) + BETWEEN + column.width <= room => band.push(column),
            _ => bands.push(vec![column]),
        }
    }
    (bands, dropped)
}

fn table(records: &[Record], style: &Style) -> BoxDiagnostic {
    let grouped = records.len() > 1;
    let first = &records[0];
    let what = if grouped { Count(records.len() as u64, "record", "records").to_string() } else { format!("record {}", first.record) };
    let mut excerpt = Excerpt::new(format!("{}:{}, {what}{}", visible(&first.file), first.line, origin(&first.source)));
    let mut labels = Vec::new();
    let digits = if grouped { records.iter().map(|record| record.line.to_string().len()).max().unwrap_or(0) } else { 0 };
    let room = style.columns() - FRAME - digits;
    let (bands, dropped) = fit(records, room, style.gap());
    if bands.is_empty() {
        excerpt.push(None, &format!("{} {}", first.noun, visible(&first.id)));
    }
    let alike = records.windows(2).all(|pair| pair[0].cells.iter().zip(&pair[1].cells).all(|(a, b)| a.label == b.label));
    let last_band = bands.len().saturating_sub(1);
    for (nth_band, band) in bands.iter().enumerate() {
        let mut head: String = join(band.iter().map(|column| pad(&column.title, column.width)));
        if dropped && nth_band == last_band && total(band) + BETWEEN + width(style.gap()) <= room {
            head = format!("{head}{}{}", " ".repeat(BETWEEN), style.gap());
        }
        excerpt.push(None, &head);
        for (nth_row, record) in records.iter().enumerate() {
            let row = join(band.iter().map(|column| pad(&column.values[nth_row], column.width)));
            let at = excerpt.push(grouped.then_some(record.line), &row);
            let mut offset = at;
            for column in band {
                let padded = column.values[nth_row].len() + column.width - width(&column.values[nth_row]);
                if let Some(label) = &record.cells[column.nth].label {
                    // Rows that all say the same say it once, under the last of them.
                    let said = !alike || nth_row + 1 == records.len();
                    let widest = if alike { column.values.iter().map(|value| width(value)).max().unwrap_or(0) } else { 0 };
                    let own = column.values[nth_row].len();
                    let length = own + widest.saturating_sub(width(&column.values[nth_row]));
                    labels.push(LabeledSpan::new(said.then(|| visible(label)), offset, if said { length } else { own }));
                }
                offset += padded + BETWEEN;
            }
        }
    }
    BoxDiagnostic { closing: String::new(), excerpt, labels }
}

fn join(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(&" ".repeat(BETWEEN))
}
