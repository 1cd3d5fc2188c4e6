//! A file that says which files there are, such as a manifest.
use super::split::EachRow;
use super::survey::Sheet;
use std::collections::{BTreeMap, BTreeSet};

/// Where a format lists its files: rows of a name and a word.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// The file that holds the list.
    pub file: String,
    /// What stands before the name of a file, without its extension: `file.`.
    pub prefix: String,
    /// The word for a file that is not there.
    pub absent: String,
    /// The word for a file that holds changes alone.
    pub changes: Option<String>,
}

/// What a source says of its own files, by their names in lower case.
#[derive(Debug, Default)]
pub(super) struct Declared {
    files: BTreeMap<String, bool>,
    changes: BTreeSet<String>,
}

impl Inventory {
    /// Reads the list, if it is among the files and can be read.
    pub(super) fn read(&self, files: &[Sheet]) -> Declared {
        let mut declared = Declared::default();
        let Some(list) = files.iter().find(|file| file.name.eq_ignore_ascii_case(&self.file)) else { return declared };
        let Some(header) = &list.header else { return declared };
        let mut each = EachRow::new(&list.bytes, header.rows, header.dialect);
        while let Some(row) = each.row() {
            let text = |cell: usize| row.cells.get(cell).map(|cell| String::from_utf8_lossy(cell.raw(&list.bytes)).trim().to_lowercase());
            let (Some(name), Some(word)) = (text(0), text(1)) else { continue };
            if let Some(name) = name.strip_prefix(&self.prefix.to_lowercase()).filter(|_| !word.is_empty()) {
                declared.files.insert(format!("{name}.csv"), word != self.absent.to_lowercase());
                if self.changes.as_ref().is_some_and(|changes| changes.to_lowercase() == word) {
                    declared.changes.insert(format!("{name}.csv"));
                }
            }
        }
        declared
    }
}

impl Declared {
    /// Whether it says nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether a file is said to hold changes alone.
    pub(super) fn is_part(&self, file: &str) -> bool {
        self.changes.contains(&file.to_lowercase())
    }

    /// Whether a file is said to be there; nothing when nothing is said.
    pub(super) fn says(&self, file: &str) -> Option<bool> {
        self.files.get(&file.to_lowercase()).copied()
    }
}
