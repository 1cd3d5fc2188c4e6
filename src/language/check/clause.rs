//! Clauses: nouns and variables, and that every noun is joined.
use super::Checker;
use crate::finding::{Count, Mistake, suggestion};
use crate::language::form::{Binding, Clause, Cond, Slot};
use crate::language::{joins, syntax};
use crate::model::{Epoch, LAST_SEEN, NOUNS, NounId, noun};

/// Variables in a rule; tuples hold one record number each.
const MOST_VARIABLES: usize = 16;

impl Checker<'_, '_> {
    /// Checks a clause, whose variables stay known afterwards. `joined` clauses stand after the rule's first and must be joined to it.
    pub fn clause(&mut self, clause: &syntax::Clause, joined: bool) -> Option<Clause> {
        let bound = self.slots();
        let mut slots = Vec::new();
        for binding in &clause.bindings {
            slots.extend(self.bind(binding));
        }
        if slots.len() < clause.bindings.len() {
            // The condition would only complain of the variables that could not be bound.
            return None;
        }
        let told = self.mistakes.len();
        let among = clause.among.as_ref().map(|among| self.condition(among));
        let kept = clause.condition.as_ref().map_or(Cond::Known(Some(true)), |condition| self.condition(condition));
        let condition = match &among {
            Some(among) => Cond::And(among.clone().conjuncts().into_iter().chain(kept.conjuncts()).collect()),
            None => kept,
        };
        let clause_form = Clause { slots, condition, among };
        let bound = if joined { bound } else { Vec::new() };
        // A mistake in the condition, or in a definition that it uses, may be all that keeps it from joining.
        if let Err(slot) = joins::order(&bound, &clause_form)
            && self.mistakes.len() == told
        {
            self.not_joined(clause, slot, &bound, &clause_form.slots);
        }
        Some(clause_form)
    }

    fn bind(&mut self, binding: &syntax::Binding) -> Option<Slot> {
        let noun = self.noun_of(binding.epoch, &binding.noun)?;
        let name = &binding.variable;
        if self.slot(&name.value).is_some() {
            let message = format!("the variable `{}` is taken", name.value);
            self.error("duplicate-variable", name.span, message, "bound a second time", "give this noun a variable of its own");
            return None;
        }
        if self.frame.len() >= MOST_VARIABLES {
            if self.frame.len() == MOST_VARIABLES {
                let message = format!("more than {MOST_VARIABLES} variables in one rule");
                self.error("too-many-variables", name.span, message, "one too many", "write two rules");
                // Told once: the frame is too large from now on.
                self.frame.push(Binding { name: name.value.clone(), noun, epoch: binding.epoch });
            }
            return None;
        }
        let slot = Slot(self.frame.len() as u8);
        self.frame.push(Binding { name: name.value.clone(), noun, epoch: binding.epoch });
        self.visible.push((name.value.clone(), slot));
        Some(slot)
    }

    /// The noun of that name; an unknown one, or one that nobody proposes, is reported.
    pub(super) fn noun_of(&mut self, epoch: Epoch, name: &syntax::Name) -> Option<NounId> {
        let Some(found) = noun(&name.value) else {
            self.mistakes.push(unknown_noun(name));
            return None;
        };
        if epoch == Epoch::Proposed && found.get().name != "account" {
            let message = format!("nobody proposes {}", found.get().plural);
            let help = "naming schemas propose accounts: `proposed account p`";
            self.error("never-proposed", name.span, message, "only accounts are proposed", help);
            return None;
        }
        if epoch == Epoch::Earlier && found.field(LAST_SEEN).is_none() {
            let message = format!("nobody remembers {}", found.get().plural);
            let kept: Vec<String> =
                NounId::all().filter(|noun| noun.field(LAST_SEEN).is_some()).map(|noun| format!("`{}`", noun.get().name)).collect();
            let help = format!("snapshots remember {}", crate::finding::List(&kept, "and"));
            self.error("never-remembered", name.span, message, "gone without a trace", help);
            return None;
        }
        Some(found)
    }

    /// A clause of its own in a rule: it must be joined to what stands before, or every record would be paired with every other.
    pub fn joined_clause(&mut self, clause: &syntax::Clause) -> Option<Clause> {
        let bound = self.slots();
        let before = self.mistakes.len();
        let form = self.clause(clause, true)?;
        let lone = !form.condition.slots().iter().any(|slot| bound.contains(slot));
        if lone && self.mistakes.len() == before {
            self.not_joined(clause, *form.slots.first()?, &bound, &form.slots);
        }
        Some(form)
    }

    fn not_joined(&mut self, clause: &syntax::Clause, slot: Slot, bound: &[Slot], own: &[Slot]) {
        let binding = self.binding(slot);
        let plural = binding.noun.get().plural;
        let variable = binding.name.clone();
        let others: Vec<Slot> = bound.iter().chain(own).copied().filter(|other| *other != slot).collect();
        let other = others.first().map_or("the rest", |other| self.noun(*other).get().plural);
        let span = clause.bindings.iter().find(|written| written.variable.value == variable).map_or(clause.span, |written| written.span);
        let pairs = Count::grouped(10_000 * 10_000);
        let message = format!("nothing joins `{variable}`: all {plural} would be compared with all {other}");
        let help = format!(
            "add an equality that must hold, such as `{variable}.id = ...`; inside `or`, `not` or `at least` it does not join. \
             10,000 records of each would be {pairs} pairs"
        );
        self.error("not-joined", span, message, "joined by no equality", help);
    }

    /// A clause inside a condition: its variables are known only there.
    pub(super) fn nested(&mut self, clause: &syntax::Clause) -> Option<Clause> {
        let known = self.visible.len();
        let form = self.clause(clause, true);
        self.visible.truncate(known);
        form
    }
}

/// What is said of a word that is no noun.
#[must_use]
pub fn unknown_noun(name: &syntax::Name) -> Mistake {
    let lower = name.value.to_ascii_lowercase();
    let by_plural = NOUNS.iter().find(|noun| noun.plural == lower).map(|noun| noun.name);
    let near = by_plural.or_else(|| foreign(&lower)).or_else(|| suggestion(&lower, NOUNS.iter().map(|noun| noun.name)));
    let mistake = Mistake::error("unknown-noun", name.span, format!("no noun `{}`", name.value), "not a kind of record");
    mistake.meant_or(near, "`rollbook list nouns` prints all of them")
}

/// What other systems call our nouns.
fn foreign(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "teacher" | "teachers" | "employee" | "administrator" => "staff",
        "class" | "classes" | "course_section" => "section",
        "guardian" | "parent" | "parents" => "contact",
        "user" | "users" => "account",
        "org" | "orgs" | "building" => "school",
        "roster" | "membership" => "enrollment",
        "pupil" | "pupils" | "child" | "learner" => "student",
        _ => return None,
    })
}

/// Why a record is not asked whether it is new, or gone; and what to do instead.
pub(super) fn neither_new_nor_gone(binding: &Binding) -> (String, String) {
    let noun = binding.noun.get().name;
    match binding.epoch {
        Epoch::Previous => (
            "a record of the previous snapshot is not new".to_owned(),
            "ask `is gone` of it, or bind today's noun without `previous`".to_owned(),
        ),
        Epoch::Proposed => (
            format!("a proposed {noun} is in no snapshot"),
            format!("whether one exists is asked by a clause: `{noun} other where other.username = {}.username`", binding.name),
        ),
        Epoch::Earlier => (
            format!("an earlier {noun} was gone before the previous snapshot"),
            format!("whether one is back is asked by a clause: `{noun} other where other.id = {}.id`", binding.name),
        ),
        Epoch::Today => (format!("today's {noun} can't be gone"), format!("bind the previous one: `previous {noun} {}`", binding.name)),
    }
}
