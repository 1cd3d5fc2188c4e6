//! What a layout lays down for the cells of a file, as records that rules can speak of: `[file.values]`, `[file.empty]`, `[file.refers]`, `key`.
use super::layout::{Each, FileMap, From, RecordMap, Source};
use super::layout_reader::{strings, wrong};
use crate::document::{Keys, Value};
use crate::finding::Mistakes;
use crate::model::{NounId, noun};

/// The records that describe `file` itself. Of equal values of a column there is one, in the first row that has it.
pub(super) fn records(keys: &mut Keys<'_>, file: &FileMap, mistakes: &mut Mistakes) -> Vec<RecordMap> {
    let (Some(row), Some(value)) = (noun("row"), noun("value")) else { return Vec::new() };
    let name = file.names.first().cloned().unwrap_or_default();
    let mut records = Vec::new();
    if let Some(key) = keys.text("key", mistakes) {
        records.push(record(row, Each::Row, vec![("file", From::Value(name.clone())), ("id", column(key.as_str()))]));
    }
    let of = |each: Each, form: &str, text: Option<From>, rest: Option<(&'static str, From)>| {
        let each_header = match &each {
            Each::Items { column, .. } => From::Value(column.clone()),
            _ => From::EachHeader,
        };
        let fields = vec![("file", From::Value(name.clone())), ("column", each_header), ("form", From::Value(form.to_owned()))];
        record(value, each, fields.into_iter().chain(text.map(|text| ("text", text))).chain(rest).collect())
    };
    for (key, empty) in [("values", false), ("empty", true)] {
        let Some(table) = keys.table(key, mistakes) else { continue };
        for entry in &table.entries {
            let columns = strings(&entry.key, &entry.node, mistakes);
            let each = of(Each::Columns(columns), &entry.key, Some(From::EachValue), empty.then_some(("rows", From::Rows)));
            records.push(RecordMap { distinct: true, empty, ..each });
        }
    }
    let Some(table) = keys.table("refers", mistakes) else { return records };
    for entry in &table.entries {
        let target = |target: &str| Some(("target", From::Value(target.to_owned())));
        match &entry.node.value {
            Value::Text(to) => {
                let each = Each::Columns(vec![entry.key.clone()]);
                records.push(RecordMap { distinct: true, ..of(each, "reference", Some(From::EachValue), target(to.as_str())) });
            }
            Value::Table(inner) => {
                let mut keys = Keys::new(inner, "a reference");
                let each = Each::Items { column: entry.key.clone(), separator: ",".to_owned() };
                if let Some(to) = keys.required("each", mistakes) {
                    records.push(of(each, "reference", Some(From::EachValue), target(to.as_str())));
                }
                keys.finish(mistakes);
            }
            _ => wrong(&entry.key, "the name of a file, or { each = \"...\" } for a list", &entry.node, mistakes),
        }
    }
    records
}

fn column(header: &str) -> From {
    From::Column { header: header.to_owned(), first: None, part: None, map: Vec::new() }
}

fn record(noun: NounId, each: Each, fields: Vec<(&'static str, From)>) -> RecordMap {
    let source = |from| vec![Source { from, when_file: Vec::new(), when_columns: Vec::new() }];
    let fields = fields.into_iter().filter_map(|(name, from)| Some((noun.field(name)?, source(from))));
    RecordMap { noun, distinct: false, filters: Vec::new(), any_of: Vec::new(), each, empty: false, fields: fields.collect() }
}
