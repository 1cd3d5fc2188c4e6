//! The roster room: what is read, where it stood, and what is said of damage.
mod damage;
mod layouts;
mod own_layouts;
mod positions;
mod repeats;
mod splitting;

use rollbook::finding::Finding;
use rollbook::model::{Epoch, NounId, noun};
use rollbook::roster::{Dataset, FieldRef, Input, Layouts, ReadOptions, Role, Survey, SurveyError, Wanted};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that is removed when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("rollbook-roster-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    pub(crate) fn with(files: &[(&str, &[u8])]) -> Folder {
        let folder = Folder::new();
        for (name, bytes) in files {
            folder.write(name, bytes);
        }
        folder
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a sub-folder");
        fs::write(path, bytes).expect("a file");
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn input(role: Role, path: &Path) -> Input {
    Input { role, paths: vec![path.to_owned()], layout: None, shown: "data".to_owned() }
}

pub(crate) fn survey(path: &Path) -> Result<Survey, SurveyError> {
    Survey::new(&[input(Role::Roster, path)], &Layouts::builtin())
}

/// Reads everything in a folder or file.
pub(crate) fn read(path: &Path) -> Dataset {
    survey(path).expect("a known layout").read(&Wanted::everything(), &ReadOptions::default())
}

pub(crate) fn id(word: &str) -> NounId {
    noun(word).expect("a noun")
}

pub(crate) fn field(word: &str, name: &str) -> FieldRef {
    FieldRef::Field(id(word).field(name).expect("a field"))
}

/// A column as texts.
pub(crate) fn texts(data: &Dataset, word: &str, name: &str) -> Vec<String> {
    let Some(table) = data.table(id(word), Epoch::Today) else { return Vec::new() };
    let column = table.column(&field(word, name)).unwrap_or_else(|| panic!("no column {word}.{name}"));
    column.iter().map(|sym| data.symbols().text(*sym).to_owned()).collect()
}

/// `read/ragged-row students.csv:3:4 (2) message`.
pub(crate) fn line(finding: &Finding) -> String {
    let place = finding.place.as_ref().expect("a place");
    let at = |number: Option<u64>| number.map_or(String::new(), |number| format!(":{number}"));
    format!("{} {}{}{} ({}) {}", finding.rule, place.file, at(place.line), at(place.column), finding.count, finding.message)
}

pub(crate) fn lines(data: &Dataset) -> Vec<String> {
    data.findings().iter().map(line).collect()
}
