//! Which nouns and columns the sources have.
use super::columns::TableId;
use crate::language::form::{Expr, Frame};
use crate::model::{FieldRef, Type};
use crate::roster::Dataset;
use std::collections::{BTreeMap, BTreeSet};

/// Which nouns and columns the sources have.
#[derive(Clone, Default)]
pub(super) struct Supply {
    pub(super) nouns: BTreeMap<TableId, BTreeSet<FieldRef>>,
    /// Everything is there: to ask what a rule could do at best.
    pub(super) all: bool,
    /// Fields that a snapshot keeps as hashes, with the type whose equality these have; without one where they can't be compared.
    pub(super) hashed: BTreeMap<(TableId, FieldRef), Option<Type>>,
    /// Tables of which only some records are there, so that nothing follows from those that are not.
    pub(super) parts: BTreeSet<TableId>,
}

impl Supply {
    pub(super) fn has(&self, table: TableId, field: Option<&FieldRef>) -> bool {
        self.all || self.nouns.get(&table).is_some_and(|fields| field.is_none_or(|field| fields.contains(field)))
    }

    /// All that a dataset has of the nouns of `frame`.
    pub(super) fn everything(dataset: &Dataset, frame: &Frame) -> Supply {
        let mut nouns: BTreeMap<TableId, BTreeSet<FieldRef>> = BTreeMap::new();
        for binding in frame {
            if let Some(table) = dataset.table(binding.noun, binding.epoch) {
                let known = (0..binding.noun.get().fields.len() as u8).map(|at| FieldRef::Field(crate::model::FieldId(at)));
                nouns.insert((binding.noun, binding.epoch), known.filter(|field| table.column(field).is_some()).collect());
            }
        }
        Supply { nouns, ..Supply::default() }
    }

    /// Whether a value can be present at all.
    pub(super) fn can_be(&self, table: TableId, expr: &Expr) -> bool {
        match expr {
            Expr::Field(field) => self.has(table, Some(field)),
            Expr::Text(_) => true,
            Expr::Apply(_, inner) => self.can_be(table, inner),
            Expr::First(parts) => parts.iter().any(|part| self.can_be(table, part)),
            Expr::Join(parts) => parts.iter().all(|part| self.can_be(table, part)),
        }
    }
}
