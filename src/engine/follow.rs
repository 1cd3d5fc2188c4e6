//! Root causes: which finding explains which.
use super::batch::Batch;
use super::columns::{TableId, table_of};
use super::group::{Findings, Member};
use super::join::Joiner;
use crate::language::form::{By, Clause, Expr, Slot};
use crate::language::joins;
use crate::model::{FieldId, FieldRef, noun};
use crate::pack::{Body, Follow, Link, Rule, Variant};
use crate::roster::Sym;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

/// A finding: its rule's place in the plan, and its own place there.
pub(super) type FindingId = (u32, u32);

/// The records of a rule's findings.
#[derive(Default)]
struct Records {
    /// The first finding that has the record.
    of: HashMap<(TableId, u32), u32>,
    tables: Vec<TableId>,
}

fn variants(rule: &Rule) -> &[Variant] {
    match &rule.body {
        Body::Records { variants, .. } => variants,
        Body::Whole { .. } => &[],
    }
}

impl Records {
    fn new(rule: &Rule, findings: &Findings) -> Self {
        let mut records = Records::default();
        let variants = variants(rule);
        for finding in 0..findings.len() {
            for (variant, tuple) in findings.members(finding) {
                let Some(form) = variants.get(*variant as usize) else { continue };
                let rows = findings.found.tuple(*variant as usize, *tuple as usize);
                for (slot, row) in findings.found.slots[*variant as usize].iter().zip(rows) {
                    let table = table_of(&form.frame, *slot);
                    records.of.entry((table, *row)).or_insert(finding as u32);
                    if !records.tables.contains(&table) {
                        records.tables.push(table);
                    }
                }
            }
        }
        records
    }
}

/// For every finding of every rule, the finding that explains it.
pub(super) fn explain(joiner: &Joiner<'_, '_>, rules: &[&Rule], findings: &[Findings]) -> Vec<Vec<Option<FindingId>>> {
    let place = |follow: &Follow| {
        let root = rules.iter().position(|root| root.id == follow.rule)?;
        (findings[root].len() > 0).then_some(root)
    };
    let found = (0..rules.len()).filter(|at| findings[*at].len() > 0);
    let roots: HashSet<usize> = found.flat_map(|at| rules[at].follows.iter().filter_map(place)).collect();
    let records = |at: usize| if roots.contains(&at) { Records::new(rules[at], &findings[at]) } else { Records::default() };
    let records: Vec<Records> = (0..rules.len()).into_par_iter().map(records).collect();
    let of_rule = |(rule, own): (&&Rule, &Findings)| {
        let mut explained: Vec<Option<FindingId>> = vec![None; own.len()];
        let follows = if own.len() > 0 { rule.follows.as_slice() } else { &[] };
        for (follow, root) in follows.iter().filter_map(|follow| Some((follow, place(follow)?))) {
            let found = if follow.links.is_empty() {
                joiner.by_records(rule, own, &records[root])
            } else {
                joiner.by_links(rule, own, follow, rules[root], &findings[root])
            };
            for (finding, of_root) in explained.iter_mut().zip(found) {
                *finding = finding.or(of_root.map(|finding| (root as u32, finding)));
            }
        }
        explained
    };
    rules.par_iter().zip(findings).with_max_len(1).map(of_rule).collect()
}

impl Joiner<'_, '_> {
    /// A finding follows one that has one of its records, or one that one of its records refers to; a grouped one when this is so of all its tuples.
    fn by_records(&self, rule: &Rule, findings: &Findings, roots: &Records) -> Vec<Option<u32>> {
        let variants = variants(rule);
        let root_of = |(variant, tuple): &Member| -> Option<u32> {
            let form = variants.get(*variant as usize)?;
            let rows = findings.found.tuple(*variant as usize, *tuple as usize);
            let slots = &findings.found.slots[*variant as usize];
            let shared = slots.iter().zip(rows).find_map(|(slot, row)| roots.of.get(&(table_of(&form.frame, *slot), *row)).copied());
            shared.or_else(|| slots.iter().zip(rows).find_map(|(slot, row)| self.referred(table_of(&form.frame, *slot), *row, roots)))
        };
        let whole = |finding: usize| {
            let members = findings.members(finding);
            let first = root_of(members.first()?)?;
            members[1..].iter().all(|member| root_of(member).is_some()).then_some(first)
        };
        (0..findings.len()).map(whole).collect()
    }

    /// The finding of a record that this record refers to.
    fn referred(&self, table: TableId, row: u32, roots: &Records) -> Option<u32> {
        for (at, field) in table.0.get().fields.iter().enumerate() {
            let Some(other) = field.refers.and_then(noun) else { continue };
            let target = (other, table.1);
            let field = FieldRef::Field(FieldId(at as u8));
            if !roots.tables.contains(&target) || !self.supply.has(table, Some(&field)) {
                continue;
            }
            let id = other.field(other.get().identity[0])?;
            let id = Expr::Field(FieldRef::Field(id));
            let value = self.columns.value(table, &Expr::Field(field))[row as usize];
            if value == Sym::MISSING {
                continue;
            }
            let index = self.indexes.whole(self.columns, &(target, vec![(id, By::Bytes)]));
            let mut root = None;
            index.each(&[value], |target_row| {
                root = roots.of.get(&(target, target_row)).copied();
                root.is_none()
            });
            if root.is_some() {
                return root;
            }
        }
        None
    }

    /// A finding follows the first one to which the way that the rule gives leads from one of its tuples.
    fn by_links(&self, rule: &Rule, findings: &Findings, follow: &Follow, root: &Rule, root_findings: &Findings) -> Vec<Option<u32>> {
        let mut explained = vec![None; findings.len()];
        for link in &follow.links {
            if link.frame.iter().any(|binding| !self.supplied(binding.noun, binding.epoch, None)) {
                continue;
            }
            self.by_link(rule, findings, link, root, root_findings, &mut explained);
        }
        explained
    }

    fn by_link(&self, rule: &Rule, findings: &Findings, link: &Link, root: &Rule, root_findings: &Findings, explained: &mut [Option<u32>]) {
        let Some(form) = variants(rule).get(link.variant) else { return };
        let Some(root_form) = variants(root).get(link.root_variant) else { return };
        // The way starts at this rule's records and must reach the other's.
        let mut slots: Vec<Slot> = link.lent.iter().map(|(_, here)| *here).collect();
        slots.extend(&link.clause.slots);
        let way = Clause { slots, condition: link.clause.condition.clone(), among: None };
        let own = form.tuple();
        let Ok(joined) = joins::order(&own, &way) else { return };
        let mut origins: Vec<u32> = Vec::new();
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); own.len()];
        for finding in 0..findings.len() {
            for (variant, tuple) in findings.members(finding) {
                if *variant as usize == link.variant {
                    origins.push(finding as u32);
                    for (column, row) in rows.iter_mut().zip(findings.found.tuple(link.variant, *tuple as usize)) {
                        column.push(*row);
                    }
                }
            }
        }
        let wanted: Vec<(TableId, Slot)> = link.lent.iter().map(|(there, here)| (table_of(&root_form.frame, *there), *here)).collect();
        let places: Vec<usize> = link
            .lent
            .iter()
            .map(|(there, _)| root_findings.found.slots[link.root_variant].iter().position(|slot| slot == there).unwrap_or(0))
            .collect();
        let mut roots: HashMap<Vec<u32>, u32> = HashMap::new();
        for finding in 0..root_findings.len() {
            for (variant, tuple) in root_findings.members(finding) {
                if *variant as usize == link.root_variant {
                    let tuple = root_findings.found.tuple(link.root_variant, *tuple as usize);
                    roots.entry(places.iter().map(|place| tuple[*place]).collect()).or_insert(finding as u32);
                }
            }
        }
        let batch = Batch::of_tuples(&own, rows);
        self.join(&link.frame, &joined, batch, &mut |found: Batch| {
            for place in 0..found.len() {
                let key: Vec<u32> = wanted.iter().map(|(_, here)| found.rows(*here)[place]).collect();
                if let Some(root) = roots.get(&key) {
                    let finding = origins[found.origin[place] as usize] as usize;
                    let best = explained[finding].map_or(*root, |known: u32| known.min(*root));
                    explained[finding] = Some(best);
                }
            }
        });
    }
}

/// The last finding of a chain of explanations. A chain that comes back to itself (two groups that share records) ends where it would repeat.
pub(super) fn root_of(explained: &[Vec<Option<FindingId>>], finding: FindingId) -> FindingId {
    let mut seen = HashSet::new();
    let mut at = finding;
    while let Some(next) = explained[at.0 as usize][at.1 as usize] {
        if !seen.insert(at) {
            break;
        }
        at = next;
    }
    at
}
