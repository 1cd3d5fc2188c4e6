//! What logs said, line by line and message by message, and how it compares with what was found in the data.
use super::{Finding, Record, Severity};
use std::sync::Arc;

/// All that there is to tell of some logs.
#[derive(Clone, Debug, Default)]
pub struct LogReport {
    /// The logs.
    pub files: Vec<LogFileView>,
    /// Lines that are known, by what they say; the worst first.
    pub sections: Vec<LogSection>,
    /// Findings that no line of these logs is about, by rule.
    pub unseen: Vec<LogUnseen>,
    /// Lines that nobody knows, by what they look like.
    pub unknown: Vec<LogShape>,
    /// Whether there was data to compare with, and where it stands.
    pub data: Option<String>,
}

/// A log.
#[derive(Clone, Debug)]
pub struct LogFileView {
    /// As the user gave it.
    pub name: Arc<str>,
    /// Lines that are not blank; of these known, and not known.
    pub lines: u64,
    /// Entries that are known.
    pub known: u64,
    /// Why it could not be read, or only its beginning could.
    pub trouble: Option<String>,
}

/// A rule or a message that knows lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogClaim {
    /// `pack/name`
    pub id: Arc<str>,
    /// One line on it.
    pub title: String,
    /// How bad.
    pub severity: Severity,
}

/// Lines that say one thing.
#[derive(Clone, Debug)]
pub struct LogSection {
    /// What they say; several when nothing tells which of them it is.
    pub claims: Vec<LogClaim>,
    /// The worst of them.
    pub severity: Severity,
    /// How many lines say it.
    pub count: u64,
    /// The first of them.
    pub lines: Vec<LogLine>,
    /// Why it is bad.
    pub why: Option<String>,
    /// What to do; of the first line when each has its own.
    pub help: Option<String>,
    /// Whether each line has its own.
    pub help_of_first: bool,
    /// How many lines compare how.
    pub compared: Vec<(Compared, u64)>,
}

/// A line.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// As the user gave it.
    pub file: Arc<str>,
    /// From 1.
    pub line: u64,
    /// Lines that it takes.
    pub lines: u64,
    /// What it says, with passwords masked.
    pub text: String,
    /// The rules and messages that it may come from; nothing when nobody knows it.
    pub claims: Vec<LogClaim>,
    /// Whether all of the message is there.
    pub whole: bool,
    /// What it names: name and value.
    pub values: Vec<(String, String)>,
    /// The records that these name.
    pub records: Vec<Record>,
    /// How it compares with the findings; nothing without data.
    pub compared: Option<Compared>,
    /// Findings about the same records.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
    /// Where there are none: what other rules find about these records.
    pub others: Vec<Finding>,
}

/// How a line of a log compares with what was found in the data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compared {
    /// A finding is about the same records.
    Foreseen,
    /// Its records are there, and no finding is about them.
    Missed,
    /// No record has the values that it names.
    NoRecord,
    /// It names no records, and a rule finds so many.
    Found(u64),
    /// It names no records, and the rule finds nothing.
    NotFound,
    /// No rule was asked, and why.
    NotChecked(String),
    /// No rule looks for it in data.
    NoRule,
}

/// Findings of a rule that no line is about.
#[derive(Clone, Debug)]
pub struct LogUnseen {
    /// The rule.
    pub claim: LogClaim,
    /// How many.
    pub count: u64,
    /// The messages of the first of them.
    pub messages: Vec<String>,
}

/// Lines that nobody knows and that look alike.
#[derive(Clone, Debug)]
pub struct LogShape {
    /// What they look like.
    pub shape: String,
    /// How many.
    pub count: u64,
    /// The first: log and line.
    pub first: (Arc<str>, u64),
    /// Whether they call themselves an error.
    pub error: bool,
}

impl Compared {
    /// In a word, for programs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Compared::Foreseen => "foreseen",
            Compared::Missed => "missed",
            Compared::NoRecord => "no record",
            Compared::Found(_) => "found",
            Compared::NotFound => "not found",
            Compared::NotChecked(_) => "not compared",
            Compared::NoRule => "no rule",
        }
    }
}
