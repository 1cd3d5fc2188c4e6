//! A finding in words and places: its texts are filled in and its records are looked up in their files, only now that it is shown.
use super::columns::{Columns, TableId, identity, table_of};
use super::group::Findings;
use super::reads::template_columns;
use crate::finding::{Finding, Fingerprint, Record, Severity};
use crate::language::form::{Clause, Column, Cond, Expr, Frame, Piece, Slot, Template};
use crate::model::{FieldRef, HASHED, HIDDEN, Hashed, NounId};
use crate::pack::{Body, Grouping, Rule, Variant};
use crate::roster::Sym;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Records shown of a group that agrees in something.
const SHOWN_PER: usize = 5;
/// Characters of a value in a message.
const LONGEST: usize = 120;
/// Records shown of a clash: all of them, unless something is very wrong.
const SHOWN_UNIQUE: usize = 20;

/// What a rule found, as a finding.
pub(super) fn describe(columns: &Columns<'_>, rule: &Rule, findings: &Findings, finding: usize) -> Finding {
    let members = findings.members(finding);
    let mut described = Finding {
        rule: rule.id.clone(),
        severity: rule.severity.unwrap_or(Severity::Info),
        message: String::new(),
        help: None,
        fingerprint: fingerprint(columns, rule, findings, finding),
        follows: None,
        count: members.len() as u64,
        records: Vec::new(),
        place: None,
        hanging: Vec::new(),
    };
    match &rule.body {
        Body::Whole { condition, message, help, frame } => {
            let count = population(columns, frame, condition);
            described.message = fill(columns, message, &[], count);
            described.help = help.as_ref().map(|help| fill(columns, help, &[], count));
        }
        Body::Records { variants, grouping } => {
            let most = match grouping {
                Grouping::None => 1,
                Grouping::Per => SHOWN_PER,
                Grouping::Unique | Grouping::Merge => SHOWN_UNIQUE,
            };
            let (first, _) = members[0];
            let variant = &variants[first as usize];
            let shown = Shown::new(variant);
            let tuple = findings.found.tuple(first as usize, members[0].1 as usize);
            let rows: Vec<Row> =
                variant.tuple().iter().zip(tuple).map(|(slot, row)| shown.row(columns, &variant.frame, *slot, *row)).collect();
            described.message = fill(columns, &variant.message, &rows, described.count);
            described.help = variant.help.as_ref().map(|help| fill(columns, help, &rows, described.count));
            described.records = rows.iter().map(|row| shown.record(columns, variant, row, &rows, described.count)).collect();
            let mut told: Vec<(TableId, u32)> = rows.iter().map(|row| (row.table, row.row)).collect();
            for (at, tuple) in members.iter().skip(1).take(most - 1) {
                let variant = &variants[*at as usize];
                let shown = Shown::new(variant);
                let tuple = findings.found.tuple(*at as usize, *tuple as usize);
                // What is new in the tuple: mostly the record that the rule is about; where that is there already, what was joined to it.
                let records = variant.tuple().into_iter().zip(tuple.iter().copied());
                let is_told = |slot: Slot, row: u32| told.contains(&(table_of(&variant.frame, slot), row));
                let Some((slot, row)) = records.clone().find(|(slot, row)| !is_told(*slot, *row)).or_else(|| records.clone().next()) else {
                    continue;
                };
                told.push((table_of(&variant.frame, slot), row));
                let rows: Vec<Row> = records.map(|(slot, row)| shown.row(columns, &variant.frame, slot, row)).collect();
                let Some(own) = rows.iter().find(|known| (known.slot, known.row) == (slot, row)) else { continue };
                described.records.push(shown.record(columns, variant, own, &rows, described.count));
            }
        }
    }
    described
}

/// The fingerprint of a finding: its rule and the identities of its records, or what its group agrees in.
pub(super) fn fingerprint(columns: &Columns<'_>, rule: &Rule, findings: &Findings, finding: usize) -> Fingerprint {
    let Body::Records { variants, grouping } = &rule.body else { return Fingerprint::of(&rule.id, []) };
    let (at, tuple) = findings.members(finding)[0];
    let variant = &variants[at as usize];
    let rows = findings.found.tuple(at as usize, tuple as usize);
    let slots = variant.tuple();
    let mut parts = Vec::new();
    if *grouping == Grouping::None {
        for (slot, row) in slots.iter().zip(rows) {
            let table = table_of(&variant.frame, *slot);
            parts.push(table.0.get().name.to_owned());
            parts.push(id_of(columns, table, *row).unwrap_or_else(|| whole_row(columns, table, *row)));
        }
    } else {
        let symbols = columns.dataset.symbols();
        for (column, by) in &variant.group {
            let place = slots.iter().position(|slot| *slot == column.slot).unwrap_or(0);
            let key = columns.key_at(table_of(&variant.frame, column.slot), &column.expr, *by, &rows[place..=place], 1);
            parts.push(symbols.text(key.get(0)).to_owned());
        }
    }
    Fingerprint::of(&rule.id, parts.iter().map(String::as_str))
}

/// The identities of all records of a finding, by variable.
pub(super) fn identities(columns: &Columns<'_>, rule: &Rule, findings: &Findings, finding: usize) -> Vec<(String, Vec<String>)> {
    let Body::Records { variants, .. } = &rule.body else { return Vec::new() };
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for (at, tuple) in findings.members(finding) {
        let variant = &variants[*at as usize];
        for (slot, row) in variant.tuple().iter().zip(findings.found.tuple(*at as usize, *tuple as usize)) {
            let name = &variant.frame[slot.0 as usize].name;
            let id = id_of(columns, table_of(&variant.frame, *slot), *row).unwrap_or_default();
            match all.iter_mut().find(|(known, _)| known == name) {
                Some((_, ids)) => ids.push(id),
                None => all.push((name.clone(), vec![id])),
            }
        }
    }
    all
}

/// The identity of a record, from the columns that are always kept. Of a record that ties two others a missing end is left empty: `c2/`.
pub(super) fn id_of(columns: &Columns<'_>, table: TableId, row: u32) -> Option<String> {
    let text = |expr: &Expr| columns.text_of(expr, &|field| kept(columns, table, row, field));
    match identity(table.0) {
        Expr::Join(parts) if parts.iter().any(|part| matches!(part, Expr::Field(_)) && text(part).is_some()) => {
            Some(parts.iter().map(|part| text(part).unwrap_or_default()).collect())
        }
        expr => text(&expr),
    }
}

pub(super) fn kept(columns: &Columns<'_>, table: TableId, row: u32, field: &FieldRef) -> Option<String> {
    let column = columns.table(table)?.column(field)?;
    match column[row as usize] {
        Sym::MISSING => None,
        value => Some(columns.dataset.symbols().text(value).to_owned()),
    }
}

/// A value that is to be told: a password is not.
pub(super) fn told(columns: &Columns<'_>, noun: NounId, expr: &Expr, value: Option<String>) -> Option<String> {
    let mut secret = false;
    expr.fields(&mut |field| secret |= columns.dataset.is_secret(noun, field));
    if secret { value.filter(|value| !value.trim().is_empty()).map(|_| HIDDEN.to_owned()) } else { value }
}

/// What stands for a record without an identity: all that it says.
fn whole_row(columns: &Columns<'_>, table: TableId, row: u32) -> String {
    let fields: Vec<FieldRef> = (0..table.0.get().fields.len() as u8).map(|at| FieldRef::Field(crate::model::FieldId(at))).collect();
    let record = columns.dataset.record(table.0, table.1, row, &fields);
    record.cells.iter().map(|cell| format!("{}={}", cell.field, cell.value)).collect::<Vec<_>>().join("\u{1f}")
}

/// The count that a rule about a population tells: that of its first clause.
fn population(columns: &Columns<'_>, frame: &Frame, condition: &Cond) -> u64 {
    let mut first: Option<Clause> = None;
    condition.clauses(&mut |clause| {
        first.get_or_insert_with(|| clause.clone());
    });
    let Some(clause) = first else { return 1 };
    let indexes = super::index::Indexes::default();
    let memory = super::join::Memory::default();
    let supply = super::plan::Supply::everything(columns.dataset, frame);
    let joiner = super::join::Joiner::new(columns, &indexes, &supply, &memory);
    let count = joiner.counts(frame, &clause, &super::batch::Batch::unit(), &[0])[0];
    if count.is_nan() { 0 } else { count as u64 }
}

/// A record as it stands in its file, with all fields that texts speak of.
struct Row {
    slot: Slot,
    table: TableId,
    row: u32,
    record: Record,
    /// Whether any of its cells may hold a password, since the row is torn.
    torn: bool,
}

/// Hides all that a record says.
fn hide(record: &mut Record) {
    let values = record.cells.iter_mut().map(|cell| &mut cell.value).chain([&mut record.id]);
    values.filter(|value| !value.trim().is_empty()).for_each(|value| HIDDEN.clone_into(value));
}

impl Row {
    /// The value of a field as rules compare it: what a layout makes of the cell, such as a part of it, and nothing where that is missing.
    fn text(&self, columns: &Columns<'_>, field: &FieldRef) -> Option<String> {
        let name = field.name(self.table.0);
        let told = |value: String| match Hashed::read(&value) {
            _ if self.torn => HIDDEN.to_owned(),
            Some(_) => HASHED.to_owned(),
            None => value,
        };
        if columns.table(self.table).is_some_and(|table| table.column(field).is_some()) {
            return kept(columns, self.table, self.row, field).map(told);
        }
        // What was not read for the rules is a cell as it stands.
        let cell = self.record.cells.iter().find(|cell| cell.field == name).map(|cell| cell.value.clone());
        cell.filter(|value| !value.trim().is_empty()).map(told)
    }
}

/// Which fields of each variable matter.
struct Shown {
    /// Fields that the rule's conditions and labels speak of, in no order.
    matter: Vec<(Slot, FieldRef)>,
    /// Fields that only its texts name.
    named: Vec<(Slot, FieldRef)>,
}

impl Shown {
    fn new(variant: &Variant) -> Self {
        let (mut matter, mut named) = (BTreeSet::new(), BTreeSet::new());
        let add = |set: &mut BTreeSet<(Slot, FieldRef)>, column: &Column| {
            column.expr.fields(&mut |field| {
                set.insert((column.slot, field.clone()));
            });
        };
        for clause in std::iter::once(&variant.each).chain(&variant.with).chain(&variant.without) {
            clause.condition.columns(&mut |column| add(&mut matter, column));
        }
        for (column, _) in variant.group.iter().chain(&variant.differ) {
            add(&mut matter, column);
        }
        variant.shown.iter().for_each(|column| add(&mut matter, column));
        for label in &variant.labels {
            add(&mut matter, &label.column);
            template_columns(&label.text, &mut |column| add(&mut named, column));
        }
        for template in std::iter::once(&variant.message).chain(&variant.help) {
            template_columns(template, &mut |column| add(&mut named, column));
        }
        Shown { matter: matter.into_iter().collect(), named: named.into_iter().collect() }
    }

    fn fields(&self, slot: Slot, noun: NounId) -> Vec<FieldRef> {
        let mut fields: Vec<FieldRef> = Vec::new();
        identity(noun).fields(&mut |field| fields.push(field.clone()));
        let of_slot = self.matter.iter().chain(&self.named).filter(|(of, _)| *of == slot);
        fields.extend(of_slot.map(|(_, field)| field.clone()));
        fields.sort();
        fields.dedup();
        fields
    }

    fn row(&self, columns: &Columns<'_>, frame: &Frame, slot: Slot, row: u32) -> Row {
        let table = table_of(frame, slot);
        let mut record = columns.dataset.record(table.0, table.1, row, &self.fields(slot, table.0));
        record.var = frame[slot.0 as usize].name.clone();
        record.id = id_of(columns, table, row).unwrap_or_default();
        let torn = columns.damage.is_torn(columns.dataset, table.0, table.1, row);
        if torn {
            hide(&mut record);
        }
        Row { slot, table, row, record, torn }
    }

    /// The record with its labels, and only the cells that matter.
    fn record(&self, columns: &Columns<'_>, variant: &Variant, row: &Row, rows: &[Row], count: u64) -> Record {
        let mut record = row.record.clone();
        let noun = row.table.0;
        let mut own = BTreeSet::new();
        identity(noun).fields(&mut |field| {
            own.insert(field.name(noun).to_owned());
        });
        let matters = |name: &str| self.matter.iter().any(|(slot, field)| *slot == row.slot && field.name(noun) == name);
        let id = record.id.clone();
        // What no column of the file says is told only where the rule speaks of it.
        let labelled = |name: &str| variant.labels.iter().any(|label| label.column.slot == row.slot && mentions(&label.column, noun, name));
        record.cells.retain(|cell| !cell.column.is_empty() || labelled(&cell.field));
        // Of an identity made of alternatives only what is there is worth a column.
        record
            .cells
            .retain(|cell| matters(&cell.field) || (own.contains(&cell.field) && !cell.value.is_empty() && id.contains(&cell.value)));
        for label in variant.labels.iter().filter(|label| label.column.slot == row.slot) {
            let mut names = Vec::new();
            label.column.expr.fields(&mut |field| names.push(field.name(noun).to_owned()));
            let there = |name: &&String| record.cells.iter().any(|cell| cell.field == **name && !cell.value.is_empty());
            let Some(name) = names.iter().find(there).or_else(|| names.first()).cloned() else { continue };
            let words = fill(columns, &label.text, rows, count);
            if let Some(cell) = record.cells.iter_mut().find(|cell| cell.field == name) {
                cell.label = Some(words);
            }
        }
        record
    }
}

fn mentions(column: &Column, noun: NounId, name: &str) -> bool {
    let mut found = false;
    column.expr.fields(&mut |field| found |= field.name(noun) == name);
    found
}

/// A value as a sentence can hold it: of a damaged one, however long, its beginning.
fn short(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(value),
        Some((end, _)) => Cow::Owned(format!("{}...", &value[..end])),
    }
}

/// A text with its values filled in; line breaks of the pack's file are blanks.
fn fill(columns: &Columns<'_>, template: &Template, rows: &[Row], count: u64) -> String {
    let mut text = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Count => text.push_str(&crate::finding::Count::grouped(count)),
            Piece::Value(options) => {
                // A function would only shorten the words that stand for a value.
                let instead = std::cell::Cell::new(None);
                let value_of = |row: &Row, field: &FieldRef| {
                    let text = row.text(columns, field);
                    instead.set([HASHED, HIDDEN].into_iter().find(|words| text.as_deref() == Some(words)).or(instead.get()));
                    text
                };
                let value = options.iter().find_map(|column| {
                    let row = rows.iter().find(|row| row.slot == column.slot)?;
                    told(columns, row.table.0, &column.expr, columns.text_of(&column.expr, &|field| value_of(row, field)))
                });
                let value = instead.get().map(str::to_owned).or(value);
                match value {
                    Some(value) => text.push_str(&short(&value)),
                    None => text.push_str("(missing)"),
                }
            }
        }
    }
    if text.contains('\n') { text.split_whitespace().collect::<Vec<_>>().join(" ") } else { text }
}
