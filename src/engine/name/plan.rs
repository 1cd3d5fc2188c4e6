//! What naming schemas need of the data, and what they add to it.
use super::people::fields;
use super::solve::account;
use crate::engine::columns::{TableId, identity, table_of};
use crate::engine::plan::{Plan, Supply};
use crate::engine::reads::each_column;
use crate::language::form::{Clause, Expr, Frame};
use crate::model::{Epoch, FieldRef};
use crate::pack::{Naming, Pack, Rule};
use std::sync::Arc;

impl<'p> Plan<'p> {
    /// The schemas of the packs, in their order.
    pub(in crate::engine) fn namings(&self) -> impl Iterator<Item = &'p Naming> + use<'p> {
        self.packs.iter().flat_map(|pack| &pack.namings)
    }

    /// The rules that the schemas speak of, each once, in the order of the packs. One that is turned off blocks nobody, and keeps its name space.
    pub(in crate::engine) fn rules_of_namings<'n, I>(&self, of: impl Fn(&'p Naming) -> I) -> Vec<&'p Rule>
    where
        I: Iterator<Item = &'n Arc<str>>,
        'p: 'n,
    {
        let ids: Vec<&Arc<str>> = self.namings().flat_map(of).collect();
        self.packs.iter().flat_map(|pack| &pack.rules).filter(|rule| ids.contains(&&rule.id)).collect()
    }

    /// Wants the columns that the schemas compute with.
    pub(in crate::engine) fn want_for_namings(&self, want: &mut dyn FnMut(TableId, &Expr)) {
        for naming in self.namings() {
            each_value(naming, want);
            let table = (naming.noun(), Epoch::Today);
            ["name", "first_name", "last_name", "school_id"].iter().filter_map(|name| table.0.field(name)).for_each(|field| {
                want(table, &Expr::Field(FieldRef::Field(field)));
            });
            want(table, &identity(table.0));
            let filled = naming.fields.iter().map(|(field, _)| *field);
            filled.for_each(|field| want((account(), Epoch::Today), &Expr::Field(FieldRef::Field(field))));
        }
        let unique = self.rules_of_namings(|naming| naming.fields.iter().flat_map(|(_, unique)| unique));
        for rule in unique.into_iter().chain(self.rules_of_namings(|naming| naming.blocked.iter())) {
            each_column(rule, &mut |frame, column| want(table_of(frame, column.slot), &column.expr));
        }
    }
}

/// Every value that a schema computes with.
pub(in crate::engine) fn each_value(naming: &Naming, visit: &mut dyn FnMut(TableId, &Expr)) {
    let mut of_clause = |frame: &Frame, clause: &Clause| {
        clause.condition.columns(&mut |column| visit(table_of(frame, column.slot), &column.expr));
    };
    of_clause(&naming.frame, &naming.people);
    naming.account.iter().chain(&naming.sees).for_each(|way| of_clause(&way.frame, &way.clause));
    fields(naming).into_iter().for_each(|field| visit((naming.noun(), Epoch::Today), &Expr::Field(field)));
    if let Some(way) = &naming.sees {
        visit(table_of(&way.frame, way.end.slot), &way.end.expr);
    }
}

impl Supply {
    /// What was supplied, before anything is proposed.
    pub(in crate::engine) fn without_proposed(&self) -> Supply {
        let mut supply = self.clone();
        supply.nouns.retain(|(_, epoch), _| *epoch != Epoch::Proposed);
        supply
    }

    /// Whether accounts that exist were supplied.
    pub(in crate::engine) fn accounts(&self) -> bool {
        self.has((account(), Epoch::Today), None)
    }

    /// Adds the accounts that schemas would make.
    pub(in crate::engine) fn propose(&mut self, packs: &[Pack]) {
        for naming in packs.iter().flat_map(|pack| &pack.namings) {
            if self.naming(naming, &mut Vec::new()).is_none() {
                let filled = naming.fields.iter().map(|(field, _)| *field).chain(naming.record.iter().map(|(field, _)| *field));
                let fields = self.nouns.entry((account(), Epoch::Proposed)).or_default();
                fields.extend(filled.map(FieldRef::Field));
            }
        }
    }

    /// Why a schema can't tell which accounts exist.
    pub(in crate::engine) fn no_accounts(&self, naming: &Naming) -> Option<String> {
        naming.account.as_ref().and_then(|way| self.clause(&way.frame, &way.clause))
    }

    /// Why a schema can't run; what it does without goes to `without`.
    pub(in crate::engine) fn naming(&self, naming: &Naming, without: &mut Vec<String>) -> Option<String> {
        if let Some(why) = self.clause(&naming.frame, &naming.people) {
            return Some(why);
        }
        let table = (naming.noun(), Epoch::Today);
        for field in fields(naming).iter().filter(|field| !self.has(table, Some(field))) {
            without.push(format!("{}, which no source supplies", field.name(naming.noun())));
        }
        match &naming.account {
            None => without.push("`account`: nobody is taken to have an account".to_owned()),
            Some(_) => {
                if let Some(why) = self.no_accounts(naming) {
                    without.push(format!("the accounts that exist, so that all are taken for new, {why}"));
                }
            }
        }
        None
    }
}
