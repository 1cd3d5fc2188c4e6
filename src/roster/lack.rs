//! Why a noun or a field is not there: because a file lacks a column, because a file is not given, or because the format has no place for it.
use super::layout::{FileMap, From, Layout};
use super::survey::{Role, Sheet, Survey, Surveyed};
use crate::model::{Epoch, FieldId, FieldRef, NounId};

/// How the words begin when it is the format that has no place for something.
const NO_PLACE: &str = "the format has no ";

impl Survey {
    /// Why records that are not there prove nothing, in words that follow "since".
    #[must_use]
    pub fn partial(&self, noun: NounId, epoch: Epoch) -> String {
        let list =
            |source: &Surveyed| source.layout.inventory.as_ref().map_or_else(String::new, |list| format!(", as `{}` says", list.file));
        match self.part_of(noun, epoch) {
            Some((sheet, source)) => format!("`{}` holds changes alone{}", sheet.name, list(source)),
            None => format!("not all {} are there", noun.get().plural),
        }
    }

    /// Why no record of `noun`, or no value of `field`, is supplied, in words that follow "since"; and whether it is the format of the sources that has no place for it.
    #[must_use]
    pub fn lack(&self, noun: NounId, epoch: Epoch, field: Option<&FieldRef>) -> (String, bool) {
        if let Some(lack) = self.snapshot_lack(noun, epoch, field) {
            return lack;
        }
        let sources: Vec<&Surveyed> = self.sources.iter().filter(|source| source.role.epoch() == epoch).collect();
        let name = match epoch {
            Epoch::Proposed => return (format!("no [[naming]] of the packs proposes {}", noun.get().plural), false),
            Epoch::Earlier if sources.is_empty() && self.sources.iter().any(|source| source.role == Role::Previous) => {
                return ("the previous data is no snapshot of Rollbook's own, so nobody is remembered from before it".to_owned(), false);
            }
            Epoch::Previous | Epoch::Earlier if sources.is_empty() => {
                return ("there is no previous snapshot (--previous)".to_owned(), false);
            }
            Epoch::Previous | Epoch::Earlier => format!("{epoch}{}", noun.get().plural),
            Epoch::Today => noun.get().plural.to_owned(),
        };
        let maps = |source: &&Surveyed| holds(&source.layout, noun);
        let of: Vec<&Surveyed> = sources.iter().copied().filter(maps).collect();
        if of.is_empty() {
            // Accounts come from a source of their own, which may yet be given.
            if epoch == Epoch::Today && is_of_accounts(noun) {
                return (format!("no source supplies {name} (--accounts)"), false);
            }
            return (format!("{NO_PLACE}{name}"), true);
        }
        let Some(field) = field else {
            let there = of.iter().flat_map(|source| sheets(source, noun)).next();
            let missing = of.iter().find_map(|source| file_of(&source.layout, noun));
            let words = match (there, missing) {
                (Some(sheet), _) => format!("`{}` has no columns for {name}", sheet.shown),
                (None, Some(file)) => format!("there is no `{file}` with {name}"),
                (None, None) => format!("no source supplies {name}"),
            };
            return (words, false);
        };
        match field {
            FieldRef::Header(header) => (format!("no file of {name} has a column `{header}`"), false),
            FieldRef::Field(field) => column(&of, noun, *field)
                .map_or_else(|| (format!("{NO_PLACE}{} of {name}", plain(field.of(noun).name)), true), |words| (words, false)),
        }
    }
}

/// A field's name as a word: `birth date`.
fn plain(name: &str) -> String {
    name.replace('_', " ")
}

fn is_of_accounts(noun: NounId) -> bool {
    noun.get().name.starts_with("account") || noun.get().fields.iter().any(|field| field.refers == Some("account"))
}

fn holds(layout: &Layout, noun: NounId) -> bool {
    layout.files.iter().flat_map(|file| &file.records).any(|record| record.noun == noun)
}

/// The name of a file that would hold the noun.
fn file_of(layout: &Layout, noun: NounId) -> Option<&str> {
    let file = layout.files.iter().find(|file| file.records.iter().any(|record| record.noun == noun))?;
    file.names.first().map(String::as_str)
}

/// Which column would give the field, in words: one that a file lacks, or one of a file that is not there. Nothing when no layout knows one.
fn column(of: &[&Surveyed], noun: NounId, field: FieldId) -> Option<String> {
    let mut elsewhere = None;
    for source in of {
        for (at, file) in source.layout.files.iter().enumerate() {
            let Some(header) = header(file, noun, field) else { continue };
            let sheet = source.files.iter().find(|sheet| sheet.map == at);
            let lookup = file.lookups.iter().find_map(|lookup| {
                let column = header.strip_prefix(lookup.name.as_str())?.strip_prefix('.')?;
                Some((lookup.file.as_str(), column))
            });
            match (sheet, lookup) {
                (Some(sheet), None) => return Some(format!("`{}` has no column `{header}`", sheet.shown)),
                (Some(_), Some((file, column))) => {
                    elsewhere.get_or_insert_with(|| format!("there is no `{file}` with a column `{column}`"));
                }
                (None, _) => {
                    let name = file.names.first().map_or("file", String::as_str);
                    elsewhere.get_or_insert_with(|| format!("there is no `{name}` with a column `{header}`"));
                }
            }
        }
    }
    elsewhere
}

/// The header of the column from which a file's records of the noun take a field.
fn header(file: &FileMap, noun: NounId, field: FieldId) -> Option<&str> {
    let records = file.records.iter().filter(|record| record.noun == noun);
    let mut sources = records.flat_map(|record| &record.fields).filter(|(known, _)| *known == field).flat_map(|(_, sources)| sources);
    sources.find_map(|source| match &source.from {
        From::Column { header, .. } => Some(header.as_str()),
        _ => None,
    })
}

/// The files of a source that could hold the noun.
fn sheets(source: &Surveyed, noun: NounId) -> impl Iterator<Item = &Sheet> {
    source.files.iter().filter(move |sheet| source.layout.files[sheet.map].records.iter().any(|record| record.noun == noun))
}
