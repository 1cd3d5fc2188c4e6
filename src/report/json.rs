//! A finding as one line of JSON; its shape is a promise to the programs that read it.
use crate::finding::{Cell, Excerpt, Finding, Hanging, Place, Record};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::HashSet;

/// The finding in one line, without a line break at its end.
#[must_use]
pub fn json_line(finding: &Finding) -> String {
    let line = Line {
        rule: &finding.rule,
        severity: finding.severity.word(),
        message: &finding.message,
        help: finding.help.as_deref(),
        fingerprint: finding.fingerprint.to_string(),
        follows: finding.follows.map(|root| root.to_string()),
        count: finding.count,
        records: finding.records.iter().map(RecordLine::new).collect(),
        place: finding.place.as_ref().map(PlaceLine::new),
        hanging: finding.hanging.iter().map(HangingLine::new).collect(),
    };
    // Strings, numbers and maps with string keys can't fail to become JSON.
    serde_json::to_string(&line).unwrap_or_default()
}

#[derive(serde::Serialize)]
struct Line<'a> {
    rule: &'a str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    fingerprint: String,
    follows: Option<String>,
    count: u64,
    records: Vec<RecordLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceLine<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hanging: Vec<HangingLine<'a>>,
}

#[derive(serde::Serialize)]
struct RecordLine<'a> {
    #[serde(rename = "as")]
    var: &'a str,
    noun: &'a str,
    source: &'a str,
    file: &'a str,
    line: u64,
    record: u64,
    id: &'a str,
    cells: Cells<'a>,
}

impl<'a> RecordLine<'a> {
    fn new(record: &'a Record) -> Self {
        RecordLine {
            var: &record.var,
            noun: record.noun,
            source: &record.source,
            file: &record.file,
            line: record.line,
            record: record.record,
            id: &record.id,
            cells: Cells(&record.cells),
        }
    }
}

/// A record that a line of a log names: where it stands, without its cells.
#[derive(serde::Serialize)]
pub(super) struct LogRecordLine<'a> {
    noun: &'a str,
    source: &'a str,
    file: &'a str,
    line: u64,
    record: u64,
    id: &'a str,
}

impl<'a> LogRecordLine<'a> {
    pub(super) fn new(record: &'a Record) -> Self {
        LogRecordLine {
            noun: record.noun,
            source: &record.source,
            file: &record.file,
            line: record.line,
            record: record.record,
            id: &record.id,
        }
    }
}

/// Cells by field, in the order of the file's columns.
struct Cells<'a>(&'a [Cell]);

impl Serialize for Cells<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut seen = HashSet::new();
        for cell in self.0.iter().filter(|cell| seen.insert(cell.field.as_str())) {
            let line = CellLine { column: &cell.column, letter: &cell.letter, value: &cell.value, label: cell.label.as_deref() };
            map.serialize_entry(&cell.field, &line)?;
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct CellLine<'a> {
    column: &'a str,
    letter: &'a str,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct PlaceLine<'a> {
    source: &'a str,
    file: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    record: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<ExcerptLine<'a>>,
}

impl<'a> PlaceLine<'a> {
    fn new(place: &'a Place) -> Self {
        PlaceLine {
            source: &place.source,
            file: &place.file,
            line: place.line,
            column: place.column,
            record: place.record,
            excerpt: place.excerpt.as_ref().map(ExcerptLine::new),
        }
    }
}

#[derive(serde::Serialize)]
struct ExcerptLine<'a> {
    text: &'a str,
    start: usize,
    length: usize,
    label: &'a str,
}

impl<'a> ExcerptLine<'a> {
    fn new(excerpt: &'a Excerpt) -> Self {
        ExcerptLine { text: &excerpt.text, start: excerpt.mark.0, length: excerpt.mark.1, label: &excerpt.label }
    }
}

#[derive(serde::Serialize)]
struct HangingLine<'a> {
    rule: &'a str,
    title: &'a str,
    count: u64,
}

impl<'a> HangingLine<'a> {
    fn new(hanging: &'a Hanging) -> Self {
        HangingLine { rule: &hanging.rule, title: &hanging.title, count: hanging.count }
    }
}
