//! From a template of the language to the pattern of a candidate, a field or a value.
use super::Part;
use crate::language::check::Checker;
pub use crate::language::check::Place;
use crate::language::syntax::Template;

/// A template that is ready to run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pattern {
    /// Its parts in order.
    pub parts: Vec<Part>,
}

impl Pattern {
    /// Reads a parsed template about the record that `checker` knows; what can't stand in this place goes to its mistakes.
    pub fn read(checker: &mut Checker<'_, '_>, template: &Template, place: Place) -> Option<Pattern> {
        checker.naming(template, place).map(|parts| Pattern { parts })
    }

    /// Whether it holds `{n}`.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.parts.contains(&Part::Counter)
    }

    /// Whether it holds `{name}`.
    #[must_use]
    pub fn has_name(&self) -> bool {
        self.parts.contains(&Part::Name)
    }

    /// Whether an open range stands in it.
    #[must_use]
    pub fn grows(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value { grow: Some(_), .. }))
    }
}
