//! Tables: the records of one noun as columns of symbols, put together from the pieces of all files that hold it.
use super::interner::Column;
use super::plan::normal;
use super::reader::Reading;
use super::records::{Piece, Rows};
use super::symbols::{Sym, Symbols};
use crate::model::{Epoch, FieldRef, NounId};
use hashbrown::HashSet;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// All records of one noun, of one epoch.
#[derive(Debug)]
pub struct Table {
    noun: NounId,
    epoch: Epoch,
    len: usize,
    columns: BTreeMap<FieldRef, Vec<Sym>>,
    pub(super) parts: Vec<Part>,
}

/// A stretch of records that stand in one chunk of one file.
#[derive(Debug)]
pub(super) struct Part {
    /// The table's row of the first.
    pub(super) first: u32,
    /// The file, by its place in the dataset; its record plan; its chunk.
    pub(super) file: usize,
    pub(super) plan: usize,
    pub(super) chunk: usize,
    pub(super) rows: Rows,
}

impl Table {
    /// A table that stands in no file.
    pub(super) fn made(noun: NounId, epoch: Epoch, len: usize, columns: BTreeMap<FieldRef, Vec<Sym>>) -> Table {
        Table { noun, epoch, len, columns, parts: Vec::new() }
    }

    /// How many records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A cell per record; `None` when no file has the column, or nobody wanted it.
    #[must_use]
    pub fn column(&self, field: &FieldRef) -> Option<&[Sym]> {
        self.columns.get(&normal(field)).map(Vec::as_slice)
    }

    /// The same, to put other values into it.
    pub(super) fn column_mut(&mut self, field: &FieldRef) -> Option<&mut Vec<Sym>> {
        self.columns.get_mut(&normal(field))
    }

    /// The noun.
    #[must_use]
    pub fn noun(&self) -> NounId {
        self.noun
    }

    /// Where it is read from.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The part that holds a row.
    pub(super) fn part(&self, row: u32) -> Option<&Part> {
        let next = self.parts.partition_point(|part| part.first <= row);
        next.checked_sub(1).map(|at| &self.parts[at])
    }
}

/// A table under construction.
#[derive(Default)]
pub(super) struct Draft {
    len: usize,
    parts: Vec<Part>,
    /// Per column, where each piece of it begins.
    columns: BTreeMap<FieldRef, Vec<(usize, Column)>>,
}

impl Draft {
    /// Adds a piece of a file.
    pub(super) fn push(&mut self, file: usize, plan: usize, chunk: usize, fields: &[FieldRef], piece: Piece) {
        let first = self.len;
        self.len += piece.rows.len();
        for (field, column) in fields.iter().zip(piece.columns) {
            self.columns.entry(field.clone()).or_default().push((first, column));
        }
        if piece.rows.len() > 0 {
            self.parts.push(Part { first: first as u32, file, plan, chunk, rows: piece.rows });
        }
    }

    /// Makes sure that a column is there, even if no record is.
    pub(super) fn declare(&mut self, fields: &[FieldRef]) {
        for field in fields {
            self.columns.entry(field.clone()).or_default();
        }
    }
}

/// Puts the tables together, column by column; a piece's memory is given back as soon as it is copied.
pub(super) fn tables(drafts: BTreeMap<(NounId, Epoch), Draft>, symbols: &Symbols) -> BTreeMap<(NounId, Epoch), Table> {
    let mut tables = BTreeMap::new();
    let mut work = Vec::new();
    for (key, draft) in drafts {
        let Draft { len, parts, columns } = draft;
        tables.insert(key, Table { noun: key.0, epoch: key.1, len, columns: BTreeMap::new(), parts });
        work.extend(columns.into_iter().map(|(field, pieces)| (key, field, len, pieces)));
    }
    let columns: Vec<_> = work
        .into_par_iter()
        .with_max_len(1)
        .map(|(key, field, len, pieces)| {
            let mut column = Vec::with_capacity(len);
            for (first, piece) in pieces {
                // Files without the column leave a gap.
                column.resize(first, Sym::MISSING);
                column.extend(piece.iter().map(|raw| symbols.settle(*raw)));
            }
            column.resize(len, Sym::MISSING);
            (key, field, column)
        })
        .collect();
    for (key, field, column) in columns {
        if let Some(table) = tables.get_mut(&key) {
            table.columns.insert(field, column);
        }
    }
    tables
}

const PARTITIONS: u64 = 16;

/// Drops records of a plan that repeat an earlier one, wherever in the file.
pub(super) fn drop_repeats(reading: &mut Reading, plan: usize) {
    let digests: Vec<&[u64]> = reading.pieces.iter().map(|pieces| pieces[plan].digests.as_slice()).collect();
    let total: usize = digests.iter().map(|list| list.len()).sum();
    let repeats: Vec<(usize, usize)> = (0..PARTITIONS)
        .into_par_iter()
        .flat_map_iter(|partition| {
            let mut seen = HashSet::with_capacity(total / PARTITIONS as usize + 1);
            let mut repeats = Vec::new();
            for (chunk, list) in digests.iter().enumerate() {
                for (at, digest) in list.iter().enumerate() {
                    if digest % PARTITIONS == partition && !seen.insert(*digest) {
                        repeats.push((chunk, at));
                    }
                }
            }
            repeats
        })
        .collect();
    let mut dropped: Vec<Vec<usize>> = vec![Vec::new(); reading.pieces.len()];
    repeats.into_iter().for_each(|(chunk, at)| dropped[chunk].push(at));
    for (pieces, mut places) in reading.pieces.iter_mut().zip(dropped) {
        places.sort_unstable();
        pieces[plan].drop(&places);
        pieces[plan].digests = Vec::new();
    }
}
