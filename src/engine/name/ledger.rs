//! The ledger: which names were given to whom, kept from run to run, so that a name stays with its holder and is not given again when the holder is gone.
use crate::model::{Day, day, iso};
use hashbrown::HashSet;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::hash::BuildHasher;
use std::sync::Arc;

/// The columns of a ledger, in their order.
const COLUMNS: [&str; 6] = ["scope", "field", "name", "holder", "given", "last_seen"];

/// All names that were ever given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// In the order of scope, field, name and holder when [`Ledger::print`] wrote it.
    pub entries: Vec<Entry>,
}

/// A name that was given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The space in which it is taken: the id of a uniqueness, with the values of its `within` after it (`pack/login-per-school 104`); empty for a field
    /// that need not be unique.
    pub scope: Arc<str>,
    /// The schema and its field: `pack/students.username`.
    pub field: Arc<str>,
    /// The name itself.
    pub name: String,
    /// The noun and the identity of the person: `student 4711`.
    pub holder: String,
    /// The day on which it was first written down.
    pub given: Day,
    /// The last day on which its holder had it.
    pub last_seen: Day,
}

impl Entry {
    /// Whether two entries say the same of the same name, but for the days.
    pub(super) fn is_same(&self, other: &Entry) -> bool {
        self.holder == other.holder && self.name == other.name && self.scope == other.scope && self.field == other.field
    }

    /// A hash of what [`is_same`](Self::is_same) compares.
    pub(super) fn hash(&self, hasher: &impl BuildHasher) -> u64 {
        hasher.hash_one((&self.holder, &self.name, &*self.scope, &*self.field))
    }
}

/// Why a text is no ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Ledger {
    /// Reads a ledger. The columns are found by their names, so that a person may order them anew; an empty text is an empty ledger.
    ///
    /// # Errors
    /// The first line that can't be read. A ledger that is read in part would give names away that are taken.
    pub fn parse(text: &str) -> Result<Ledger, LedgerError> {
        let mut ledger = Ledger::default();
        let mut places = None;
        let mut known = Known::default();
        rows(text.strip_prefix('\u{feff}').unwrap_or(text), |line, row| {
            let Some(places) = places else {
                let mut found = [0; COLUMNS.len()];
                for (place, column) in found.iter_mut().zip(COLUMNS) {
                    let at = row.iter().position(|cell| cell.trim() == column);
                    *place = at.ok_or_else(|| error(line, format!("a ledger has a column `{column}`"), "restore the header"))?;
                }
                places = Some(found);
                return Ok(());
            };
            let [scope, field, name, holder, given, last_seen] = places.map(|place: usize| row.get(place).map_or("", String::as_str));
            if name.trim().is_empty() || holder.trim().is_empty() {
                return Err(error(line, "a row without a name or a holder".to_owned(), "restore the row, or take it out"));
            }
            let date = |text: &str| day(text).ok_or_else(|| error(line, format!("`{text}` is no day"), "write days as 2026-09-01"));
            let (given, last_seen) = (date(given)?, date(last_seen)?);
            let (scope, field) = (known.share(scope), known.share(field));
            ledger.entries.push(Entry { scope, field, name: name.to_owned(), holder: holder.to_owned(), given, last_seen });
            Ok(())
        })?;
        Ok(ledger)
    }

    /// Writes it as CSV, sorted, so that two runs on the same data write the same bytes.
    #[must_use]
    pub fn print(&self) -> String {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.sort();
        entries.dedup();
        let mut text = COLUMNS.join(",") + "\n";
        for entry in entries {
            let cells = [&*entry.scope, &*entry.field, &entry.name, &entry.holder].map(quoted);
            let _ = writeln!(text, "{},{},{}", cells.join(","), iso(entry.given), iso(entry.last_seen));
        }
        text
    }
}

fn error(line: usize, message: String, help: &str) -> LedgerError {
    LedgerError { line, message, help: help.to_owned() }
}

fn quoted(cell: &str) -> Cow<'_, str> {
    if cell.contains([',', '"', '\n', '\r']) || cell.trim() != cell {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Texts that most entries share, each kept once.
#[derive(Default)]
pub(super) struct Known(HashSet<Arc<str>>);

impl Known {
    pub(super) fn share(&mut self, text: &str) -> Arc<str> {
        self.0.get_or_insert_with(text, |text| text.into()).clone()
    }
}

/// Calls `found` with the rows of a CSV text and the line on which each starts; blank lines are none.
fn rows(text: &str, mut found: impl FnMut(usize, &[String]) -> Result<(), LedgerError>) -> Result<(), LedgerError> {
    let (mut line, mut start) = (1, 1);
    let (mut cells, mut cell, mut in_quotes, mut was_quoted) = (Vec::new(), String::new(), false, false);
    let mut letters = text.chars().peekable();
    loop {
        let letter = letters.next();
        match letter {
            Some('"') if in_quotes && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            Some('"') if in_quotes => in_quotes = false,
            Some('"') if cell.is_empty() && !was_quoted => (in_quotes, was_quoted) = (true, true),
            None if in_quotes => {
                let message = "a quote that is not closed".to_owned();
                return Err(error(start, message, "the ledger was cut off; take the last copy that is whole"));
            }
            Some(letter) if in_quotes => {
                line += usize::from(letter == '\n');
                cell.push(letter);
            }
            Some(',') => {
                cells.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            Some('\r') if letters.peek() == Some(&'\n') => {}
            Some('\n') | None => {
                if !cells.is_empty() || !cell.is_empty() || was_quoted {
                    cells.push(std::mem::take(&mut cell));
                    found(start, &cells)?;
                    cells.clear();
                }
                was_quoted = false;
                line += 1;
                start = line;
                if letter.is_none() {
                    return Ok(());
                }
            }
            Some(letter) => cell.push(letter),
        }
    }
}
