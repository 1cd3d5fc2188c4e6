//! Root causes that lie in the files: which finding of a rule is only what the reader tells as damage.
use super::columns::{Columns, TableId, table_of};
use super::describe::{id_of, kept};
use super::group::Findings;
use super::join::Joiner;
use crate::finding::Finding;
use crate::language::form::{By, Column, Expr, Slot};
use crate::model::{Epoch, FieldId, FieldRef, NounId, noun};
use crate::pack::{Body, Grouping, Rule, Variant};
use crate::roster::{Blame, DamagedRow, Sym};
use rayon::prelude::*;

/// Findings of a rule whose rows are looked at for a shift.
const LOOKED_AT: usize = 16;

/// For every finding of every rule, the finding of the reader, by its place among those that are told, that explains it.
pub(super) fn blame(columns: &Columns<'_>, rules: &[&Rule], findings: &[Findings], blame: &Blame) -> Vec<Vec<Option<usize>>> {
    let of_rule = |(rule, findings): (&&Rule, &Findings)| match &rule.body {
        Body::Records { variants, grouping } if !blame.is_empty() => {
            let readings: Vec<Vec<Reading>> = variants.iter().map(readings).collect();
            (0..findings.len()).map(|finding| of_finding(columns, blame, &readings, *grouping, findings, finding)).collect()
        }
        _ => vec![None; findings.len()],
    };
    rules.par_iter().zip(findings).with_max_len(1).map(of_rule).collect()
}

/// Rows whose values are shifted, in the files in which rules found something: what is to be told of them, and the rows, by file.
pub(super) fn shifted(joiner: &Joiner<'_, '_>, rules: &[&Rule], findings: &[Findings]) -> Vec<(Finding, Vec<(usize, DamagedRow)>)> {
    let mut records: Vec<(NounId, Epoch, u32)> = Vec::new();
    for (rule, findings) in rules.iter().zip(findings) {
        let Body::Records { variants, .. } = &rule.body else { continue };
        for (variant, tuple) in (0..findings.len()).take(LOOKED_AT).filter_map(|finding| findings.members(finding).first()) {
            let Some(form) = variants.get(*variant as usize) else { continue };
            let rows = findings.found.tuple(*variant as usize, *tuple as usize);
            records.extend(form.tuple().into_iter().zip(rows).map(|(slot, row)| {
                let (noun, epoch) = table_of(&form.frame, slot);
                (noun, epoch, *row)
            }));
        }
    }
    records.sort_unstable();
    records.dedup();
    joiner.columns.dataset.shifted(&records, &|noun, epoch, text| is_id(joiner, noun, epoch, text))
}

/// Whether a noun has a record of this id.
pub(super) fn is_id(joiner: &Joiner<'_, '_>, noun: NounId, epoch: Epoch, text: &str) -> bool {
    let (Some(id), Some(symbol)) = (noun.field(noun.get().identity[0]), joiner.columns.dataset.symbols().get(text)) else {
        return false;
    };
    let id = FieldRef::Field(id);
    if symbol == Sym::MISSING || !joiner.supply.has((noun, epoch), Some(&id)) {
        return false;
    }
    let mut known = false;
    joiner.indexes.whole(joiner.columns, &((noun, epoch), vec![(Expr::Field(id), By::Bytes)])).each(&[symbol], |_| {
        known = true;
        false
    });
    known
}

/// What a rule reads of a record.
struct Reading {
    table: TableId,
    fields: Vec<FieldRef>,
    /// The fields that name records of another table of the rule.
    names: Vec<(FieldRef, TableId)>,
    /// Other tables of the rule, whose records name it.
    named_by: Vec<TableId>,
}

/// What a rule's conditions and keys read, by the places of its records.
fn readings(variant: &Variant) -> Vec<Reading> {
    let mut read: Vec<(Slot, FieldRef)> = Vec::new();
    let mut visit = |column: &Column| column.expr.fields(&mut |field| read.push((column.slot, field.clone())));
    for clause in std::iter::once(&variant.each).chain(&variant.with).chain(&variant.without) {
        clause.condition.columns(&mut visit);
    }
    variant.group.iter().chain(&variant.differ).for_each(|(column, _)| visit(column));
    let tables: Vec<TableId> = (0..variant.frame.len()).map(|at| table_of(&variant.frame, Slot(at as u8))).collect();
    let reading = |slot: Slot| {
        let table = table_of(&variant.frame, slot);
        let fields: Vec<FieldRef> = read.iter().filter(|(of, _)| *of == slot).map(|(_, field)| field.clone()).collect();
        let names = fields.iter().filter_map(|field| {
            let FieldRef::Field(id) = field else { return None };
            let target = (id.of(table.0).refers.and_then(noun)?, table.1);
            tables.contains(&target).then(|| (field.clone(), target))
        });
        let refers = |other: &&TableId| {
            let mut fields = other.0.get().fields.iter();
            **other != table && other.1 == table.1 && fields.any(|field| field.refers.and_then(noun) == Some(table.0))
        };
        Reading { table, names: names.collect(), named_by: tables.iter().filter(refers).copied().collect(), fields }
    };
    variant.tuple().into_iter().map(reading).collect()
}

/// A finding comes from damage when all of its tuples do; a clash when at most one of them doesn't.
fn of_finding(
    columns: &Columns<'_>,
    blame: &Blame,
    readings: &[Vec<Reading>],
    grouping: Grouping,
    findings: &Findings,
    finding: usize,
) -> Option<usize> {
    let members = findings.members(finding);
    let mut spared = if grouping == Grouping::Unique { 1 } else { 0 };
    let mut first = None;
    for (variant, tuple) in members {
        let rows = findings.found.tuple(*variant as usize, *tuple as usize);
        let found = readings.get(*variant as usize)?.iter().zip(rows).find_map(|(reading, row)| of_record(columns, blame, reading, *row));
        match found {
            Some(_) => first = first.or(found),
            None if spared > 0 => spared -= 1,
            None => return None,
        }
    }
    first
}

/// The damage to a record, to one that it names, or to one that names it.
fn of_record(columns: &Columns<'_>, blame: &Blame, reading: &Reading, row: u32) -> Option<usize> {
    let (noun, epoch) = reading.table;
    let named = || {
        let mut names = reading.names.iter().filter(|(_, target)| blame.has_text(target.0, target.1));
        names.find_map(|(field, target)| {
            let id = target.0.field(target.0.get().identity[0])?;
            blame.of_text(target.0, target.1, id, &kept(columns, reading.table, row, field)?)
        })
    };
    let naming = || {
        let mut tables = reading.named_by.iter().filter(|table| blame.has_text(table.0, table.1)).peekable();
        tables.peek()?;
        let id = id_of(columns, reading.table, row)?;
        tables.find_map(|table| {
            let fields =
                (0u8..).map(FieldId).zip(table.0.get().fields).filter(|(_, field)| field.refers.and_then(crate::model::noun) == Some(noun));
            fields.into_iter().find_map(|(field, _)| blame.of_text(table.0, table.1, field, &id))
        })
    };
    blame.of_record(noun, epoch, row, &reading.fields).or_else(named).or_else(naming)
}
