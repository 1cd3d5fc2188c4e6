//! What a run did, so that no silence is taken for a clean bill.
use super::Severity;
use std::sync::Arc;

/// A whole run.
#[derive(Clone, Debug, Default)]
pub struct RunSummary {
    /// What was read.
    pub sources: Vec<SourceSummary>,
    /// Per rule, in the order of the packs.
    pub rules: Vec<RuleSummary>,
    /// The root causes that clear most findings, the greatest first.
    pub causes: Vec<Cause>,
    /// Why there is no complete verdict; empty when there is one.
    pub incomplete: Vec<String>,
}

/// A source that was read.
#[derive(Clone, Debug)]
pub struct SourceSummary {
    /// `roster`, `accounts` or `previous`.
    pub name: Arc<str>,
    /// The folder or file, as the user gave it.
    pub path: String,
    /// Title of the layout.
    pub layout: String,
    /// Why this layout: `recognised by students.csv, ...` or `as configured`.
    pub why: String,
    /// Its files.
    pub files: Vec<FileSummary>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct FileSummary {
    /// Relative to the source's folder.
    pub file: Arc<str>,
    /// Bytes.
    pub bytes: u64,
    /// Records without the header.
    pub records: u64,
}

/// What a rule did.
#[derive(Clone, Debug)]
pub struct RuleSummary {
    /// Pack and rule.
    pub rule: Arc<str>,
    /// One line on it.
    pub title: String,
    /// Its severity, after overrides.
    pub severity: Severity,
    /// Records that it looked at.
    pub checked: u64,
    /// Findings, consequences included.
    pub found: u64,
    /// Of these, consequences of another finding.
    pub consequences: u64,
    /// Records for which it could not tell, for a missing or unreadable value.
    pub unverifiable: u64,
    /// Why it did not run.
    pub skipped: Option<String>,
    /// Whether it was skipped because the format of the data has no place for what it asks: that is no gap in what was checked.
    pub inapplicable: bool,
    /// What it had to do without: columns or sources not supplied.
    pub without: Vec<String>,
}

/// A finding that many others hang on.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Its rule.
    pub rule: Arc<str>,
    /// Its message.
    pub message: String,
    /// Findings that go when it is fixed, itself included.
    pub clears: u64,
}
