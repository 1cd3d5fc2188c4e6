//! Finds a record again when it is shown: its file, line, number and cells.
use super::chunk::STRIDE;
use super::dataset::{Dataset, FileData};
use super::header::letter;
use super::plan::{RecordPlan, normal};
use super::split::{Row, split};
use super::symbols::Sym;
use super::table::Table;
use crate::finding::{Cell, Record};
use crate::model::{Epoch, FieldRef, HASHED, HIDDEN, Hashed, NounId, Privacy};
use std::sync::Arc;

/// A record in its file.
struct Found {
    row: Row,
    line: u64,
    record: u64,
}

impl Dataset {
    /// A record, with the cells of `fields`. The variable and the labels are the caller's to fill in.
    #[must_use]
    pub fn record(&self, noun: NounId, epoch: Epoch, row: u32, fields: &[FieldRef]) -> Record {
        let nowhere = Record {
            var: String::new(),
            noun: noun.get().name,
            source: Arc::from(""),
            file: Arc::from(""),
            line: 0,
            record: 0,
            id: String::new(),
            cells: Vec::new(),
        };
        let Some(table) = self.table(noun, epoch) else { return nowhere };
        if let Some(proposed) = self.proposed.get().filter(|_| epoch == Epoch::Proposed) {
            return self.proposal(proposed, row, fields);
        }
        let Some(part) = table.part(row) else { return nowhere };
        let file = &self.files[part.file];
        let at = part.rows.get((row - part.first) as usize);
        let found = find(file, part.chunk, at);
        let plan = &file.plan.records[part.plan];
        let mut cells: Vec<(usize, Cell)> = fields.iter().map(|field| self.cell(table, file, plan, &found, field, row)).collect();
        cells.sort_by_key(|(column, _)| *column);
        cells.dedup_by(|a, b| a.1.field == b.1.field);
        Record {
            source: file.role.word().into(),
            file: file.shown.clone(),
            line: found.line,
            record: found.record,
            id: self.identity(table, row),
            cells: cells.into_iter().map(|(_, cell)| cell).collect(),
            ..nowhere
        }
    }

    /// The identity of a record, as one text: its id; for a relation both ends with `/` between.
    #[must_use]
    pub fn identity(&self, table: &Table, row: u32) -> String {
        let noun = table.noun();
        let text = |name: &&str| -> Option<&str> {
            let field = noun.field(name)?;
            let sym = *table.column(&FieldRef::Field(field))?.get(row as usize)?;
            (sym != Sym::MISSING).then(|| self.symbols.text(sym))
        };
        let refers = |name: &&str| noun.field(name).is_some_and(|field| field.of(noun).refers.is_some());
        let names = noun.get().identity;
        let relation = names.first().is_some_and(refers);
        if relation {
            return names.iter().map(|name| text(name).unwrap_or("")).collect::<Vec<_>>().join("/");
        }
        if let Some(id) = names.first().and_then(text) {
            return id.to_owned();
        }
        let present: Vec<&str> = names.iter().filter_map(text).collect();
        if names.iter().any(refers) { present.join("/") } else { present.first().map_or_else(String::new, |id| (*id).to_owned()) }
    }

    /// Whether a field is a password, or names the column of one by its header.
    #[must_use]
    pub fn is_secret(&self, noun: NounId, field: &FieldRef) -> bool {
        let FieldRef::Header(header) = field else { return field.privacy(noun) == Privacy::Secret };
        let field = normal(field);
        let of_file = |file: &FileData| {
            let mut records = file.plan.records.iter().filter(|record| record.noun == noun);
            records.any(|record| record.shown.get(&field).is_some_and(|column| is_secret(file, *column)))
        };
        crate::model::is_secret(header) || self.files.iter().any(of_file)
    }

    fn cell(&self, table: &Table, file: &FileData, plan: &RecordPlan, found: &Found, field: &FieldRef, row: u32) -> (usize, Cell) {
        let same = normal(field);
        let column = plan.shown.get(&same).copied().or_else(|| match &same {
            // A header may also name a column that the layout maps.
            FieldRef::Header(name) => file.header.names.iter().position(|known| known.as_str() == name),
            FieldRef::Field(_) => None,
        });
        let (name, privacy) = match field {
            FieldRef::Field(id) => (id.of(table.noun()).name.to_owned(), id.of(table.noun()).privacy),
            // Nobody knows what a column of the district's own holds.
            FieldRef::Header(header) => (header.clone(), Privacy::Personal),
        };
        let kept = || {
            let sym = table.column(field).and_then(|column| column.get(row as usize)).copied().unwrap_or(Sym::MISSING);
            self.symbols.text(sym).to_owned()
        };
        let unnamed = || matches!(field, FieldRef::Header(header) if crate::model::is_secret(header));
        let secret = privacy == Privacy::Secret || column.map_or_else(unnamed, |column| is_secret(file, column));
        let value = match column {
            // That there is one may be told of a column that a rule names.
            _ if secret => {
                let value = column.map_or_else(kept, |column| text(&file.bytes, &found.row, column));
                let there = matches!(field, FieldRef::Header(_)) && !value.trim().is_empty();
                if there { HIDDEN.to_owned() } else { String::new() }
            }
            Some(column) => text(&file.bytes, &found.row, column),
            None => kept(),
        };
        // What a snapshot keeps as a hash may be known again.
        let hashed = |value: &String| Hashed::read(value).is_some();
        let value = if hashed(&value) {
            Some(kept()).filter(|known| !known.is_empty() && !hashed(known)).unwrap_or_else(|| HASHED.to_owned())
        } else {
            value
        };
        let cell = Cell {
            field: name,
            column: column.and_then(|column| file.header.texts.get(column)).cloned().unwrap_or_default(),
            letter: column.map(letter).unwrap_or_default(),
            value,
            label: None,
            personal: privacy != Privacy::Plain,
        };
        (column.unwrap_or(usize::MAX), cell)
    }

    /// Why a field can't be looked at: no source, no file, or no column for it.
    #[must_use]
    pub fn missing_reason(&self, noun: NounId, epoch: Epoch, field: &FieldRef) -> String {
        let name = match field {
            FieldRef::Field(id) => id.of(noun).name,
            FieldRef::Header(header) => header.as_str(),
        };
        let with = self.files.iter().filter(|file| file.role.epoch() == epoch);
        let with: Vec<&FileData> = with.filter(|file| file.plan.records.iter().any(|record| record.noun == noun)).collect();
        match with.first() {
            Some(file) => format!("`{}` has no column for `{name}`", file.shown),
            None if epoch == Epoch::Previous => format!("no previous snapshot supplies `{}`", noun.get().name),
            None => format!("no source supplies `{}`", noun.get().name),
        }
    }
}

fn is_secret(file: &FileData, column: usize) -> bool {
    super::excerpt::is_secret(&file.plan, &file.header, column)
}

fn text(bytes: &[u8], row: &Row, column: usize) -> String {
    row.cells.get(column).map_or_else(String::new, |cell| String::from_utf8_lossy(&cell.value(bytes)).into_owned())
}

/// The row of a record, by its place in a chunk.
pub(super) fn row_at(file: &FileData, chunk: usize, at: usize) -> Row {
    find(file, chunk, at).row
}

/// Splits again from the last remembered place on.
fn find(file: &FileData, chunk: usize, at: usize) -> Found {
    let index = &file.chunks[chunk];
    let mut row = Row::of(file.header.dialect);
    let (mut from, line) = index.marks.get(at / STRIDE).copied().unwrap_or((file.header.rows, 0));
    let mut line = file.header.rows_line + index.lines + u64::from(line);
    let mut left = at % STRIDE;
    while from < file.bytes.len() && split(&file.bytes, from, file.bytes.len(), &mut row).is_ok() {
        if !row.is_blank_line() {
            if left == 0 {
                break;
            }
            left -= 1;
        }
        from = row.next;
        line += u64::from(row.lines);
    }
    Found { row, line, record: index.records + at as u64 + 1 }
}
