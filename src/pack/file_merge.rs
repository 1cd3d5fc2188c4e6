//! What a pack's file says of merges: `[[merge]]`, and the `[[test]]`s of them.
use super::file::{FollowFile, Setup, SourceFile};
use super::merge::{Decision, Keep, Part};
use super::score::ScoreFile;
use crate::finding::Severity;
use crate::language::syntax::{Clause, Condition, Template, Value};
use crate::source::{Span, Spanned};

/// `[[merge]]`
#[derive(Debug, Clone)]
pub struct MergeFile {
    /// Its name.
    pub name: Spanned<String>,
    /// One line on it.
    pub title: Option<String>,
    /// How bad it is that one person is several records.
    pub severity: Option<Spanned<Severity>>,
    /// What a finding says.
    pub message: Option<Template>,
    /// What to do.
    pub help: Option<Template>,
    /// Why it is bad.
    pub why: Option<String>,
    /// Ids of a catalogue.
    pub covers: Vec<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// Rules of which what it finds is only a consequence.
    pub follows: Vec<FollowFile>,
    /// Which records are compared.
    pub of: Option<Clause>,
    /// How each finds those that it is compared with.
    pub compare: Vec<Clause>,
    /// What proves that two are one: condition, and as written.
    pub same: Vec<(Condition, String)>,
    /// What suggests it.
    pub likely: Vec<(Condition, String)>,
    /// What forbids it.
    pub never: Vec<(Condition, String)>,
    /// What comparison levels weigh.
    pub score: Option<ScoreFile>,
    /// Evidence that a household shares.
    pub shared: Vec<Value>,
    /// A value of more records than this is no evidence.
    pub common: Option<u32>,
    /// At most one partner; where it says so.
    pub one_to_one: Option<Span>,
    /// Two identities of one snapshot are two people; where it says so.
    pub present: Option<Span>,
    /// Which record survives.
    pub keeps: Vec<Value>,
    /// Which values it keeps.
    pub values: Vec<(Spanned<String>, Keep)>,
    /// What the one account sees.
    pub collects: Option<Clause>,
    /// As written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
    /// The header.
    pub span: Span,
}

/// `[[test]]` of a merge.
#[derive(Debug, Clone)]
pub struct MergeTest {
    /// The merge under test.
    pub merge: Spanned<String>,
    /// The world that it runs in.
    pub setup: Setup,
    /// What people decided, for this test; the merge is the one under test.
    pub decisions: Vec<Decision>,
    /// All that must be found.
    pub expect: Vec<ExpectedMerge>,
}

/// Records that a test expects to be told together.
#[derive(Debug, Clone)]
pub struct ExpectedMerge {
    /// As what.
    pub part: Part,
    /// Their identities.
    pub records: Vec<String>,
    /// Which of them survives.
    pub keeps: Option<String>,
    /// The students whom the one account sees.
    pub sees: Option<Vec<String>>,
    /// Values that the survivor keeps.
    pub values: Vec<(Spanned<String>, String)>,
}
