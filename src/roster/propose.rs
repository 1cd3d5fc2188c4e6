//! Records that stand in no file: accounts that naming schemas propose for people who do.
use super::dataset::Dataset;
use super::symbols::Sym;
use super::table::Table;
use crate::finding::{Cell, Record};
use crate::model::{Epoch, FieldId, FieldRef, NounId, Privacy};
use std::collections::BTreeMap;

/// Proposed records, and for whom they are proposed.
pub(super) struct Proposed {
    pub(super) table: Table,
    /// Per record, the noun and the record of today.
    people: Vec<(NounId, u32)>,
}

impl Dataset {
    /// Adds proposed records of a noun: a column a field, and for each record the one of today that it is proposed for. They can be proposed once;
    /// later proposals are left out.
    pub fn propose(&self, noun: NounId, columns: Vec<(FieldId, Vec<Sym>)>, people: Vec<(NounId, u32)>) {
        let columns: BTreeMap<FieldRef, Vec<Sym>> = columns.into_iter().map(|(field, column)| (FieldRef::Field(field), column)).collect();
        let table = Table::made(noun, Epoch::Proposed, people.len(), columns);
        let _ = self.proposed.set(Proposed { table, people });
    }

    /// A proposed record, at the place of the one that it is proposed for.
    pub(super) fn proposal(&self, proposed: &Proposed, row: u32, fields: &[FieldRef]) -> Record {
        let (noun, person) = proposed.people[row as usize];
        let place = self.record(noun, Epoch::Today, person, &[]);
        let table = &proposed.table;
        let cell = |field: &FieldRef| {
            let definition = match field {
                FieldRef::Field(id) => id.of(table.noun()),
                FieldRef::Header(_) => return None,
            };
            let sym = table.column(field).map_or(Sym::MISSING, |column| column[row as usize]);
            let shown = definition.privacy != Privacy::Secret;
            Some(Cell {
                field: definition.name.to_owned(),
                column: definition.name.to_owned(),
                letter: String::new(),
                value: if shown { self.symbols.text(sym).to_owned() } else { String::new() },
                label: None,
                personal: definition.privacy != Privacy::Plain,
            })
        };
        let mut fields: Vec<FieldRef> = fields.to_vec();
        fields.sort();
        fields.dedup();
        Record {
            noun: table.noun().get().name,
            source: format!("proposed for {} {}", place.noun, place.id).into(),
            id: self.identity(table, row),
            cells: fields.iter().filter_map(cell).collect(),
            ..place
        }
    }
}
