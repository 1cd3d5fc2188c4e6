//! From tuples to findings: each by itself, or all that agree in a key as one.
use super::columns::{Symbols, table_of};
use super::index::mix;
use super::join::Joiner;
use super::rule::Found;
use crate::language::form::{By, Column};
use crate::pack::{Grouping, Variant};
use crate::roster::Sym;
use hashbrown::HashMap;
use std::sync::Arc;

/// A tuple: its variant and its place there.
pub(super) type Member = (u32, u32);

/// The findings of a rule.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) found: Found,
    /// Where each finding's members start, and the end of the last; `None`: every tuple is one.
    groups: Option<Vec<u32>>,
    members: Vec<Member>,
}

impl Findings {
    /// Every tuple by itself.
    pub(super) fn single(found: Found) -> Self {
        let mut members = Vec::new();
        for variant in 0..found.tuples.len() {
            let tuples = if found.slots[variant].is_empty() { found.tuples[variant].len() } else { found.len(variant) };
            members.extend((0..tuples).map(|at| (variant as u32, at as u32)));
        }
        Findings { found, groups: None, members }
    }

    pub(super) fn len(&self) -> usize {
        self.groups.as_ref().map_or(self.members.len(), |starts| starts.len() - 1)
    }

    /// The tuples of a finding, the first to be shown first.
    pub(super) fn members(&self, finding: usize) -> &[Member] {
        match &self.groups {
            None => &self.members[finding..=finding],
            Some(starts) => &self.members[starts[finding] as usize..starts[finding + 1] as usize],
        }
    }

    /// Findings beyond those that are kept.
    pub(super) fn beyond(&self) -> u64 {
        if self.groups.is_some() { 0 } else { self.found.beyond }
    }
}

/// The key columns of a variant's tuples.
struct Keys<'f, 'd> {
    found: &'f Found,
    variant: usize,
    columns: Vec<(Arc<Symbols<'d>>, usize)>,
}

impl<'f, 'd> Keys<'f, 'd> {
    fn new(joiner: &Joiner<'_, 'd>, variant: &Variant, at: usize, found: &'f Found, keys: &[(Column, By)]) -> Self {
        let place = |column: &Column| found.slots[at].iter().position(|slot| *slot == column.slot).unwrap_or(0);
        let columns = keys
            .iter()
            .map(|(column, by)| (joiner.columns.key(table_of(&variant.frame, column.slot), &column.expr, *by), place(column)))
            .collect();
        Keys { found, variant: at, columns }
    }

    fn of(&self, tuple: usize) -> impl Iterator<Item = Sym> {
        let rows = self.found.tuple(self.variant, tuple);
        self.columns.iter().map(move |(column, place)| column[rows[*place] as usize])
    }
}

impl Joiner<'_, '_> {
    /// Groups what a rule found.
    pub(super) fn group(&self, variants: &[Variant], grouping: Grouping, found: Found) -> Findings {
        if grouping == Grouping::None {
            return Findings::single(found);
        }
        let unique = grouping == Grouping::Unique;
        let keys: Vec<Keys<'_, '_>> =
            variants.iter().enumerate().map(|(at, variant)| Keys::new(self, variant, at, &found, &variant.group)).collect();
        let differ: Vec<Keys<'_, '_>> =
            variants.iter().enumerate().map(|(at, variant)| Keys::new(self, variant, at, &found, &variant.differ)).collect();
        let candidates = if unique { repeated(&keys) } else { all(&keys) };
        // Groups stand in the order of their first member, whatever the numbers of the symbols.
        let mut places: HashMap<Vec<Sym>, usize> = HashMap::new();
        let mut groups: Vec<Vec<Member>> = Vec::new();
        for (variant, tuple) in candidates {
            let key: Vec<Sym> = keys[variant as usize].of(tuple as usize).collect();
            let next = groups.len();
            let at = *places.entry(key).or_insert(next);
            if at == next {
                groups.push(Vec::new());
            }
            groups[at].push((variant, tuple));
        }
        if unique {
            groups.retain(|group| group.len() > 1 && differs(group, &differ));
        }
        let mut starts = vec![0];
        let mut members = Vec::new();
        for group in groups {
            members.extend(group);
            starts.push(members.len() as u32);
        }
        drop((keys, differ));
        Findings { found, groups: Some(starts), members }
    }
}

fn differs(group: &[Member], differ: &[Keys<'_, '_>]) -> bool {
    if differ.iter().all(|keys| keys.columns.is_empty()) {
        return true;
    }
    let key = |(variant, tuple): &Member| differ[*variant as usize].of(*tuple as usize).collect::<Vec<Sym>>();
    let first = key(&group[0]);
    group[1..].iter().any(|member| key(member) != first)
}

/// All tuples with a whole key.
fn all(keys: &[Keys<'_, '_>]) -> Vec<Member> {
    let mut members = Vec::new();
    for (variant, keys) in keys.iter().enumerate() {
        let whole = (0..keys.found.len(variant)).filter(|tuple| keys.of(*tuple).all(|symbol| symbol != Sym::MISSING));
        members.extend(whole.map(|tuple| (variant as u32, tuple as u32)));
    }
    members
}

/// The tuples whose key probably occurs more than once. Two passes over two small bit sets leave some, a second time over sparser ones leaves few,
/// which are then compared exactly.
fn repeated(keys: &[Keys<'_, '_>]) -> Vec<Member> {
    let mut hashed: Vec<(u64, Member)> = Vec::new();
    let count: usize = keys.iter().map(|keys| keys.found.len(keys.variant)).sum();
    let mut filter = Filter::new(count * 4, 20);
    let visit = |act: &mut dyn FnMut(u64, Member)| {
        for (variant, keys) in keys.iter().enumerate() {
            for tuple in 0..keys.found.len(variant) {
                if !keys.of(tuple).any(|symbol| symbol == Sym::MISSING) {
                    act(mix(keys.of(tuple)), (variant as u32, tuple as u32));
                }
            }
        }
    };
    visit(&mut |hash, _| filter.add(hash));
    visit(&mut |hash, member| {
        if filter.repeated(hash) {
            hashed.push((hash, member));
        }
    });
    let mut filter = Filter::new(hashed.len() * 32, 8);
    hashed.iter().for_each(|(hash, _)| filter.add(*hash));
    hashed.retain(|(hash, _)| filter.repeated(*hash));
    hashed.into_iter().map(|(_, member)| member).collect()
}

/// Which hashes came once, and which more often, give or take those that share a bit.
struct Filter {
    once: Vec<u64>,
    twice: Vec<u64>,
    shift: u32,
}

impl Filter {
    fn new(bits: usize, shift: u32) -> Self {
        let words = bits.next_power_of_two().max(64) / 64;
        Filter { once: vec![0; words], twice: vec![0; words], shift }
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        let bit = (hash >> self.shift) as usize & (self.once.len() * 64 - 1);
        (bit / 64, 1 << (bit % 64))
    }

    fn add(&mut self, hash: u64) {
        let (word, bit) = self.place(hash);
        self.twice[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }

    fn repeated(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.twice[word] & bit != 0
    }
}
