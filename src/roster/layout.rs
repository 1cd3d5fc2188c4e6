//! Layouts: which file of a format holds which records, and which of its columns is which field.
use super::header::{Name, matches_exactly};
use super::inventory::Inventory;
use super::survey::Role;
use crate::finding::{Finding, Severity};
use crate::model::{FieldId, NounId, Type};
use std::collections::HashSet;
use std::sync::OnceLock;

/// A format: its files and what they hold.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The word for `--layout`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The page that documents the format.
    pub source: Option<String>,
    /// Whether headers are compared letter by letter by those who take the files.
    pub strict_headers: bool,
    /// Whether in an archive the files must stand at the top, in no folder.
    pub flat_archive: bool,
    /// Lines that tell this format from its relatives.
    pub signs: Vec<Sign>,
    /// How bad a check of the reader is for those who take this format, where they differ from what is usual.
    pub severity: Vec<(String, Severity)>,
    /// What those who take this format say when they meet what a check of the reader finds.
    pub messages: Vec<(String, Vec<String>)>,
    /// Which file says what files there are.
    pub inventory: Option<Inventory>,
    /// Rows that say of their record that it is gone, in a file that holds changes alone: they give no record.
    pub deleted: Vec<Filter>,
    /// Its files.
    pub files: Vec<FileMap>,
    /// The headers of all files in the form in which headers are compared, made when first asked for.
    pub(super) known: OnceLock<HashSet<Name>>,
}

/// A line in a file that names the format: in a manifest, say.
#[derive(Clone, Debug)]
pub struct Sign {
    /// The file.
    pub file: String,
    /// The line, compared without quotes, spaces and letter case.
    pub line: String,
}

/// One file of a format.
#[derive(Clone, Debug, Default)]
pub struct FileMap {
    /// Patterns for its name, `*` for anything, compared without letter case.
    pub names: Vec<String>,
    /// Whether the format requires it.
    pub required: bool,
    /// The header as the format lays it down, whole and in this order; empty when the format leaves it open.
    pub header: Vec<String>,
    /// Whether the file has no header row, and [`header`](Self::header) stands for it.
    pub headless: bool,
    /// Columns that must be there; of each group one.
    pub columns: Vec<Vec<String>>,
    /// Columns that are part of the format and no field: names, or beginnings followed by `*`.
    pub known: Vec<String>,
    /// Columns that those who take the format are known to refuse.
    pub refused: Vec<String>,
    /// Other files in which values are looked up.
    pub lookups: Vec<Lookup>,
    /// The records that a row holds.
    pub records: Vec<RecordMap>,
    /// What names and headers are compared with, made when first asked for.
    pub(super) comparable: OnceLock<Comparable>,
}

/// The words of a file map in the form in which they are compared.
#[derive(Clone, Debug)]
pub(super) struct Comparable {
    /// [`names`](FileMap::names) in lower case.
    patterns: Vec<String>,
    /// [`headers`](FileMap::headers), with what the format writes.
    headers: Vec<Name>,
    texts: Vec<String>,
    /// The beginnings in [`known`](FileMap::known), with what the format writes.
    beginnings: Vec<(Name, String)>,
}

/// Values that stand in another file, under a key.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The word before the stop: `demographics.birthDate`.
    pub name: String,
    /// The other file.
    pub file: String,
    /// The column of the key there.
    pub key: String,
    /// The column of the key here.
    pub by: String,
    /// Of several rows with one key, the first that meets this; else the first.
    pub prefer: Vec<Filter>,
}

/// A condition on a column.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// Its values, compared without letter case and outer space.
    pub values: Vec<String>,
    /// Whether the value must be none of them.
    pub negated: bool,
}

/// Records of one noun in the rows of a file.
#[derive(Clone, Debug)]
pub struct RecordMap {
    /// The noun.
    pub noun: NounId,
    /// Whether rows that are equal in every column mapped here are one record.
    pub distinct: bool,
    /// Conditions, all of which must hold.
    pub filters: Vec<Filter>,
    /// At least one of these columns must be filled, if there are any.
    pub any_of: Vec<String>,
    /// How many records a row gives.
    pub each: Each,
    /// Whether records are made for the cells of [`each`](Self::each) that are empty, in place of those that are filled.
    pub empty: bool,
    /// The sources of each field; the first that is filled counts.
    pub fields: Vec<(FieldId, Vec<Source>)>,
}

/// How many records a row gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Each {
    /// One.
    Row,
    /// One for each of these columns that is filled.
    Columns(Vec<String>),
    /// One for each item of the list in this column.
    Items {
        /// The column.
        column: String,
        /// What stands between two items.
        separator: String,
    },
}

/// Where the value of a field comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// What gives it.
    pub from: From,
    /// Only in files whose name matches one of these patterns.
    pub when_file: Vec<String>,
    /// Only in files that have one of these columns.
    pub when_columns: Vec<String>,
}

/// What gives the value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A column.
    Column {
        /// Its header.
        header: String,
        /// What stands between the items of a list of which only the first counts.
        first: Option<String>,
        /// The part of the text that counts.
        part: Option<Part>,
        /// Values that mean others; `*` for all that are not named.
        map: Vec<(String, String)>,
    },
    /// A constant.
    Value(String),
    /// The column or item that the record is made for.
    EachValue,
    /// The number of that column or item, from 1.
    EachPosition,
    /// The header of that column.
    EachHeader,
    /// How many rows are this record, where equal ones are one.
    Rows,
}

/// A part of a text; without outer space, and nothing where it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What stands before the first such text.
    Before(String),
    /// What stands after the first such text.
    After(String),
    /// The so-manieth word from 1; or from the end from -1, the first word aside: of a single name nobody can say that it is the last one too.
    Word(i64),
}

impl Part {
    /// The part of `text`.
    #[must_use]
    pub fn of<'t>(&self, text: &'t str) -> Option<&'t str> {
        let part = match self {
            Part::Before(mark) => text.split_once(mark.as_str()).map(|(before, _)| before),
            Part::After(mark) => text.split_once(mark.as_str()).map(|(_, after)| after),
            Part::Word(number) => {
                let at = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX).saturating_sub(1);
                let mut words = text.split_whitespace();
                if *number > 0 {
                    words.nth(at)
                } else {
                    let _first = words.next();
                    words.nth_back(at)
                }
            }
        };
        part.map(str::trim).filter(|part| !part.is_empty())
    }
}

impl FileMap {
    /// Whether a file of that name may be this one.
    #[must_use]
    pub fn takes(&self, file: &str) -> bool {
        let file = file.to_lowercase();
        self.compared().patterns.iter().any(|pattern| matches_exactly(pattern, &file))
    }

    /// Whether a name fits a pattern by letters of the pattern, and not because it takes any name.
    pub(super) fn is_named_like(&self, file: &str) -> bool {
        let file = file.to_lowercase();
        let speaks = |pattern: &&String| pattern.trim_end_matches(".csv").chars().filter(|letter| letter.is_alphanumeric()).count() > 2;
        self.compared().patterns.iter().filter(speaks).any(|pattern| matches_exactly(pattern, &file))
    }

    /// Whether a name begins or ends with one of this file's names as a word of its own: `2026-11-22_students.csv`, `students (1).csv`.
    pub(super) fn resembles(&self, file: &str) -> bool {
        let stem = |name: &str| name.rsplit('/').next().unwrap_or(name).to_lowercase().trim_end_matches(".csv").to_owned();
        let file = stem(file);
        let apart = |rest: &str, edge: fn(&str) -> Option<char>| edge(rest).is_none_or(|letter| !letter.is_alphanumeric());
        self.names.iter().filter(|name| !name.contains('*')).map(|name| stem(name)).any(|name| {
            let before = file.strip_suffix(&name).is_some_and(|rest| apart(rest, |rest| rest.chars().next_back()));
            let after = file.strip_prefix(&name).is_some_and(|rest| apart(rest, |rest| rest.chars().next()));
            before || after
        })
    }

    /// Whether a name alone says that a file is this one.
    pub(super) fn is_called(&self, file: &str) -> bool {
        self.names.iter().any(|pattern| !pattern.contains('*') && pattern.eq_ignore_ascii_case(file))
    }

    /// Whether a header gives a field whose values are ids.
    pub(super) fn is_id(&self, name: &Name) -> bool {
        let reads = |source: &Source| matches!(&source.from, From::Column { header, .. } if Name::new(header) == *name);
        self.records.iter().any(|record| {
            let ids = record.fields.iter().filter(|(field, _)| field.of(record.noun).kind == Type::Id);
            ids.into_iter().any(|(_, sources)| sources.iter().any(reads))
        })
    }

    /// Every header that the layout uses in this file, in the order of the layout.
    #[must_use]
    pub fn headers(&self) -> Vec<&str> {
        let mut headers: Vec<&str> = Vec::new();
        let lookups: Vec<String> = self.lookups.iter().map(|lookup| format!("{}.", lookup.name)).collect();
        let mut add = |header| {
            if !headers.contains(&header) && !lookups.iter().any(|prefix| str::starts_with(header, prefix.as_str())) {
                headers.push(header);
            }
        };
        self.header.iter().for_each(|header| add(header));
        for group in &self.columns {
            group.iter().for_each(|header| add(header));
        }
        self.lookups.iter().for_each(|lookup| add(&lookup.by));
        for record in &self.records {
            for (_, sources) in &record.fields {
                for source in sources {
                    if let From::Column { header, .. } = &source.from {
                        add(header);
                    }
                }
            }
            record.filters.iter().for_each(|filter| add(&filter.column));
            record.any_of.iter().for_each(|header| add(header));
            match &record.each {
                Each::Row => {}
                Each::Columns(columns) => columns.iter().for_each(|header| add(header)),
                Each::Items { column, .. } => add(column),
            }
        }
        self.known.iter().filter(|header| !header.contains('*')).for_each(|header| add(header));
        headers
    }

    fn compared(&self) -> &Comparable {
        self.comparable.get_or_init(|| {
            let texts: Vec<String> = self.headers().into_iter().map(str::to_owned).collect();
            let beginning = |header: &String| header.strip_suffix('*').map(|start| (Name::new(start), header.clone()));
            Comparable {
                patterns: self.names.iter().map(|name| name.to_lowercase()).collect(),
                headers: texts.iter().map(|text| Name::new(text)).collect(),
                texts,
                beginnings: self.known.iter().filter_map(beginning).collect(),
            }
        })
    }

    /// The same, in the form in which headers are compared.
    pub(super) fn comparable(&self) -> &[Name] {
        &self.compared().headers
    }

    /// The header as the format writes it, when `name` is one of the format's.
    #[must_use]
    pub(super) fn known_as(&self, name: &Name) -> Option<&str> {
        let compared = self.compared();
        if let Some(at) = compared.headers.iter().position(|known| known == name) {
            return compared.texts.get(at).map(String::as_str);
        }
        compared.beginnings.iter().find(|(start, _)| name.as_str().starts_with(start.as_str())).map(|(_, header)| header.as_str())
    }
}

impl Layout {
    /// Gives a finding of the reader the severity that it has for this format; what is amiss with yesterday's files stays as it is.
    pub(super) fn weigh(&self, finding: &mut Finding, role: Role) {
        let changed = self.severity.iter().find(|(check, _)| *check == *finding.rule);
        if let Some((_, severity)) = changed.filter(|_| role != Role::Previous) {
            finding.severity = *severity;
        }
    }

    /// Whether some file of it has this header.
    pub(super) fn knows(&self, header: &Name) -> bool {
        self.known.get_or_init(|| self.files.iter().flat_map(FileMap::comparable).cloned().collect()).contains(header)
    }

    /// The nouns that its files hold, in the order of the model.
    #[must_use]
    pub fn nouns(&self) -> Vec<NounId> {
        let mut nouns: Vec<NounId> = self.files.iter().flat_map(|file| file.records.iter().map(|record| record.noun)).collect();
        nouns.sort_unstable();
        nouns.dedup();
        nouns
    }
}
