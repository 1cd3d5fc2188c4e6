//! Findings and mistakes in sentences, for screen readers and braille: no boxes, no columns, nothing to line up.
use super::mistakes::clamp;
use super::table::{more, origin, title, value};
use super::text::visible;
use crate::finding::{Cell, Count, Finding, Mistake, Place, Record, Severity};
use crate::source::{Sources, Span};

/// A finding: one line, so that a reader can go from finding to finding.
pub(super) fn finding(finding: &Finding) -> String {
    let mut sentences = vec![sentence(&format!("{} {}: {}", capital(finding.severity), finding.rule, visible(&finding.message)))];
    sentences.extend(finding.place.iter().map(damage));
    sentences.extend(finding.records.iter().map(record));
    sentences.extend(more(finding).map(|more| sentence(&capitalized(&more))));
    sentences.extend(finding.help.iter().map(|help| sentence(&format!("Help: {}", visible(help)))));
    if !finding.hanging.is_empty() {
        let list: Vec<String> = finding
            .hanging
            .iter()
            .map(|one| format!("{} of {}, {}", Count(one.count, "finding", "findings"), one.rule, visible(&one.title)))
            .collect();
        sentences.push(sentence(&format!("Hanging on it: {}", list.join("; "))));
    }
    sentences.join(" ") + "\n"
}

fn record(record: &Record) -> String {
    let cells: Vec<String> = record.cells.iter().map(cell).collect();
    let said = if cells.is_empty() { format!("{} {}", record.noun, visible(&record.id)) } else { cells.join("; ") };
    let place = format!("In {}{}, line {}, record {}", visible(&record.file), origin(&record.source), record.line, record.record);
    sentence(&format!("{place}: {said}"))
}

fn cell(cell: &Cell) -> String {
    let said = match (value(cell), &cell.label) {
        (value, Some(_)) if cell.value.trim().is_empty() => value.trim_matches(['(', ')']).to_owned(),
        (_, None) if cell.value.is_empty() => "empty".to_owned(),
        (value, _) => format!("\"{}\"", value.trim_matches('"')),
    };
    match &cell.label {
        None => format!("{} is {said}", title(cell)),
        Some(label) => {
            let letter = if cell.letter.is_empty() { String::new() } else { format!(" (column {})", cell.letter) };
            format!("{}{letter} is {said}, {}", title(cell), visible(label))
        }
    }
}

fn damage(place: &Place) -> String {
    let mut text = format!("In {}{}", visible(&place.file), origin(&place.source));
    for (what, number) in [("line", place.line), ("column", place.column), ("record", place.record)] {
        if let Some(number) = number {
            text.push_str(&format!(", {what} {number}"));
        }
    }
    if let Some(excerpt) = &place.excerpt {
        if !excerpt.label.is_empty() {
            text.push_str(&format!(": {}", visible(&excerpt.label)));
        }
        text.push_str(&format!(". The line reads \"{}\"", visible(&excerpt.text)));
    }
    sentence(&text)
}

/// A mistake: one line.
pub(super) fn mistake(mistake: &Mistake, sources: &Sources) -> String {
    let mut sentences = Vec::new();
    let head = format!("{} {}", capital(mistake.severity), mistake.code);
    for (at, label) in mistake.labels.iter().enumerate() {
        let place = place(label.span, sources);
        if at == 0 {
            sentences.push(sentence(&format!("{head} in {place}: {}", visible(&mistake.message))));
        }
        let range = clamp(sources.text(label.span.text), label.span.range());
        let covered = sources.slice(Span::new(label.span.text, range));
        let covered: String = covered.lines().next().unwrap_or("").chars().take(80).collect();
        let lead = if at == 0 { "There".to_owned() } else { format!("See also {place}, where") };
        let colon = if label.text.is_empty() { String::new() } else { format!(": {}", visible(&label.text)) };
        let said = if covered.is_empty() { String::new() } else { format!(" it says `{}`", visible(&covered)) };
        let said = sentence(&format!("{lead}{said}{colon}"));
        sentences.push(said);
    }
    if mistake.labels.is_empty() {
        sentences.push(sentence(&format!("{head}: {}", visible(&mistake.message))));
    }
    sentences.extend(mistake.help.iter().map(|help| sentence(&format!("Help: {}", visible(help)))));
    sentences.join(" ") + "\n"
}

fn place(span: Span, sources: &Sources) -> String {
    let range = clamp(sources.text(span.text), span.range());
    let (line, column) = sources.line_column(Span::new(span.text, range));
    format!("{}, line {line}, column {column}", visible(sources.name(span.text)))
}

/// The text with a stop at its end, if it has none.
pub(super) fn sentence(text: &str) -> String {
    match text.chars().next_back() {
        Some('.' | '?' | '!' | ':') | None => text.to_owned(),
        Some(_) => format!("{text}."),
    }
}

fn capital(severity: Severity) -> String {
    capitalized(severity.word())
}

/// The text with a capital at its start.
pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
