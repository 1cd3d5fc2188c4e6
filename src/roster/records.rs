//! Turns the numbered cells of a chunk into records of nouns.
use super::chunk::Chunk;
use super::interner::{Column, Interner, Raw};
use super::plan::{Feed, RecordPlan, Test};
use hashbrown::HashMap;

/// Values of another file by their key.
pub(super) type LookupTable = HashMap<Raw, Raw>;

/// Which record of a chunk each of a noun's records stands in.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    /// This many, one for one.
    All(u32),
    Some(Vec<u32>),
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        match self {
            Rows::All(count) => *count as usize,
            Rows::Some(rows) => rows.len(),
        }
    }

    /// The record of the chunk that holds record `at`.
    pub(super) fn get(&self, at: usize) -> usize {
        match self {
            Rows::All(_) => at,
            Rows::Some(rows) => rows.get(at).map_or(0, |row| *row as usize),
        }
    }

    /// The records that stand in record `row` of the chunk.
    pub(super) fn of(&self, row: usize) -> std::ops::Range<usize> {
        match self {
            Rows::All(count) => row..(row + 1).min(*count as usize),
            Rows::Some(rows) => rows.partition_point(|known| (*known as usize) < row)..rows.partition_point(|known| *known as usize <= row),
        }
    }
}

/// The records of one noun in a chunk.
pub(super) struct Piece {
    pub(super) rows: Rows,
    /// In the order of the plan's fields.
    pub(super) columns: Vec<Column>,
    /// Of each record, when equal ones are one.
    pub(super) digests: Vec<u64>,
    /// Rows that its records stand for, repeats included.
    pub(super) all: u64,
}

impl Piece {
    /// Drops the records at these places, which are in order.
    pub(super) fn drop(&mut self, places: &[usize]) {
        if places.is_empty() {
            return;
        }
        let mut kept = vec![true; self.rows.len()];
        places.iter().for_each(|place| kept[*place] = false);
        let mut rows: Vec<u32> = (0..self.rows.len()).map(|at| self.rows.get(at) as u32).collect();
        retain(&mut rows, &kept);
        self.columns.iter_mut().for_each(|column| retain(column, &kept));
        self.rows = Rows::Some(rows);
    }
}

fn retain<T>(list: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    list.retain(|_| kept.next().is_none_or(|kept| *kept));
    list.shrink_to_fit();
}

/// The records of every plan in a chunk.
pub(super) fn pieces(chunk: &mut Chunk, plans: &[RecordPlan], interner: &Interner, lookups: &[&LookupTable]) -> Vec<Piece> {
    plans
        .iter()
        .enumerate()
        .map(|(at, plan)| {
            let digests = std::mem::take(&mut chunk.digests[at]);
            let filled = std::mem::take(&mut chunk.filled[at]);
            Maker { chunk, interner, lookups }.piece(plan, filled, &digests)
        })
        .collect()
}

struct Maker<'a> {
    chunk: &'a Chunk,
    interner: &'a Interner,
    lookups: &'a [&'a LookupTable],
}

/// Items of lists, when records are made from them.
#[derive(Default)]
struct Items {
    values: Vec<Raw>,
    positions: Vec<Raw>,
}

impl Maker<'_> {
    fn piece(&self, plan: &RecordPlan, filled: Vec<u32>, digests: &[u64]) -> Piece {
        let mut rows = self.rows(plan, filled);
        for test in &plan.tests {
            rows = self.passing(rows, test);
        }
        let all = rows.len() as u64;
        let mut kept = Vec::new();
        if plan.distinct.is_some() {
            // Repeats mostly follow one another; the others are found when all chunks are there.
            let mut last = None;
            let mut distinct = Vec::with_capacity(rows.len());
            for at in 0..rows.len() {
                let row = rows.get(at);
                let digest = digests[row];
                if last != Some(digest) {
                    distinct.push(row as u32);
                    kept.push(digest);
                }
                last = Some(digest);
            }
            if distinct.len() < rows.len() {
                rows = Rows::Some(distinct);
            }
        }
        let mut items = Items::default();
        if let Some((slot, separator)) = &plan.items {
            rows = self.split_lists(&rows, *slot, separator, &mut items);
            kept = Vec::new();
        }
        let columns = plan.fields.iter().map(|(_, feed)| self.column(feed, &rows, &items)).collect();
        if let Rows::Some(rows) = &mut rows {
            rows.shrink_to_fit();
        }
        Piece { rows, columns, digests: kept, all }
    }

    fn rows(&self, plan: &RecordPlan, filled: Vec<u32>) -> Rows {
        let count = self.chunk.records as u32;
        if plan.any_of.is_some() {
            return if filled.len() == self.chunk.records { Rows::All(count) } else { Rows::Some(filled) };
        }
        if self.chunk.blanks.is_empty() {
            return Rows::All(count);
        }
        let mut blanks = self.chunk.blanks.iter().peekable();
        Rows::Some((0..count).filter(|row| blanks.next_if(|blank| *blank == row).is_none()).collect())
    }

    fn passing(&self, rows: Rows, test: &Test) -> Rows {
        let column = self.column(&test.feed, &rows, &Items::default());
        let mut known: HashMap<Raw, bool> = HashMap::new();
        let mut last = (0, self.passes(0, test));
        let mut passing = Vec::new();
        for (at, &raw) in column.iter().enumerate() {
            if raw != last.0 {
                last = (raw, *known.entry(raw).or_insert_with(|| self.passes(raw, test)));
            }
            if last.1 {
                passing.push(rows.get(at) as u32);
            }
        }
        if passing.len() == rows.len() { rows } else { Rows::Some(passing) }
    }

    fn passes(&self, raw: Raw, test: &Test) -> bool {
        let named = raw != 0 && test.values.contains(&self.interner.text(raw).trim().to_lowercase());
        named != test.negated && !(test.filled && raw == 0)
    }

    fn split_lists(&self, rows: &Rows, slot: usize, separator: &str, items: &mut Items) -> Rows {
        let mut found = Vec::new();
        let mut known: HashMap<Raw, Vec<Raw>> = HashMap::new();
        for at in 0..rows.len() {
            let row = rows.get(at);
            let raw = self.chunk.columns[slot][row];
            if raw == 0 {
                continue;
            }
            let list = known.entry(raw).or_insert_with(|| {
                self.interner
                    .text(raw)
                    .split(separator)
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(|item| self.interner.own(item))
                    .collect()
            });
            for (position, item) in list.iter().enumerate() {
                found.push(row as u32);
                items.values.push(*item);
                items.positions.push(self.interner.own(&(position + 1).to_string()));
            }
        }
        Rows::Some(found)
    }

    fn column(&self, feed: &Feed, rows: &Rows, items: &Items) -> Column {
        match feed {
            Feed::Slot(slot) => {
                let column = &self.chunk.columns[*slot];
                match rows {
                    Rows::All(_) => column.clone(),
                    Rows::Some(rows) => rows.iter().map(|row| column[*row as usize]).collect(),
                }
            }
            Feed::Value(text) => vec![self.interner.own(text); rows.len()],
            Feed::Item => items.values.clone(),
            Feed::ItemPosition => items.positions.clone(),
            Feed::Rows => vec![0; rows.len()],
            Feed::Part(inner, part) => self.translate(self.column(inner, rows, items), |text| part.of(text).map(str::to_owned)),
            Feed::First(inner, separator) => self.translate(self.column(inner, rows, items), |text| {
                text.split(separator.as_str()).map(str::trim).find(|item| !item.is_empty()).map(str::to_owned)
            }),
            Feed::Map(inner, map) => self.translate(self.column(inner, rows, items), |text| {
                let value = text.trim().to_lowercase();
                let named = |key: &str| map.iter().find(|(from, _)| from == key).map(|(_, to)| to.clone());
                // A value may be one that means nothing, such as NULL.
                named(&value).or_else(|| named("*")).or_else(|| Some(text.to_owned())).filter(|value| !value.is_empty())
            }),
            Feed::Lookup(by, table) => {
                let keys = self.column(&Feed::Slot(*by), rows, items);
                let table = self.lookups.get(*table);
                keys.iter().map(|key| table.and_then(|table| table.get(key)).copied().unwrap_or(0)).collect()
            }
            Feed::Either(feeds) => {
                let mut columns = feeds.iter().map(|feed| self.column(feed, rows, items));
                let mut first = columns.next().unwrap_or_default();
                for column in columns {
                    first.iter_mut().zip(column).filter(|(value, _)| **value == 0).for_each(|(value, other)| *value = other);
                }
                first
            }
        }
    }

    /// Replaces each text by another, once per distinct text.
    fn translate(&self, mut column: Column, to: impl Fn(&str) -> Option<String>) -> Column {
        let mut known: HashMap<Raw, Raw> = HashMap::new();
        for raw in column.iter_mut().filter(|raw| **raw != 0) {
            *raw = *known.entry(*raw).or_insert_with(|| {
                let text = self.interner.text(*raw);
                match to(&text) {
                    Some(value) if value == text => *raw,
                    Some(value) => self.interner.own(&value),
                    None => 0,
                }
            });
        }
        column
    }
}
