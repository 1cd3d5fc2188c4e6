//! Makes hashes comparable: where the hash of a value at hand is that of a snapshot, the value takes its place. The rest are equal to nothing.
use super::{Compared, SnapshotKey};
use crate::model::{Hashed, Type};
use crate::roster::dataset::Dataset;
use crate::roster::symbols::{Sym, Symbols};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::collections::BTreeSet;

impl Dataset {
    /// Puts the values of fields that are `compared` in the place of their hashes in the `hashed` fields of a snapshot. Each distinct value is hashed once per
    /// type. Of several values that are equal by the type, all of which have the same hash, the first in the order of texts stands for it.
    pub fn resolve(&mut self, hashed: &[Compared], compared: &[Compared], key: &SnapshotKey) {
        let kinds: BTreeSet<Type> = hashed.iter().map(|field| field.kind).collect();
        for kind in kinds {
            let fields: Vec<&Compared> = hashed.iter().filter(|field| field.kind == kind).collect();
            let tokens = self.tokens(&fields);
            if tokens.is_empty() {
                continue;
            }
            let values = self.distinct(compared.iter().filter(|field| field.kind == kind));
            let symbols = &self.symbols;
            let found: Vec<(Sym, Sym)> = values
                .par_iter()
                .with_min_len(1 << 10)
                .filter_map(|value| {
                    let text = symbols.text(*value);
                    let token = tokens.get(&key.hash(kind, text)).filter(|_| Hashed::read(text).is_none())?;
                    Some((*token, *value))
                })
                .collect();
            let mut values: HashMap<Sym, Sym> = HashMap::with_capacity(found.len());
            for (token, value) in found {
                let first = values.entry(token).or_insert(value);
                if symbols.text(value) < symbols.text(*first) {
                    *first = value;
                }
            }
            for field in fields {
                if let Some(column) = self.tables.get_mut(&(field.noun, field.epoch)).and_then(|table| table.column_mut(&field.field)) {
                    column.par_iter_mut().with_min_len(1 << 12).for_each(|cell| *cell = values.get(cell).copied().unwrap_or(*cell));
                }
            }
        }
    }

    /// The hashes that stand in fields, with their symbols.
    fn tokens(&self, fields: &[&Compared]) -> HashMap<Hashed, Sym> {
        let distinct = self.distinct(fields.iter().copied());
        distinct.into_iter().filter_map(|sym| Hashed::read(self.symbols.text(sym)).map(|hashed| (hashed, sym))).collect()
    }

    /// The distinct values of fields.
    fn distinct<'c>(&self, fields: impl Iterator<Item = &'c Compared>) -> Vec<Sym> {
        let columns = fields.filter_map(|field| self.table(field.noun, field.epoch)?.column(&field.field));
        distinct(&self.symbols, columns)
    }
}

/// The distinct values of columns, in the order of their numbers.
pub(super) fn distinct<'c>(symbols: &Symbols, columns: impl Iterator<Item = &'c [Sym]>) -> Vec<Sym> {
    let mut seen = vec![false; symbols.len()];
    for sym in columns.flatten() {
        seen[sym.0 as usize] = true;
    }
    seen.iter().enumerate().skip(1).filter(|(_, seen)| **seen).map(|(at, _)| Sym(at as u32)).collect()
}
