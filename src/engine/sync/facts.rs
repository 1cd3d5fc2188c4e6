//! What is known of a sync before anything is decided: its records, their accounts, and which conditions hold of them. All that joins is here; what
//! becomes of everybody is then read off these arrays, as often as it is asked.
use super::adopt::{Adopted, adopt};
use super::plan;
use crate::engine::batch::Batch;
use crate::engine::columns::{Columns, TableId, identity, table_of};
use crate::engine::condition::Truth;
use crate::engine::group::Findings;
use crate::engine::index::{NO_ROW, mix};
use crate::engine::join::Joiner;
use crate::engine::name::{Accounts, follow};
use crate::engine::twice::twice;
use crate::language::form::{By, Clause, Expr, Frame, Slot};
use crate::language::joins;
use crate::model::{FieldId, FieldRef};
use crate::pack::{Asked, Body, Create, Need, RECORD, Rule, Sync};
use crate::roster::Sym;
use std::cmp::Ordering;
use std::sync::Arc;

/// Tuples of which a condition is asked at once.
const BLOCK: usize = 1 << 15;

/// A bit a row.
#[derive(Default, Clone)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn of(rows: impl IntoIterator<Item = u32>, len: usize) -> Bits {
        let mut bits = Bits(vec![0; len.div_ceil(64)]);
        rows.into_iter().for_each(|row| bits.set(row));
        bits
    }

    pub(super) fn has(&self, row: u32) -> bool {
        self.0.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    fn rows(&self) -> impl Iterator<Item = u32> {
        (0..self.0.len() as u32 * 64).filter(|row| self.has(*row))
    }

    pub(super) fn set(&mut self, row: u32) {
        if let Some(word) = self.0.get_mut(row as usize / 64) {
            *word |= 1 << (row % 64);
        }
    }

    fn unset(&mut self, row: u32) {
        if let Some(word) = self.0.get_mut(row as usize / 64) {
            *word &= !(1 << (row % 64));
        }
    }
}

/// What is known of one record, in bits.
pub(super) mod flag {
    /// Its account was found by `attach`.
    pub(in crate::engine::sync) const ATTACHED: u8 = 1;
    /// The account that it would have is that of another record.
    pub(in crate::engine::sync) const TAKEN: u8 = 2;
    /// `create` does not hold.
    pub(in crate::engine::sync) const NOT_CREATED: u8 = 4;
    /// `suspend` holds.
    pub(in crate::engine::sync) const SUSPENDED: u8 = 8;
    /// The naming schema of its accounts has no name for it.
    pub(in crate::engine::sync) const NAMELESS: u8 = 16;
}

/// A list of numbers for each record.
#[derive(Default)]
pub(super) struct Lists {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    fn new(mut pairs: Vec<(u32, u32)>, len: usize) -> Lists {
        if !pairs.is_sorted() {
            pairs.sort_unstable();
        }
        pairs.dedup();
        let mut starts = vec![0; len + 1];
        pairs.iter().for_each(|(place, _)| starts[*place as usize + 1] += 1);
        for at in 0..len {
            starts[at + 1] += starts[at];
        }
        Lists { starts, items: pairs.into_iter().map(|(_, item)| item).collect() }
    }

    pub(super) fn of(&self, place: usize) -> &[u32] {
        &self.items[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

/// A finding that keeps a record from being created, attached or restored: the rule's place among those of the forecast, and its own.
pub(super) type Obstacle = (u32, u32);

/// What is known of a sync.
#[derive(Default)]
pub(super) struct Facts {
    /// Per record: the row of its table. Records of one identity are one.
    pub(super) rows: Vec<u32>,
    /// Per row of the table: the record, or [`NO_ROW`] when it is not sent.
    pub(super) place: Vec<u32>,
    /// Rows that repeat the identity of a record.
    pub(super) repeats: u64,
    /// Per record: the row of its account, or [`NO_ROW`].
    pub(super) account: Vec<u32>,
    /// Per record: see [`flag`].
    pub(super) flags: Vec<u8>,
    /// Per record: a bit for each field that differs; empty when nothing is kept equal.
    pub(super) fields: Vec<u32>,
    /// Records whose account is that of another one: record, account.
    pub(super) taken: Vec<(u32, u32)>,
    /// Whose these accounts are: account, record.
    holders: Vec<(u32, u32)>,
    /// Further accounts of a record, which nobody touches: record, account.
    pub(super) further: Vec<(u32, u32)>,
    /// Accounts that are never touched.
    pub(super) left: Bits,
    /// Accounts that are inactive.
    pub(super) inactive: Bits,
    /// Findings that are in the way, by record.
    pub(super) obstacles: Vec<(u32, Obstacle)>,
    /// Records for whose account there is no name: the record, the place of the schema among those of the plan, and the person there.
    pub(super) nameless: Vec<(u32, (usize, usize))>,
    /// Accounts that the sync answers for and that have no record.
    pub(super) gone: Vec<u32>,
    /// The active accounts that it answers for, those of records and those of `keeps`: what shares of limits are shares of.
    pub(super) answers_for: u64,
    /// Per entry of `needs`: the rows of the other sync's table to which each record leads.
    pub(super) needs: Vec<Lists>,
}

/// The table of a sync's records.
pub(super) fn records_of(sync: &Sync) -> TableId {
    (sync.record.noun, sync.record.epoch)
}

/// The table of a sync's accounts.
pub(super) fn accounts_of(sync: &Sync) -> TableId {
    (sync.other.noun, sync.other.epoch)
}

impl Facts {
    /// Gathers what is known. `rules` are those that may block, with what they found.
    pub(super) fn new(joiner: &Joiner<'_, '_>, sync: &Sync, rules: &[(&Rule, Findings)]) -> Facts {
        let (records, accounts) = (records_of(sync), accounts_of(sync));
        let mut facts = Facts::default();
        facts.records(joiner, sync, records);
        let all = joiner.columns.rows(accounts) as usize;
        let marked = |asked: &Option<Asked>| match asked {
            Some(asked) => {
                let conditions = asked.condition.clone().conjuncts();
                Bits::of(joiner.scan(&asked.frame, Slot(0), &conditions, &[], &mut 0), all)
            }
            None => Bits::default(),
        };
        (facts.left, facts.inactive) = (marked(&sync.leaves), marked(&sync.inactive));
        let mut claimed = Bits::of([], all);
        facts.accounts(joiner, sync, &mut claimed);
        facts.conditions(joiner, sync);
        facts.differences(joiner, sync);
        facts.obstacles(sync, rules);
        facts.kept(joiner, sync, &claimed);
        for need in &sync.needs {
            let mut pairs = Vec::new();
            follow(joiner, &need.way, &facts.rows, |place, row| pairs.push((place, row)));
            facts.needs.push(Lists::new(pairs, facts.rows.len()));
        }
        facts
    }

    /// The records that are sent, each identity once.
    fn records(&mut self, joiner: &Joiner<'_, '_>, sync: &Sync, table: TableId) {
        let mut rows = scanned(joiner, &sync.frame, &sync.of);
        let columns = joiner.columns;
        let parts: Vec<_> = identity_parts(table).iter().map(|part| columns.value(table, part)).collect();
        let key = |row: u32| {
            let symbols = || parts.iter().map(|column| column[row as usize]);
            (symbols().all(|symbol| symbol != Sym::MISSING)).then(|| mix(symbols()))
        };
        let hashed = |visit: &mut dyn FnMut(u64, (u64, u32))| {
            rows.iter().filter_map(|row| Some((key(*row)?, *row))).for_each(|(hash, row)| visit(hash, (hash, row)));
        };
        let mut alike: Vec<(u64, u32)> = twice(rows.len(), hashed);
        alike.sort_unstable();
        let same = |a: u32, b: u32| parts.iter().all(|column| column[a as usize] == column[b as usize]);
        let mut stands_for: Vec<(u32, u32)> = Vec::new();
        for group in alike.chunk_by(|a, b| a.0 == b.0) {
            let mut left: Vec<u32> = group.iter().map(|(_, row)| *row).collect();
            // Which of them stands for all does not depend on the order of rows.
            if left.len() > 1 {
                left.sort_by(|a, b| by_texts(columns, table, *a, *b));
            }
            while let Some(first) = left.first().copied() {
                stands_for.extend(left.iter().filter(|row| **row != first && same(first, **row)).map(|row| (*row, first)));
                left.retain(|row| !same(first, *row));
            }
        }
        stands_for.sort_unstable();
        let repeated = |row: u32| stands_for.binary_search_by_key(&row, |(of, _)| *of).is_ok();
        if !stands_for.is_empty() {
            rows.retain(|row| !repeated(*row));
        }
        let mut place = vec![NO_ROW; columns.rows(table) as usize];
        rows.iter().enumerate().for_each(|(at, row)| place[*row as usize] = at as u32);
        for (row, first) in &stands_for {
            place[*row as usize] = place[*first as usize];
        }
        self.repeats = stands_for.len() as u64;
        self.flags = vec![0; rows.len()];
        (self.rows, self.place) = (rows, place);
    }

    /// The accounts of the records: by `account`, and for those who have none by the ways of `attach`.
    fn accounts(&mut self, joiner: &Joiner<'_, '_>, sync: &Sync, claimed: &mut Bits) {
        let tables = (records_of(sync), accounts_of(sync));
        self.account = vec![NO_ROW; self.rows.len()];
        let mut pairs = Vec::new();
        follow(joiner, &sync.account, &self.rows, |place, row| pairs.push((place, row)));
        let Adopted { taken, further } = adopt(joiner, tables, &self.rows, pairs, &mut self.account, claimed);
        taken.iter().for_each(|(place, _)| self.flags[*place as usize] |= flag::TAKEN);
        (self.taken, self.further) = (taken, further);
        let mut contested = Bits::of([], joiner.columns.rows(tables.1) as usize);
        self.taken.iter().for_each(|(_, row)| contested.set(*row));
        let places = self.account.iter().enumerate().filter(|(_, row)| **row != NO_ROW && contested.has(**row));
        self.holders = places.map(|(place, row)| (*row, place as u32)).collect();
        self.holders.sort_unstable();
        let mut spare = Vec::new();
        for way in sync.attach.iter().filter(|way| joiner.supply.clause_lacks(&way.frame, &way.clause).is_none()) {
            let open: Vec<u32> = (0..self.rows.len() as u32).filter(|place| self.is_open(*place)).collect();
            if open.is_empty() {
                break;
            }
            let rows: Vec<u32> = open.iter().map(|place| self.rows[*place as usize]).collect();
            let mut pairs = Vec::new();
            follow(joiner, way, &rows, |nth, row| {
                // An account that has its record, or that nobody touches, is not adopted.
                if !claimed.has(row) && !self.left.has(row) {
                    pairs.push((open[nth as usize], row));
                }
            });
            let adopted = adopt(joiner, tables, &self.rows, pairs, &mut self.account, claimed);
            // A record that took one account leaves the others to those who come upon them by a later way.
            adopted.further.iter().for_each(|(_, row)| claimed.unset(*row));
            spare.extend(adopted.further);
            for place in open {
                if self.account[place as usize] != NO_ROW {
                    self.flags[place as usize] |= flag::ATTACHED;
                }
            }
        }
        for (place, row) in spare {
            if !claimed.has(row) {
                claimed.set(row);
                self.further.push((place, row));
            }
        }
        self.further.sort_unstable();
    }

    /// Whether a record has no account yet, and none that is another's.
    fn is_open(&self, place: u32) -> bool {
        self.account[place as usize] == NO_ROW && self.flags[place as usize] & flag::TAKEN == 0
    }

    /// `create` of the records without an account, `suspend` of those with one.
    fn conditions(&mut self, joiner: &Joiner<'_, '_>, sync: &Sync) {
        let without = (0..self.rows.len() as u32).filter(|place| self.account[*place as usize] == NO_ROW);
        match &sync.create {
            Create::Always => {}
            Create::Never => {
                for place in without.collect::<Vec<u32>>() {
                    self.flags[place as usize] |= flag::NOT_CREATED;
                }
            }
            Create::When(asked) => {
                let places: Vec<u32> = without.collect();
                let rows = places.iter().map(|place| self.rows[*place as usize]).collect();
                for (place, holds) in places.iter().zip(holds(joiner, asked, &[rows])) {
                    if !holds {
                        self.flags[*place as usize] |= flag::NOT_CREATED;
                    }
                }
            }
        }
        if let Some(asked) = &sync.suspend {
            let places: Vec<u32> = (0..self.rows.len() as u32).filter(|place| self.account[*place as usize] != NO_ROW).collect();
            let rows = places.iter().map(|place| self.rows[*place as usize]).collect();
            let accounts = places.iter().map(|place| self.account[*place as usize]).collect();
            for (place, holds) in places.iter().zip(holds(joiner, asked, &[rows, accounts])) {
                if holds {
                    self.flags[*place as usize] |= flag::SUSPENDED;
                }
            }
        }
    }

    /// Which fields differ between a record and its account.
    fn differences(&mut self, joiner: &Joiner<'_, '_>, sync: &Sync) {
        if sync.update.is_empty() {
            return;
        }
        let (records, accounts) = (records_of(sync), accounts_of(sync));
        self.fields = vec![0; self.rows.len()];
        let places: Vec<u32> = (0..self.rows.len() as u32).filter(|place| self.account[*place as usize] != NO_ROW).collect();
        let pick = |of: &[u32], places: &[u32]| -> Vec<u32> { places.iter().map(|place| of[*place as usize]).collect() };
        let (own, theirs) = (pick(&self.rows, &places), pick(&self.account, &places));
        let columns = joiner.columns;
        for (nth, updated) in sync.update.iter().enumerate() {
            let field = Expr::Field(FieldRef::Field(updated.field));
            if !joiner.supply.has(accounts, Some(&FieldRef::Field(updated.field))) || !joiner.supply.can_be(records, &updated.value.expr) {
                continue;
            }
            let sent = columns.key_at(records, &updated.value.expr, By::Bytes, &own, 1);
            let there = columns.key_at(accounts, &field, By::Bytes, &theirs, 1);
            // What is written alike does not differ; only the rest is folded.
            let mut open = Vec::new();
            for (at, place) in places.iter().enumerate() {
                match (sent.get(at), there.get(at)) {
                    (sent, there) if sent == there => {}
                    (Sym::MISSING, _) if sync.clears => self.fields[*place as usize] |= 1 << nth,
                    (Sym::MISSING, _) => {}
                    _ => open.push(*place),
                }
            }
            drop((sent, there));
            let (own, theirs) = (pick(&self.rows, &open), pick(&self.account, &open));
            let sent = columns.key_at(records, &updated.value.expr, updated.by, &own, 1);
            let there = columns.key_at(accounts, &field, updated.by, &theirs, 1);
            for (at, place) in open.iter().enumerate() {
                // A value that can't be read is no difference: it is unknown what it says.
                if sent.get(at) != Sym::MISSING && sent.get(at) != there.get(at) {
                    self.fields[*place as usize] |= 1 << nth;
                }
            }
        }
    }

    /// The findings that name records of this sync.
    fn obstacles(&mut self, sync: &Sync, rules: &[(&Rule, Findings)]) {
        let table = records_of(sync);
        for (at, (rule, findings)) in rules.iter().enumerate() {
            let Body::Records { variants, .. } = &rule.body else { continue };
            if !sync.blocked.contains(&rule.id) {
                continue;
            }
            for finding in 0..findings.len() {
                for (variant, tuple) in findings.members(finding) {
                    let variant = *variant as usize;
                    let rows = findings.found.tuple(variant, *tuple as usize);
                    for (slot, row) in findings.found.slots[variant].iter().zip(rows) {
                        if table_of(&variants[variant].frame, *slot) == table && self.place[*row as usize] != NO_ROW {
                            self.obstacles.push((self.place[*row as usize], (at as u32, finding as u32)));
                        }
                    }
                }
            }
        }
        self.obstacles.sort_unstable();
        self.obstacles.dedup();
    }

    /// The records to which the naming schemas of their accounts give no name.
    pub(super) fn nameless(&mut self, sync: &Sync, named: Option<&Accounts<'_, '_>>) {
        let schemas = named.into_iter().flat_map(Accounts::schemas).enumerate();
        for (at, schema) in schemas.filter(|(_, schema)| schema.naming().sync.as_ref() == Some(&sync.id)) {
            for (row, person) in schema.nameless() {
                let place = self.place[row as usize];
                if place != NO_ROW && self.account[place as usize] == NO_ROW {
                    self.flags[place as usize] |= flag::NAMELESS;
                    self.nameless.push((place, (at, person)));
                }
            }
        }
        self.nameless.sort_unstable();
        self.nameless.dedup_by_key(|(place, _)| *place);
    }

    /// The record whose account this is, which another record would have.
    pub(super) fn holder(&self, account: u32) -> Option<u32> {
        let at = self.holders.binary_search_by_key(&account, |(row, _)| *row).ok()?;
        Some(self.holders[at].1)
    }

    /// The findings in the way of a record.
    pub(super) fn obstacles_of(&self, place: u32) -> impl Iterator<Item = Obstacle> {
        let from = self.obstacles.partition_point(|(of, _)| *of < place);
        self.obstacles[from..].iter().take_while(move |(of, _)| *of == place).map(|(_, obstacle)| *obstacle)
    }

    /// The accounts that the sync answers for, and those of them that have no record.
    fn kept(&mut self, joiner: &Joiner<'_, '_>, sync: &Sync, claimed: &Bits) {
        let mut rows = sync.keeps.as_ref().map(|keeps| scanned(joiner, &keeps.frame, &keeps.clause)).unwrap_or_default();
        let mut all = Bits::of(rows.iter().copied(), joiner.columns.rows(accounts_of(sync)) as usize);
        self.account.iter().filter(|row| **row != NO_ROW).for_each(|row| all.set(*row));
        self.answers_for = all.rows().filter(|row| !self.inactive.has(*row) && !self.left.has(*row)).count() as u64;
        rows.retain(|row| !claimed.has(*row));
        self.gone = rows;
    }
}

/// The rows that a clause of one noun keeps.
fn scanned(joiner: &Joiner<'_, '_>, frame: &Frame, clause: &Clause) -> Vec<u32> {
    let Ok(joined) = joins::order(&[], clause) else { return Vec::new() };
    let Some(step) = joined.steps.first() else { return Vec::new() };
    let conditions: Vec<_> = step.own.iter().chain(&step.rest).chain(&joined.before).cloned().collect();
    joiner.scan(frame, step.slot, &conditions, &[], &mut 0)
}

/// Whether a condition holds of each tuple; its variables are slots from 0 on, a column of `rows` each.
fn holds(joiner: &Joiner<'_, '_>, asked: &Asked, rows: &[Vec<u32>]) -> Vec<bool> {
    let all = rows.first().map_or(0, Vec::len);
    let slots: Vec<Slot> = (0..rows.len() as u8).map(Slot).collect();
    let mut holds = Vec::with_capacity(all);
    for start in (0..all).step_by(BLOCK) {
        let end = all.min(start + BLOCK);
        let mut batch = Batch::of_tuples(&slots, rows.iter().map(|rows| rows[start..end].to_vec()).collect());
        batch.blocks = all.div_ceil(BLOCK);
        let places: Vec<u32> = (0..(end - start) as u32).collect();
        holds.extend(joiner.truth(&asked.frame, &asked.condition, &batch, &places).into_iter().map(|truth| truth == Truth::True));
    }
    holds
}

/// The value of a record that names the one that it needs, where it is one value: `e.student_id`.
pub(super) fn needed_key(need: &Need) -> Option<Arc<Expr>> {
    let joined = joins::order(&[RECORD], &need.way.clause).ok()?;
    let step = joined.steps.iter().find(|step| step.slot == need.way.end.slot)?;
    match step.keys.as_slice() {
        [(_, other, _)] if other.slot == RECORD => Some(other.expr.clone()),
        _ => None,
    }
}

/// What identifies a record, value by value: no text is made of two ends of a relation.
pub(super) fn identity_parts(table: TableId) -> Vec<Expr> {
    match identity(table.0) {
        Expr::Join(parts) => parts.into_iter().filter(|part| !matches!(part, Expr::Text(_))).collect(),
        expr => vec![expr],
    }
}

/// The order of two records by all that they say, identity first: the order of rows says nothing.
pub(super) fn by_texts(columns: &Columns<'_>, table: TableId, a: u32, b: u32) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let symbols = columns.dataset.symbols();
    let text = |expr: &Expr, row: u32| {
        columns.text_of(expr, &|field| {
            let symbol = columns.table(table)?.column(field)?[row as usize];
            (symbol != Sym::MISSING).then(|| symbols.text(symbol).to_owned())
        })
    };
    let fields = (0..table.0.get().fields.len() as u8).map(|at| Expr::Field(FieldRef::Field(FieldId(at))));
    let mut parts = identity_parts(table).into_iter().chain(fields);
    parts
        .find_map(|part| Some(text(&part, a).cmp(&text(&part, b))).filter(|order| order.is_ne()))
        .unwrap_or(Ordering::Equal)
        .then(a.cmp(&b))
}

/// The school of each row of a table, as far as it is known.
pub(super) fn schools(joiner: &Joiner<'_, '_>, table: TableId) -> Vec<Sym> {
    let columns = joiner.columns;
    let rows = columns.rows(table) as usize;
    let mut schools = vec![Sym::MISSING; rows];
    if let Some(own) = plan::school_field(table).and_then(|field| columns.table(table)?.column(&field)) {
        schools.copy_from_slice(own);
    }
    let Some((field, target)) = plan::by_reference(table) else { return schools };
    let reference = columns.table(table).and_then(|table| table.column(&field));
    let theirs = plan::school_field(target).and_then(|field| columns.table(target)?.column(&field));
    let (Some(reference), Some(theirs)) = (reference, theirs) else { return schools };
    if schools.iter().all(|school| *school != Sym::MISSING) {
        return schools;
    }
    let index = joiner.indexes.whole(columns, &(target, vec![(identity(target.0), By::Bytes)]));
    for (school, reference) in
        schools.iter_mut().zip(reference).filter(|(school, reference)| **school == Sym::MISSING && **reference != Sym::MISSING)
    {
        index.each(&[*reference], |row| {
            *school = theirs[row as usize];
            false
        });
    }
    schools
}
