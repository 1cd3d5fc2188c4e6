//! Which records stand in rows that the reader tells as damaged, and by which of its findings.
use super::dataset::{Dataset, FileData};
use super::excerpt::secrets;
use super::kind::Kind;
use super::locate::row_at;
use super::split::{Form, unescape};
use super::table::{Part, Table};
use crate::finding::{Finding, Fingerprint};
use crate::model::{Epoch, FieldRef, NounId};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;

/// A row that a finding of the reader is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DamagedRow {
    pub(super) finding: Fingerprint,
    /// The record of the file, from 0.
    pub(super) record: u64,
    /// The column, when only its cell is damaged.
    pub(super) column: Option<usize>,
}

/// What of a damaged row is damaged.
struct Touched {
    finding: usize,
    /// The fields that come from the damaged cell; `None` when the whole row is.
    fields: Option<Vec<FieldRef>>,
}

/// The records in damaged rows, and what these rows say.
#[derive(Default)]
pub(crate) struct Blame {
    rows: HashMap<(NounId, Epoch, u32), Vec<Touched>>,
    /// The texts of damaged cells, by the nouns that their rows hold or should have held.
    texts: HashMap<(NounId, Epoch), HashMap<String, usize>>,
    /// Rows, by file and record, in which a password may stand in a column that is not for it.
    torn: HashSet<(usize, u64)>,
    /// Tables of which hardly a record, or hardly an id, is left whole; and whether more records than are remembered.
    lost: HashMap<(NounId, Epoch), (usize, bool)>,
}

/// A table is lost when so many of a hundred of its records are.
const LOST: usize = 90;

/// What tables have of a file's chunk.
type Parts<'d> = HashMap<(usize, usize), Vec<(&'d Table, &'d Part)>>;

impl Kind {
    /// Whether what is wrong is wrong with the whole row, with one cell of it, or with nothing that a rule could trip over.
    pub(super) fn touches(self, column: usize) -> Option<Option<usize>> {
        match self {
            Kind::TooFewCells | Kind::TooManyCells | Kind::StrayLine | Kind::UnclosedQuote | Kind::CutOff => Some(None),
            Kind::StrayQuote | Kind::NotUtf8 | Kind::Mojibake | Kind::LostLetter | Kind::NulByte => Some(Some(column)),
            _ => None,
        }
    }
}

impl Blame {
    /// Looks up the damaged rows of `told`, the findings of the reader that are told, and the `shifted` rows of files.
    #[must_use]
    pub(crate) fn new(dataset: &Dataset, told: &[Finding], shifted: &[(usize, DamagedRow)]) -> Blame {
        let mut blame = Blame::default();
        if shifted.is_empty() && dataset.files.iter().all(|file| file.damaged.is_empty()) {
            return blame;
        }
        let mut parts: Parts<'_> = HashMap::new();
        for table in dataset.tables.values() {
            for part in &table.parts {
                parts.entry((part.file, part.chunk)).or_default().push((table, part));
            }
        }
        let places: HashMap<Fingerprint, usize> = told.iter().enumerate().map(|(at, finding)| (finding.fingerprint, at)).collect();
        let known = dataset.files.iter().enumerate().flat_map(|(at, file)| file.damaged.iter().map(move |row| (at, row)));
        let with_secrets: Vec<bool> = dataset.files.iter().map(|file| !secrets(&file.plan, &file.header).is_empty()).collect();
        for (at, damaged) in known.chain(shifted.iter().map(|(at, row)| (*at, row))) {
            if damaged.column.is_none() && with_secrets[at] {
                blame.torn.insert((at, damaged.record));
            }
            if let Some(finding) = places.get(&damaged.finding) {
                blame.row(&parts, (at, &dataset.files[at]), damaged, *finding);
            }
        }
        blame.lost(dataset, told);
        blame
    }

    /// Finds the tables that one finding spoils; it may count more rows than are remembered.
    fn lost(&mut self, dataset: &Dataset, told: &[Finding]) {
        let mut counts: BTreeMap<(usize, NounId, Epoch), (usize, bool)> = BTreeMap::new();
        for ((noun, epoch, _), touched) in &self.rows {
            let id = noun.field(noun.get().identity[0]).map(FieldRef::Field);
            let spoils =
                |touched: &&Touched| touched.fields.as_ref().is_none_or(|fields| id.as_ref().is_some_and(|id| fields.contains(id)));
            for touched in touched.iter().filter(spoils) {
                let (count, whole) = counts.entry((touched.finding, *noun, *epoch)).or_insert((0, true));
                (*count, *whole) = (*count + 1, *whole && touched.fields.is_none());
            }
        }
        for ((finding, noun, epoch), (count, whole)) in counts {
            // What is counted beyond those that are remembered can't be told from the others.
            let beyond = whole && told[finding].count > count as u64;
            let count = if beyond { told[finding].count as usize } else { count };
            if dataset.table(noun, epoch).is_some_and(|table| count * 100 >= table.len() * LOST) {
                self.lost.entry((noun, epoch)).or_insert((finding, beyond));
            }
        }
    }

    fn row(&mut self, parts: &Parts<'_>, (at, file): (usize, &FileData), damaged: &DamagedRow, finding: usize) {
        let Some(chunk) = file.chunks.partition_point(|chunk| chunk.records <= damaged.record).checked_sub(1) else { return };
        let place = (damaged.record - file.chunks[chunk].records) as usize;
        let row = row_at(file, chunk, place);
        let cells = row.cells.iter().enumerate().filter(|(column, _)| damaged.column.is_none_or(|damaged| damaged == *column));
        let epoch = file.role.epoch();
        for (_, cell) in cells {
            let raw = cell.raw(&file.bytes);
            let value = if cell.form == Form::Escaped { unescape(raw) } else { raw.to_vec() };
            let text: String = String::from_utf8_lossy(&value).chars().filter(|letter| !letter.is_control()).collect();
            if text.trim().is_empty() {
                continue;
            }
            for text in std::iter::once(text.trim()).chain(kept_digits(text.trim())) {
                for record in &file.plan.records {
                    self.texts.entry((record.noun, epoch)).or_default().entry(text.to_owned()).or_insert(finding);
                }
            }
        }
        for (table, part) in parts.get(&(at, chunk)).into_iter().flatten() {
            let shown = &file.plan.records[part.plan].shown;
            let of = |column: usize| shown.iter().filter(|(_, from)| **from == column).map(|(field, _)| field.clone()).collect();
            for record in part.rows.of(place) {
                let touched = Touched { finding, fields: damaged.column.map(of) };
                self.rows.entry((table.noun(), epoch, part.first + record as u32)).or_default().push(touched);
            }
        }
    }

    /// Whether a record stands in a torn row of a file with passwords: any of its cells may hold one.
    #[must_use]
    pub(crate) fn is_torn(&self, dataset: &Dataset, noun: NounId, epoch: Epoch, row: u32) -> bool {
        if self.torn.is_empty() {
            return false;
        }
        let Some(part) = dataset.table(noun, epoch).and_then(|table| table.part(row)) else { return false };
        let file = &dataset.files[part.file];
        let beyond = || self.lost.get(&(noun, epoch)).is_some_and(|(_, records)| *records) && !secrets(&file.plan, &file.header).is_empty();
        let record = file.chunks[part.chunk].records + part.rows.get((row - part.first) as usize) as u64;
        self.torn.contains(&(part.file, record)) || beyond()
    }

    /// Whether nothing is damaged.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.texts.is_empty()
    }

    /// Whether a row that should hold a record of the noun is damaged.
    #[must_use]
    pub(crate) fn has_text(&self, noun: NounId, epoch: Epoch) -> bool {
        self.texts.contains_key(&(noun, epoch))
    }

    /// The finding that tells of damage to one of these fields of a record.
    #[must_use]
    pub(crate) fn of_record(&self, noun: NounId, epoch: Epoch, row: u32, fields: &[FieldRef]) -> Option<usize> {
        let touches = |touched: &&Touched| touched.fields.as_ref().is_none_or(|known| known.iter().any(|field| fields.contains(field)));
        let touched = self.rows.get(&(noun, epoch, row)).and_then(|touched| touched.iter().find(touches)).map(|touched| touched.finding);
        touched.or_else(|| self.lost.get(&(noun, epoch)).filter(|(_, records)| *records).map(|(finding, _)| *finding))
    }

    /// The finding that tells of a damaged row that should hold a record of the noun and says this text, or of damage to all of these.
    #[must_use]
    pub(crate) fn of_text(&self, noun: NounId, epoch: Epoch, text: &str) -> Option<usize> {
        let known = self.texts.get(&(noun, epoch))?;
        let found = known.get(text.trim()).or_else(|| known.get(kept_digits(text.trim())?)).copied();
        found.or_else(|| self.lost.get(&(noun, epoch)).map(|(finding, _)| *finding))
    }
}

/// What a spreadsheet leaves of a long number, whichever way it rounds.
fn kept_digits(text: &str) -> Option<&str> {
    let long = text.len() > 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.get(..14).filter(|_| long)
}
