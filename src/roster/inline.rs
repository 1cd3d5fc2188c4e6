//! Data that stands in a rule's test: small tables of CSV, read by the very same reader.
use super::bytes::Bytes;
use super::dataset::{Dataset, ReadOptions};
use super::header::{self, Start};
use super::layout::Layout;
use super::layouts::{Layouts, PLAIN};
use super::plan::Wanted;
use super::survey::{Role, Sheet, Survey, Surveyed};
use super::text::Encoding;
use crate::finding::Severity;
use crate::model::{Epoch, NounId};
use std::sync::{Arc, OnceLock};

/// Rows of one noun; the headers are names of fields, or anything else.
#[derive(Clone, Copy, Debug)]
pub struct InlineTable<'a> {
    /// The noun.
    pub noun: NounId,
    /// Where they belong.
    pub epoch: Epoch,
    /// The CSV, with a header row.
    pub csv: &'a str,
}

fn layout() -> Option<Arc<Layout>> {
    static PLAIN_LAYOUT: OnceLock<Option<Arc<Layout>>> = OnceLock::new();
    PLAIN_LAYOUT.get_or_init(|| Layouts::builtin().get(PLAIN).map(|layout| Arc::new(layout.clone()))).clone()
}

impl Dataset {
    /// Reads tables that stand in memory; every column is kept.
    ///
    /// # Errors
    /// A table that can't be read as CSV, or is damaged: a test must say exactly what it means.
    pub fn inline(tables: &[InlineTable<'_>]) -> Result<Dataset, String> {
        let layout = layout().ok_or("the plain layout is missing")?;
        let mut sources: Vec<Surveyed> = Vec::new();
        for table in tables {
            let noun = table.noun.get().name;
            let map = layout.files.iter().position(|file| file.records.iter().any(|record| record.noun == table.noun));
            let map = map.ok_or_else(|| format!("the plain layout has no file for `{noun}`"))?;
            let bytes = Bytes::Owned(table.csv.as_bytes().to_vec());
            let header = match header::start(&bytes, false, &|names| names.len()) {
                Start::Header(header) => header,
                Start::Empty | Start::Other(_) | Start::Wide(_) => return Err(format!("the rows of `{noun}` have no header")),
            };
            let role = match table.epoch {
                Epoch::Today => Role::Roster,
                Epoch::Previous => Role::Previous,
                Epoch::Proposed => Role::Proposed,
                Epoch::Earlier => Role::Earlier,
            };
            let name: Arc<str> = format!("{noun}.csv").into();
            let sheet = Sheet {
                shown: name.clone(),
                name,
                bytes: Arc::new(bytes),
                encoding: Encoding::Utf8,
                size: 0,
                header: Some(header),
                map,
                damaged: Vec::new(),
                part: false,
            };
            match sources.iter_mut().find(|source| source.role == role) {
                Some(source) => source.files.push(sheet),
                None => sources.push(Surveyed {
                    role,
                    shown: String::new(),
                    layout: layout.clone(),
                    why: "in the test".to_owned(),
                    files: vec![sheet],
                    of_snapshot: false,
                }),
            }
        }
        let data = Survey::of(sources).read(&Wanted::everything(), &ReadOptions::default());
        match data.findings().iter().find(|finding| finding.severity >= Severity::Error) {
            Some(finding) => {
                let line = finding.place.as_ref().and_then(|place| place.line);
                Err(line.map_or_else(|| finding.message.clone(), |line| format!("line {line}: {}", finding.message)))
            }
            None => Ok(data),
        }
    }
}
