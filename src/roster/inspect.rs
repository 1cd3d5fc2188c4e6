//! What the reader sees: how full the columns of every file are, and the records of every school.
use super::chunk::blank;
use super::dataset::ReadOptions;
use super::header::{Header, letter, separator_name};
use super::plan::{Feed, FilePlan, RecordPlan, Wanted};
use super::split::EachRow;
use super::survey::{Sheet, Survey, Surveyed};
use super::symbols::Sym;
use super::text::Encoding;
use crate::finding::{ColumnView, FileView, Finding, SchoolView, SourceView};
use crate::model::{FieldRef, NOUNS, NounId, noun};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// What stands in the rows of a file.
#[derive(Default)]
struct Counts {
    rows: u64,
    blank: u64,
    /// By column.
    filled: Vec<u64>,
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
        SourceView {
            name: self.role.word().into(),
            path: self.shown.clone(),
            layout: self.layout.name.clone(),
            title: self.layout.title.clone(),
            why: self.why.clone(),
            files: self.files.par_iter().map(|sheet| self.inspect_file(sheet)).collect(),
            schools: self.schools(),
        }
    }

    /// The schools and how many records of which noun name them, read as rules will see them.
    fn schools(&self) -> Vec<SchoolView> {
        let (epoch, mut wanted) = (self.role.epoch(), Wanted::default());
        let field = |noun: NounId, name: &str| noun.field(name).map(FieldRef::Field);
        let nouns: Vec<NounId> = NOUNS.iter().filter(|noun| !noun.technical).filter_map(|known| noun(known.name)).collect();
        let naming = |of: &NounId| Some((*of, field(*of, if of.get().name == "school" { "name" } else { "school_id" })?));
        let naming: Vec<(NounId, FieldRef)> = nouns.iter().filter_map(naming).collect();
        for (noun, field) in &naming {
            wanted.add(*noun, epoch, field.clone());
        }
        let data = Survey::of(vec![self.clone()]).read(&wanted, &ReadOptions::default());
        let mut schools: BTreeMap<&str, SchoolView> = BTreeMap::new();
        let view = |id: &str| SchoolView { id: id.to_owned(), name: None, records: Vec::new() };
        for (noun, told) in &naming {
            let Some(table) = data.table(*noun, epoch) else { continue };
            if noun.get().name == "school" {
                let id = field(*noun, "id").and_then(|id| table.column(&id)).unwrap_or_default();
                for (row, id) in id.iter().map(|id| data.symbols().text(*id)).enumerate().filter(|(_, id)| !id.is_empty()) {
                    let name = table.column(told).map(|names| data.symbols().text(names[row]).to_owned());
                    schools.entry(id).or_insert_with(|| view(id)).name = name.filter(|name| !name.is_empty());
                }
                continue;
            }
            let mut counts: HashMap<Sym, u64> = HashMap::new();
            table.column(told).unwrap_or_default().iter().for_each(|school| *counts.entry(*school).or_default() += 1);
            for (school, count) in counts {
                let id = data.symbols().text(school);
                if !id.is_empty() {
                    schools.entry(id).or_insert_with(|| view(id)).records.push((noun.get().plural, count));
                }
            }
        }
        let mut schools: Vec<SchoolView> = schools.into_values().collect();
        schools.iter_mut().for_each(|school| school.records.sort_unstable());
        schools
    }

    fn inspect_file(&self, sheet: &Sheet) -> FileView {
        let map = &self.layout.files[sheet.map];
        let plan = self.plan(sheet, &Wanted::everything()).unwrap_or_default();
        let header = sheet.header.clone().unwrap_or_default();
        let counts =
            if sheet.header.is_some() { count(&sheet.bytes, &header, &meaningless(&plan, header.names.len())) } else { Counts::default() };
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
        FileView {
            file: sheet.shown.clone(),
            known_as: sheet.name.clone(),
            bytes: sheet.size,
            format: if sheet.encoding == Encoding::Cells { "spreadsheet" } else { "text" },
            encoding: sheet.encoding.name(),
            separator: separator_name(header.dialect.separator),
            // Where the format has no header, the first row is a record.
            header: sheet.header.as_ref().filter(|header| header.rows > header.start).map(|header| header.line),
            rows: counts.rows,
            blank: counts.blank,
            nouns,
            columns: columns.collect(),
            missing: absent.map(|group| group.join(" or ")).collect(),
        }
    }
}

/// The records that people know; those by which rules ask about a file itself are none of them.
fn told(plan: &FilePlan) -> impl Iterator<Item = &RecordPlan> {
    plan.records.iter().filter(|record| !record.noun.get().technical)
}

/// Whether a field tells records apart: an id, or one end of a relation; names do so only where there is no id.
fn is_key(noun: NounId, name: &str) -> bool {
    let identity = noun.get().identity;
    let refers = noun.field(name).is_some_and(|field| field.of(noun).refers.is_some());
    identity.first() == Some(&name) || (refers && identity.contains(&name))
}

/// By column, the words that the layout takes for nothing, such as NULL.
fn meaningless(plan: &FilePlan, width: usize) -> Vec<Vec<&str>> {
    fn gather<'p>(feed: &'p Feed, plan: &FilePlan, words: &mut [Vec<&'p str>]) {
        match feed {
            Feed::Map(inner, map) => {
                if let Feed::Slot(slot) = **inner {
                    let nothing = map.iter().filter(|(_, to)| to.is_empty()).map(|(from, _)| from.as_str());
                    words[plan.columns[slot]].extend(nothing);
                }
            }
            Feed::Either(feeds) => feeds.iter().for_each(|feed| gather(feed, plan, words)),
            _ => {}
        }
    }
    let mut words = vec![Vec::new(); width];
    plan.records.iter().flat_map(|record| &record.fields).for_each(|(_, feed)| gather(feed, plan, &mut words));
    words
}

fn count(bytes: &[u8], header: &Header, meaningless: &[Vec<&str>]) -> Counts {
    let mut counts = Counts { filled: vec![0; header.names.len()], ..Counts::default() };
    let mut each = EachRow::new(bytes, header.rows, header.dialect);
    while let Some(row) = each.row() {
        let mut any = false;
        for ((filled, cell), nothing) in counts.filled.iter_mut().zip(&row.cells).zip(meaningless) {
            let raw = cell.raw(bytes);
            if !blank(raw) {
                *filled += u64::from(!nothing.iter().any(|word| raw.trim_ascii().eq_ignore_ascii_case(word.as_bytes())));
                any = true;
            }
        }
        if any {
            counts.rows += 1;
        } else {
            counts.blank += 1;
        }
    }
    counts
}
