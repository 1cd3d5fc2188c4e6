//! What the reader sees, as tables for people, as sentences, and as lines of JSON.
use super::style::Style;
use crate::finding::{Count, FileView, List, SchoolView, SourceView};
use serde_json::json;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// Schools that are listed.
const SCHOOLS: usize = 40;
/// Columns of a table for one name, at most.
const WIDEST: usize = 40;

/// All sources.
#[must_use]
pub fn inspection(sources: &[SourceView], style: &Style) -> String {
    let mut text = String::new();
    for source in sources {
        let _ = writeln!(text, "{}: {}, {} (`{}`, {})", source.name, source.path, source.title, source.layout, source.why);
        for file in &source.files {
            text.push('\n');
            describe(file, style, &mut text);
        }
        schools(source, style, &mut text);
        text.push('\n');
    }
    text
}

/// One line of JSON per file.
#[must_use]
pub fn inspection_lines(sources: &[SourceView]) -> String {
    let mut text = String::new();
    for source in sources {
        for file in &source.files {
            let columns: Vec<_> = file
                .columns
                .iter()
                .map(|column| {
                    json!({ "letter": column.letter, "header": column.header, "known": column.known, "key": column.key, "fields": column.fields, "filled": column.filled })
                })
                .collect();
            let line = json!({
                "source": &*source.name, "path": source.path, "layout": source.layout, "why": source.why, "file": &*file.file, "known_as": &*file.known_as,
                "bytes": file.bytes, "format": file.format, "encoding": file.encoding, "separator": file.separator, "header_line": file.header,
                "rows": file.rows, "blank_rows": file.blank, "nouns": file.nouns, "columns": columns, "missing_columns": file.missing,
            });
            let _ = writeln!(text, "{line}");
        }
        for school in &source.schools {
            let counts: serde_json::Map<String, serde_json::Value> =
                school.records.iter().map(|(noun, count)| ((*noun).to_owned(), json!(count))).collect();
            let _ = writeln!(text, "{}", json!({ "source": &*source.name, "school": school.id, "name": school.name, "records": counts }));
        }
    }
    text
}

/// How full a column is.
fn share(filled: u64, rows: u64) -> String {
    match (filled * 100).checked_div(rows) {
        None => "-".to_owned(),
        Some(0) if filled > 0 => "<1%".to_owned(),
        Some(99) if filled == rows => "100%".to_owned(),
        Some(percent) => format!("{percent}%"),
    }
}

fn describe(file: &FileView, style: &Style, text: &mut String) {
    let holds = if file.nouns.is_empty() { String::new() } else { format!(": {}", List(&file.nouns, "and")) };
    let _ = writeln!(text, "{}{holds}", visible(&file.file));
    if file.header.is_none() && file.columns.is_empty() {
        let _ = writeln!(text, "  nothing that can be read; {}", Count(file.bytes, "byte", "bytes"));
        return;
    }
    let header = file.header.map_or_else(|| "no header".to_owned(), |line| format!("header on line {line}"));
    let how = match file.format {
        "text" => format!("text in {}, separated by {}", file.encoding, file.separator),
        other => other.to_owned(),
    };
    let blank = if file.blank == 0 { String::new() } else { format!(", and {}", Count(file.blank, "blank one", "blank ones")) };
    let _ = writeln!(text, "  {how}; {header}, {}{blank}", Count(file.rows, "row", "rows"));
    if !file.missing.is_empty() {
        let names: Vec<String> = file.missing.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "  missing: {}", List(&names, "and"));
    }
    if style.plain {
        for column in &file.columns {
            let key = if column.key { ", a key" } else { "" };
            let gives = match &column.fields[..] {
                [] => gives(column.known, &column.fields),
                fields => format!("gives {}", List(fields, "and")),
            };
            let _ = writeln!(
                text,
                "  Column {}, `{}`: {} filled{key}; {gives}.",
                column.letter,
                visible(&column.header),
                share(column.filled, file.rows)
            );
        }
        return;
    }
    let widest = file.columns.iter().map(|column| visible(&column.header).width()).max().unwrap_or(0).min(WIDEST);
    for column in &file.columns {
        let header = visible(&column.header);
        let pad = " ".repeat(widest.saturating_sub(header.width()));
        let key = if column.key { "key" } else { "" };
        let line = format!(
            "  {:>3}  {header}{pad}  {:>4}  {key:3}  {}",
            column.letter,
            share(column.filled, file.rows),
            gives(column.known, &column.fields)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn gives(known: bool, fields: &[String]) -> String {
    match (known, fields) {
        (false, _) => "not part of the format".to_owned(),
        (true, []) => "part of the format".to_owned(),
        (true, fields) => fields.join(", "),
    }
}

fn schools(source: &SourceView, style: &Style, text: &mut String) {
    if source.schools.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nBy school");
    let row = |school: &SchoolView| {
        let name = school.name.as_ref().map_or_else(|| "in no file of schools".to_owned(), |name| visible(name));
        let counts: Vec<String> = school.records.iter().map(|(noun, count)| format!("{noun} {}", Count::grouped(*count))).collect();
        let counts = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
        (visible(&school.id), name, counts)
    };
    let rows: Vec<_> = source.schools.iter().take(SCHOOLS).map(row).collect();
    let widths = |at: fn(&(String, String, String)) -> &String| rows.iter().map(|row| at(row).width()).max().unwrap_or(0).min(WIDEST);
    let (first, second) = (widths(|row| &row.0), widths(|row| &row.1));
    for (id, name, counts) in &rows {
        if style.plain {
            let _ = writeln!(text, "  School {id}, {name}: {counts}.");
            continue;
        }
        let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.width()));
        let _ = writeln!(text, "  {id}{}  {name}{}  {counts}", pad(id, first), pad(name, second));
    }
    if source.schools.len() > SCHOOLS {
        let _ = writeln!(text, "  and {} more", source.schools.len() - SCHOOLS);
    }
}

/// A text without control characters, cut to a line's part.
fn visible(text: &str) -> String {
    let mut shown: String = text.chars().take(WIDEST * 2).map(|letter| if letter.is_control() { '·' } else { letter }).collect();
    if text.chars().nth(WIDEST * 2).is_some() {
        shown.push_str("...");
    }
    shown
}
