//! Layouts: which file of a format holds which records, and which of its columns is which field.
use super::header::{Name, matches};
use super::inventory::Inventory;
use super::layout_reader;
use crate::finding::Mistakes;
use crate::model::{FieldId, NounId, Type};
use crate::source::Sources;
use rayon::prelude::*;
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
    /// Lines that tell this format from its relatives.
    pub signs: Vec<Sign>,
    /// Which file says what files there are.
    pub inventory: Option<Inventory>,
    /// Its files.
    pub files: Vec<FileMap>,
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
    /// Columns that must be there; of each group one.
    pub columns: Vec<Vec<String>>,
    /// Columns that are part of the format and no field: names, or beginnings followed by `*`.
    pub known: Vec<String>,
    /// Other files in which values are looked up.
    pub lookups: Vec<Lookup>,
    /// The records that a row holds.
    pub records: Vec<RecordMap>,
    /// [`headers`](Self::headers) in the form in which headers are compared, made when first asked for.
    pub(super) comparable: OnceLock<Vec<Name>>,
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
    Items(String),
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
        /// Whether only the first item of a list counts.
        first: bool,
        /// Values that mean others; `*` for all that are not named.
        map: Vec<(String, String)>,
    },
    /// A constant.
    Value(String),
    /// The column or item that the record is made for.
    EachValue,
    /// The number of that column or item, from 1.
    EachPosition,
}

impl FileMap {
    /// Whether a file of that name may be this one.
    #[must_use]
    pub fn takes(&self, file: &str) -> bool {
        self.names.iter().any(|pattern| matches(pattern, file))
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
                Each::Items(column) => add(column),
            }
        }
        self.known.iter().filter(|header| !header.contains('*')).for_each(|header| add(header));
        headers
    }

    /// The same, in the form in which headers are compared.
    pub(super) fn comparable(&self) -> &[Name] {
        self.comparable.get_or_init(|| self.headers().into_iter().map(Name::new).collect())
    }

    /// The header as the format writes it, when `name` is one of the format's.
    #[must_use]
    pub(super) fn known_as(&self, name: &Name) -> Option<String> {
        if let Some(at) = self.comparable().iter().position(|known| known == name) {
            return self.headers().get(at).map(|header| (*header).to_owned());
        }
        let beginning =
            |header: &&String| header.strip_suffix('*').is_some_and(|start| name.as_str().starts_with(Name::new(start).as_str()));
        self.known.iter().find(beginning).cloned()
    }
}

impl Layout {
    /// The nouns that its files hold, in the order of the model.
    #[must_use]
    pub fn nouns(&self) -> Vec<NounId> {
        let mut nouns: Vec<NounId> = self.files.iter().flat_map(|file| file.records.iter().map(|record| record.noun)).collect();
        nouns.sort_unstable();
        nouns.dedup();
        nouns
    }
}

/// All layouts at hand: those built in, and a user's own.
#[derive(Clone, Debug)]
pub struct Layouts {
    list: Vec<Layout>,
}

const BUILTIN: &[(&str, &str)] = &[
    ("clever.toml", include_str!("../../rules/layouts/clever.toml")),
    ("oneroster-1.1.toml", include_str!("../../rules/layouts/oneroster-1.1.toml")),
    ("oneroster-1.2.toml", include_str!("../../rules/layouts/oneroster-1.2.toml")),
    ("mylexia.toml", include_str!("../../rules/layouts/mylexia.toml")),
    ("edsembli-connect.toml", include_str!("../../rules/layouts/edsembli-connect.toml")),
    ("rollbook.toml", include_str!("../../rules/layouts/rollbook.toml")),
];

/// The layout whose files are named after nouns and whose headers are fields; rule tests are written in it.
pub(super) const PLAIN: &str = "rollbook";

impl Layouts {
    /// The layouts inside the binary.
    #[must_use]
    pub fn builtin() -> Layouts {
        let read = |(name, text): &(&str, &str)| {
            let (mut layouts, mut mistakes) = (Layouts { list: Vec::new() }, Mistakes::default());
            layouts.add(&mut Sources::default(), name, text, &mut mistakes);
            debug_assert!(mistakes.is_empty(), "a built-in layout is broken: {:?}", mistakes.sorted());
            layouts.list
        };
        Layouts { list: BUILTIN.par_iter().flat_map_iter(read).collect() }
    }

    /// Adds a layout from the text of its file. One with a known name replaces it.
    pub fn add(&mut self, sources: &mut Sources, name: &str, text: &str, mistakes: &mut Mistakes) {
        let Some(layout) = layout_reader::read(sources, name, text, mistakes) else { return };
        match self.list.iter_mut().find(|known| known.name == layout.name) {
            Some(known) => *known = layout,
            None => self.list.push(layout),
        }
    }

    /// All, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Layout> {
        self.list.iter()
    }

    /// The layout of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Layout> {
        self.list.iter().find(|layout| layout.name == name)
    }
}
