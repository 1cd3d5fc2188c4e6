//! What every fuzz target does with its bytes: reads them as the program would, and looks at all that comes out of it.
use rollbook::finding::Severity;
use rollbook::model::{Epoch, NOUNS, noun};
use rollbook::roster::{FieldRef, Layouts, ReadOptions, Survey, Wanted};
use std::sync::OnceLock;

/// Names under which bytes may come: each leads to another reader.
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
    let seen = survey.inspect();
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
                assert!(record.line > 0 && record.record > 0 && record.record <= rows.max(1) * 2, "{record:?}");
            }
        }
    }
}
