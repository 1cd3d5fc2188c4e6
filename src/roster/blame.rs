//! Which records stand in rows that the reader tells as damaged, and by which of its findings.
use super::damage::REMEMBERED;
use super::dataset::{Dataset, FileData};
use super::excerpt::secrets;
use super::kind::Kind;
use super::locate::row_at;
use super::shift::{IsId, Judge};
use super::split::EachRow;
use super::table::{Part, Table};
use crate::finding::{Finding, Fingerprint};
use crate::model::{Epoch, FieldId, FieldRef, NounId};
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
    /// The texts of damaged cells, by the ids that they may be of the nouns that their rows hold or should have held.
    texts: Texts,
    /// What spreadsheets left of long numbers, in the same way.
    rounded: Texts,
    /// Files with passwords that have more damage than is remembered: each of their rows may be torn.
    unknown: HashSet<usize>,
    /// Rows, by file and record, in which a password may stand in a column that is not for it.
    torn: HashSet<(usize, u64)>,
    /// Tables of which hardly a record, or hardly an id, is left whole; and whether more records than are remembered.
    lost: HashMap<(NounId, Epoch), (usize, bool)>,
}

/// A table is lost when so many of a hundred of its records are.
const LOST: usize = 90;
/// Of a table of fewer records none is lost: one damaged row would spoil it.
const FEW: usize = 10;
/// How far a value of a row that has its cells may have moved.
const MOVED: usize = 2;

/// Texts by what they may be, each with the finding that tells of it.
type Texts = HashMap<(NounId, Epoch), HashMap<FieldId, HashMap<String, usize>>>;

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
    pub(crate) fn new(dataset: &Dataset, told: &[Finding], shifted: &[(usize, DamagedRow)], is_id: IsId<'_>) -> Blame {
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
        let moved = |at: &usize| shifted.iter().filter(|(of, _)| of == at).count();
        let full =
            |at: &usize| with_secrets[*at] && (dataset.files[*at].damaged.len() >= REMEMBERED || moved(at) >= super::shift::REMEMBERED);
        blame.unknown = (0..dataset.files.len()).filter(full).collect();
        let mut judges: HashMap<usize, Judge<'_>> = HashMap::new();
        let mut remembered: HashMap<usize, (usize, u64)> = HashMap::new();
        for (at, damaged) in known.chain(shifted.iter().map(|(at, row)| (*at, row))) {
            if damaged.column.is_none() && with_secrets[at] {
                blame.torn.insert((at, damaged.record));
            }
            if let Some(finding) = places.get(&damaged.finding) {
                let file = &dataset.files[at];
                remembered.entry(*finding).or_insert((at, 0)).1 += 1;
                let judge = judges.entry(at).or_insert_with(|| Judge::new(file, is_id));
                blame.row(&parts, (at, judge, file), damaged, (*finding, &told[*finding].rule));
            }
        }
        blame.lost(dataset, told, &remembered);
        blame
    }

    /// Finds the tables that one finding spoils; it may count more rows than are remembered.
    fn lost(&mut self, dataset: &Dataset, told: &[Finding], remembered: &HashMap<usize, (usize, u64)>) {
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
            // A shift is told by the values themselves, and of few records too.
            let known = *told[finding].rule == *Kind::Shifted.check().id;
            let Some(table) = dataset.table(noun, epoch).filter(|table| known || table.len() >= FEW) else { continue };
            // What is counted beyond those that are remembered can't be told from the others.
            let beyond = |(at, rows): &(usize, u64)| {
                let all = told[finding].count;
                whole
                    && all > *rows
                    && table.parts.iter().all(|part| part.file == *at)
                    && all * 100 >= rows_of(&dataset.files[*at]) * LOST as u64
            };
            let beyond = remembered.get(&finding).is_some_and(beyond);
            if beyond || count * 100 >= table.len() * LOST {
                self.lost.entry((noun, epoch)).or_insert((finding, beyond));
            }
        }
    }

    fn row(
        &mut self,
        parts: &Parts<'_>,
        (at, judge, file): (usize, &Judge<'_>, &FileData),
        damaged: &DamagedRow,
        (finding, rule): (usize, &str),
    ) {
        let Some(chunk) = file.chunks.partition_point(|chunk| chunk.records <= damaged.record).checked_sub(1) else { return };
        let place = (damaged.record - file.chunks[chunk].records) as usize;
        let row = row_at(file, chunk, place);
        let of = |kind: Kind| kind.check().id == rule;
        // What stands in a row that ends too early has not moved.
        let far = match row.cells.len().abs_diff(file.plan.width) {
            _ if damaged.column.is_some() || of(Kind::StrayLine) || of(Kind::UnclosedQuote) || of(Kind::CutOff) => 0,
            0 => MOVED,
            cells => cells,
        };
        let sound = if far > 0 { judge.sound(&row) } else { 0 };
        let cells = row.cells.iter().enumerate().filter(|(column, _)| damaged.column.is_none_or(|damaged| damaged == *column));
        let epoch = file.role.epoch();
        for (cell_at, cell) in cells {
            let text: String = String::from_utf8_lossy(&cell.value(&file.bytes)).chars().filter(|letter| !letter.is_control()).collect();
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            // What stands where it belongs is no other id.
            let may_be = |column: usize| cell_at.min(column) >= sound && column.abs_diff(cell_at) <= far;
            for record in &file.plan.records {
                for (shown, _) in record.shown.iter().filter(|(_, column)| may_be(**column)) {
                    let FieldRef::Field(field) = shown else { continue };
                    let note = |texts: &mut Texts, text: &str| {
                        let of_field = texts.entry((record.noun, epoch)).or_default().entry(*field).or_default();
                        of_field.entry(text.to_owned()).or_insert(finding);
                    };
                    note(&mut self.texts, text);
                    if let Some(digits) = kept_digits(text).filter(|_| of(Kind::RoundedNumber)) {
                        note(&mut self.rounded, digits);
                    }
                }
            }
        }
        let short_or_long = far > 0 && row.cells.len() != file.plan.width;
        for (table, part) in parts.get(&(at, chunk)).into_iter().flatten() {
            let shown = &file.plan.records[part.plan].shown;
            let of = |touched: &dyn Fn(usize) -> bool| -> Vec<FieldRef> {
                shown.iter().filter(|(_, from)| touched(**from)).map(|(field, _)| field.clone()).collect()
            };
            let fields = match damaged.column {
                Some(column) => Some(of(&|from| from == column)),
                None if short_or_long && sound > 0 => Some(of(&|from| from >= sound)),
                None => None,
            };
            for record in part.rows.of(place) {
                let touched = Touched { finding, fields: fields.clone() };
                self.rows.entry((table.noun(), epoch, part.first + record as u32)).or_default().push(touched);
            }
        }
    }

    /// Whether a record stands in a torn row of a file with passwords: any of its cells may hold one.
    #[must_use]
    pub(crate) fn is_torn(&self, dataset: &Dataset, noun: NounId, epoch: Epoch, row: u32) -> bool {
        if self.torn.is_empty() && self.unknown.is_empty() {
            return false;
        }
        let Some(part) = dataset.table(noun, epoch).and_then(|table| table.part(row)) else { return false };
        let file = &dataset.files[part.file];
        let record = file.chunks[part.chunk].records + part.rows.get((row - part.first) as usize) as u64;
        self.unknown.contains(&part.file) || self.torn.contains(&(part.file, record))
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

    /// The finding that tells of a damaged row that should hold a record of the noun and may say this text in the field, or of damage to all of these.
    #[must_use]
    pub(crate) fn of_text(&self, noun: NounId, epoch: Epoch, field: FieldId, text: &str) -> Option<usize> {
        let text = text.trim();
        let known = self.texts.get(&(noun, epoch)).and_then(|texts| texts.get(&field)?.get(text));
        let rounded = || self.rounded.get(&(noun, epoch)).and_then(|texts| texts.get(&field)?.get(kept_digits(text)?));
        let found = known.or_else(rounded).copied();
        found.or_else(|| self.lost.get(&(noun, epoch)).map(|(finding, _)| *finding))
    }
}

/// Rows of a file, without blank lines.
fn rows_of(file: &FileData) -> u64 {
    let (mut each, mut rows) = (EachRow::new(&file.bytes, file.header.rows, file.header.dialect), 0);
    while let Some(row) = each.row() {
        rows += u64::from(!row.is_blank_line());
    }
    rows
}

/// What a spreadsheet leaves of a long number, whichever way it rounds.
fn kept_digits(text: &str) -> Option<&str> {
    let long = text.len() > 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.get(..14).filter(|_| long)
}
