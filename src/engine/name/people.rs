//! Who a schema is for, in the order in which they choose; and the accounts that they have.
use super::Run;
use super::one::{Followed, Kept};
use crate::engine::batch::Batch;
use crate::engine::columns::{Symbols, identity, table_of};
use crate::engine::index::NO_ROW;
use crate::engine::join::Joiner;
use crate::language::form::{Expr, Slot};
use crate::language::joins;
use crate::model::{Epoch, FieldRef};
use crate::naming::{Part, Values};
use crate::pack::{Naming, Way};
use crate::roster::{Dataset, Sym};
use rayon::prelude::*;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// Records whose ways are followed at once.
const BATCH: usize = 1 << 18;

/// The person's own variable in a [`Way`].
const PERSON: Slot = Slot(0);

/// The people of a schema: a record each, in the order in which they choose. Records of one identity are one person, who is told by the first of
/// them in that order; so nothing depends on the order of rows. `identities` are those of all records. With them, by person, the other records of
/// an identity that would be called otherwise.
pub(super) fn people(joiner: &Joiner<'_, '_>, naming: &Naming, identities: &[Sym]) -> (Vec<u32>, Vec<(u32, u32)>) {
    let Ok(joined) = joins::order(&[], &naming.people) else { return Default::default() };
    let Some(step) = joined.steps.first() else { return Default::default() };
    let conditions: Vec<_> = step.own.iter().chain(&step.rest).chain(&joined.before).cloned().collect();
    let rows = joiner.scan(&naming.frame, naming.person(), &conditions, &[], &mut 0);
    let mut seen: hashbrown::HashMap<Sym, u32> = hashbrown::HashMap::with_capacity(rows.len());
    let rows = sorted(joiner, naming, identities, rows);
    let table = joiner.columns.table(table_of(&naming.frame, naming.person()));
    let called: Vec<&[Sym]> = called_by(naming).iter().filter_map(|field| table?.column(field)).collect();
    let (mut people, mut namesakes) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let identity = identities[row as usize];
        let person = people.len() as u32;
        match seen.entry(identity) {
            _ if identity == Sym::MISSING => people.push(row),
            hashbrown::hash_map::Entry::Vacant(free) => {
                free.insert(person);
                people.push(row);
            }
            hashbrown::hash_map::Entry::Occupied(known) => {
                let first = people[*known.get() as usize];
                if called.iter().any(|column| column[first as usize] != column[row as usize]) {
                    namesakes.push((*known.get(), row));
                }
            }
        }
    }
    namesakes.sort_unstable();
    (people, namesakes)
}

/// The fields of a person that names are made of.
fn called_by(naming: &Naming) -> Vec<FieldRef> {
    let mut fields: Vec<FieldRef> = Vec::new();
    let patterns = naming.schema.candidates.iter().chain(naming.schema.fields.iter().map(|field| &field.value));
    for part in patterns.flat_map(|pattern| &pattern.parts) {
        if let Part::Value { expr, .. } = part {
            expr.fields(&mut |field| fields.push(field.clone()));
        }
    }
    fields
}

/// A column to sort by.
enum Criterion<'d> {
    Number(Arc<Vec<f64>>),
    Text(Arc<Symbols<'d>>),
}

fn sorted(joiner: &Joiner<'_, '_>, naming: &Naming, identities: &[Sym], rows: Vec<u32>) -> Vec<u32> {
    let columns = joiner.columns;
    let table = table_of(&naming.frame, naming.person());
    let symbols = columns.dataset.symbols();
    let mut criteria: Vec<Criterion<'_>> = Vec::new();
    for column in &naming.order {
        criteria.push(if column.kind.ordered() {
            Criterion::Number(columns.order(table, &column.expr, column.kind))
        } else {
            Criterion::Text(columns.value(table, &column.expr))
        });
    }
    criteria.push(Criterion::Text(columns.value(table, &identity(table.0))));
    // Two records of one identity are told apart by what the schema reads of them.
    criteria.extend(fields(naming).into_iter().map(|field| Criterion::Text(columns.value(table, &Expr::Field(field)))));
    // What is missing comes last.
    let first = |row: u32| match &criteria[0] {
        Criterion::Number(order) => ordered(order[row as usize]),
        Criterion::Text(column) => prefix(symbols.text(column[row as usize])),
    };
    let text = |column: &Symbols<'_>, row: u32| {
        let sym = column[row as usize];
        (sym == Sym::MISSING, symbols.text(sym))
    };
    let mut keyed: Vec<(u64, u32)> = rows.into_par_iter().map(|row| (first(row), row)).collect();
    keyed.par_sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| {
            let by = |criterion: &Criterion<'_>| match criterion {
                Criterion::Number(order) => ordered(order[a.1 as usize]).cmp(&ordered(order[b.1 as usize])),
                Criterion::Text(column) => text(column, a.1).cmp(&text(column, b.1)),
            };
            let differs = criteria.iter().map(by).find(|order| *order != Ordering::Equal);
            differs.unwrap_or_else(|| identities[a.1 as usize].cmp(&identities[b.1 as usize])).then(a.1.cmp(&b.1))
        })
    });
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// A number whose order is that of the value, with what is missing last.
fn ordered(value: f64) -> u64 {
    if value.is_nan() {
        return u64::MAX;
    }
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// A number whose order is that of the first bytes, with what is missing last.
fn prefix(text: &str) -> u64 {
    if text.is_empty() {
        return u64::MAX;
    }
    let mut bytes = [0; 8];
    text.bytes().zip(&mut bytes).for_each(|(byte, place)| *place = byte);
    u64::from_be_bytes(bytes)
}

/// Every field of a person that a schema reads to make names and records, in order.
pub(super) fn fields(naming: &Naming) -> Vec<FieldRef> {
    let mut fields = called_by(naming);
    let mut add = |expr: &Expr| expr.fields(&mut |field| fields.push(field.clone()));
    naming.record.iter().for_each(|(_, expr)| add(expr));
    naming.order.iter().for_each(|column| add(&column.expr));
    fields.sort();
    fields.dedup();
    fields
}

/// Follows a way from people: calls `found` with the place in `rows` and the record at the end.
pub(in crate::engine) fn follow(joiner: &Joiner<'_, '_>, way: &Way, rows: &[u32], mut found: impl FnMut(u32, u32)) {
    let Ok(joined) = joins::order(&[PERSON], &way.clause) else { return };
    for (nth, chunk) in rows.chunks(BATCH).enumerate() {
        let mut batch = Batch::scan(PERSON, chunk.to_vec());
        batch.blocks = rows.len().div_ceil(BATCH);
        joiner.join(&way.frame, &joined, batch, &mut |batch| {
            for (origin, row) in batch.origin.iter().zip(batch.rows(way.end.slot)) {
                found((nth * BATCH) as u32 + origin, *row);
            }
        });
    }
}

/// The accounts of a schema's kind: those that satisfy what its `account` asks of the account alone.
pub(super) fn of_kind(joiner: &Joiner<'_, '_>, way: &Way) -> Vec<u32> {
    let Ok(joined) = joins::order(&[PERSON], &way.clause) else { return Vec::new() };
    let Some(step) = joined.steps.first() else { return Vec::new() };
    joiner.scan(&way.frame, step.slot, &step.own, &[], &mut 0)
}

/// The account of each person, and the further ones of those who have several.
pub(super) fn existing(joiner: &Joiner<'_, '_>, naming: &Naming, people: usize, followed: &Followed) -> (Vec<u32>, Vec<(u32, u32)>) {
    let mut account = vec![NO_ROW; people];
    let mut pairs = Vec::new();
    if let Some(way) = &naming.account {
        followed.each(joiner, way, |person, row| pairs.push((person, row)));
    }
    // Of several accounts the first by identity, then by all that it says, is the one; the order of rows says nothing.
    let table = (crate::model::noun("account").unwrap_or(crate::model::NounId(0)), Epoch::Today);
    let symbols = joiner.columns.dataset.symbols();
    pairs.sort_unstable();
    pairs.dedup();
    let mut further = Vec::new();
    for of_person in pairs.chunk_by_mut(|a, b| a.0 == b.0) {
        if of_person.len() > 1 {
            let texts = |row: u32| -> Vec<&str> {
                let columns = table.0.get().fields.iter().enumerate().map(|(at, _)| FieldRef::Field(crate::model::FieldId(at as u8)));
                let all = joiner.columns.table(table);
                columns
                    .map(|field| all.and_then(|all| all.column(&field)).map_or("", |column| symbols.text(column[row as usize])))
                    .collect()
            };
            of_person.sort_by_cached_key(|(_, row)| (texts(*row), *row));
        }
        account[of_person[0].0 as usize] = of_person[0].1;
        further.extend_from_slice(&of_person[1..]);
    }
    further.sort_unstable();
    (account, further)
}

/// The values of one record, for the schema.
pub(super) struct Reader<'a> {
    dataset: &'a Dataset,
    columns: Vec<(FieldRef, Option<&'a [Sym]>)>,
    kept: Arc<Kept>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(dataset: &'a Dataset, run: &Run<'_>) -> Self {
        let table = dataset.table(run.naming.noun(), Epoch::Today);
        let columns = fields(run.naming).into_iter();
        let kept = run.kept.clone();
        Reader { dataset, kept, columns: columns.map(|field| (field.clone(), table.and_then(|table| table.column(&field)))).collect() }
    }

    pub(super) fn row(&self, row: u32) -> RowValues<'_, 'a> {
        RowValues { reader: self, row }
    }
}

/// The values of one record.
pub(super) struct RowValues<'r, 'a> {
    reader: &'r Reader<'a>,
    row: u32,
}

impl Values for RowValues<'_, '_> {
    fn text(&self, field: &FieldRef) -> Option<Cow<'_, str>> {
        let own = || {
            let (_, column) = self.reader.columns.iter().find(|(known, _)| known == field)?;
            Some(column.as_ref()?[self.row as usize])
        };
        match self.reader.kept.get(self.row, field).or_else(own)? {
            Sym::MISSING => None,
            sym => Some(Cow::Borrowed(self.reader.dataset.symbols().text(sym))),
        }
    }
}
