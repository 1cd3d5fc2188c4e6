//! What rules read of records that are no longer in today's files, and how: which fields a snapshot keeps, which of them as hashes, and what today's values
//! those hashes are compared with.
use super::columns::{TableId, identity, table_of};
use super::fix;
use super::merge::plan as merge;
use super::plan::Plan;
use super::reads::{each_condition, template_columns};
use super::sync::plan as sync;
use crate::language::form::{By, Column, Cond, Expr, Frame, Quantity, Side, Template};
use crate::model::{Epoch, FieldId, FieldRef, NounId, Privacy, Type};
use crate::pack::{Body, FixOf, Merge, Rule, Sync};
use crate::roster::Compared;
use std::collections::{BTreeMap, BTreeSet};

/// What a snapshot of today's data must keep, so that tomorrow's rules can compare.
#[derive(Clone, Debug, Default)]
pub struct Keeps {
    /// Per noun, its fields. Those that only equality asks for have the type by which it does.
    pub fields: BTreeMap<NounId, BTreeMap<FieldRef, Option<Type>>>,
    /// The nouns of which records that are gone are remembered.
    pub earlier: BTreeSet<NounId>,
    /// Fields that no rule reads: they are needed only where a record lacks its id and is known by them.
    pub spare: BTreeSet<(NounId, FieldRef)>,
}

/// What is done with a field.
#[derive(Clone, Debug, Default)]
struct Use {
    /// Something is worked out from it that a hash doesn't give.
    computed: bool,
    /// It is shown.
    told: bool,
    /// The types by which it is tested for equality.
    equal: BTreeSet<Type>,
}

/// What is done with fields of the past, and what they are compared with.
#[derive(Default)]
struct Uses {
    of: BTreeMap<(TableId, FieldRef), Use>,
    /// What each of them is tested for equality with.
    meets: BTreeMap<Compared, BTreeSet<Compared>>,
}

fn is_past(table: TableId) -> bool {
    matches!(table.1, Epoch::Previous | Epoch::Earlier)
}

/// The type whose keys a comparison uses; types with the same keys are one.
fn type_of(by: By) -> Type {
    match by {
        By::Bytes | By::Type(Type::Text) => Type::Id,
        By::Type(Type::Email) => Type::Login,
        By::Type(kind) => kind,
    }
}

/// The fields of a value that is one of them as it stands. A text or a function would make another value of it.
fn bare(expr: &Expr) -> Option<Vec<&FieldRef>> {
    match expr {
        Expr::Field(field) => Some(vec![field]),
        Expr::First(parts) => Some(parts.iter().map(bare).collect::<Option<Vec<_>>>()?.concat()),
        Expr::Text(_) | Expr::Apply(..) | Expr::Join(_) => None,
    }
}

impl Uses {
    fn note(&mut self, table: TableId, expr: &Expr, note: impl Fn(&mut Use)) {
        if is_past(table) {
            expr.fields(&mut |field| note(self.of.entry((table, field.clone())).or_default()));
        }
    }

    fn compute(&mut self, frame: &Frame, column: &Column) {
        self.note(table_of(frame, column.slot), &column.expr, |used| used.computed = true);
    }

    fn tell(&mut self, frame: &Frame, column: &Column) {
        self.note(table_of(frame, column.slot), &column.expr, |used| used.told = true);
    }

    fn tell_all(&mut self, frame: &Frame, template: &Template) {
        template_columns(template, &mut |column| self.tell(frame, column));
    }

    /// Two values are tested for equality, and nothing else.
    fn equal(&mut self, sides: [(TableId, &Expr); 2], by: By) {
        if !sides.iter().any(|(table, _)| is_past(*table)) {
            return;
        }
        let made = sides.iter().any(|(table, expr)| table.1 == Epoch::Proposed || bare(expr).is_none());
        if made {
            sides.into_iter().for_each(|(table, expr)| self.note(table, expr, |used| used.computed = true));
            return;
        }
        let kind = type_of(by);
        let [left, right] = sides.map(|(table, expr)| {
            self.note(table, expr, |used| {
                used.equal.insert(kind);
            });
            let fields = bare(expr).unwrap_or_default().into_iter();
            fields.map(|field| Compared { noun: table.0, epoch: table.1, field: field.clone(), kind }).collect::<Vec<_>>()
        });
        for (fields, others) in [(&left, &right), (&right, &left)] {
            for field in fields.iter().filter(|field| is_past((field.noun, field.epoch))) {
                self.meets.entry(field.clone()).or_default().extend(others.iter().cloned());
            }
        }
    }

    fn condition(&mut self, frame: &Frame, condition: &Cond) {
        match condition {
            Cond::Known(_) | Cond::Supplied(..) | Cond::Counterpart(_) => {}
            Cond::And(terms) | Cond::Or(terms) | Cond::AtLeast(_, terms) => terms.iter().for_each(|term| self.condition(frame, term)),
            Cond::Not(inner) => self.condition(frame, inner),
            Cond::Equal(left, Side::Column(right), by) => {
                let sides = [left, right].map(|column| (table_of(frame, column.slot), &*column.expr));
                self.equal(sides, *by);
            }
            Cond::Missing(column) if bare(&column.expr).is_some() => {
                self.note(table_of(frame, column.slot), &column.expr, |_| {});
            }
            Cond::Changed(column) => {
                let (noun, epoch) = table_of(frame, column.slot);
                self.equal([((noun, epoch), &*column.expr), ((noun, epoch.other()), &*column.expr)], By::Type(column.kind));
            }
            Cond::Order(_, left, right) => {
                for quantity in [left, right] {
                    match quantity {
                        Quantity::Number(_) => {}
                        Quantity::Column(column) => self.compute(frame, column),
                        Quantity::Count(clause) | Quantity::Share(clause) => self.condition(frame, &clause.condition),
                    }
                }
            }
            other => other.columns(&mut |column| self.compute(frame, column)),
        }
    }

    fn rule(&mut self, rule: &Rule) {
        if let Some((merge, _)) = &rule.merge {
            self.merge(merge);
        } else {
            each_condition(rule, &mut |frame, condition| self.condition(frame, condition));
        }
        for link in rule.follows.iter().flat_map(|follow| &follow.links) {
            self.condition(&link.frame, &link.clause.condition);
        }
        let Body::Records { variants, .. } = &rule.body else { return };
        for variant in variants {
            // What a group agrees in is part of the finding's fingerprint.
            variant.group.iter().chain(&variant.differ).for_each(|(column, _)| self.compute(&variant.frame, column));
            variant.shown.iter().for_each(|column| self.tell(&variant.frame, column));
            std::iter::once(&variant.message).chain(&variant.help).for_each(|template| self.tell_all(&variant.frame, template));
            for label in &variant.labels {
                self.tell(&variant.frame, &label.column);
                self.tell_all(&variant.frame, &label.text);
            }
        }
    }

    /// What syncs read decides over accounts, and is told with what becomes of them.
    fn sync(&mut self, sync: &Sync) {
        sync::each_column(sync, &mut |frame, column| self.compute(frame, column));
    }

    /// What a fix reads is written into files for other programs.
    fn fix(&mut self, of: &FixOf) {
        for form in &of.forms {
            fix::each_column(form, &mut |column| self.compute(&form.frame, column));
        }
    }

    /// What merges read is told as evidence.
    fn merge(&mut self, merge: &Merge) {
        merge::each_condition(merge, &mut |frame, condition| condition.columns(&mut |column| self.compute(frame, column)));
        merge::each_column(merge, &mut |frame, column| self.compute(frame, column));
    }
}

/// Fields that a snapshot keeps as hashes, with the type whose equality these have, if they can be compared.
type Hashes = BTreeMap<(TableId, FieldRef), Option<Type>>;

/// Whether a rule puts fields that are kept as hashes to a use that needs their values; the first of them.
pub(super) fn needs_clear(hashed: &Hashes, rule: &Rule) -> Option<(TableId, FieldRef)> {
    conflict(hashed, |uses| uses.rule(rule))
}

/// The same of a merge.
pub(super) fn merge_needs_clear(hashed: &Hashes, merge: &Merge) -> Option<(TableId, FieldRef)> {
    conflict(hashed, |uses| uses.merge(merge))
}

/// The same of what a fix makes of a rule.
pub(super) fn fix_needs_clear(hashed: &Hashes, of: &FixOf) -> Option<(TableId, FieldRef)> {
    conflict(hashed, |uses| uses.fix(of))
}

/// The same of a sync.
pub(super) fn sync_needs_clear(hashed: &Hashes, sync: &Sync) -> Option<(TableId, FieldRef)> {
    conflict(hashed, |uses| uses.sync(sync))
}

fn conflict(hashed: &Hashes, note: impl FnOnce(&mut Uses)) -> Option<(TableId, FieldRef)> {
    if hashed.is_empty() {
        return None;
    }
    let mut uses = Uses::default();
    note(&mut uses);
    uses.conflict(hashed)
}

impl Uses {
    fn conflict(self, hashed: &Hashes) -> Option<(TableId, FieldRef)> {
        let fits = |key: &(TableId, FieldRef), used: &Use| match hashed.get(key) {
            None => true,
            Some(Some(kind)) => !used.computed && used.equal.iter().all(|by| by == kind),
            Some(None) => !used.computed && used.equal.is_empty(),
        };
        self.of.into_iter().find(|(key, used)| !fits(key, used)).map(|(key, _)| key)
    }
}

impl Plan<'_> {
    /// The same, where a snapshot keeps fields as hashes: some that are comparable by the equality of their types, and some that are not, for want of the key.
    /// What needs more of them is skipped.
    #[must_use]
    pub fn with_hashed(mut self, hashed: &[Compared], unusable: &[Compared]) -> Self {
        let key = |field: &Compared| ((field.noun, field.epoch), field.field.clone());
        self.supply.hashed = hashed.iter().map(|field| (key(field), Some(field.kind))).collect();
        self.supply.hashed.extend(unusable.iter().map(|field| (key(field), None)));
        for (rule, plan) in self.rules.iter_mut().filter(|(_, plan)| plan.skipped.is_none()) {
            if needs_clear(&self.supply.hashed, rule).is_some() {
                *plan = self.supply.plan(rule);
            }
        }
        self
    }

    fn uses(&self) -> Uses {
        let mut uses = Uses::default();
        self.rules.iter().filter(|(rule, plan)| rule.severity.is_some() && plan.skipped.is_none()).for_each(|(rule, _)| uses.rule(rule));
        self.merges().for_each(|merge| uses.merge(merge));
        if self.forecasts {
            self.syncs().for_each(|sync| uses.sync(sync));
        }
        if self.fixes {
            self.fixes().flat_map(|fix| &fix.of).for_each(|of| uses.fix(of));
        }
        if self.names {
            self.rules_of_namings(|naming| naming.blocked.iter()).into_iter().for_each(|rule| uses.rule(rule));
        }
        uses
    }

    /// What a snapshot must keep for this plan, which was made as if the data at hand were that of the previous snapshot and of earlier ones too.
    ///
    /// Personal fields that are only tested for equality are to be kept as hashes. What a finding is known by is not: identities, and what a group agrees in.
    #[must_use]
    pub fn keeps(&self) -> Keeps {
        let wanted = self.wanted();
        let Uses { of, .. } = self.uses();
        let mut keeps = Keeps::default();
        let running = || self.rules.iter().filter(|(rule, plan)| rule.severity.is_some() && plan.skipped.is_none());
        let of_merges = self.merges().map(|merge| (merge.other.noun, merge.other.epoch));
        for table in running().flat_map(|(rule, _)| rule.nouns()).chain(of_merges).filter(|table| is_past(*table)) {
            let fields = keeps.fields.entry(table.0).or_default();
            identity(table.0).fields(&mut |field| {
                fields.insert(field.clone(), None);
            });
            if table.1 == Epoch::Earlier {
                keeps.earlier.insert(table.0);
            }
        }
        // `is gone` and `changed` speak of the previous snapshot without naming it.
        for noun in NounId::all() {
            for epoch in [Epoch::Previous, Epoch::Earlier] {
                let fields = wanted.fields(noun, epoch).cloned();
                let fields: Vec<FieldRef> =
                    fields.chain(of.keys().filter(|(table, _)| *table == (noun, epoch)).map(|(_, field)| field.clone())).collect();
                if !fields.is_empty() {
                    keeps.fields.entry(noun).or_default().extend(fields.into_iter().map(|field| (field, None)));
                }
            }
        }
        let mut supplied = BTreeSet::new();
        for (rule, _) in running() {
            each_condition(rule, &mut |_, condition| {
                condition.each(&mut |condition| {
                    if let Cond::Supplied(noun, epoch, Some(field)) = condition
                        && is_past((*noun, *epoch))
                    {
                        supplied.insert((*noun, field.clone()));
                        keeps.fields.entry(*noun).or_default().insert(field.clone(), None);
                    }
                });
            });
        }
        for (noun, fields) in &mut keeps.fields {
            fields.retain(|field, _| field.privacy(*noun) != Privacy::Secret && field.name(*noun) != crate::model::LAST_SEEN);
            fields.retain(|field, _| self.supply.has((*noun, Epoch::Previous), Some(field)));
            let (first, others) = stand_ins(*noun);
            let mut identifying = Vec::new();
            identity(*noun).fields(&mut |field| identifying.push(field.clone()));
            identifying.retain(|field| first.is_none() || !others.contains(field));
            for (field, kept) in fields.iter_mut().filter(|(field, _)| !identifying.contains(field)) {
                *kept = self.hashed(&of, *noun, field);
            }
            let read = |field: &FieldRef| {
                [Epoch::Previous, Epoch::Earlier].into_iter().any(|epoch| of.contains_key(&((*noun, epoch), field.clone())))
            };
            let asked = |field: &FieldRef| supplied.contains(&(*noun, field.clone()));
            keeps.spare.extend(others.into_iter().filter(|field| !read(field) && !asked(field)).map(|field| (*noun, field)));
        }
        keeps.fields.retain(|_, fields| !fields.is_empty());
        keeps
    }

    /// The type by which a field is hashed, if nothing needs its value.
    fn hashed(&self, of: &BTreeMap<(TableId, FieldRef), Use>, noun: NounId, field: &FieldRef) -> Option<Type> {
        if field.privacy(noun) != Privacy::Personal {
            return None;
        }
        let uses = || [Epoch::Previous, Epoch::Earlier].into_iter().filter_map(|epoch| of.get(&((noun, epoch), field.clone())));
        if uses().any(|used| used.computed || used.told) {
            return None;
        }
        let kinds: BTreeSet<Type> = uses().flat_map(|used| used.equal.iter().copied()).collect();
        match kinds.len() {
            // Whether it is there is all that is asked.
            0 => Some(Type::Id),
            1 => kinds.first().copied(),
            // Of two equalities no one hash gives both.
            _ => None,
        }
    }

    /// The fields that are tested for equality with those which a snapshot keeps as hashes.
    #[must_use]
    pub fn compared(&self, hashed: &[Compared]) -> Vec<Compared> {
        let meets = self.uses().meets;
        let met: BTreeSet<&Compared> = hashed.iter().filter_map(|field| meets.get(field)).flatten().collect();
        met.into_iter().cloned().collect()
    }
}

/// The fields of an identity that stand in for its first one where that is missing; none where all of them are needed.
#[must_use]
pub fn stand_ins(noun: NounId) -> (Option<FieldId>, Vec<FieldRef>) {
    let Expr::First(parts) = identity(noun) else { return (None, Vec::new()) };
    let Some(Expr::Field(FieldRef::Field(first))) = parts.first() else { return (None, Vec::new()) };
    let mut others = Vec::new();
    parts[1..].iter().for_each(|part| part.fields(&mut |field| others.push(field.clone())));
    others.retain(|field| *field != FieldRef::Field(*first));
    (Some(*first), others)
}
