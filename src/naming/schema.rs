//! The schema: candidates, counter, and the fields that a name goes into.
use super::attempt::Attempts;
use super::ban::Ban;
use super::limits::Limits;
use super::pattern::Pattern;
use crate::model::FieldRef;
use std::borrow::Cow;

/// A naming schema, ready to run.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// `template` first, then those of `on_clash` in order.
    pub candidates: Vec<Pattern>,
    /// What `{n}` gives.
    pub counter: Counter,
    /// The fields that are solved together; one at least.
    pub fields: Vec<FieldRule>,
}

/// The numbers of `{n}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counter {
    /// The first.
    pub start: u32,
    /// Digits at least, filled with zeros.
    pub width: usize,
    /// The last.
    pub last: u32,
    /// A number in whose digits one of these stands is passed over: `[0, 1]` passes over 10 and 21.
    pub skip: Vec<u32>,
}

impl Default for Counter {
    fn default() -> Self {
        Counter { start: 2, width: 1, last: 99, skip: Vec::new() }
    }
}

impl Counter {
    /// The number as it is written into a name; `None` when it is out of range or passed over.
    #[must_use]
    pub fn written(&self, number: u32) -> Option<String> {
        if number < self.start || number > self.last {
            return None;
        }
        let written = format!("{number:0width$}", width = self.width);
        (!self.skip.iter().any(|skip| written.contains(&skip.to_string()))).then_some(written)
    }

    /// The numbers of the counter whose digits stand in a text, from the smallest.
    pub(super) fn within(&self, text: &str) -> Vec<u32> {
        let longest = self.width.max(self.last.to_string().len());
        let mut numbers = Vec::new();
        for run in text.split(|letter: char| !letter.is_ascii_digit()) {
            for start in 0..run.len() {
                for end in start + 1..=run.len().min(start + longest) {
                    let written = &run[start..end];
                    let number = written.parse().ok().filter(|number| self.written(*number).is_some_and(|known| known == written));
                    numbers.extend(number);
                }
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// A field that is filled.
#[derive(Clone, Debug, Default)]
pub struct FieldRule {
    /// Its name, for reasons: `username`.
    pub name: String,
    /// What it holds: `{name}`, or more around it. `{n}` gives the counter of the attempt, and nothing while there is none.
    pub value: Pattern,
    /// What must hold of it: the schema's own and those of its target.
    pub limits: Vec<Limits>,
    /// Names that must not be.
    pub bans: Vec<Ban>,
    /// Whether it is an address: limits and bans are then about the part before the `@`.
    pub address: bool,
}

/// The values of one person's record.
pub trait Values {
    /// The text of a field; `None` when it is missing.
    fn text(&self, field: &FieldRef) -> Option<Cow<'_, str>>;
}

impl Schema {
    /// The names that the schema gives this person, in order, made one at a time as they are asked for. `today` is in days since 1970.
    #[must_use]
    pub fn attempts<'a>(&'a self, person: &'a dyn Values, today: i32) -> Attempts<'a> {
        Attempts::new(self, person, today)
    }
}
