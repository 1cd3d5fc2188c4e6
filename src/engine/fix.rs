//! Fix files: findings as rows for a bulk tool. A row that is not certain is left out, with the reason.
mod trial;

pub use trial::fix_trial;

use super::batch::Batch;
use super::columns::{TableId, table_of};
use super::condition::Truth;
use super::describe::{kept, told};
use super::group::Member;
use super::index::Indexes;
use super::join::{Joiner, Memory};
use super::merge::OTHER_SIDE;
use super::outcome::Outcome;
use super::plan::{Plan, counterparts};
use super::reads::template_columns;
use crate::finding::{Fingerprint, List};
use crate::language::form::{Clause, Column, Cond, Expr, Frame, Piece, Slot, Template};
use crate::language::joins;
use crate::model::HIDDEN;
use crate::pack::{Fix, FixForm, FixOf, Rule};
use hashbrown::HashMap;
use std::sync::Arc;

/// A file for a bulk tool, made of all fixes that write to it.
#[derive(Debug)]
pub struct FixFile<'p> {
    /// Its name.
    pub name: &'p str,
    /// The fixes, in the order of the packs.
    pub fixes: Vec<&'p Fix>,
    /// The header.
    pub columns: &'p [String],
    /// Its rows, in an order that does not depend on that of the data.
    pub rows: Vec<FixRow>,
    /// Findings that become no row, and why.
    pub left_out: Vec<LeftOut>,
    /// Rules of which nothing could be written, with the reason in words: `nothing of own/wrong-id: it was skipped, since ...`.
    pub notes: Vec<String>,
}

/// A row, and the findings that it mends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixRow {
    /// A cell a column.
    pub cells: Vec<String>,
    /// The findings.
    pub of: Vec<Mended>,
}

/// A finding that becomes no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What would have been written; empty where a value is missing.
    pub cells: Vec<String>,
    /// The finding.
    pub of: Mended,
    /// Why.
    pub why: String,
}

/// A finding, as a list of what was written tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mended {
    /// Its rule.
    pub rule: Arc<str>,
    /// What it says.
    pub message: String,
    /// What it is known by.
    pub fingerprint: Fingerprint,
}

/// The records of a row, by variable.
type Records<'a> = &'a [(Slot, u32)];

/// What a finding would write, before rows are compared with one another.
struct Proposed {
    cells: Vec<Option<String>>,
    of: Mended,
    /// Why it is left out already.
    why: Option<String>,
}

impl<'p> Plan<'p> {
    /// The same, with what fixes ask of the data.
    #[must_use]
    pub fn with_fixes(mut self) -> Plan<'p> {
        self.fixes = true;
        self
    }

    /// The fixes of the packs that have a rule in this run.
    pub(super) fn fixes(&self) -> impl Iterator<Item = &'p Fix> + '_ {
        let packs: &'p [crate::pack::Pack] = self.packs;
        let runs = |of: &FixOf| self.rules.iter().any(|(rule, _)| rule.id == of.rule && rule.severity.is_some());
        packs.iter().flat_map(|pack| &pack.fixes).filter(move |fix| fix.of.iter().any(runs))
    }

    /// Wants the columns that fixes read.
    pub(super) fn want_for_fixes(&self, want: &mut dyn FnMut(TableId, &Expr)) {
        for form in self.fixes().flat_map(|fix| &fix.of).flat_map(|of| &of.forms) {
            each_column(form, &mut |column| want(table_of(&form.frame, column.slot), &column.expr));
            each_condition(form, &mut |condition| counterparts(&form.frame, condition, want));
        }
    }
}

/// Every condition of a row.
fn each_condition(form: &FixForm, visit: &mut dyn FnMut(&Cond)) {
    form.with.iter().for_each(|clause| visit(&clause.condition));
    form.when.iter().for_each(|(condition, _)| visit(condition));
}

/// Every column that a row reads.
pub(super) fn each_column(form: &FixForm, visit: &mut dyn FnMut(&Column)) {
    each_condition(form, &mut |condition| condition.columns(visit));
    for template in form.cells.iter().chain(form.when.iter().map(|(_, otherwise)| otherwise)) {
        template_columns(template, &mut |column| visit(column));
    }
}

/// The fix files of a run whose plan asked for them. Findings that only suspect become rows when `likely` is true.
#[must_use]
pub fn fixes<'p>(plan: &Plan<'p>, outcome: &Outcome<'p, '_>, likely: bool) -> Vec<FixFile<'p>> {
    let mut files: Vec<(FixFile<'p>, Vec<Proposed>)> = Vec::new();
    let mut nothing: Vec<(&str, String, Vec<&str>)> = Vec::new();
    let (indexes, memory) = (Indexes::default(), Memory::default());
    let maker = Maker { plan, outcome, joiner: Joiner::new(&outcome.columns, &indexes, &plan.supply, &memory), likely };
    for fix in plan.fixes() {
        let at = files.iter().position(|(file, _)| file.name == fix.file).unwrap_or_else(|| {
            let file = FixFile {
                name: &fix.file,
                fixes: Vec::new(),
                columns: &fix.columns,
                rows: Vec::new(),
                left_out: Vec::new(),
                notes: Vec::new(),
            };
            files.push((file, Vec::new()));
            files.len() - 1
        });
        let (file, proposed) = &mut files[at];
        file.fixes.push(fix);
        for of in &fix.of {
            match maker.of_rule(fix, of) {
                Ok(more) => proposed.extend(more),
                Err(None) => {}
                Err(Some(why)) => match nothing.iter_mut().find(|(name, known, _)| *name == fix.file && *known == why) {
                    Some((_, _, rules)) => rules.push(&of.rule),
                    None => nothing.push((&fix.file, why, vec![&of.rule])),
                },
            }
        }
    }
    // Rules that were skipped for one reason are told together.
    for (name, why, rules) in nothing {
        let note = format!("nothing of {}: {why}", List(&rules, "and"));
        files.iter_mut().filter(|(file, _)| file.name == name).for_each(|(file, _)| file.notes.push(note.clone()));
    }
    let mut made: Vec<FixFile<'p>> = files.into_iter().map(|(file, proposed)| settle(file, proposed)).collect();
    made.sort_by_key(|file| file.name);
    made
}

struct Maker<'a, 'p, 'd> {
    plan: &'a Plan<'p>,
    outcome: &'a Outcome<'p, 'd>,
    joiner: Joiner<'a, 'd>,
    likely: bool,
}

impl Maker<'_, '_, '_> {
    /// What the findings of a rule would write; or why nothing is, unless the rule is not in this run or found nothing.
    fn of_rule(&self, fix: &Fix, of: &FixOf) -> Result<Vec<Proposed>, Option<String>> {
        let outcome = self.outcome;
        let Some(at) = outcome.rules.iter().position(|(rule, _)| rule.id == of.rule) else { return Err(None) };
        let (rule, plan) = outcome.rules[at];
        if rule.severity.is_none() {
            return Err(None);
        }
        if let Some(why) = &plan.skipped {
            return Err(Some(format!("it was skipped, {why}")).filter(|_| !plan.inapplicable));
        }
        if let Some(field) = super::keep::fix_needs_clear(&self.plan.supply.hashed, of) {
            return Err(Some(super::lack::hashed_only(&self.plan.supply.hashed, &field)));
        }
        if outcome.findings[at].beyond() > 0 {
            return Err(Some("it found more than can be told apart".to_owned()));
        }
        let found = self.tuples(at, rule);
        if found.iter().all(Vec::is_empty) {
            return Err(None);
        }
        let mut proposed = Vec::new();
        for (form, tuples) in of.forms.iter().zip(found) {
            proposed.extend(self.of_form(fix, of, form, at, &tuples));
        }
        Ok(proposed)
    }

    /// Per form, the finding and the records of each row.
    fn tuples(&self, at: usize, rule: &Rule) -> Vec<Vec<(usize, Vec<u32>)>> {
        let outcome = self.outcome;
        let findings = &outcome.findings[at];
        if let Some((merge, part)) = &rule.merge {
            let solved = outcome.merges.iter().find(|solved| solved.merge.id == merge.id);
            let pairs = |finding| solved.map(|solved| solved.pairs(*part, finding)).unwrap_or_default();
            let all = (0..findings.len())
                .flat_map(|finding| pairs(finding).into_iter().map(move |(a, b)| (finding, vec![a & !OTHER_SIDE, b & !OTHER_SIDE])));
            return vec![all.collect()];
        }
        let mut tuples = vec![Vec::new(); findings.found.tuples.len()];
        for finding in 0..findings.len() {
            for &(variant, tuple) in findings.members(finding) as &[Member] {
                tuples[variant as usize].push((finding, findings.found.tuple(variant as usize, tuple as usize).to_vec()));
            }
        }
        tuples
    }

    fn of_form(&self, fix: &Fix, of: &FixOf, form: &FixForm, rule: usize, tuples: &[(usize, Vec<u32>)]) -> Vec<Proposed> {
        if tuples.is_empty() {
            return Vec::new();
        }
        let outcome = self.outcome;
        let rows: Vec<Vec<u32>> = (0..form.tuple.len()).map(|slot| tuples.iter().map(|(_, records)| records[slot]).collect()).collect();
        let (batch, alone) = self.joined(form, Batch::of_tuples(&form.tuple, rows));
        let slots = batch.bound();
        let places: Vec<u32> = (0..batch.len() as u32).collect();
        let truths: Vec<Vec<Truth>> =
            form.when.iter().map(|(condition, _)| self.joiner.truth(&form.frame, condition, &batch, &places)).collect();
        let mut proposed = Vec::with_capacity(tuples.len());
        for place in 0..batch.len() {
            let (finding, _) = &tuples[batch.origin[place] as usize];
            let records: Records<'_> = &slots.iter().map(|slot| (*slot, batch.rows(*slot)[place])).collect::<Vec<_>>();
            let text = |template: &Template| self.text(form, template, records);
            let cells: Vec<Option<String>> = form.cells.iter().map(text).collect();
            let described = outcome.describe(rule, *finding);
            let failed = truths.iter().position(|truths| truths[place] != Truth::True);
            let why = if outcome.is_consequence(rule, *finding) {
                let root = outcome.root(rule, *finding);
                Some(format!("it is only a consequence of a finding of {root}: mend that one first"))
            } else if let Some(failed) = failed {
                let (condition, otherwise) = &form.when[failed];
                let told = |column: &Column| {
                    told(&outcome.columns, form.frame[column.slot.0 as usize].noun, &column.expr, self.value(&form.frame, column, records))
                };
                let words = words(otherwise, told);
                let lacks = self.plan.supply.condition_lacks(&form.frame, condition);
                Some(match (truths[failed][place], lacks) {
                    (Truth::Unknown, Some(lacks)) => format!("it is not known whether {words}, {}", super::lack::lacking(&lacks)),
                    (Truth::Unknown, None) => format!("it is not known whether {words}, since a value is missing"),
                    _ => words,
                })
            } else if let Some(at) = fix.key.iter().find(|at| cells[**at].is_none()) {
                Some(format!("{} would be empty", fix.columns[*at]))
            } else if !of.proof && !self.likely {
                Some("it is only likely: compare the records yourself, or add --fixes-likely to write such rows too".to_owned())
            } else {
                None
            };
            let of = Mended { rule: of.rule.clone(), message: described.message, fingerprint: described.fingerprint };
            proposed.push(Proposed { cells, of, why });
        }
        for (place, clause) in alone {
            let described = outcome.describe(rule, tuples[place as usize].0);
            let noun = clause.slots.first().map_or("record", |slot| form.frame[slot.0 as usize].noun.get().name);
            let why = Some(format!("no {noun} belongs to it"));
            let of = Mended { rule: of.rule.clone(), message: described.message, fingerprint: described.fingerprint };
            proposed.push(Proposed { cells: vec![None; fix.columns.len()], of, why });
        }
        proposed
    }

    /// The records of findings with what is joined to them; and the findings to which nothing could be, with the clause that found nothing.
    fn joined<'f>(&self, form: &'f FixForm, batch: Batch) -> (Batch, Vec<(u32, &'f Clause)>) {
        let mut alone = Vec::new();
        let mut batch = batch;
        for clause in &form.with {
            let Ok(order) = joins::order(&batch.bound(), clause) else { continue };
            let origins = batch.origin.clone();
            let every: Vec<u32> = (0..batch.len() as u32).collect();
            let mut longer: Vec<Batch> = Vec::new();
            self.joiner.join(&form.frame, &order, batch.select(&every), &mut |found| longer.push(found));
            let mut matched = vec![false; origins.len()];
            let slots: Vec<Slot> = batch.bound().into_iter().chain(clause.slots.iter().copied()).collect();
            let mut rows: Vec<Vec<u32>> = vec![Vec::new(); slots.len()];
            let mut origin = Vec::new();
            for found in &longer {
                for (column, slot) in rows.iter_mut().zip(&slots) {
                    column.extend_from_slice(found.rows(*slot));
                }
                for place in &found.origin {
                    matched[*place as usize] = true;
                    origin.push(origins[*place as usize]);
                }
            }
            alone.extend(origins.iter().zip(matched).filter(|(_, matched)| !matched).map(|(origin, _)| (*origin, clause)));
            batch = Batch::of_tuples(&slots, rows);
            batch.origin = origin;
        }
        (batch, alone)
    }

    /// A cell; one of which a value is missing is empty.
    fn text(&self, form: &FixForm, template: &Template, records: Records<'_>) -> Option<String> {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Count => {}
                Piece::Value(options) => {
                    text.push_str(&options.iter().find_map(|column| self.value(&form.frame, column, records))?);
                }
            }
        }
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn value(&self, frame: &Frame, column: &Column, records: Records<'_>) -> Option<String> {
        let (_, row) = *records.iter().find(|(slot, _)| *slot == column.slot)?;
        let table = table_of(frame, column.slot);
        let columns = &self.outcome.columns;
        columns.text_of(&column.expr, &|field| kept(columns, table, row, field)).filter(|value| !value.trim().is_empty())
    }
}

/// A reason, with its values.
fn words(template: &Template, value: impl Fn(&Column) -> Option<String>) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Count => String::new(),
        Piece::Value(options) => options.iter().find_map(&value).unwrap_or_else(|| "(missing)".to_owned()),
    };
    template.pieces.iter().map(piece).collect()
}

/// Compares what is proposed: equal rows are one, and rows that contradict one another are both left out.
fn settle<'p>(mut file: FixFile<'p>, proposed: Vec<Proposed>) -> FixFile<'p> {
    let key = file.fixes.iter().flat_map(|fix| fix.key.iter().copied());
    let mut key: Vec<usize> = key.collect();
    key.sort_unstable();
    key.dedup();
    let mut rows: Vec<FixRow> = Vec::new();
    let mut known: HashMap<Vec<String>, usize> = HashMap::new();
    for Proposed { cells, of, why } in proposed {
        let cells: Vec<String> = cells.into_iter().map(Option::unwrap_or_default).collect();
        match why {
            Some(why) => file.left_out.push(LeftOut { cells, of, why }),
            None => {
                let at = *known.entry(cells.clone()).or_insert(rows.len());
                if at == rows.len() {
                    rows.push(FixRow { cells, of: Vec::new() });
                }
                rows[at].of.push(of);
            }
        }
    }
    rows.sort_by(|a, b| a.cells.cmp(&b.cells));
    // A tool that does not tell letter case apart would take two such rows for one.
    let fold = |cell: &str| cell.trim().to_lowercase();
    let mut holders: HashMap<(usize, String), Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        // A column that only another fix of the file keeps filled may be empty here: that is no value in common.
        for column in key.iter().filter(|column| !row.cells[**column].is_empty()) {
            holders.entry((*column, fold(&row.cells[*column]))).or_default().push(at);
        }
    }
    let hide = |column: usize, cell: &'_ str| {
        let hidden = !cell.is_empty() && file.columns.get(column).is_some_and(|name| crate::model::is_secret(name));
        if hidden { HIDDEN.to_owned() } else { cell.to_owned() }
    };
    let mut contradicted: Vec<Option<String>> = vec![None; rows.len()];
    for (at, row) in rows.iter().enumerate() {
        let shared = key.iter().find_map(|column| {
            let others = holders.get(&(*column, fold(&row.cells[*column])))?;
            (others.len() > 1).then_some((*column, others))
        });
        if let Some((column, others)) = shared {
            let rest = |at: usize| {
                let cells = rows[at].cells.iter().enumerate().filter(|(other, _)| *other != column).map(|(other, cell)| hide(other, cell));
                cells.filter(|cell| !cell.is_empty()).collect::<Vec<String>>().join(" ")
            };
            let mut told: Vec<String> = others.iter().take(MOST_TOLD).map(|at| rest(*at)).collect();
            if others.len() > MOST_TOLD {
                told.push(format!("{} more", others.len() - MOST_TOLD));
            }
            contradicted[at] = Some(format!(
                "{} {} would stand in {} rows, with {}",
                file.columns[column],
                hide(column, &row.cells[column]),
                others.len(),
                List(&told, "and")
            ));
        }
    }
    for (mut row, why) in rows.into_iter().zip(contradicted) {
        row.of.sort();
        match why {
            None => file.rows.push(row),
            Some(why) => {
                let left = row.of.into_iter().map(|of| LeftOut { cells: row.cells.clone(), of, why: why.clone() });
                file.left_out.extend(left);
            }
        }
    }
    // A finding that another finding's row mends as well is mended.
    let written = |left: &LeftOut| file.rows.binary_search_by(|row| row.cells.cmp(&left.cells)).ok();
    let (mended, mut left_out): (Vec<LeftOut>, Vec<LeftOut>) =
        std::mem::take(&mut file.left_out).into_iter().partition(|left| written(left).is_some());
    let mended: Vec<(usize, Mended)> = mended.into_iter().filter_map(|left| Some((written(&left)?, left.of))).collect();
    for (at, of) in mended {
        file.rows[at].of.push(of);
    }
    file.rows.iter_mut().for_each(|row| row.of.sort());
    left_out.sort_by(|a, b| (&a.of, &a.cells, &a.why).cmp(&(&b.of, &b.cells, &b.why)));
    left_out.dedup();
    file.left_out = left_out;
    file
}

/// Rows that contradict one another of which a reason tells.
const MOST_TOLD: usize = 3;
