//! From the syntax tree to the ready form: names are looked up, types decided, and everything that can't be right is said at its characters.
mod clause;
mod condition;
mod equality;
mod naming;
mod value;

pub use clause::unknown_noun;
pub use condition::pattern_fault;
pub use naming::Place;

use super::form::{Binding, Frame, Slot};
use super::scope::Scope;
use crate::finding::{Mistake, Mistakes, suggestion};
use crate::model::{Epoch, NounId};
use crate::source::Span;

/// Checks the texts of one rule, which share their variables.
pub struct Checker<'s, 'm> {
    scope: &'s Scope,
    mistakes: &'m mut Mistakes,
    /// All variables so far, also of nested clauses.
    pub frame: Frame,
    /// The variables that a name may mean here.
    visible: Vec<(String, Slot)>,
    /// In a definition: the record that any unknown word stands for, and whose fields may be named alone.
    record: Option<Slot>,
    /// The definitions being put in, to see a circle.
    within: Vec<(String, Span)>,
    /// Which comparison each `=` uses, for `explain`.
    pub comparisons: Vec<(Span, &'static str)>,
}

impl<'s, 'm> Checker<'s, 'm> {
    /// A checker without variables.
    pub fn new(scope: &'s Scope, mistakes: &'m mut Mistakes) -> Self {
        let (frame, visible, within, comparisons) = (Frame::new(), Vec::new(), Vec::new(), Vec::new());
        Checker { scope, mistakes, frame, visible, record: None, within, comparisons }
    }

    /// A checker for a definition about one record of `noun`.
    pub fn of_record(scope: &'s Scope, mistakes: &'m mut Mistakes, noun: NounId, variable: Option<&str>) -> Self {
        let mut checker = Checker::new(scope, mistakes);
        let name = variable.unwrap_or(noun.get().name).to_owned();
        checker.frame.push(Binding { name: name.clone(), noun, epoch: Epoch::Today });
        match variable {
            Some(variable) => checker.visible.push((variable.to_owned(), Slot(0))),
            None => checker.record = Some(Slot(0)),
        }
        checker
    }

    /// Makes a variable of another rule known here under its name, unless the name is taken.
    pub fn lend(&mut self, binding: &Binding) -> Option<Slot> {
        if self.visible.iter().any(|(name, _)| *name == binding.name) {
            return None;
        }
        let slot = Slot(self.frame.len() as u8);
        self.frame.push(binding.clone());
        self.visible.push((binding.name.clone(), slot));
        Some(slot)
    }

    /// The variable of that name.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.visible.iter().rev().find(|(known, _)| known == name).map(|(_, slot)| *slot)
    }

    /// The variables that can be used now.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot> {
        self.visible.iter().map(|(_, slot)| *slot).collect()
    }

    fn binding(&self, slot: Slot) -> &Binding {
        &self.frame[slot.0 as usize]
    }

    fn noun(&self, slot: Slot) -> NounId {
        self.binding(slot).noun
    }

    /// The variable that `name` means; unknown ones are reported.
    fn variable(&mut self, name: &str, span: Span) -> Option<Slot> {
        if let Some(slot) = self.slot(name).or(self.record) {
            return Some(slot);
        }
        let near = suggestion(name, self.visible.iter().map(|(known, _)| known.as_str())).map(str::to_owned);
        let mistake = Mistake::error("unknown-variable", span, format!("no variable `{name}` here"), "bound nowhere");
        self.mistakes.push(match near {
            Some(near) => mistake.meant(Some(&near)),
            None => {
                let known: Vec<String> = self.visible.iter().map(|(known, _)| format!("`{known}`")).collect();
                match known.as_slice() {
                    [] => mistake.help("a clause binds a variable: `student s`"),
                    known => mistake.help(format!("the variables here are {}", crate::finding::List(known, "and"))),
                }
            }
        });
        None
    }

    /// Reports what a pack's own checks find beside those of the language.
    pub fn tell(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>, label: impl Into<String>, help: impl Into<String>) {
        self.mistakes.push(Mistake::error(code, span, message, label).help(help));
    }

    /// Runs `inside` within a definition; a circle of definitions is reported with its way.
    fn within<T>(&mut self, name: &str, span: Span, inside: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if let Some(at) = self.within.iter().position(|(known, _)| known == name) {
            let way: Vec<&str> = self.within[at..].iter().map(|(known, _)| known.as_str()).chain([name]).collect();
            let message = format!("`{name}` is defined by itself: {}", way.join(" -> "));
            // Every definition of the circle comes upon it; the first by name tells.
            if way.iter().any(|other| *other < name) {
                return None;
            }
            self.error("circle", span, message, "comes back to itself", "take one of them out of the other's definition");
            return None;
        }
        self.within.push((name.to_owned(), span));
        let result = inside(self);
        self.within.pop();
        result
    }
}
