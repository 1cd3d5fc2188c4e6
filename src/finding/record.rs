//! A finding: what a rule says of some records, with the places to look at.
use super::Severity;
use std::fmt;
use std::sync::Arc;

/// Something wrong in the data, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Pack and rule: `roster/unknown-school`. The reader's own are `read/...`.
    pub rule: Arc<str>,
    /// How bad.
    pub severity: Severity,
    /// What, in one sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The same for the same rule and records on every run, whatever their lines.
    pub fingerprint: Fingerprint,
    /// The finding that explains this one.
    pub follows: Option<Fingerprint>,
    /// Records that a grouped finding is about; more than [`records`](Self::records) holds when it is long.
    pub count: u64,
    /// The records, each with its place; for a grouped finding the first few.
    pub records: Vec<Record>,
    /// A place in a file that is no record: damage found while reading.
    pub place: Option<Place>,
    /// What hangs on it: consequences per rule.
    pub hanging: Vec<Hanging>,
}

/// Consequences of a finding, of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hanging {
    /// The rule whose findings hang.
    pub rule: Arc<str>,
    /// Its title.
    pub title: String,
    /// How many.
    pub count: u64,
}

/// A record of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The variable in the rule.
    pub var: String,
    /// Its noun.
    pub noun: &'static str,
    /// `roster`, `accounts` or `previous`.
    pub source: Arc<str>,
    /// Relative to the source's folder, with `/`.
    pub file: Arc<str>,
    /// The physical line on which the record starts, from 1.
    pub line: u64,
    /// The record, from 1; the header and blank lines are none.
    pub record: u64,
    /// Its identity.
    pub id: String,
    /// The cells that matter, in the order of the file's columns.
    pub cells: Vec<Cell>,
}

/// A cell of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The field in rules.
    pub field: String,
    /// The header as the file has it; empty for a value that the layout supplies.
    pub column: String,
    /// The column as a spreadsheet names it: `A`, `AA`.
    pub letter: String,
    /// What the cell says; a password never gets here.
    pub value: String,
    /// What the rule says of this cell.
    pub label: Option<String>,
    /// Whether the value names or describes a person.
    pub personal: bool,
}

/// A place in a data file that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `roster`, `accounts` or `previous`.
    pub source: Arc<str>,
    /// Relative to the source's folder, with `/`.
    pub file: Arc<str>,
    /// The physical line, from 1; `None` when it is the file as a whole.
    pub line: Option<u64>,
    /// The character in the line, from 1.
    pub column: Option<u64>,
    /// The record, from 1.
    pub record: Option<u64>,
    /// What stands there.
    pub excerpt: Option<Excerpt>,
}

/// A piece of a line of a data file, with the characters that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The piece, at most some 100 characters, with `…` where it was cut and control characters made visible.
    pub text: String,
    /// The characters (not bytes) of `text` to underline: start and length.
    pub mark: (usize, usize),
    /// A few words on them.
    pub label: String,
}

/// What stays the same of a finding from run to run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// The fingerprint of a rule and the identities of its records: FNV-1a of 128 bits, so that it is the same on every machine and in every version.
    pub fn of<'a>(rule: &str, parts: impl IntoIterator<Item = &'a str>) -> Self {
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        let mut eat = |text: &str| {
            for byte in text.bytes().chain([0x1f]) {
                hash = (hash ^ u128::from(byte)).wrapping_mul(PRIME);
            }
        };
        eat(rule);
        parts.into_iter().for_each(eat);
        Fingerprint(hash)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
