//! A checked `[[merge]]`: which records are compared, what proves that two are one, what only suggests it, what forbids it; and decisions of people.
use super::naming::Way;
use super::score::Score;
use crate::language::form::{Binding, Clause, Column, Cond, Frame, Slot};
use crate::matching::Nicknames;
use crate::model::FieldId;
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// The record that a merge is about, `c`.
pub const RECORD: Slot = Slot(0);
/// The other record, `d`, in conditions on both.
pub const OTHER: Slot = Slot(1);

/// A checked `[[merge]]`.
#[derive(Debug)]
pub struct Merge {
    /// `pack/name`.
    pub id: Arc<str>,
    /// One line on it.
    pub title: String,
    /// The record, in slot [`RECORD`].
    pub record: Binding,
    /// The record that it is compared with.
    pub other: Binding,
    /// The variables of `of`: the record's, and those of conditions that count.
    pub frame: Frame,
    /// Which records are compared.
    pub of: Clause,
    /// How a record finds those that it is compared with; [`Way::end`] is the other record.
    pub compare: Vec<Way>,
    /// What proves that two records are one.
    pub same: Vec<Proof>,
    /// What suggests it, for a person to decide.
    pub likely: Vec<Proof>,
    /// What forbids it.
    pub never: Vec<Proof>,
    /// What comparison levels weigh, when it has weights.
    pub score: Option<Score>,
    /// Values that a household shares.
    pub shared: Vec<Column>,
    /// The nicknames that the score knows, where there is one.
    pub nicknames: Option<Nicknames>,
    /// When a value that many records share is no evidence: so many records. Without it the data says.
    pub common: Option<u32>,
    /// Whether a record has at most one partner among the others, which are then records of another kind.
    pub one_to_one: bool,
    /// Whether two identities of one snapshot are two people.
    pub present: bool,
    /// Which record survives: the first by these.
    pub keeps: Vec<Column>,
    /// Which value the survivor keeps.
    pub values: Vec<(FieldId, Keep)>,
    /// The students whom the one account sees; [`Way::end`] is their id.
    pub collects: Option<Way>,
    /// As written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
    /// The header in its file.
    pub span: Span,
}

/// A condition on two records.
#[derive(Debug)]
pub struct Proof {
    /// As written.
    pub text: String,
    /// [`RECORD`], [`OTHER`], and the variables of conditions that count.
    pub frame: Frame,
    /// What must hold.
    pub condition: Cond,
}

/// Which of the values of merged records is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// The survivor's own, or else the first that is there, in the order of `keeps`.
    #[default]
    Present,
    /// The last that is there, in the order of `keeps`.
    Newest,
    /// The one that most records have.
    Most,
    /// The longest.
    Longest,
}

impl Keep {
    /// All, with their words.
    pub const ALL: [(Keep, &'static str); 4] =
        [(Keep::Present, "present"), (Keep::Newest, "newest"), (Keep::Most, "most"), (Keep::Longest, "longest")];
}

/// What a finding of a merge tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Records that are one.
    Same,
    /// Two that may be one.
    Likely,
    /// Records that a chain holds together and something forbids to be one.
    Contradicted,
}

impl Part {
    /// All.
    pub const ALL: [Part; 3] = [Part::Same, Part::Likely, Part::Contradicted];

    /// What stands behind the merge's name in the id of its rule.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Part::Same => "",
            Part::Likely => "-likely",
            Part::Contradicted => "-contradicted",
        }
    }

    /// The word in tests.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Part::Same => "same",
            Part::Likely => "likely",
            Part::Contradicted => "contradicted",
        }
    }
}

/// What a person decided of some records.
#[derive(Debug, Clone)]
pub struct Decision {
    /// `pack/name` of the merge.
    pub merge: Spanned<String>,
    /// The identities of the records: two or more.
    pub records: Vec<Spanned<String>>,
    /// Whether all of them are one, or no two of them.
    pub same: bool,
    /// Why.
    pub reason: String,
    /// The day of the decision, as `2026-11-22`; empty when it is not known.
    pub date: String,
}

impl Decision {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        let what = if self.same { "the same" } else { "different" };
        let date = if self.date.is_empty() { String::new() } else { format!(" on {}", self.date) };
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        format!("decided to be {what}{date}{reason}")
    }
}
