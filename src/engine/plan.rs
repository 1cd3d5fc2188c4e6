//! The plan of a run: which rules can run on what was supplied, why the others can't, and which columns must be read.
use super::columns::{TableId, identity, table_of};
use super::keep;
use super::lack::{Absent, hashed_only, lacking};
use super::merge::plan as merge;
use super::reads::{each_column, each_condition, each_value, want_shown};
pub(super) use super::supply::Supply;
use super::sync::plan as sync;
use crate::language::form::{Clause, Column, Cond, Expr, Frame, Quantity, Side};
use crate::model::{Epoch, FieldRef, NounId};
use crate::pack::{Body, Decision, Message, Pack, Rule, Variant};
use crate::roster::Wanted;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which truths a condition can have, whatever the data: true, false.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Possible {
    pub(super) yes: bool,
    pub(super) no: bool,
}

const OPEN: Possible = Possible { yes: true, no: true };
const UNKNOWN: Possible = Possible { yes: false, no: false };

/// What a rule can do.
#[derive(Debug, Clone, Default)]
pub(super) struct RulePlan {
    /// Per variant, whether it runs.
    pub(super) runnable: Vec<bool>,
    /// Why none does.
    pub(super) skipped: Option<String>,
    /// What was not there, when none does.
    pub(super) lacks: Vec<Absent>,
    /// Whether it is the format of the data that has no place for it.
    pub(super) inapplicable: bool,
    /// What it does without.
    pub(super) without: Vec<String>,
}

/// A plan for packs and what was supplied.
pub struct Plan<'p> {
    pub(super) rules: Vec<(&'p Rule, RulePlan)>,
    pub(super) supply: Supply,
    pub(super) today: i32,
    pub(super) packs: &'p [Pack],
    /// Whether accounts are to be named: a rule reads them, or they were asked for.
    pub(super) names: bool,
    /// Whether all merges are asked for, told by rules or not.
    pub(super) all_merges: bool,
    /// What people decided of records.
    pub(super) decisions: &'p [Decision],
    /// Whether merges fit weights to the data.
    pub(super) fits: bool,
    /// Whether merges can run, by their ids, once somebody who looked at the sources was asked.
    pub(super) able: Vec<(Arc<str>, merge::Able)>,
    /// Whether findings become rows of fix files.
    pub(super) fixes: bool,
    /// Whether accounts that no export has are known to be none.
    pub(super) all_new: bool,
    /// Whether the syncs of the packs are to be forecast.
    pub(super) forecasts: bool,
    /// Per sync, when they are: why it can't be, and what it lacks.
    pub(super) syncs_skipped: Vec<Option<(String, Vec<Absent>)>>,
    /// Whether lines of logs are tied to records, and messages whose values are fields besides those of rules.
    pub(super) logs: Option<Vec<&'p Message>>,
}

impl<'p> Plan<'p> {
    /// Plans the rules of `packs`. `supplies` says whether a source has a noun, or a column of it; `today` is in days since 1970.
    /// Rules for which `selected` is false do not run and are not told of.
    pub fn new(
        packs: &'p [Pack],
        selected: &dyn Fn(&Rule) -> bool,
        supplies: &dyn Fn(NounId, Epoch, Option<&FieldRef>) -> bool,
        today: i32,
    ) -> Plan<'p> {
        let rules: Vec<&Rule> = packs.iter().flat_map(|pack| &pack.rules).filter(|rule| selected(rule)).collect();
        let mut fields: BTreeMap<TableId, BTreeSet<FieldRef>> = BTreeMap::new();
        for noun in NounId::all() {
            for epoch in Epoch::ALL {
                if supplies(noun, epoch, None) {
                    let known = (0..noun.get().fields.len() as u8).map(|at| FieldRef::Field(crate::model::FieldId(at)));
                    fields.insert((noun, epoch), known.filter(|field| supplies(noun, epoch, Some(field))).collect());
                }
            }
        }
        for pack in packs {
            each_value(pack, &mut |table, expr| {
                expr.fields(&mut |field| {
                    if matches!(field, FieldRef::Header(_)) && supplies(table.0, table.1, Some(field)) {
                        fields.entry(table).or_default().insert(field.clone());
                    }
                });
            });
        }
        let mut supply = Supply { nouns: fields, ..Supply::default() };
        // Proposed accounts that a test gives stand in place of those that schemas would make.
        let given = supply.nouns.keys().any(|(_, epoch)| *epoch == Epoch::Proposed);
        if !given {
            supply.propose(packs);
        }
        let mut rules: Vec<(&Rule, RulePlan)> = rules.into_iter().map(|rule| (rule, supply.plan(rule))).collect();
        let reads = |(rule, plan): &(&Rule, RulePlan)| {
            rule.severity.is_some() && plan.skipped.is_none() && rule.nouns().iter().any(|(_, epoch)| *epoch == Epoch::Proposed)
        };
        let names = !given && rules.iter().any(reads);
        if names && !supply.accounts() {
            let told = "accounts (--accounts), so that all that are proposed are taken for new";
            rules.iter_mut().filter(|rule| reads(rule)).for_each(|(_, plan)| plan.without.push(told.to_owned()));
        }
        Plan {
            rules,
            supply,
            today,
            packs,
            names,
            all_merges: false,
            decisions: &[],
            fits: false,
            able: Vec::new(),
            fixes: false,
            all_new: false,
            forecasts: false,
            syncs_skipped: Vec::new(),
            logs: None,
        }
    }

    /// The same, with accounts named whether rules read them or not.
    #[must_use]
    pub fn with_accounts(mut self) -> Plan<'p> {
        self.names = true;
        self
    }

    /// Whether accounts must be named, by [`super::accounts`], before the rules run.
    #[must_use]
    pub fn needs_accounts(&self) -> bool {
        self.names
    }

    /// The columns that the rules need.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::default();
        let runs = || self.rules.iter().filter(|(rule, plan)| rule.severity.is_some() && plan.skipped.is_none());
        runs().for_each(|(rule, _)| want_shown(rule, &mut wanted));
        let mut want = |table: TableId, expr: &Expr| {
            expr.fields(&mut |field| {
                if self.supply.has(table, Some(field)) {
                    wanted.add(table.0, table.1, field.clone());
                }
            });
        };
        for (rule, _) in runs() {
            each_column(rule, &mut |frame, column| want(table_of(frame, column.slot), &column.expr));
            each_condition(rule, &mut |frame, condition| counterparts(frame, condition, &mut want));
            for follow in &rule.follows {
                for link in &follow.links {
                    link.clause.condition.columns(&mut |column| want(table_of(&link.frame, column.slot), &column.expr));
                }
            }
            if rule.follows.iter().any(|follow| follow.links.is_empty()) {
                for table in rule.nouns() {
                    for (at, field) in table.0.get().fields.iter().enumerate() {
                        if field.refers.is_some() {
                            want(table, &Expr::Field(FieldRef::Field(crate::model::FieldId(at as u8))));
                        }
                    }
                }
            }
        }
        if self.names {
            self.want_for_namings(&mut want);
        }
        if self.fixes {
            self.want_for_fixes(&mut want);
        }
        if self.forecasts {
            self.want_for_syncs(&mut want);
            for of in self.syncs() {
                sync::each_condition(of, &mut |frame, condition| counterparts(frame, condition, &mut want));
            }
        }
        if let Some(messages) = &self.logs {
            super::log::name_fields().for_each(|(noun, field)| want((noun, Epoch::Today), &Expr::Field(field)));
            let variants = self.rules.iter().filter_map(|(rule, _)| match &rule.body {
                Body::Records { variants, .. } => Some(variants),
                Body::Whole { .. } => None,
            });
            let of_rules = variants.flatten().map(|variant| (&variant.frame, &variant.ties));
            for (frame, ties) in of_rules.chain(messages.iter().map(|message| (&message.frame, &message.ties))) {
                for tie in ties {
                    let table = table_of(frame, tie.column.slot);
                    want(table, &tie.column.expr);
                    want(table, &identity(table.0));
                }
            }
        }
        for merge in self.merges() {
            merge::each_condition(merge, &mut |frame, condition| {
                condition.columns(&mut |column| want(table_of(frame, column.slot), &column.expr));
                condition.counterparts(&mut |slot| both_identities(table_of(frame, slot), &mut want));
            });
            merge::each_column(merge, &mut |frame, column| want(table_of(frame, column.slot), &column.expr));
        }
        wanted
    }
}

/// Wants what a condition asks of the other snapshot.
pub(super) fn counterparts(frame: &Frame, condition: &Cond, want: &mut dyn FnMut(TableId, &Expr)) {
    condition.counterparts(&mut |slot| both_identities(table_of(frame, slot), want));
    condition.each(&mut |condition| {
        if let Cond::Changed(column) = condition {
            let table = table_of(frame, column.slot);
            both_identities(table, want);
            want((table.0, table.1.other()), &column.expr);
        }
    });
}

fn both_identities(table: TableId, want: &mut dyn FnMut(TableId, &Expr)) {
    let expr = identity(table.0);
    want(table, &expr);
    want((table.0, table.1.other()), &expr);
}

impl Supply {
    pub(super) fn plan(&self, rule: &Rule) -> RulePlan {
        if let Some((merge, part)) = &rule.merge {
            return self.merge_rule(merge, *part);
        }
        if let Some(field) = keep::needs_clear(&self.hashed, rule) {
            return RulePlan { skipped: Some(hashed_only(&self.hashed, &field)), ..RulePlan::default() };
        }
        let mut plan = RulePlan::default();
        let mut reasons: Vec<BTreeSet<Absent>> = Vec::new();
        let mut absent = BTreeSet::new();
        match &rule.body {
            Body::Records { variants, .. } => {
                for variant in variants {
                    let reason = self.variant(variant, &mut absent);
                    plan.runnable.push(reason.is_none());
                    reasons.extend(reason);
                }
            }
            Body::Whole { frame, condition, .. } => {
                let possible = self.possible(frame, condition, &mut absent);
                let at_best = Supply { all: true, ..Supply::default() }.possible(frame, condition, &mut BTreeSet::new());
                // What the settings alone decide runs, and finds nothing.
                plan.runnable.push(possible.yes || !at_best.yes);
                if possible.yes || !at_best.yes {
                    absent.clear();
                } else {
                    reasons.push(absent.clone());
                }
            }
        }
        if !plan.runnable.iter().any(|run| *run) {
            let reason = reasons.into_iter().next().unwrap_or_default();
            plan.skipped = Some(lacking(&reason));
            plan.lacks = reason.into_iter().collect();
        } else {
            plan.without = absent.iter().map(Absent::words).collect();
        }
        plan
    }

    /// Why a variant can't run.
    fn variant(&self, variant: &Variant, absent: &mut BTreeSet<Absent>) -> Option<BTreeSet<Absent>> {
        let frame = &variant.frame;
        for clause in std::iter::once(&variant.each).chain(&variant.with).chain(&variant.without) {
            for slot in &clause.slots {
                let table = table_of(frame, *slot);
                if !self.has(table, None) {
                    return Some(BTreeSet::from([Absent::noun(table)]));
                }
            }
            let mut lacks = BTreeSet::new();
            if !self.possible(frame, &clause.condition, &mut lacks).yes && !lacks.is_empty() {
                return Some(lacks);
            }
            absent.append(&mut lacks);
        }
        if let Some(table) = variant.without.iter().find_map(|clause| self.part_in(frame, clause)) {
            return Some(BTreeSet::from([Absent::rest(table)]));
        }
        for (column, _) in variant.group.iter().chain(&variant.differ) {
            let table = table_of(frame, column.slot);
            if !self.can_be(table, &column.expr) {
                let mut lacks = BTreeSet::new();
                self.lack(table, &column.expr, &mut lacks);
                return Some(lacks);
            }
        }
        None
    }

    fn lack(&self, table: TableId, expr: &Expr, absent: &mut BTreeSet<Absent>) {
        expr.fields(&mut |field| {
            if !self.has(table, Some(field)) {
                absent.insert(Absent { noun: table.0, epoch: table.1, field: Some(field.clone()), part: false });
            }
        });
    }

    /// What keeps a condition from ever holding.
    pub(super) fn condition_lacks(&self, frame: &Frame, condition: &Cond) -> Option<BTreeSet<Absent>> {
        let mut lacks = BTreeSet::new();
        (!self.possible(frame, condition, &mut lacks).yes && !lacks.is_empty()).then_some(lacks)
    }

    /// What keeps a clause that must hold of somebody from being decided.
    pub(super) fn clause_lacks(&self, frame: &Frame, clause: &Clause) -> Option<BTreeSet<Absent>> {
        let absent = clause.slots.iter().map(|slot| table_of(frame, *slot)).find(|table| !self.has(*table, None));
        absent.map(|table| BTreeSet::from([Absent::noun(table)])).or_else(|| self.condition_lacks(frame, &clause.condition))
    }

    /// The same, in words.
    pub(super) fn clause(&self, frame: &Frame, clause: &Clause) -> Option<String> {
        self.clause_lacks(frame, clause).map(|lacks| lacking(&lacks))
    }

    /// The truths that `condition` can have with the columns that are there; what is not goes to `absent`.
    pub(super) fn possible(&self, frame: &Frame, condition: &Cond, absent: &mut BTreeSet<Absent>) -> Possible {
        let mut value = |column: &Column| {
            let table = table_of(frame, column.slot);
            let there = self.can_be(table, &column.expr);
            if !there {
                self.lack(table, &column.expr, absent);
            }
            there
        };
        let when = |there: bool| if there { OPEN } else { UNKNOWN };
        match condition {
            Cond::Known(known) => Possible { yes: *known == Some(true), no: *known == Some(false) },
            Cond::And(terms) => {
                let unsure = self.unsure(frame, terms);
                let terms: Vec<Possible> = terms.iter().map(|term| self.possible(frame, term, absent)).collect();
                Possible { yes: terms.iter().all(|term| term.yes), no: !unsure.no && terms.iter().any(|term| term.no) }
            }
            Cond::Or(terms) => {
                let unsure = self.unsure(frame, terms);
                let terms: Vec<Possible> = terms.iter().map(|term| self.possible(frame, term, absent)).collect();
                Possible { yes: !unsure.yes && terms.iter().any(|term| term.yes), no: terms.iter().all(|term| term.no) }
            }
            Cond::AtLeast(number, terms) => {
                let unsure = self.unsure(frame, terms);
                let terms: Vec<Possible> = terms.iter().map(|term| self.possible(frame, term, absent)).collect();
                let yes = terms.iter().filter(|term| term.yes).count();
                let no = terms.iter().filter(|term| term.no).count();
                Possible { yes: !unsure.yes && yes >= *number, no: !unsure.no && no > terms.len() - *number }
            }
            Cond::Not(inner) => {
                let Possible { yes, no } = self.possible(frame, inner, absent);
                Possible { yes: no, no: yes }
            }
            Cond::Equal(left, Side::Column(right), _)
            | Cond::Text(left, _, Side::Column(right), _)
            | Cond::Similar(left, Side::Column(right), _, _)
            | Cond::Nearly(left, Side::Column(right), _, _) => {
                let (left, right) = (value(left), value(right));
                when(left && right)
            }
            Cond::Equal(column, ..)
            | Cond::Text(column, ..)
            | Cond::Similar(column, ..)
            | Cond::Nearly(column, ..)
            | Cond::OneOf(column, ..)
            | Cond::Matches(column, _)
            | Cond::Missing(column)
            | Cond::Valid(column)
            | Cond::Email(column)
            | Cond::Number(column) => when(value(column)),
            Cond::Order(operator, left, right) => {
                if let Some(possible) = self.order_of_parts(frame, *operator, (left, right), absent) {
                    return possible;
                }
                let mut there = true;
                for quantity in [left, right] {
                    there &= match quantity {
                        Quantity::Number(_) => true,
                        Quantity::Column(column) => {
                            let table = table_of(frame, column.slot);
                            let there = self.can_be(table, &column.expr);
                            if !there {
                                self.lack(table, &column.expr, absent);
                            }
                            there
                        }
                        Quantity::Count(clause) | Quantity::Share(clause) => self.countable(frame, clause, absent),
                    };
                }
                when(there)
            }
            Cond::Counterpart(slot) => {
                let (noun, epoch) = table_of(frame, *slot);
                let there = self.has((noun, epoch.other()), None) && self.can_be((noun, epoch.other()), &identity(noun));
                if !there {
                    absent.insert(Absent::noun((noun, epoch.other())));
                } else if self.parts.contains(&(noun, epoch.other())) {
                    absent.insert(Absent::rest((noun, epoch.other())));
                    return Possible { yes: true, no: false };
                }
                when(there)
            }
            Cond::Changed(column) => {
                let (noun, epoch) = table_of(frame, column.slot);
                let other = (noun, epoch.other());
                let mut there = value(column);
                if !self.has(other, None) {
                    absent.insert(Absent::noun(other));
                    there = false;
                } else if !self.can_be(other, &column.expr) {
                    self.lack(other, &column.expr, absent);
                    there = false;
                }
                when(there)
            }
            Cond::Supplied(noun, epoch, field) => {
                let there = self.has((*noun, *epoch), field.as_ref());
                Possible { yes: there, no: !there }
            }
        }
    }

    fn countable(&self, frame: &Frame, clause: &Clause, absent: &mut BTreeSet<Absent>) -> bool {
        for slot in &clause.slots {
            let table = table_of(frame, *slot);
            if !self.has(table, None) {
                absent.insert(Absent::noun(table));
                return false;
            }
        }
        let mut lacks = BTreeSet::new();
        let possible = self.possible(frame, &clause.condition, &mut lacks);
        let unsure = self.unsure(frame, std::slice::from_ref(&clause.condition));
        let decided = !unsure.yes && !unsure.no && (possible.yes || lacks.is_empty() || self.settled(&clause.condition) == Some(false));
        absent.append(&mut lacks);
        decided
    }

    /// What a condition comes to by what is supplied alone, whatever the records hold: `supplied(account.pinned) and ...` is false without that column.
    fn settled(&self, condition: &Cond) -> Option<bool> {
        match condition {
            Cond::Known(known) => *known,
            Cond::Supplied(noun, epoch, field) => Some(self.has((*noun, *epoch), field.as_ref())),
            Cond::Not(inner) => self.settled(inner).map(|known| !known),
            Cond::And(terms) if terms.iter().any(|term| self.settled(term) == Some(false)) => Some(false),
            Cond::Or(terms) if terms.iter().any(|term| self.settled(term) == Some(true)) => Some(true),
            _ => None,
        }
    }
}
