//! Rows whose values stand in the columns beside theirs: a cell was put in or taken out, and the row has its cells all the same.
use super::blame::DamagedRow;
use super::dataset::{Dataset, FileData};
use super::excerpt;
use super::kind::Kind;
use super::locate::row_at;
use super::notices::finding;
use super::split::{EachRow, Row};
use super::survey::Role;
use crate::finding::{Count, Finding, List};
use crate::model::{Epoch, FieldRef, NounId, Type, day, grade, is_email, noun};
use hashbrown::{HashMap, HashSet};

/// How far values may have moved, to the right or to the left.
const WAYS: [isize; 4] = [1, -1, 2, -2];
/// Rows that are remembered of a file, to tie findings to them.
pub(super) const REMEMBERED: usize = 1 << 16;
/// Lines that a message names.
const NAMED: usize = 5;

/// Whether a noun has a record of this id.
pub(crate) type IsId<'a> = &'a dyn Fn(NounId, Epoch, &str) -> bool;

/// What a column holds that can be told from other values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Date,
    Email,
    Grade,
    /// Ids of another noun.
    Ids(NounId),
}

/// What the columns of a file hold.
pub(super) struct Judge<'a> {
    file: &'a FileData,
    columns: Vec<(usize, Vec<Holds>)>,
    is_id: IsId<'a>,
}

impl Dataset {
    /// Finds the rows of the files in which these records stand whose values are shifted: per file and way a finding, with the file's place and the rows.
    #[must_use]
    pub(crate) fn shifted(&self, records: &[(NounId, Epoch, u32)], is_id: IsId<'_>) -> Vec<(Finding, Vec<(usize, DamagedRow)>)> {
        let mut suspects: HashSet<usize> = HashSet::new();
        let mut judges: HashMap<usize, Judge<'_>> = HashMap::new();
        for (noun, epoch, row) in records {
            let Some(part) = self.table(*noun, *epoch).and_then(|table| table.part(*row)) else { continue };
            let file = &self.files[part.file];
            if file.role != Role::Roster || suspects.contains(&part.file) {
                continue;
            }
            let judge = judges.entry(part.file).or_insert_with(|| Judge::new(file, is_id));
            if judge.columns.len() > 1 && judge.way(&row_at(file, part.chunk, part.rows.get((*row - part.first) as usize))).is_some() {
                suspects.insert(part.file);
            }
        }
        let mut suspects: Vec<usize> = suspects.into_iter().collect();
        suspects.sort_unstable();
        suspects
            .into_iter()
            .flat_map(|at| {
                judges[&at].all().into_iter().map(move |(finding, rows)| (finding, rows.into_iter().map(|row| (at, row)).collect()))
            })
            .collect()
    }
}

/// The rows of a file that are shifted alike.
#[derive(Default)]
struct Alike {
    count: u64,
    /// The first lines.
    lines: Vec<u64>,
    /// The first row's first byte.
    start: usize,
    records: Vec<u64>,
    /// Whether every row from the first on is shifted, up to the one looked at.
    unbroken: bool,
}

impl<'a> Judge<'a> {
    pub(super) fn new(file: &'a FileData, is_id: IsId<'a>) -> Self {
        let mut columns: Vec<(usize, Vec<Holds>)> = Vec::new();
        for record in &file.plan.records {
            for (field, column) in &record.shown {
                let FieldRef::Field(id) = field else { continue };
                let field = id.of(record.noun);
                let holds = match (field.kind, field.refers.and_then(noun)) {
                    (Type::Date, _) => Holds::Date,
                    (Type::Email, _) => Holds::Email,
                    (Type::Grade, _) => Holds::Grade,
                    (_, Some(other)) => Holds::Ids(other),
                    _ => continue,
                };
                match columns.iter_mut().find(|(known, _)| known == column) {
                    Some((_, known)) if known.contains(&holds) => {}
                    Some((_, known)) => known.push(holds),
                    None => columns.push((*column, vec![holds])),
                }
            }
        }
        columns.sort_by_key(|(column, _)| *column);
        Judge { file, columns, is_id }
    }

    /// Whether a cell holds what a column should: nothing when it is empty or not there.
    fn fits(&self, row: &Row, column: usize, holds: &[Holds]) -> Option<bool> {
        let cell = row.cells.get(column)?;
        let value = cell.value(&self.file.bytes);
        let text = String::from_utf8_lossy(&value);
        let text = text.trim();
        let fits = |holds: &Holds| match holds {
            Holds::Date => day(text).is_some(),
            Holds::Email => is_email(text),
            Holds::Grade => grade(text).is_some(),
            Holds::Ids(noun) => (self.is_id)(*noun, self.file.role.epoch(), text),
        };
        (!text.is_empty()).then(|| holds.iter().any(fits))
    }

    /// The first column whose value may have moved: behind the last that holds what it should.
    pub(super) fn sound(&self, row: &Row) -> usize {
        let fitting = self.columns.iter().rev().find(|(column, holds)| self.fits(row, *column, holds) == Some(true));
        fitting.map_or(0, |(column, _)| column + 1)
    }

    /// How far the values of a row have moved. From some column on nothing must fit where it stands, something must stand where it does not fit,
    /// and all must fit so far beside, two values at least, one of which is no grade: those are like any small number.
    fn way(&self, row: &Row) -> Option<isize> {
        let own: Vec<Option<bool>> = self.columns.iter().map(|(column, holds)| self.fits(row, *column, holds)).collect();
        let first = own.iter().rposition(|fits| *fits == Some(true)).map_or(0, |last| last + 1);
        let strange = |fits: &Option<bool>| *fits == Some(false);
        if own[..first].iter().any(strange) || !own[first..].iter().any(strange) {
            return None;
        }
        WAYS.into_iter().find(|way| {
            let (mut fitting, mut sure) = (0, false);
            for (column, holds) in &self.columns[first..] {
                match column.checked_add_signed(*way).and_then(|there| self.fits(row, there, holds)) {
                    Some(true) => (fitting, sure) = (fitting + 1, sure || !holds.contains(&Holds::Grade)),
                    Some(false) => return false,
                    None => {}
                }
            }
            fitting > 1 && sure
        })
    }

    /// Looks at every row of the file.
    fn all(&self) -> Vec<(Finding, Vec<DamagedRow>)> {
        let header = &self.file.header;
        let known: HashSet<u64> = self.file.damaged.iter().filter(|row| row.column.is_none()).map(|row| row.record).collect();
        let mut found: [Alike; WAYS.len()] = Default::default();
        let mut each = EachRow::new(&self.file.bytes, header.rows, header.dialect);
        let (mut line, mut record) = (header.rows_line, 0);
        while let Some(row) = each.row() {
            let blank = row.is_blank_line();
            let way = if blank || known.contains(&record) { None } else { self.way(row) };
            for (alike, of) in found.iter_mut().zip(WAYS) {
                if way != Some(of) {
                    alike.unbroken &= blank;
                    continue;
                }
                if alike.count == 0 {
                    (alike.start, alike.unbroken) = (row.start, true);
                }
                alike.count += 1;
                if alike.lines.len() < NAMED {
                    alike.lines.push(line);
                }
                if alike.records.len() < REMEMBERED {
                    alike.records.push(record);
                }
            }
            record += u64::from(!blank);
            line += u64::from(row.lines);
        }
        found.iter().zip(WAYS).filter(|(alike, _)| alike.count > 0).map(|(alike, way)| self.tell(alike, way)).collect()
    }

    fn tell(&self, alike: &Alike, way: isize) -> (Finding, Vec<DamagedRow>) {
        let file = &self.file.shown;
        let far =
            format!("{} too far to the {}", Count(way.unsigned_abs() as u64, "column", "columns"), if way > 0 { "right" } else { "left" });
        let rows = Count(alike.count, "row", "rows");
        let has = if alike.count == 1 { "has values" } else { "have values" };
        let mut message = format!("{rows} of `{file}` {has} {far}");
        let lines: Vec<String> = alike.lines.iter().map(|line| Count::grouped(*line)).collect();
        match alike.count {
            1 => {}
            count if alike.unbroken && count > 2 => message.push_str(&format!(": all from line {} on", lines[0])),
            count if count > NAMED as u64 => message.push_str(&format!(", on lines {} and more", lines.join(", "))),
            _ => message.push_str(&format!(", on lines {}", List(&lines, "and"))),
        }
        let mut told = finding(Kind::Shifted, self.file.role, file, &way.to_string(), message, alike.count);
        if let Some(place) = &mut told.place {
            place.line = alike.lines.first().copied();
            place.column = Some(1);
            place.record = alike.records.first().map(|record| record + 1);
            // A password may have moved too.
            let secrets = excerpt::secrets(&self.file.plan, &self.file.header);
            let secrets: Vec<usize> = secrets.into_iter().map(|column| column.saturating_sub(way.unsigned_abs())).collect();
            place.excerpt = excerpt::beginning(&self.file.bytes, alike.start, &secrets, far, self.file.header.dialect);
        }
        let damaged = |record: &u64| DamagedRow { finding: told.fingerprint, record: *record, column: None };
        let rows = alike.records.iter().map(damaged).collect();
        (told, rows)
    }
}
