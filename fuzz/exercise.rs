//! What every fuzz target does with its bytes: reads them as the program would, and looks at all that comes out of it.
use rollbook::finding::Severity;
use rollbook::model::{Epoch, NOUNS, noun};
use rollbook::roster::{FieldRef, Layouts, LogFile, ReadOptions, Survey, Wanted};
use std::sync::OnceLock;

/// Names under which bytes may come: each leads to another reader.
#[allow(dead_code, reason = "not every target takes all")]
pub(crate) const NAMES: &[&str] =
    &["students.csv", "users.csv", "accounts.tsv", "students.csv.gz", "export.zip", "students.xlsx", "students.xls", "roster.dat"];

fn layouts() -> &'static Layouts {
    static LAYOUTS: OnceLock<Layouts> = OnceLock::new();
    LAYOUTS.get_or_init(Layouts::builtin)
}

/// Reads `bytes` as a file called `name`. Nothing may panic, and what is said must be fit to be shown.
pub(crate) fn exercise(name: &str, bytes: &[u8]) {
    let survey = match Survey::of_bytes(name, bytes.to_vec(), layouts()) {
        Ok(survey) => survey,
        Err(error) => return assert!(!error.message.is_empty()),
    };
    // What `inspect` shows is another reading of the same, and most of the time.
    let seen = if bytes.len().is_multiple_of(4) { survey.inspect() } else { Vec::new() };
    let data = survey.read(&Wanted::everything(), &ReadOptions::default());
    for finding in data.findings() {
        assert!(!finding.message.is_empty() && finding.severity >= Severity::Info);
        let place = finding.place.as_ref().expect("the reader's findings have a place");
        assert!(place.line != Some(0) && place.column != Some(0) && place.record != Some(0), "{finding:?}");
        assert!(place.excerpt.as_ref().is_none_or(|excerpt| excerpt.text.chars().count() < 400), "{finding:?}");
    }
    let rows: u64 = seen.iter().flat_map(|source| &source.files).map(|file| file.rows + file.blank).sum();
    for known in NOUNS {
        let Some(id) = noun(known.name) else { continue };
        let Some(table) = data.table(id, Epoch::Today) else { continue };
        let fields: Vec<FieldRef> = known.fields.iter().filter_map(|field| id.field(field.name)).map(FieldRef::Field).collect();
        for row in [0, table.len() / 2, table.len().saturating_sub(1)] {
            if row < table.len() {
                let record = data.record(id, Epoch::Today, row as u32, &fields);
                assert!(record.line > 0 && record.record > 0 && (seen.is_empty() || record.record <= rows.max(1) * 2), "{record:?}");
            }
        }
    }
}

/// Reads `bytes` as a log called `name`: every line must come out once, where it stands.
#[allow(dead_code, reason = "not every target takes logs")]
pub(crate) fn exercise_log(name: &str, bytes: &[u8]) {
    for file in LogFile::of_bytes(name, bytes.to_vec()) {
        assert!(!file.name.is_empty() && file.trouble().is_none_or(|trouble| !trouble.is_empty()));
        let columns = file.headers().map_or(1, <[String]>::len);
        let mut last = 0;
        for chunk in file.chunks(&|line| line.first().is_some_and(u8::is_ascii_digit)) {
            for entry in file.entries(&chunk) {
                assert!(entry.line > last, "line {} after {last}", entry.line);
                assert!(!entry.cells.is_empty() && columns > 0, "a line of no cells");
                last = entry.line;
            }
        }
        assert!(file.unreadable().is_none() || last == 0, "a log that can't be read has lines");
    }
}
