//! The attempts at a name for one person, in order.
use super::{Refusal, Schema, Values};

/// Where in the schema an attempt stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Step {
    /// The candidate, by its place in [`Schema::candidates`].
    pub candidate: u16,
    /// How many letters were added to its shortest form.
    pub grown: u16,
    /// What `{n}` stands for, when the candidate counts.
    pub n: Option<u32>,
}

/// One attempt at a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Where it stands in the schema.
    pub step: Step,
    /// A text for each of [`Schema::fields`], or why there is none.
    pub outcome: Result<Vec<String>, Refusal>,
}

/// The attempts for one person; see [`Schema::attempts`].
pub struct Attempts<'a> {
    schema: &'a Schema,
    person: &'a dyn Values,
    today: i32,
    /// The next candidate.
    candidate: usize,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(schema: &'a Schema, person: &'a dyn Values, today: i32) -> Self {
        Attempts { schema, person, today, candidate: 0 }
    }
}

impl Iterator for Attempts<'_> {
    type Item = Attempt;

    fn next(&mut self) -> Option<Attempt> {
        let _ = (self.person, self.today);
        self.schema.candidates.get(self.candidate).map(|_| {
            self.candidate += 1;
            Attempt { step: Step::default(), outcome: Err(Refusal::Missing { fields: String::new() }) }
        })
    }
}

impl Schema {
    /// Whether the schema can make `name` for this person in its field at that place: then where. Letter case does not count.
    #[must_use]
    pub fn could_make(&self, person: &dyn Values, field: usize, name: &str, today: i32) -> Option<Step> {
        let makes = |attempt: Attempt| attempt.outcome.is_ok_and(|texts| texts[field].eq_ignore_ascii_case(name)).then_some(attempt.step);
        self.attempts(person, today).find_map(makes)
    }
}
