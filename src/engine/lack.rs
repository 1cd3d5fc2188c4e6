//! What a rule lacks, and how that is told.
use super::columns::TableId;
use super::plan::Plan;
use crate::finding::List;
use crate::model::{Epoch, FieldRef, NounId, Type};
use std::collections::{BTreeMap, BTreeSet};

/// Something that a rule asks for and no source supplies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Absent {
    /// The noun.
    pub noun: NounId,
    /// Of which epoch.
    pub epoch: Epoch,
    /// The field that is not there; without one, no record is.
    pub field: Option<FieldRef>,
    /// Whether some records are there, and others are not supplied.
    pub part: bool,
}

/// Why something is not there, as whoever looked at the sources knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// In words, after "since": `` `students.csv` has no column `Race` ``.
    pub words: String,
    /// Whether the format of the sources has no place for it, so that no file of it ever will.
    pub by_format: bool,
}

fn table_words(table: TableId) -> String {
    match (table.1, table.0.get().name) {
        (Epoch::Previous, _) => format!("previous {} (--previous)", table.0.get().plural),
        (Epoch::Proposed, _) => format!("proposed {} (no [[naming]] of the packs makes any)", table.0.get().plural),
        (Epoch::Earlier, _) => format!("earlier {} (`rollbook snapshot` remembers them)", table.0.get().plural),
        (Epoch::Today, "account") => "accounts (--accounts)".to_owned(),
        (Epoch::Today, _) => table.0.get().plural.to_owned(),
    }
}

fn field_words(table: TableId, field: &FieldRef) -> String {
    let noun = table.0.get().name;
    let epoch = table.1;
    match field {
        FieldRef::Field(_) => format!("{epoch}{noun}.{}", field.name(table.0)),
        FieldRef::Header(header) => format!("{epoch}{noun}.\"{header}\""),
    }
}

/// The words of lacks; those that differ in the last `quoted` word alone are told as one.
fn together(lacks: &[Lack]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for lack in lacks {
        let words = lack.words.as_str();
        let at = words.strip_suffix('`').and_then(|rest| rest.rfind('`')).unwrap_or(words.len());
        let (start, last) = words.split_at(at);
        match groups.iter_mut().find(|(known, _)| *known == start) {
            Some((_, lasts)) if lasts.contains(&last) => {}
            Some((_, lasts)) => lasts.push(last),
            None => groups.push((start, vec![last])),
        }
    }
    groups.into_iter().map(|(start, lasts)| format!("{start}{}", List(&lasts, "or"))).collect()
}

/// What is lacked, in the words of whoever looked at the sources, and whether it is the format that has no place for it.
pub(super) fn explained(lacks: &[Absent], lack: &dyn Fn(&Absent) -> Lack) -> (String, bool) {
    // Where a whole noun is missing, its columns need no mention.
    let whole: Vec<&Absent> = lacks.iter().filter(|absent| absent.field.is_none()).collect();
    let asked = if whole.is_empty() { lacks.iter().collect() } else { whole };
    let lacks: Vec<Lack> = asked.into_iter().map(lack).collect();
    (format!("since {}", List(&together(&lacks), "and")), lacks.iter().all(|lack| lack.by_format))
}

impl Absent {
    pub(super) fn noun(table: TableId) -> Absent {
        Absent { noun: table.0, epoch: table.1, field: None, part: false }
    }

    /// Some records of a table are not supplied.
    pub(super) fn rest(table: TableId) -> Absent {
        Absent { part: true, ..Absent::noun(table) }
    }

    pub(super) fn words(&self) -> String {
        let table = (self.noun, self.epoch);
        let words = self.field.as_ref().map_or_else(|| table_words(table), |field| field_words(table, field));
        if self.part { format!("all {words}") } else { words }
    }
}

/// Why a rule can't run on a field of which there are only hashes.
pub(super) fn hashed_only(hashed: &BTreeMap<(TableId, FieldRef), Option<Type>>, key: &(TableId, FieldRef)) -> String {
    match hashed.get(key) {
        Some(None) => "since the hashes of the snapshot can't be compared without its key".to_owned(),
        _ => {
            let field = field_words(key.0, &key.1);
            format!("since the snapshot keeps {field} as a hash alone, and the rule needs more; the next snapshot will keep what it needs")
        }
    }
}

pub(super) fn lacking(absent: &BTreeSet<Absent>) -> String {
    if absent.is_empty() {
        return "since nothing was supplied for it".to_owned();
    }
    let words: Vec<String> = absent.iter().map(Absent::words).collect();
    format!("since no source supplies {}", List(&words, "or"))
}

impl<'p> Plan<'p> {
    /// The same, with the reasons of skipped rules in the words of whoever looked at the sources.
    #[must_use]
    pub fn explained(mut self, lack: &dyn Fn(&Absent) -> Lack) -> Plan<'p> {
        for (_, plan) in self.rules.iter_mut().filter(|(_, plan)| !plan.lacks.is_empty()) {
            let (words, by_format) = explained(&plan.lacks, lack);
            (plan.skipped, plan.inapplicable) = (Some(words), by_format);
        }
        for skip in self.syncs_skipped.iter_mut().flatten() {
            skip.0 = explained(&skip.1, lack).0;
        }
        let merges = self.packs.iter().flat_map(|pack| &pack.merges);
        let told = |absent: &BTreeSet<Absent>| match absent.is_empty() {
            true => lacking(absent),
            false => explained(&absent.iter().cloned().collect::<Vec<_>>(), lack).0,
        };
        self.able = merges.map(|merge| (merge.id.clone(), self.supply.merge(merge, &told))).collect();
        for (rule, plan) in &mut self.rules {
            let of = rule.merge.as_ref().and_then(|(merge, _)| self.able.iter().find(|(id, _)| *id == merge.id));
            if let Some((_, able)) = of {
                plan.without.clone_from(&able.without);
            }
        }
        self
    }
}
