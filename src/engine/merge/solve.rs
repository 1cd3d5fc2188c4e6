//! From pairs to people: what is proven is joined, what something forbids is reported whole, what is only likely is left to a person.
use super::pairs::{Asked, PRESENT};
use super::plan::Able;
use super::{Cluster, Contradicted, DECIDED, OTHER_SIDE, Pair, Solved, common, score};
use crate::engine::columns::Symbols;
use crate::engine::join::Joiner;
use crate::engine::name::follow;
use crate::matching::{Edge, assign, clusters};
use crate::pack::{Decision, Merge};
use crate::roster::Sym;
use hashbrown::{HashMap, HashSet};
use std::cmp::Ordering;
use std::sync::Arc;

/// Records that one chain may hold together before it is told as a contradiction: so many records are nobody.
const MOST_MEMBERS: usize = 500;

/// Solves a merge. `decisions` are those of this merge.
pub(super) fn solve<'p>(joiner: &Joiner<'_, '_>, merge: &'p Merge, able: Able, decisions: Vec<&'p Decision>, fit: bool) -> Solved<'p> {
    let mut solved = Solved::new(merge, able, decisions);
    if solved.skipped.is_some() {
        return solved;
    }
    let (fields, told) = common::find(joiner, merge);
    solved.common = told;
    let asked = Asked::new(joiner, merge, &fields);
    let records = asked.records();
    solved.records = records.len() as u64;
    let candidates = asked.candidates(&records);
    solved.compared = candidates.len() as u64;
    if fit {
        solved.fitted = score::fitted(&asked, &records, &candidates, &fields);
    }
    let pairs = asked.judged(&candidates);
    drop(candidates);
    let people = People::new(&asked, &pairs, &mut solved);
    let decided = people.decided(&mut solved);
    solved.apart = vec![0; merge.never.len() + 1];
    for pair in pairs.iter().filter(|pair| pair.same != 0 && pair.never != 0) {
        for (nth, count) in solved.apart.iter_mut().enumerate() {
            let bit = if nth == merge.never.len() { PRESENT } else { 1 << nth };
            *count += u64::from(pair.never & bit != 0);
        }
    }
    let pairs = people.between(&asked, pairs, &decided);
    if merge.one_to_one {
        partners(pairs, &mut solved);
    } else {
        chains(&asked, &people, pairs, &decided, &mut solved);
    }
    people.order(&asked, &mut solved);
    collect(joiner, &people, &mut solved);
    solved
}

/// The records that pairs speak of: rows of one identity are one record, and known by the first of them.
struct People<'a, 'd> {
    ids: [Arc<Symbols<'d>>; 2],
    /// The first row of each identity, by side.
    first: [HashMap<Sym, u32>; 2],
    symbols: &'a crate::roster::Symbols,
    one_table: bool,
}

/// What people decided, by records.
#[derive(Default)]
struct Decided {
    same: HashMap<(u32, u32), u32>,
    different: HashMap<(u32, u32), u32>,
}

impl<'a, 'd> People<'a, 'd> {
    fn new(asked: &Asked<'_, '_, 'a, 'd>, pairs: &[Pair], solved: &mut Solved<'_>) -> Self {
        let ids = [asked.identities(false), asked.identities(true)];
        let symbols = asked.joiner.columns.dataset.symbols();
        let mut first: [HashMap<Sym, u32>; 2] = [HashMap::new(), HashMap::new()];
        let mut note = |side: usize, row: u32| {
            let side = if asked.one_table { 0 } else { side };
            let id = ids[side][row as usize];
            if id != Sym::MISSING {
                let known = first[side].entry(id).or_insert(row);
                *known = row.min(*known);
            }
        };
        for pair in pairs {
            note(0, pair.a);
            note(1, pair.b);
        }
        // Records that people decided on stand for themselves, whether anything else speaks of them or not.
        let names = solved.decisions.iter().flat_map(|decision| &decision.records);
        let wanted: HashSet<Sym> = names.filter_map(|name| symbols.get(&name.value)).filter(|id| *id != Sym::MISSING).collect();
        if !wanted.is_empty() {
            for (side, ids) in ids.iter().enumerate().take(if asked.one_table { 1 } else { 2 }) {
                let rows = (0..ids.len() as u32).filter(|row| wanted.contains(&ids[*row as usize]));
                rows.for_each(|row| note(side, row));
            }
        }
        People { ids, first, symbols, one_table: asked.one_table }
    }

    /// The record of a row.
    fn node(&self, other: bool, row: u32) -> u32 {
        let side = usize::from(other && !self.one_table);
        let first = self.first[side].get(&self.ids[side][row as usize]).copied().unwrap_or(row);
        if side == 1 { first | OTHER_SIDE } else { first }
    }

    fn id(&self, node: u32) -> &'a str {
        self.symbols.text(self.ids[usize::from(node & OTHER_SIDE != 0)][(node & !OTHER_SIDE) as usize])
    }

    /// The identities of a pair, the lesser first; the rows tell those without apart.
    fn names(&self, pair: &Pair) -> ((&'a str, u32), (&'a str, u32)) {
        let name = |node: u32| {
            let id = self.id(node);
            (id, if id.is_empty() { node } else { 0 })
        };
        let (a, b) = (name(pair.a), name(pair.b));
        (a.min(b), a.max(b))
    }

    /// The decisions, on the records that are there; those on others are noted.
    fn decided(&self, solved: &mut Solved<'_>) -> Decided {
        let mut decided = Decided::default();
        for (nth, decision) in solved.decisions.iter().enumerate() {
            let find = |name: &str| -> Vec<u32> {
                let id = self.symbols.get(name).filter(|id| *id != Sym::MISSING);
                let on = |side: usize| id.and_then(|id| self.first[side].get(&id)).map(|row| row | if side == 1 { OTHER_SIDE } else { 0 });
                [on(0), on(1)].into_iter().flatten().collect()
            };
            let records: Vec<Vec<u32>> = decision.records.iter().map(|name| find(&name.value)).collect();
            for (name, found) in decision.records.iter().zip(&records) {
                if found.is_empty() {
                    solved.notes.push(format!(
                        "a decision names {}, which is not among the {}",
                        name.value,
                        solved.merge.record.noun.get().plural
                    ));
                }
            }
            for (at, own) in records.iter().enumerate() {
                for (a, b) in own.iter().flat_map(|a| records[at + 1..].iter().flatten().map(move |b| (*a, *b))) {
                    let pair = (a.min(b), a.max(b));
                    if a != b && (self.one_table || (a ^ b) & OTHER_SIDE != 0) {
                        let table = if decision.same { &mut decided.same } else { &mut decided.different };
                        table.entry(pair).or_insert(nth as u32);
                    }
                }
            }
        }
        decided
    }

    /// Pairs of records in place of rows, the best of each, with what people decided.
    fn between(&self, asked: &Asked<'_, '_, '_, '_>, pairs: Vec<Pair>, decided: &Decided) -> Vec<Pair> {
        let mut between: Vec<Pair> = Vec::with_capacity(pairs.len());
        for mut pair in pairs {
            (pair.a, pair.b) = (self.node(false, pair.a), self.node(true, pair.b));
            if asked.both_ways {
                (pair.a, pair.b) = (pair.a.min(pair.b), pair.a.max(pair.b));
            }
            if pair.a == pair.b || decided.different.contains_key(&(pair.a.min(pair.b), pair.a.max(pair.b))) {
                continue;
            }
            between.push(pair);
        }
        for ((a, b), nth) in &decided.same {
            // Of two sides the record's stands first.
            let (a, b) = if self.one_table && !asked.both_ways { (*a, *b) } else { (*a.min(b), *a.max(b)) };
            // Two decisions that say opposite things are told, and neither is followed.
            let never = if decided.different.contains_key(&(a.min(b), a.max(b))) { DECIDED } else { 0 };
            between.push(Pair { a, b, same: DECIDED, never, decided: nth + 1, score: f64::INFINITY, ..Pair::default() });
        }
        between.sort_by(|x, y| (x.a, x.b, y.decided).cmp(&(y.a, y.b, x.decided)).then(y.strength().total_cmp(&x.strength())));
        between.dedup_by(|later, kept| {
            let one = (later.a, later.b) == (kept.a, kept.b);
            if one {
                kept.same |= later.same;
                kept.likely |= later.likely;
                kept.never |= later.never;
            }
            one
        });
        between
    }

    /// Puts the record that survives first, the others after it, and the whole in the order of the file.
    fn order(&self, asked: &Asked<'_, '_, 'a, 'd>, solved: &mut Solved<'_>) {
        let keeps = Keeps::new(asked, self);
        for cluster in &mut solved.clusters {
            cluster.members.sort_by(|a, b| keeps.compare(*a, *b));
        }
        // Of two that may be one the record that would survive stands first, whatever the order of rows.
        if asked.both_ways {
            for pair in solved.likely.iter_mut().filter(|pair| keeps.compare(pair.a, pair.b) == Ordering::Greater) {
                (pair.a, pair.b) = (pair.b, pair.a);
            }
        }
        solved.contradictions.iter_mut().for_each(|found| found.members.sort_by(|a, b| keeps.compare(*a, *b)));
        solved.clusters.sort_by_key(|cluster| cluster.members[0]);
        solved.contradictions.sort_by_key(|found| found.members[0]);
        solved.likely.sort_by(|x, y| y.strength().total_cmp(&x.strength()).then((x.a, x.b).cmp(&(y.a, y.b))));
    }
}

/// The order in which records survive.
struct Keeps<'a, 'p, 'd> {
    people: &'p People<'a, 'd>,
    numbers: Vec<(usize, Arc<Vec<f64>>)>,
    texts: Vec<(usize, Arc<Symbols<'d>>)>,
    count: usize,
}

impl<'a, 'p, 'd> Keeps<'a, 'p, 'd> {
    fn new(asked: &Asked<'_, '_, 'a, 'd>, people: &'p People<'a, 'd>) -> Self {
        let merge = asked.merge;
        let table = (merge.record.noun, merge.record.epoch);
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for (nth, column) in merge.keeps.iter().enumerate() {
            if column.kind.ordered() {
                numbers.push((nth, asked.joiner.columns.order(table, &column.expr, column.kind)));
            } else {
                texts.push((nth, asked.joiner.columns.value(table, &column.expr)));
            }
        }
        Keeps { people, numbers, texts, count: merge.keeps.len() }
    }

    /// What is missing comes last, and a record of another epoch after one of today.
    fn compare(&self, a: u32, b: u32) -> Ordering {
        if (a | b) & OTHER_SIDE != 0 {
            return a.cmp(&b);
        }
        let (row_a, row_b) = (a as usize, b as usize);
        let symbols = self.people.symbols;
        for nth in 0..self.count {
            let number = self.numbers.iter().find(|(of, _)| *of == nth).map(|(_, column)| {
                let (left, right) = (column[row_a], column[row_b]);
                (left.is_nan(), left).partial_cmp(&(right.is_nan(), right)).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
            });
            let text = || {
                let (_, column) = self.texts.iter().find(|(of, _)| *of == nth)?;
                let text = |row: usize| (column[row] == Sym::MISSING, symbols.text(column[row]));
                Some(text(row_a).cmp(&text(row_b)))
            };
            match number.or_else(text) {
                Some(Ordering::Equal) | None => {}
                Some(order) => return order,
            }
        }
        self.people.id(a).cmp(self.people.id(b)).then(a.cmp(&b))
    }
}

/// At most one partner for each: the pairs that fit best, and none where two fit as well.
fn partners(pairs: Vec<Pair>, solved: &mut Solved<'_>) {
    let place = |pair: &Pair| (pair.a, pair.b);
    let (proven, likely): (Vec<Pair>, Vec<Pair>) = pairs.into_iter().partition(|pair| pair.same != 0);
    let (allowed, forbidden): (Vec<Pair>, Vec<Pair>) = proven.into_iter().partition(|pair| pair.never == 0);
    for pair in forbidden.into_iter().filter(|pair| pair.decided != 0) {
        solved.contradictions.push(Contradicted {
            members: vec![pair.a, pair.b],
            evidence: vec![pair],
            forbids: vec![(pair.a, pair.b, pair.never)],
        });
    }
    let known: HashMap<(u32, u32), Pair> = allowed.iter().map(|pair| (place(pair), *pair)).collect();
    let edges = allowed.iter().map(|pair| Edge { left: pair.a, right: pair.b, score: pair.strength() }).collect();
    let assigned = assign(edges);
    let mut taken = HashSet::new();
    for edge in &assigned.chosen {
        let Some(pair) = known.get(&(edge.left, edge.right)) else { continue };
        taken.extend([pair.a, pair.b]);
        solved.clusters.push(Cluster { members: vec![pair.a, pair.b], evidence: vec![*pair], sees: Vec::new() });
    }
    let contested = assigned.contested.iter().filter_map(|edge| known.get(&(edge.left, edge.right)).copied());
    let open = likely.into_iter().filter(|pair| pair.never == 0);
    solved.likely.extend(contested.chain(open).filter(|pair| !taken.contains(&pair.a) && !taken.contains(&pair.b)));
}

/// Chains of pairs, and what forbids them.
fn chains(asked: &Asked<'_, '_, '_, '_>, people: &People<'_, '_>, pairs: Vec<Pair>, decided: &Decided, solved: &mut Solved<'_>) {
    let mut nodes: Vec<u32> =
        pairs.iter().flat_map(|pair| [pair.a, pair.b]).chain(decided.different.keys().flat_map(|(a, b)| [*a, *b])).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let place = |node: u32| nodes.binary_search(&node).unwrap_or(0) as u32;
    let joins = |pair: &&Pair| pair.same != 0 && (pair.never == 0 || pair.decided != 0);
    let same: Vec<(u32, u32)> = pairs.iter().filter(joins).map(|pair| (place(pair.a), place(pair.b))).collect();
    let loose = clusters(nodes.len() as u32, &same, &[]);
    let mut group_of: Vec<u32> = vec![u32::MAX; nodes.len()];
    for (nth, group) in loose.groups.iter().enumerate() {
        group.iter().for_each(|node| group_of[*node as usize] = nth as u32);
    }
    // What holds of each pair of a chain, be it compared or not.
    let mut inside: Vec<(u32, u32)> = Vec::new();
    let crowded = |group: &Vec<u32>| group.len() > MOST_MEMBERS;
    for group in loose.groups.iter().filter(|group| group.len() > 2 && !crowded(group)) {
        for (at, a) in group.iter().enumerate() {
            inside.extend(group[at + 1..].iter().map(|b| (*a, *b)));
        }
    }
    let rows: Vec<(u32, u32)> = inside.iter().map(|(a, b)| (nodes[*a as usize], nodes[*b as usize])).collect();
    let bits = asked.forbidden(&rows);
    let mut never: HashMap<(u32, u32), u32> = inside.into_iter().zip(bits).filter(|(_, bits)| *bits != 0).collect();
    never.extend(pairs.iter().filter(|pair| pair.decided != 0 && pair.never != 0).map(|pair| ((place(pair.a), place(pair.b)), pair.never)));
    for (a, b) in decided.different.keys() {
        let (a, b) = (place(*a), place(*b));
        if group_of[a as usize] != u32::MAX && group_of[a as usize] == group_of[b as usize] {
            *never.entry((a, b)).or_default() |= DECIDED;
        }
    }
    let mut forbids: Vec<(u32, u32)> = never.keys().copied().collect();
    forbids.sort_unstable();
    let found = clusters(nodes.len() as u32, &same, &forbids);
    let mut evidence: HashMap<u32, Vec<Pair>> = HashMap::new();
    for pair in pairs.iter().filter(joins) {
        evidence.entry(group_of[place(pair.a) as usize]).or_default().push(*pair);
    }
    let node = |places: &[u32]| places.iter().map(|place| nodes[*place as usize]).collect::<Vec<u32>>();
    for group in found.groups {
        let of_group = group_of[group[0] as usize];
        let evidence = evidence.remove(&of_group).unwrap_or_default();
        if crowded(&group) {
            solved.contradictions.push(Contradicted { members: node(&group), evidence, forbids: Vec::new() });
            continue;
        }
        solved.clusters.push(Cluster { members: node(&group), evidence, sees: Vec::new() });
    }
    for found in found.contradictions {
        let evidence = evidence.remove(&group_of[found.records[0] as usize]).unwrap_or_default();
        let ends = found.chains.iter().filter_map(|chain| Some((*chain.first()?, *chain.last()?)));
        let bits = |a: u32, b: u32| never.get(&(a, b)).or_else(|| never.get(&(b, a))).copied().unwrap_or(0);
        let forbids = ends.map(|(a, b)| (nodes[a as usize], nodes[b as usize], bits(a, b))).collect();
        solved.contradictions.push(Contradicted { members: node(&found.records), evidence, forbids });
    }
    // Of the likely pairs between two people the best is told.
    let whose = |node: u32| {
        let place = place(node);
        let group = group_of[place as usize];
        if group == u32::MAX { (u64::from(place) + 1) << 32 } else { u64::from(group) }
    };
    let mut best: HashMap<(u64, u64), Pair> = HashMap::new();
    for pair in pairs.iter().filter(|pair| pair.same == 0 && pair.likely != 0 && pair.never == 0) {
        let (a, b) = (whose(pair.a), whose(pair.b));
        if a == b {
            continue;
        }
        let kept = best.entry((a.min(b), a.max(b))).or_insert(*pair);
        // Of two that are as strong the first by identity, since the order of rows says nothing.
        if pair.strength() > kept.strength() || (pair.strength() == kept.strength() && people.names(pair) < people.names(kept)) {
            *kept = *pair;
        }
    }
    solved.likely.extend(best.into_values());
}

/// The students whom the one account of each person would see.
fn collect(joiner: &Joiner<'_, '_>, people: &People<'_, '_>, solved: &mut Solved<'_>) {
    let Some(way) = &solved.merge.collects else { return };
    if joiner.supply.clause(&way.frame, &way.clause).is_some() {
        return;
    }
    let mut rows: Vec<u32> = Vec::new();
    let mut of: Vec<u32> = Vec::new();
    for (nth, cluster) in solved.clusters.iter().enumerate() {
        for member in cluster.members.iter().filter(|member| **member & OTHER_SIDE == 0) {
            rows.push(*member);
            of.push(nth as u32);
        }
    }
    let ids = joiner.columns.value(crate::engine::columns::table_of(&way.frame, way.end.slot), &way.end.expr);
    let mut sees: Vec<Vec<Sym>> = vec![Vec::new(); solved.clusters.len()];
    follow(joiner, way, &rows, |place, row| sees[of[place as usize] as usize].push(ids[row as usize]));
    for (cluster, mut sees) in solved.clusters.iter_mut().zip(sees) {
        sees.retain(|id| *id != Sym::MISSING);
        sees.sort_by_key(|id| people.symbols.text(*id));
        sees.dedup();
        cluster.sees = sees;
    }
}
