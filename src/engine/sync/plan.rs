//! What syncs need of the data, and whether they can be forecast from it.
use crate::engine::columns::{TableId, identity, table_of};
use crate::engine::keep::sync_needs_clear;
use crate::engine::lack::{Absent, lacking};
use crate::engine::plan::{Plan, Supply};
use crate::language::form::{Clause, Column, Cond, Expr, Frame};
use crate::model::{Epoch, FieldId, FieldRef, Type, noun};
use crate::pack::{Create, RECORD, Sync};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every condition of a sync.
pub(in crate::engine) fn each_condition(sync: &Sync, visit: &mut dyn FnMut(&Frame, &Cond)) {
    visit(&sync.frame, &sync.of.condition);
    let needs = sync.needs.iter().map(|need| &need.way);
    for way in std::iter::once(&sync.account).chain(&sync.attach).chain(needs) {
        visit(&way.frame, &way.clause.condition);
    }
    if let Some(keeps) = &sync.keeps {
        visit(&keeps.frame, &keeps.clause.condition);
    }
    let create = if let Create::When(asked) = &sync.create { Some(asked) } else { None };
    for asked in sync.when.iter().chain(&sync.known).chain(&sync.leaves).chain(&sync.inactive).chain(create).chain(&sync.suspend) {
        visit(&asked.frame, &asked.condition);
    }
}

/// Every column that a sync computes with.
pub(in crate::engine) fn each_column(sync: &Sync, visit: &mut dyn FnMut(&Frame, &Column)) {
    each_condition(sync, &mut |frame, condition| condition.columns(&mut |column| visit(frame, column)));
    let account = vec![sync.other.clone()];
    for updated in &sync.update {
        visit(&sync.frame, &updated.value);
        visit(&account, &column(Expr::Field(FieldRef::Field(updated.field))));
    }
}

fn column(expr: Expr) -> Column {
    Column { slot: RECORD, expr: Arc::new(expr), kind: Type::Text }
}

/// The field of a noun that says the school of its records.
pub(super) fn school_field(table: TableId) -> Option<FieldRef> {
    let name = if table.0.get().name == "school" { "id" } else { "school_id" };
    table.0.field(name).map(FieldRef::Field)
}

/// The record that tells the school where the record's own field does not: the field that names it, and its table.
pub(super) fn by_reference(table: TableId) -> Option<(FieldRef, TableId)> {
    ["section", "student", "staff"].into_iter().find_map(|target| {
        let at = table.0.get().fields.iter().position(|field| field.refers == Some(target))?;
        Some((FieldRef::Field(FieldId(at as u8)), (noun(target)?, table.1)))
    })
}

impl<'p> Plan<'p> {
    /// The same, with what the syncs of the packs need.
    #[must_use]
    pub fn with_forecast(mut self) -> Plan<'p> {
        self.forecasts = true;
        // Whom a schema gives no name, its sync creates no account for.
        let syncs = || self.packs.iter().flat_map(|pack| &pack.syncs);
        self.names |= self.namings().any(|naming| syncs().any(|sync| naming.sync.as_ref() == Some(&sync.id)));
        let skip = |sync| self.supply.sync(sync).map(|lacks| (lacking(&lacks), lacks.into_iter().collect()));
        self.syncs_skipped = self.syncs().map(skip).collect();
        self
    }

    /// The same, where somebody says that an export without rows stands for what is not there yet.
    #[must_use]
    pub fn with_all_new(mut self, all_new: bool) -> Plan<'p> {
        self.all_new = all_new;
        self
    }

    /// The syncs of the packs, in their order.
    pub(in crate::engine) fn syncs(&self) -> impl Iterator<Item = &'p Sync> + use<'p> {
        self.packs.iter().flat_map(|pack| &pack.syncs)
    }

    /// Wants the columns that the syncs compute with.
    pub(in crate::engine) fn want_for_syncs(&self, want: &mut dyn FnMut(TableId, &Expr)) {
        for sync in self.syncs() {
            each_column(sync, &mut |frame, column| want(table_of(frame, column.slot), &column.expr));
            let record = (sync.record.noun, sync.record.epoch);
            let account = (sync.other.noun, sync.other.epoch);
            for table in [record, account] {
                want(table, &identity(table.0));
                let reference = by_reference(table);
                for of in std::iter::once(table).chain(reference.iter().map(|(_, target)| *target)) {
                    if let Some(field) = school_field(of) {
                        want(of, &Expr::Field(field));
                    }
                }
                if let Some((field, target)) = reference {
                    want(table, &Expr::Field(field));
                    want(target, &identity(target.0));
                }
            }
        }
    }
}

impl Supply {
    /// What keeps a sync from being forecast. Nothing is guessed: what decides over an account must be there.
    fn sync(&self, sync: &Sync) -> Option<BTreeSet<Absent>> {
        if let Some(((noun, epoch), field)) = sync_needs_clear(&self.hashed, sync) {
            return Some(BTreeSet::from([Absent { noun, epoch, field: Some(field), part: false }]));
        }
        let record = (sync.record.noun, sync.record.epoch);
        if self.parts.contains(&record) {
            return Some(BTreeSet::from([Absent::rest(record)]));
        }
        let of = |frame: &Frame, clause: &Clause| self.clause_lacks(frame, clause);
        let asked = [&sync.leaves, &sync.inactive, &sync.suspend];
        let create = if let Create::When(asked) = &sync.create { Some(asked) } else { None };
        let needs = sync.needs.iter().map(|need| &need.way);
        of(&sync.frame, &sync.of)
            .or_else(|| of(&sync.account.frame, &sync.account.clause))
            .or_else(|| sync.keeps.as_ref().and_then(|keeps| of(&keeps.frame, &keeps.clause)))
            .or_else(|| needs.into_iter().find_map(|way| of(&way.frame, &way.clause)))
            .or_else(|| {
                let mut asked = asked.into_iter().flatten().chain(create).chain(&sync.when).chain(&sync.known);
                asked.find_map(|asked| self.condition_lacks(&asked.frame, &asked.condition))
            })
    }

    /// What the forecast of a sync does without.
    pub(in crate::engine) fn sync_without(&self, sync: &Sync) -> Vec<String> {
        let mut without = Vec::new();
        for way in &sync.attach {
            if let Some(lacks) = self.clause_lacks(&way.frame, &way.clause) {
                without.push(format!("a way of `attach`, {}", lacking(&lacks)));
            }
        }
        let (record, account) = ((sync.record.noun, Epoch::Today), (sync.other.noun, sync.other.epoch));
        for updated in &sync.update {
            let name = updated.field.of(sync.other.noun).name;
            let (there, sent) = (self.has(account, Some(&FieldRef::Field(updated.field))), self.can_be(record, &updated.value.expr));
            // What neither side has is no news.
            match (there, sent) {
                (false, true) => without.push(format!("`{name}`, which the accounts do not have")),
                (true, false) => without.push(format!("`{name}`, for which the roster has no column")),
                _ => {}
            }
        }
        without
    }
}
