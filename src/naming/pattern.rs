//! From a template of the language to the pattern of a candidate, a field or a value.
use super::piece;
use super::value::Reader;
use super::{Part, Refusal, Values};
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

    /// What it says of a person, with `name` for `{name}` and nothing for `{n}`: a field of the account that is no name.
    ///
    /// # Errors
    /// Why there is no such text.
    pub fn text(&self, person: &dyn Values, name: &str, today: i32) -> Result<String, Refusal> {
        let mut reader = Reader::new(person, today);
        Ok(piece::text(&piece::pieces(self, &mut reader, None)?, name, "", 0))
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
