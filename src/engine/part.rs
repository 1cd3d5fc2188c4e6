//! What can be found in data of which only some records are there: nothing follows from a record that is not.
use super::columns::{TableId, table_of};
use super::lack::Absent;
use super::plan::{Plan, Possible, Supply};
use crate::language::form::{Clause, Cond, Frame, Quantity};
use crate::language::syntax::Operator;
use crate::model::{Epoch, NounId};
use std::collections::BTreeSet;

impl Plan<'_> {
    /// The same, where `is_part` says of which nouns only some records are there. Rules that would find something for want of a record are skipped, unless their pack
    /// judges such data itself.
    #[must_use]
    pub fn with_parts(mut self, is_part: &dyn Fn(NounId, Epoch) -> bool) -> Self {
        self.supply.parts = self.supply.nouns.keys().copied().filter(|(noun, epoch)| is_part(*noun, *epoch)).collect();
        if self.supply.parts.is_empty() {
            return self;
        }
        let judges =
            |id: &str| self.packs.iter().any(|pack| pack.judges_parts && id.split_once('/').is_some_and(|(of, _)| of == pack.name));
        for (rule, plan) in self.rules.iter_mut().filter(|(rule, plan)| plan.skipped.is_none() && !judges(&rule.id)) {
            let anew = self.supply.plan(rule);
            if anew.runnable != plan.runnable {
                *plan = anew;
            }
        }
        self
    }
}

impl Supply {
    /// A table of which only some records are there, among those that a clause looks through.
    pub(super) fn part_in(&self, frame: &Frame, clause: &Clause) -> Option<TableId> {
        clause.slots.iter().map(|slot| table_of(frame, *slot)).find(|table| self.parts.contains(table))
    }

    /// Which truths some of `terms` would have only for want of a record. Whoever looks through the records takes them for true or false all the same, so that nothing
    /// may hang on any one of them.
    pub(super) fn unsure(&self, frame: &Frame, terms: &[Cond]) -> Possible {
        let mut unsure = Possible { yes: false, no: false };
        if self.parts.is_empty() {
            return unsure;
        }
        let whole = Supply { parts: BTreeSet::new(), ..self.clone() };
        for term in terms {
            let (told, would) = (self.possible(frame, term, &mut BTreeSet::new()), whole.possible(frame, term, &mut BTreeSet::new()));
            unsure.yes |= would.yes && !told.yes;
            unsure.no |= would.no && !told.no;
        }
        unsure
    }

    /// What a comparison of counts can come to when records are missing, each of which would add to its count; nothing when none is missing.
    pub(super) fn order_of_parts(
        &self,
        frame: &Frame,
        operator: Operator,
        (left, right): (&Quantity, &Quantity),
        absent: &mut BTreeSet<Absent>,
    ) -> Option<Possible> {
        let counted = |quantity: &Quantity| match quantity {
            Quantity::Count(clause) | Quantity::Share(clause) => self.part_in(frame, clause),
            Quantity::Column(_) | Quantity::Number(_) => None,
        };
        let shares = [left, right].iter().any(|quantity| matches!(quantity, Quantity::Share(_)));
        let (more_left, more_right) = (counted(left), counted(right));
        let table = more_left.or(more_right)?;
        absent.insert(Absent::rest(table));
        let grows = matches!(operator, Operator::Greater | Operator::GreaterOrEqual);
        let shrinks = matches!(operator, Operator::Less | Operator::LessOrEqual);
        // What is larger already stays larger.
        let (yes, no) = match (more_left.is_some(), more_right.is_some()) {
            _ if shares => (false, false),
            (true, false) => (grows, shrinks),
            (false, true) => (shrinks, grows),
            _ => (false, false),
        };
        Some(Possible { yes, no })
    }
}
