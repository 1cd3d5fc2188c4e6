//! What a merge found, in words and places; worked out only when it is asked for.
use super::common::field_name;
use super::kept::kept as kept_value;
use super::pairs::{PRESENT, side};
use super::{Cluster, Common, DECIDED, OTHER_SIDE, Pair, SCORED, Solved, solve_all};
use crate::engine::columns::{Columns, TableId, identity};
use crate::engine::describe::{id_of, kept, told};
use crate::engine::index::Indexes;
use crate::engine::join::{Joiner, Memory};
use crate::engine::plan::Plan;
use crate::finding::{Fingerprint, List, Record};
use crate::language::form::{Column, Cond, Side};
use crate::matching::{Estimate, Field, Level, Lore, Nicknames, nearly};
use crate::model::FieldRef;
use crate::pack::{Merge, OTHER, Part, Proof, Score};
use crate::roster::Dataset;

/// Pairs of one person whose evidence is shown.
const MOST_SHOWN: usize = 12;

/// Two values that a condition compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The field.
    pub field: String,
    /// What the first record says.
    pub left: String,
    /// What the second says.
    pub right: String,
}

/// A condition that held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// As written.
    pub condition: String,
    /// On these values.
    pub values: Vec<Compared>,
}

/// What speaks for, or against, two records being one.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Their identities.
    pub records: (String, String),
    /// The conditions that held.
    pub held: Vec<Held>,
    /// What a person decided, or that both were there in one snapshot.
    pub said: Vec<String>,
}

/// The value that the survivor keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptValue {
    /// The field.
    pub field: String,
    /// The value.
    pub value: String,
    /// The record that it comes from.
    pub from: String,
}

/// Records that belong together, or may, or would but for something.
#[derive(Clone, Debug)]
pub struct Together {
    /// Which of these.
    pub part: Part,
    /// The records, the one that survives first.
    pub members: Vec<Record>,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// What speaks against it.
    pub against: Vec<Evidence>,
    /// What the survivor keeps that it did not have, or not so.
    pub values: Vec<KeptValue>,
    /// The students whom the one account would see.
    pub sees: Vec<String>,
    /// How well they fit, where the merge has weights.
    pub score: Option<f64>,
}

impl Evidence {
    /// In words, without the records.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for value in self.held.iter().flat_map(|held| &held.values) {
            let field = value.field.replace('_', " ");
            let word = if value.left == value.right {
                format!("{field} {}", value.left)
            } else {
                format!("{field} {} / {}", value.left, value.right)
            };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.extend(self.said.iter().cloned());
        List(&words, "and").to_string()
    }
}

impl Together {
    /// Why, in one line: what speaks for it, and what against.
    #[must_use]
    pub fn words(&self) -> String {
        let tell = |evidence: &Evidence| {
            let (a, b) = &evidence.records;
            format!("{a} and {b} by {}", evidence.words())
        };
        let mut words: Vec<String> = self.evidence.iter().map(tell).collect();
        let against = |evidence: &Evidence| {
            let (a, b) = &evidence.records;
            format!("but {a} and {b} differ: {}", evidence.words())
        };
        words.extend(self.against.iter().map(against));
        words.join("; ")
    }
}

/// Solved merges with all that is needed to tell of them.
pub struct Merges<'p, 'd> {
    columns: Columns<'d>,
    solved: Vec<Solved<'p>>,
}

/// One of [`Merges`].
#[derive(Clone, Copy)]
pub struct MergeRun<'a, 'p, 'd> {
    columns: &'a Columns<'d>,
    solved: &'a Solved<'p>,
}

/// Solves the merges of a plan over a dataset, on rayon's current threads.
#[must_use]
pub fn merges<'p, 'd>(plan: &Plan<'p>, dataset: &'d Dataset) -> Merges<'p, 'd> {
    let columns = Columns::new(dataset, plan.today);
    let solved = {
        let (indexes, memory) = (Indexes::default(), Memory::default());
        solve_all(plan, &Joiner::new(&columns, &indexes, &plan.supply, &memory))
    };
    Merges { columns, solved }
}

impl<'p, 'd> Merges<'p, 'd> {
    /// The merges, in the order of the packs.
    pub fn runs<'a>(&'a self) -> impl Iterator<Item = MergeRun<'a, 'p, 'd>> {
        self.solved.iter().map(|solved| MergeRun { columns: &self.columns, solved })
    }
}

impl<'a, 'p, 'd> MergeRun<'a, 'p, 'd> {
    pub(in crate::engine) fn new(columns: &'a Columns<'d>, solved: &'a Solved<'p>) -> Self {
        MergeRun { columns, solved }
    }

    /// The merge itself.
    #[must_use]
    pub fn merge(&self) -> &'p Merge {
        self.solved.merge
    }

    /// Why it could not run at all.
    #[must_use]
    pub fn skipped(&self) -> Option<&'a str> {
        self.solved.skipped.as_deref()
    }

    /// What it had to do without.
    #[must_use]
    pub fn without(&self) -> &'a [String] {
        &self.solved.without
    }

    /// What else a person should know: decisions on records that are not there.
    #[must_use]
    pub fn notes(&self) -> &'a [String] {
        &self.solved.notes
    }

    /// Values that too many records share, and that were no evidence.
    #[must_use]
    pub fn common(&self) -> &'a [Common] {
        &self.solved.common
    }

    /// How many records it looked at, and how many pairs it compared.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.solved.records, self.solved.compared)
    }

    /// Pairs that something would prove to be one and something forbids, by what forbids.
    #[must_use]
    pub fn apart(&self) -> Vec<(&'p str, u64)> {
        let texts = self.solved.merge.never.iter().map(|proof| proof.text.as_str()).chain(["two of one snapshot"]);
        texts.zip(self.solved.apart.iter().copied()).filter(|(_, count)| *count > 0).collect()
    }

    /// Weights fitted to the data, when the plan asked for them and there was something to learn from.
    #[must_use]
    pub fn fitted(&self) -> Option<&'a Estimate> {
        self.solved.fitted.as_ref()
    }

    /// How many of a part there are.
    #[must_use]
    pub fn len(&self, part: Part) -> usize {
        self.solved.len(part)
    }

    /// Whether it found nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        Part::ALL.into_iter().all(|part| self.len(part) == 0)
    }

    /// The identities of the records of one of a part.
    #[must_use]
    pub fn ids(&self, part: Part, at: usize) -> Vec<String> {
        self.solved.members(part, at).into_iter().map(|member| self.id(member)).collect()
    }

    /// What a finding of it is known by, whatever the lines and the order.
    pub(in crate::engine) fn fingerprint(&self, rule: &str, part: Part, at: usize) -> Fingerprint {
        let mut ids = self.ids(part, at);
        ids.sort();
        Fingerprint::of(rule, ids.iter().map(String::as_str))
    }

    /// One of a part, with everything that there is to say.
    #[must_use]
    pub fn together(&self, part: Part, at: usize) -> Together {
        let solved = self.solved;
        let (evidence, forbids): (&[Pair], &[(u32, u32, u32)]) = match part {
            Part::Same => (&solved.clusters[at].evidence, &[]),
            Part::Likely => (std::slice::from_ref(&solved.likely[at]), &[]),
            Part::Contradicted => (&solved.contradictions[at].evidence, &solved.contradictions[at].forbids),
        };
        let members = solved.members(part, at);
        let cluster = (part == Part::Same).then(|| &solved.clusters[at]);
        Together {
            part,
            evidence: evidence.iter().take(MOST_SHOWN).map(|pair| self.evidence(pair)).collect(),
            against: forbids.iter().take(MOST_SHOWN).map(|(a, b, bits)| self.against(*a, *b, *bits)).collect(),
            values: cluster.map(|cluster| self.values(cluster)).unwrap_or_default(),
            sees: cluster.map(|cluster| self.sees(cluster)).unwrap_or_default(),
            score: self.solved.merge.score.as_ref().and_then(|_| evidence.iter().map(|pair| pair.score).reduce(f64::max)),
            members: members.into_iter().map(|member| self.record(member)).collect(),
        }
    }

    fn table(&self, member: u32) -> TableId {
        side(self.solved.merge, member & OTHER_SIDE != 0)
    }

    fn id(&self, member: u32) -> String {
        id_of(self.columns, self.table(member), member & !OTHER_SIDE).unwrap_or_default()
    }

    fn text(&self, member: u32, field: &FieldRef) -> Option<String> {
        kept(self.columns, self.table(member), member & !OTHER_SIDE, field)
    }

    fn record(&self, member: u32) -> Record {
        let (noun, epoch) = self.table(member);
        let mut fields: Vec<FieldRef> = Vec::new();
        let mut add = |expr: &crate::language::form::Expr| expr.fields(&mut |field| fields.push(field.clone()));
        add(&identity(noun));
        let merge = self.solved.merge;
        for proof in merge.same.iter().chain(&merge.likely).chain(&merge.never) {
            proof.condition.columns(&mut |column| {
                if column.slot.0 < 2 {
                    add(&column.expr);
                }
            });
        }
        ["name", "first_name", "last_name"]
            .iter()
            .filter_map(|name| noun.field(name))
            .for_each(|field| fields.push(FieldRef::Field(field)));
        fields.sort();
        fields.dedup();
        let mut record = self.columns.dataset.record(noun, epoch, member & !OTHER_SIDE, &fields);
        let binding = if member & OTHER_SIDE != 0 { &merge.other } else { &merge.record };
        record.var.clone_from(&binding.name);
        record.id = self.id(member);
        record
    }

    fn evidence(&self, pair: &Pair) -> Evidence {
        let merge = self.solved.merge;
        let proofs = held(&merge.same, pair.same).chain(held(&merge.likely, pair.likely)).map(|proof| self.held(proof, pair.a, pair.b));
        let decided = pair.decided.checked_sub(1).and_then(|nth| self.solved.decisions.get(nth as usize));
        let scored = (pair.same | pair.likely) & SCORED != 0;
        let mut said: Vec<String> = Vec::new();
        let mut nouns: Vec<&str> = Vec::new();
        held(&merge.same, pair.same).chain(held(&merge.likely, pair.likely)).for_each(|proof| ties(proof, &mut nouns));
        if !nouns.is_empty() {
            said.push(format!("tied by {}", List(&nouns, "and")));
        }
        said.extend(merge.score.as_ref().filter(|_| scored).map(|score| self.weighed(score, pair)));
        said.extend(decided.map(|decision| decision.words()));
        Evidence { records: (self.id(pair.a), self.id(pair.b)), held: proofs.collect(), said }
    }

    /// The levels of a pair and what they weigh, in words.
    fn weighed(&self, score: &Score, pair: &Pair) -> String {
        let lore = Lore { nicknames: self.solved.merge.nicknames.clone().unwrap_or_else(Nicknames::built_in), ..Lore::default() };
        let of = |(at, field): (usize, &Field)| {
            let text = |member| self.columns.text_of(&score.values[at], &|field| self.text(member, field));
            let (left, right) = (text(pair.a)?, text(pair.b)?);
            let (_, near) = lore.compare(field, Some(&left), Some(&right));
            let noun = self.solved.merge.record.noun;
            let hidden = |value| told(self.columns, noun, &score.values[at], Some(value)).unwrap_or_default();
            let (left, right) = (hidden(left), hidden(right));
            let level = pair.levels.get(at);
            let values = if left == right { left } else { format!("{left} / {right}") };
            let why =
                near.filter(|_| !matches!(level, Level::Same | Level::Rare)).map(|near| format!(", {}", near.words())).unwrap_or_default();
            Some(format!("{} {values} ({level}{why}, {:+.1})", field.name, score.model.strangers[at].of(level)))
        };
        let levels: Vec<String> = score.model.fields.iter().enumerate().filter_map(of).collect();
        format!("score {:.1} of {}", pair.score, List(&levels, "and"))
    }

    fn against(&self, a: u32, b: u32, bits: u32) -> Evidence {
        let records = (self.id(a), self.id(b));
        let mut said = Vec::new();
        if bits & PRESENT != 0 {
            said.push("both were there in one snapshot".to_owned());
        }
        if bits & DECIDED != 0 {
            let of_pair = |name: &str| name == records.0 || name == records.1;
            let decision = self
                .solved
                .decisions
                .iter()
                .find(|decision| !decision.same && decision.records.iter().filter(|name| of_pair(&name.value)).count() >= 2);
            said.extend(decision.map(|decision| decision.words()));
        }
        Evidence { records, held: held(&self.solved.merge.never, bits).map(|proof| self.held(proof, a, b)).collect(), said }
    }

    /// The values on which a condition held, as they are written.
    fn held(&self, proof: &Proof, a: u32, b: u32) -> Held {
        let mut values = Vec::new();
        comparisons(&proof.condition, &mut |left, right, open| {
            let (left, right) = if left.slot == OTHER { (right, left) } else { (left, right) };
            let (left_column, right_column) = (left, right);
            let text = |member, column: &Column| self.columns.text_of(&column.expr, &|field| self.text(member, field));
            let noun = self.solved.merge.record.noun;
            let (from, to) = (field_name(&left.expr, noun), field_name(&right.expr, noun));
            let field = if from == to { from } else { format!("{from} and {to}") };
            if let (Some(left), Some(right)) = (text(a, left), text(b, right))
                && !values.iter().any(|known: &Compared| known.field == field)
                && open.is_none_or(|comparison| holds(comparison, &left, &right))
            {
                let hidden = |column: &Column, value| told(self.columns, noun, &column.expr, Some(value)).unwrap_or_default();
                values.push(Compared { field, left: hidden(left_column, left), right: hidden(right_column, right) });
            }
        });
        Held { condition: proof.text.clone(), values }
    }

    /// What the survivor keeps besides what it has.
    fn values(&self, cluster: &Cluster) -> Vec<KeptValue> {
        let merge = self.solved.merge;
        let noun = merge.record.noun;
        let fields = (0..noun.get().fields.len() as u8).map(crate::model::FieldId);
        let value = |id: crate::model::FieldId| {
            let field = FieldRef::Field(id);
            let (value, from) = kept_value(self.columns, merge, &cluster.members, &field)?;
            let value = self.columns.dataset.symbols().text(value).to_owned();
            let own = self.text(cluster.members[0], &field);
            (own.as_deref() != Some(value.as_str())).then(|| KeptValue { field: id.of(noun).name.to_owned(), value, from: self.id(from) })
        };
        fields.filter_map(value).collect()
    }

    fn sees(&self, cluster: &Cluster) -> Vec<String> {
        cluster.sees.iter().map(|id| self.columns.dataset.symbols().text(*id).to_owned()).collect()
    }
}

/// The conditions of which a bit is set.
fn held(proofs: &[Proof], bits: u32) -> impl Iterator<Item = &Proof> {
    proofs.iter().enumerate().filter(move |(nth, _)| bits & 1 << nth != 0).map(|(_, proof)| proof)
}

/// The records that a condition counts between the two: they have no two values to show.
fn ties(proof: &Proof, nouns: &mut Vec<&'static str>) {
    proof.condition.clauses(&mut |clause| {
        for slot in &clause.slots {
            let noun = proof.frame[slot.0 as usize].noun.get().name;
            if !nouns.contains(&noun) {
                nouns.push(noun);
            }
        }
    });
}

/// Calls `visit` with the two sides of every comparison of values of two records, and with the comparison itself where the condition can hold without it: as one
/// of several of which some must hold.
pub(super) fn comparisons(condition: &Cond, visit: &mut dyn FnMut(&Column, &Column, Option<&Cond>)) {
    compared(condition, false, visit);
}

fn compared(condition: &Cond, open: bool, visit: &mut dyn FnMut(&Column, &Column, Option<&Cond>)) {
    match condition {
        Cond::And(terms) => terms.iter().for_each(|term| compared(term, open, visit)),
        Cond::Or(terms) | Cond::AtLeast(_, terms) => terms.iter().for_each(|term| compared(term, true, visit)),
        Cond::Not(inner) => compared(inner, false, visit),
        Cond::Equal(left, Side::Column(right), _)
        | Cond::Similar(left, Side::Column(right), _, _)
        | Cond::Nearly(left, Side::Column(right), _, _)
        | Cond::Text(left, _, Side::Column(right), _)
            if left.slot.0 < 2 && right.slot.0 < 2 =>
        {
            visit(left, right, open.then_some(condition));
        }
        _ => {}
    }
}

/// Whether a comparison of two values holds; of one that is not told here it is taken to.
fn holds(comparison: &Cond, left: &str, right: &str) -> bool {
    match comparison {
        Cond::Equal(_, _, by) => by.key(left).is_some_and(|key| Some(key) == by.key(right)),
        Cond::Nearly(_, _, kind, names) => nearly(*kind, left, right, names) == Some(true),
        _ => true,
    }
}
