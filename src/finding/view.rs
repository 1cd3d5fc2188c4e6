//! What the reader sees of data before any rule looks at it.
use std::sync::Arc;

/// A source: a folder, an archive, a workbook or a file.
#[derive(Clone, Debug)]
pub struct SourceView {
    /// `roster`, `accounts` or `previous`.
    pub name: Arc<str>,
    /// As the user gave it.
    pub path: String,
    /// The word of the layout.
    pub layout: String,
    /// Its name for people.
    pub title: String,
    /// Why this layout.
    pub why: String,
    /// Its files.
    pub files: Vec<FileView>,
    /// Schools with what belongs to them.
    pub schools: Vec<SchoolView>,
}

/// A school that some record names.
#[derive(Clone, Debug)]
pub struct SchoolView {
    /// As the records have it.
    pub id: String,
    /// What a file of schools calls it; nothing when none does.
    pub name: Option<String>,
    /// Records per noun, which stands in the plural.
    pub records: Vec<(&'static str, u64)>,
}

/// A file of a source.
#[derive(Clone, Debug)]
pub struct FileView {
    /// Relative to the source, with the archive or workbook that it stands in.
    pub file: Arc<str>,
    /// What the layout calls it.
    pub known_as: Arc<str>,
    /// Bytes.
    pub bytes: u64,
    /// `text` or `spreadsheet`.
    pub format: &'static str,
    /// The name of the encoding.
    pub encoding: &'static str,
    /// Between two cells: `commas`.
    pub separator: &'static str,
    /// The line of the header, from 1; nothing when there is none.
    pub header: Option<u64>,
    /// Rows that are not blank, and those that are.
    pub rows: u64,
    /// Blank rows.
    pub blank: u64,
    /// The nouns that its rows hold.
    pub nouns: Vec<&'static str>,
    /// Its columns in their order.
    pub columns: Vec<ColumnView>,
    /// Required columns that are not there.
    pub missing: Vec<String>,
}

/// A column of a file.
#[derive(Clone, Debug)]
pub struct ColumnView {
    /// As a spreadsheet names it: `A`.
    pub letter: String,
    /// As the file has it.
    pub header: String,
    /// Whether it is part of the format.
    pub known: bool,
    /// The fields that it gives: `student.id`.
    pub fields: Vec<String>,
    /// Whether it tells records apart.
    pub key: bool,
    /// Rows in which it is filled.
    pub filled: u64,
}
