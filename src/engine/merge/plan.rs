//! What merges need of the data, and whether they can run.
use crate::engine::columns::identity;
use crate::engine::keep::merge_needs_clear;
use crate::engine::lack::{Absent, hashed_only, lacking};
use crate::engine::plan::{Plan, RulePlan, Supply};
use crate::language::form::{Column, Cond, Expr, Frame};
use crate::model::{FieldRef, Type};
use crate::pack::{Decision, Merge, OTHER, Part, Proof, RECORD};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whether a merge can run.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Able {
    /// Why it can't.
    pub(in crate::engine) skipped: Option<String>,
    /// What was not there, when it can't.
    lacks: BTreeSet<Absent>,
    /// What it does without.
    pub(in crate::engine) without: Vec<String>,
}

type Lacks = Option<BTreeSet<Absent>>;

impl Supply {
    /// Whether a merge can run on what was supplied: its records are there, one way to the others, and one thing to prove or suggest. `words` tells what is
    /// not there.
    pub(in crate::engine) fn merge(&self, merge: &Merge, words: &dyn Fn(&BTreeSet<Absent>) -> String) -> Able {
        let skipped = |lacks: BTreeSet<Absent>| Able { skipped: Some(words(&lacks)), lacks, without: Vec::new() };
        if let Some(field) = merge_needs_clear(&self.hashed, merge) {
            return Able { skipped: Some(hashed_only(&self.hashed, &field)), ..Able::default() };
        }
        if let Some(lacks) = self.clause_lacks(&merge.frame, &merge.of) {
            return skipped(lacks);
        }
        let ways: Vec<Lacks> = merge.compare.iter().map(|way| self.clause_lacks(&way.frame, &way.clause)).collect();
        let ask =
            |proofs: &[Proof]| -> Vec<Lacks> { proofs.iter().map(|proof| self.condition_lacks(&proof.frame, &proof.condition)).collect() };
        let (same, likely, never) = (ask(&merge.same), ask(&merge.likely), ask(&merge.never));
        let all = |asked: &[&Vec<Lacks>]| -> Lacks {
            let asked: Vec<&Lacks> = asked.iter().flat_map(|asked| asked.iter()).collect();
            if asked.iter().all(|lacks| lacks.is_some()) { asked.first().and_then(|lacks| (*lacks).clone()) } else { None }
        };
        // A score can do with what is there, as long as one field is.
        let table = (merge.record.noun, merge.record.epoch);
        let scored = merge.score.as_ref().is_some_and(|score| score.values.iter().any(|value| self.can_be(table, value)));
        if let Some(lacks) = all(&[&ways]).or_else(|| all(&[&same, &likely]).filter(|_| !scored)) {
            return skipped(lacks);
        }
        let proofs = merge.same.iter().chain(&merge.likely).chain(&merge.never).map(|proof| proof.text.as_str());
        let told = merge.compare.iter().map(|_| "a clause of compare").chain(proofs);
        let lack: Vec<(&str, String)> = told
            .zip(ways.into_iter().chain(same).chain(likely).chain(never))
            .filter_map(|(what, lacks)| Some((what, words(&lacks?))))
            .collect();
        let mut without: Vec<String> = Vec::new();
        for (what, why) in &lack {
            let alike = lack.iter().filter(|(_, other)| other == why).count();
            let words = if alike == 1 { format!("{what}, {why}") } else { format!("{alike} conditions, {why}") };
            if !without.contains(&words) {
                without.push(words);
            }
        }
        Able { skipped: None, lacks: BTreeSet::new(), without }
    }

    /// The plan of a rule that tells of a merge.
    pub(in crate::engine) fn merge_rule(&self, merge: &Merge, _part: Part) -> RulePlan {
        let able = self.merge(merge, &lacking);
        RulePlan {
            runnable: vec![able.skipped.is_none()],
            skipped: able.skipped,
            lacks: able.lacks.into_iter().collect(),
            without: able.without,
            ..RulePlan::default()
        }
    }
}

/// Every condition of a merge.
pub(in crate::engine) fn each_condition(merge: &Merge, visit: &mut dyn FnMut(&Frame, &Cond)) {
    visit(&merge.frame, &merge.of.condition);
    for way in merge.compare.iter().chain(&merge.collects) {
        visit(&way.frame, &way.clause.condition);
    }
    for proof in merge.same.iter().chain(&merge.likely).chain(&merge.never) {
        visit(&proof.frame, &proof.condition);
    }
}

/// What a merge reads besides its conditions.
pub(in crate::engine) fn each_column(merge: &Merge, visit: &mut dyn FnMut(&Frame, &Column)) {
    merge.keeps.iter().for_each(|column| visit(&merge.frame, column));
    let column = |slot, expr| Column { slot, expr: Arc::new(expr), kind: Type::Text };
    for value in merge.score.iter().flat_map(|score| &score.values) {
        visit(&vec![merge.record.clone(), merge.other.clone()], &column(RECORD, value.clone()));
        visit(&vec![merge.record.clone(), merge.other.clone()], &column(OTHER, value.clone()));
    }
    for (field, _) in &merge.values {
        visit(&merge.frame, &column(RECORD, Expr::Field(FieldRef::Field(*field))));
    }
    let frame = vec![merge.record.clone(), merge.other.clone()];
    visit(&frame, &column(RECORD, identity(merge.record.noun)));
    visit(&frame, &column(OTHER, identity(merge.other.noun)));
    if let Some(way) = &merge.collects {
        visit(&way.frame, &way.end);
    }
}

impl<'p> Plan<'p> {
    /// The same, with all merges, whether rules tell of them or not.
    #[must_use]
    pub fn with_merges(mut self) -> Plan<'p> {
        self.all_merges = true;
        self
    }

    /// The same, with what people decided of records.
    #[must_use]
    pub fn with_decisions(mut self, decisions: &'p [Decision]) -> Plan<'p> {
        self.decisions = decisions;
        self
    }

    /// The same, with weights fitted to the data.
    #[must_use]
    pub fn with_fitting(mut self) -> Plan<'p> {
        self.fits = true;
        self
    }

    /// Whether a merge can run, in the words of whoever looked at the sources when they were asked.
    pub(in crate::engine) fn able(&self, supply: &Supply, merge: &Merge) -> Able {
        let known = self.able.iter().find(|(id, _)| *id == merge.id);
        known.map_or_else(|| supply.merge(merge, &lacking), |(_, able)| able.clone())
    }

    /// The merges to solve.
    pub(in crate::engine) fn merges(&self) -> impl Iterator<Item = &'p Merge> + '_ {
        let all = self.packs.iter().flat_map(|pack| &pack.merges).map(|merge| &**merge);
        all.filter(move |merge| {
            let told = |rule: &crate::pack::Rule| rule.severity.is_some() && rule.merge.as_ref().is_some_and(|(of, _)| of.id == merge.id);
            self.all_merges
                || (self.names && self.of_namings(merge))
                || self.rules.iter().any(|(rule, plan)| told(rule) && plan.skipped.is_none())
        })
    }

    /// The merges that naming schemas need: those that they name, and those of which a rule blocks.
    pub(in crate::engine) fn merges_of_namings(&self) -> impl Iterator<Item = &'p Merge> + '_ {
        self.packs.iter().flat_map(|pack| &pack.merges).map(|merge| &**merge).filter(|merge| self.of_namings(merge))
    }

    fn of_namings(&self, merge: &Merge) -> bool {
        if self.namings().any(|naming| naming.merge.as_ref().is_some_and(|of| of.id == merge.id)) {
            return true;
        }
        let blocking = self.rules_of_namings(|naming| naming.blocked.iter());
        blocking.iter().any(|rule| rule.merge.as_ref().is_some_and(|(of, _)| of.id == merge.id))
    }
}
