//! `[[fix]]`: which findings become rows of a file for a bulk tool, what its columns hold, and what must be certain before a row is written.
use super::file::{Setup, SourceFile};
use crate::language::form::{Clause, Cond, Frame, Slot, Template};
use crate::language::syntax;
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// The file that says what was written to a folder of fix files; no fix may have its name.
pub const INDEX: &str = "index.csv";

/// `[[fix]]` as written.
#[derive(Debug, Clone)]
pub struct FixFile {
    /// Its name.
    pub name: Spanned<String>,
    /// One line on it.
    pub title: Option<String>,
    /// The rules whose findings become rows.
    pub rules: Vec<Spanned<String>>,
    /// Records that are joined to those of a finding; a row for each match.
    pub with: Vec<syntax::Clause>,
    /// The name of the file; several fixes may add rows to one.
    pub file: Spanned<String>,
    /// Header and cell, in the order of the file.
    pub columns: Vec<(Spanned<String>, syntax::Template)>,
    /// Columns that are always filled, and hold a value in one row only; `None` means all of them.
    pub key: Option<Vec<Spanned<String>>>,
    /// What must hold of a finding, and what is said when it does not.
    pub when: Vec<(syntax::Condition, Option<syntax::Template>)>,
    /// Whether the findings are proof; where it is said.
    pub proof: Option<Spanned<bool>>,
    /// What to do with the file.
    pub help: Option<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// As written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
    /// The header.
    pub span: Span,
}

/// `[[test]]` of a fix.
#[derive(Debug, Clone)]
pub struct FixTest {
    /// The fix under test.
    pub fix: Spanned<String>,
    /// The world that it runs in.
    pub setup: Setup,
    /// All rows, and all findings that are left out.
    pub expect: Vec<ExpectedRow>,
}

/// A row that a test expects.
#[derive(Debug, Clone)]
pub struct ExpectedRow {
    /// Columns and what they hold.
    pub cells: Vec<(Spanned<String>, String)>,
    /// A part of the reason, when the row is not written.
    pub left_out: Option<String>,
}

/// A checked `[[fix]]`.
#[derive(Debug)]
pub struct Fix {
    /// `pack/name`.
    pub id: Arc<str>,
    /// One line on it.
    pub title: String,
    /// The name of the file.
    pub file: String,
    /// The header.
    pub columns: Vec<String>,
    /// Which columns are always filled, and hold a value in one row only.
    pub key: Vec<usize>,
    /// What becomes of the findings of each of its rules.
    pub of: Vec<FixOf>,
    /// What to do with the file.
    pub help: Option<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// As written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
}

/// What becomes of the findings of one rule.
#[derive(Debug)]
pub struct FixOf {
    /// The id of the rule.
    pub rule: Arc<str>,
    /// Whether its findings are proof, or only suspicions, which nobody should act upon unseen.
    pub proof: bool,
    /// One a variant of the rule; of a merge one, whose variables are its two records.
    pub forms: Vec<FixForm>,
}

/// The row of a finding.
#[derive(Debug)]
pub struct FixForm {
    /// The variables of the rule, and those of conditions that count.
    pub frame: Frame,
    /// The variables of a finding, in the order of its records.
    pub tuple: Vec<Slot>,
    /// What is joined to them.
    pub with: Vec<Clause>,
    /// What must hold, and what is said when it does not, or when that is unknown.
    pub when: Vec<(Cond, Template)>,
    /// A template a column.
    pub cells: Vec<Template>,
}
