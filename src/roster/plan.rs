//! What to take from one file: a layout's file map bound to the columns that a file really has, cut down to what is wanted.
use super::header::{Header, Name, matches};
use super::layout::{Each, FileMap, Filter, From, Part, RecordMap, Source};
use crate::model::{Epoch, FieldRef, NounId};
use std::collections::{BTreeMap, BTreeSet};

/// The columns that rules, keys and messages need; identities are always kept.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    fields: BTreeMap<(NounId, Epoch), BTreeSet<FieldRef>>,
    shown: BTreeMap<(NounId, Epoch), BTreeSet<FieldRef>>,
    everything: bool,
}

impl Wanted {
    /// Wants a field of a noun.
    pub fn add(&mut self, noun: NounId, epoch: Epoch, field: FieldRef) {
        self.fields.entry((noun, epoch)).or_default().insert(normal(&field));
    }

    /// Wants a field that only texts show: it is kept where its value is made of a cell; one that is a cell is read from its file when it is shown.
    pub fn show(&mut self, noun: NounId, epoch: Epoch, field: FieldRef) {
        self.shown.entry((noun, epoch)).or_default().insert(normal(&field));
    }

    /// Wants what another wants too.
    pub fn extend(&mut self, other: Wanted) {
        self.everything |= other.everything;
        for (table, fields) in other.fields {
            self.fields.entry(table).or_default().extend(fields);
        }
        for (table, fields) in other.shown {
            self.shown.entry(table).or_default().extend(fields);
        }
    }

    /// Wants every column there is.
    #[must_use]
    pub fn everything() -> Wanted {
        Wanted { everything: true, ..Wanted::default() }
    }

    /// The fields wanted of a noun.
    pub fn fields(&self, noun: NounId, epoch: Epoch) -> impl Iterator<Item = &FieldRef> {
        self.fields.get(&(noun, epoch)).into_iter().flatten()
    }

    fn wants_any(&self, noun: NounId, epoch: Epoch) -> bool {
        self.everything || self.fields.contains_key(&(noun, epoch))
    }

    fn shows(&self, noun: NounId, epoch: Epoch, field: &FieldRef) -> bool {
        self.shown.get(&(noun, epoch)).is_some_and(|fields| fields.contains(field))
    }

    fn wants(&self, noun: NounId, epoch: Epoch, field: &FieldRef) -> bool {
        let identity = match field {
            FieldRef::Field(field) => noun.get().identity.contains(&field.of(noun).name),
            FieldRef::Header(_) => false,
        };
        self.everything || identity || self.fields.get(&(noun, epoch)).is_some_and(|fields| fields.contains(field))
    }
}

/// The form in which references are compared: headers without letter case, spaces and underscores.
pub(super) fn normal(field: &FieldRef) -> FieldRef {
    match field {
        FieldRef::Field(_) => field.clone(),
        FieldRef::Header(header) => FieldRef::Header(Name::new(header).as_str().to_owned()),
    }
}

/// A column whose cells are numbered, by its place in [`FilePlan::columns`].
pub(super) type Slot = usize;

/// Where a value comes from, row by row.
#[derive(Clone, Debug)]
pub(super) enum Feed {
    Slot(Slot),
    Value(String),
    /// The item that a record is made for.
    Item,
    ItemPosition,
    /// How many rows the record stands for; known when all of them are read.
    Rows,
    /// The first item of the list with this separator.
    First(Box<Feed>, String),
    Part(Box<Feed>, Part),
    Map(Box<Feed>, Vec<(String, String)>),
    /// Looked up in another file: by this value, in this table of [`FilePlan::lookups`].
    Lookup(Slot, usize),
    /// The first that is filled.
    Either(Vec<Feed>),
}

/// A condition on a row.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) feed: Feed,
    pub(super) values: Vec<String>,
    pub(super) negated: bool,
    /// Whether a row without a value fails, where a negated test would let it pass: nobody knows the value.
    pub(super) filled: bool,
}

/// The records of one noun in the rows of a file.
#[derive(Clone, Debug)]
pub(super) struct RecordPlan {
    pub(super) noun: NounId,
    pub(super) fields: Vec<(FieldRef, Feed)>,
    pub(super) tests: Vec<Test>,
    /// Columns of the file of which one must be filled; `None` asks for nothing.
    pub(super) any_of: Option<Vec<usize>>,
    /// Whether all of them must be empty instead.
    pub(super) empty: bool,
    /// A list whose items each make a record, and what stands between them.
    pub(super) items: Option<(Slot, String)>,
    /// Columns of the file, in order, whose equality makes two rows one record.
    pub(super) distinct: Option<Vec<usize>>,
    /// Which column of the file each field is shown from.
    pub(super) shown: BTreeMap<FieldRef, usize>,
}

/// Two columns of another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LookupPlan {
    pub(super) file: String,
    pub(super) key: String,
    pub(super) value: String,
    pub(super) prefer: Vec<(String, Vec<String>)>,
}

/// What to take from one file.
#[derive(Clone, Debug, Default)]
pub(super) struct FilePlan {
    /// Columns of the file that are numbered.
    pub(super) columns: Vec<usize>,
    pub(super) lookups: Vec<LookupPlan>,
    pub(super) records: Vec<RecordPlan>,
    /// Columns in the file.
    pub(super) width: usize,
}

impl FilePlan {
    /// Leaves out the rows that `deleted` excludes; descriptions of the file itself have them all the same.
    pub(super) fn leave_out(&mut self, deleted: &Filter, header: &Header) {
        let Some(column) = header.find(&deleted.column).filter(|_| self.records.iter().any(|record| !record.noun.get().technical)) else {
            return;
        };
        let slot = self.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        });
        for record in self.records.iter_mut().filter(|record| !record.noun.get().technical) {
            record.tests.push(Test { feed: Feed::Slot(slot), values: deleted.values.clone(), negated: deleted.negated, filled: false });
        }
    }

    /// Makes no record of a row for want of an answer in a file that `is_part` says holds changes alone: what the value is stands in files of before.
    pub(super) fn leave_undecided(&mut self, is_part: &dyn Fn(&str) -> bool) {
        for test in self.records.iter_mut().flat_map(|record| &mut record.tests) {
            let Feed::Lookup(_, place) = test.feed else { continue };
            test.filled |= self.lookups.get(place).is_some_and(|lookup| is_part(&lookup.file));
        }
    }
}

/// Which other files a source has, with their headers.
pub(super) type Others<'a> = dyn Fn(&str) -> Option<&'a Header> + 'a;

/// Binds `map` to a file called `file` with this header. `wanted` is asked for each field.
pub(super) fn plan(map: &FileMap, file: &str, header: &Header, others: &Others<'_>, wanted: &Wanted, epoch: Epoch) -> FilePlan {
    let mut binder = Binder { map, file, header, others, plan: FilePlan { width: header.names.len(), ..FilePlan::default() } };
    for record in &map.records {
        for (each, position) in binder.repeats(record) {
            if let Some(record) = binder.record(record, each, position, wanted, epoch) {
                binder.plan.records.push(record);
            }
        }
    }
    binder.plan
}

struct Binder<'a, 'o> {
    map: &'a FileMap,
    file: &'a str,
    header: &'a Header,
    others: &'a Others<'o>,
    plan: FilePlan,
}

/// What a record is made for: a row, or a column of it.
type Repeat = Option<usize>;

impl Binder<'_, '_> {
    fn repeats(&self, record: &RecordMap) -> Vec<(Repeat, usize)> {
        match &record.each {
            Each::Columns(columns) => columns
                .iter()
                .enumerate()
                .filter_map(|(at, header)| self.header.find(header).map(|column| (Some(column), at + 1)))
                .collect(),
            Each::Row | Each::Items { .. } => vec![(None, 0)],
        }
    }

    fn slot(&mut self, column: usize) -> Slot {
        if let Some(slot) = self.plan.columns.iter().position(|known| *known == column) {
            return slot;
        }
        self.plan.columns.push(column);
        self.plan.columns.len() - 1
    }

    /// The value of a header: a column of this file, or of another by a lookup.
    fn header(&mut self, header: &str) -> Option<Feed> {
        for lookup in &self.map.lookups {
            if let Some(value) = header.strip_prefix(lookup.name.as_str()).and_then(|rest| rest.strip_prefix('.')) {
                let other = (self.others)(&lookup.file)?;
                other.find(value)?;
                other.find(&lookup.key)?;
                let by = self.header.find(&lookup.by)?;
                let prefer = |filter: &Filter| (filter.column.clone(), filter.values.clone());
                let plan = LookupPlan {
                    file: lookup.file.clone(),
                    key: lookup.key.clone(),
                    value: value.to_owned(),
                    prefer: lookup.prefer.iter().map(prefer).collect(),
                };
                let by = self.slot(by);
                let place = self.plan.lookups.iter().position(|known| *known == plan).unwrap_or_else(|| {
                    self.plan.lookups.push(plan);
                    self.plan.lookups.len() - 1
                });
                return Some(Feed::Lookup(by, place));
            }
        }
        let column = self.header.find(header)?;
        Some(Feed::Slot(self.slot(column)))
    }

    /// Whether a source is for files such as this.
    fn fits(&self, source: &Source) -> bool {
        let of_file = source.when_file.is_empty() || source.when_file.iter().any(|pattern| matches(pattern, self.file));
        of_file && (source.when_columns.is_empty() || source.when_columns.iter().any(|column| self.header.find(column).is_some()))
    }

    fn source(&mut self, source: &Source, each: Repeat, position: usize) -> Option<Feed> {
        if !self.fits(source) {
            return None;
        }
        match &source.from {
            From::Value(value) => Some(Feed::Value(value.clone())),
            From::EachValue => Some(match each {
                Some(column) => Feed::Slot(self.slot(column)),
                None => Feed::Item,
            }),
            From::EachPosition => Some(if each.is_some() { Feed::Value(position.to_string()) } else { Feed::ItemPosition }),
            From::Rows => Some(Feed::Rows),
            From::EachHeader => each.map(|column| Feed::Value(self.format_header(column))),
            From::Column { header, first, part, map } => {
                let mut feed = self.header(header)?;
                if let Some(separator) = first {
                    feed = Feed::First(Box::new(feed), separator.clone());
                }
                if let Some(part) = part {
                    feed = Feed::Part(Box::new(feed), part.clone());
                }
                Some(if map.is_empty() { feed } else { Feed::Map(Box::new(feed), map.clone()) })
            }
        }
    }

    /// A column's header as the format writes it.
    fn format_header(&self, column: usize) -> String {
        self.map.known_as(&self.header.names[column]).unwrap_or(&self.header.texts[column]).to_owned()
    }

    /// The column of this file that a source reads.
    fn column_of(&self, source: &Source, each: Option<usize>) -> Option<usize> {
        match &source.from {
            From::Column { header, .. } => self.header.find(header),
            From::EachValue => each,
            _ => None,
        }
    }

    fn record(&mut self, record: &RecordMap, each: Repeat, position: usize, wanted: &Wanted, epoch: Epoch) -> Option<RecordPlan> {
        // Descriptions of a file are made for those who ask.
        if record.noun.get().technical && !wanted.wants_any(record.noun, epoch) {
            return None;
        }
        let mut tests = Vec::new();
        for filter in &record.filters {
            match self.header(&filter.column) {
                Some(feed) => tests.push(Test { feed, values: filter.values.clone(), negated: filter.negated, filled: false }),
                // Without the column nobody knows which rows are meant, whether it is named or excluded.
                None => return None,
            }
        }
        let any_of = match each {
            Some(column) => Some(vec![column]),
            None if record.any_of.is_empty() => None,
            None => Some(record.any_of.iter().filter_map(|header| self.header.find(header)).collect()),
        };
        if any_of.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        let items = match &record.each {
            Each::Items { column, separator } => {
                let column = self.header.find(column)?;
                Some((self.slot(column), separator.clone()))
            }
            _ => None,
        };
        let cell = each.or(items.as_ref().map(|(slot, _)| self.plan.columns[*slot]));
        let mut fields = Vec::new();
        let mut shown = BTreeMap::new();
        let mut mapped = BTreeSet::new();
        for (field, sources) in &record.fields {
            let name = FieldRef::Field(*field);
            mapped.extend(sources.iter().filter_map(|source| self.column_of(source, cell)));
            let shown_from = sources.iter().filter(|source| self.fits(source)).find_map(|source| self.column_of(source, cell));
            if let Some(column) = shown_from {
                shown.insert(name.clone(), column);
            }
            let is_cell = || matches!(&sources[..], [source] if is_cell(source, each) && shown_from.is_some());
            if !(wanted.wants(record.noun, epoch, &name) || (wanted.shows(record.noun, epoch, &name) && !is_cell())) {
                continue;
            }
            let feeds: Vec<Feed> = sources.iter().filter_map(|source| self.source(source, each, position)).collect();
            match feeds.len() {
                0 => {}
                1 => fields.extend(feeds.into_iter().map(|feed| (name.clone(), feed))),
                _ => fields.push((name, Feed::Either(feeds))),
            }
        }
        for column in 0..self.header.names.len() {
            let name = FieldRef::Header(self.header.names[column].as_str().to_owned());
            if shown.contains_key(&name) || self.header.names[column].as_str().is_empty() {
                continue;
            }
            if wanted.wants(record.noun, epoch, &name) {
                let slot = self.slot(column);
                fields.push((name.clone(), Feed::Slot(slot)));
            }
            shown.insert(name, column);
        }
        // Cells that are empty are alike, however they are written.
        let distinct = record.distinct.then(|| if record.empty { Vec::new() } else { mapped.into_iter().collect() });
        Some(RecordPlan { noun: record.noun, fields, tests, any_of, empty: record.empty, items, distinct, shown })
    }
}

/// Whether the value of a source is a cell as it stands.
fn is_cell(source: &Source, each: Repeat) -> bool {
    match &source.from {
        From::Column { first, part, map, .. } => first.is_none() && part.is_none() && map.is_empty(),
        From::EachValue => each.is_some(),
        _ => false,
    }
}
