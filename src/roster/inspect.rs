//! What the reader sees: every row of every file is looked at once, and nothing is kept but counts.
use super::chunk::blank;
use super::header::{Header, letter, separator_name};
use super::plan::{Feed, FilePlan, RecordPlan, Wanted};
use super::split::{Form, Row, split, unescape};
use super::survey::{Sheet, Survey, Surveyed};
use super::text::Encoding;
use crate::finding::{ColumnView, FileView, Finding, SchoolView, SourceView};
use crate::model::{FieldRef, NounId};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What stands in the rows of a file.
#[derive(Default)]
struct Counts {
    rows: u64,
    blank: u64,
    /// By column.
    filled: Vec<u64>,
    /// Per noun, records by school.
    schools: BTreeMap<&'static str, BTreeMap<String, u64>>,
    /// Names of schools by id.
    names: BTreeMap<String, String>,
}

impl Survey {
    /// What the sources consist of, file by file.
    #[must_use]
    pub fn inspect(&self) -> Vec<SourceView> {
        self.sources.iter().map(Surveyed::inspect).collect()
    }

    /// What is wrong with files and headers, as far as the first look shows it.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Why there will be no complete verdict; empty when there may be one.
    #[must_use]
    pub fn incomplete(&self) -> &[String] {
        &self.incomplete
    }
}

impl Surveyed {
    fn inspect(&self) -> SourceView {
        let counted: Vec<(FileView, Counts)> = self.files.par_iter().map(|sheet| self.inspect_file(sheet)).collect();
        let mut schools: BTreeMap<String, BTreeMap<&'static str, u64>> = BTreeMap::new();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut files = Vec::new();
        for (view, counts) in counted {
            for (noun, by_school) in counts.schools {
                for (school, count) in by_school {
                    *schools.entry(school).or_default().entry(noun).or_default() += count;
                }
            }
            names.extend(counts.names);
            files.push(view);
        }
        for school in names.keys() {
            schools.entry(school.clone()).or_default();
        }
        let school = |(id, counts): (String, BTreeMap<&'static str, u64>)| SchoolView {
            name: names.get(&id).cloned(),
            id,
            records: counts.into_iter().collect(),
        };
        SourceView {
            name: self.role.word().into(),
            path: self.shown.clone(),
            layout: self.layout.name.clone(),
            title: self.layout.title.clone(),
            why: self.why.clone(),
            files,
            schools: schools.into_iter().map(school).collect(),
        }
    }

    fn inspect_file(&self, sheet: &Sheet) -> (FileView, Counts) {
        let map = &self.layout.files[sheet.map];
        let plan = self.plan(sheet, &Wanted::everything()).unwrap_or_default();
        let header = sheet.header.clone().unwrap_or_default();
        let counts = if sheet.header.is_some() { count(&sheet.bytes, &header, &plan) } else { Counts::default() };
        let columns = header.texts.iter().enumerate().map(|(column, text)| {
            let fields = || {
                told(&plan).flat_map(move |record| {
                    let of = record.shown.iter().filter(move |(_, shown)| **shown == column);
                    of.filter_map(move |(field, _)| match field {
                        FieldRef::Field(field) => Some((record.noun, field.of(record.noun).name)),
                        FieldRef::Header(_) => None,
                    })
                })
            };
            let mut names: Vec<String> = fields().map(|(noun, field)| format!("{}.{field}", noun.get().name)).collect();
            names.dedup();
            ColumnView {
                letter: letter(column),
                header: text.clone(),
                known: map.known_as(&header.names[column]).is_some(),
                key: fields().any(|(noun, field)| is_key(noun, field)),
                fields: names,
                filled: counts.filled.get(column).copied().unwrap_or(0),
            }
        });
        let mut nouns: Vec<&'static str> = told(&plan).map(|record| record.noun.get().plural).collect();
        nouns.dedup();
        let absent = map.columns.iter().filter(|group| sheet.header.is_some() && group.iter().all(|column| header.find(column).is_none()));
        let view = FileView {
            file: sheet.shown.clone(),
            known_as: sheet.name.clone(),
            bytes: sheet.size,
            format: if sheet.encoding == Encoding::Cells { "spreadsheet" } else { "text" },
            encoding: sheet.encoding.name(),
            separator: separator_name(header.dialect.separator),
            header: sheet.header.as_ref().map(|header| header.line),
            rows: counts.rows,
            blank: counts.blank,
            nouns,
            columns: columns.collect(),
            missing: absent.map(|group| group.join(" or ")).collect(),
        };
        (view, counts)
    }
}

/// The records that people know; those by which rules ask about a file itself are none of them.
fn told(plan: &FilePlan) -> impl Iterator<Item = &RecordPlan> {
    plan.records.iter().filter(|record| !record.noun.get().technical)
}

/// Where a record says its school: the noun, and the column. A noun that stands in several columns of a row is counted once.
fn school_columns(plan: &FilePlan) -> Vec<(&'static str, usize)> {
    let mut columns: Vec<(&'static str, usize)> = Vec::new();
    for record in &plan.records {
        let noun = record.noun.get();
        let field = record.fields.iter().find(|(field, _)| matches!(field, FieldRef::Field(id) if id.of(record.noun).name == "school_id"));
        // What other columns decide, such as a role, would have to be read first.
        let plain = record.tests.is_empty() && record.any_of.is_none() && record.items.is_none();
        if let Some((_, Feed::Slot(slot))) = field.filter(|_| plain)
            && !columns.iter().any(|(known, _)| *known == noun.plural)
        {
            columns.push((noun.plural, plan.columns[*slot]));
        }
    }
    columns
}

/// Whether a field tells records apart: an id, or one end of a relation; names do so only where there is no id.
fn is_key(noun: NounId, name: &str) -> bool {
    let identity = noun.get().identity;
    let refers = noun.field(name).is_some_and(|field| field.of(noun).refers.is_some());
    identity.first() == Some(&name) || (refers && identity.contains(&name))
}

fn count(bytes: &[u8], header: &Header, plan: &FilePlan) -> Counts {
    let mut counts = Counts { filled: vec![0; header.names.len()], ..Counts::default() };
    let by_school = school_columns(plan);
    let school = plan.records.iter().find(|record| record.noun.get().name == "school" && record.tests.is_empty());
    let shown = |name: &str| {
        school.and_then(|record| {
            let field = record.noun.field(name)?;
            record.shown.get(&FieldRef::Field(field)).copied()
        })
    };
    let named = shown("id").zip(shown("name"));
    let mut row = Row::of(header.dialect);
    let mut at = header.rows;
    while at < bytes.len() && split(bytes, at, bytes.len(), &mut row).is_ok() {
        at = row.next;
        let mut any = false;
        for (filled, cell) in counts.filled.iter_mut().zip(&row.cells) {
            if !blank(cell.raw(bytes)) {
                *filled += 1;
                any = true;
            }
        }
        if !any {
            counts.blank += 1;
            continue;
        }
        counts.rows += 1;
        let text = |column: usize| {
            let cell = row.cells.get(column)?;
            let raw = cell.raw(bytes);
            let raw = if cell.form == Form::Escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) };
            Some(String::from_utf8_lossy(&raw).trim().to_owned()).filter(|text| !text.is_empty())
        };
        for (noun, column) in &by_school {
            if let Some(school) = text(*column) {
                *counts.schools.entry(noun).or_default().entry(school).or_default() += 1;
            }
        }
        if let Some((id, name)) = named.and_then(|(id, name)| text(id).zip(text(name))) {
            counts.names.insert(id, name);
        }
    }
    counts
}
