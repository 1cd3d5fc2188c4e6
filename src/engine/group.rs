//! From tuples to findings: each by itself, or all that agree in a key as one.
use super::columns::{Symbols, is_cheap, table_of};
use super::index::mix;
use super::join::Joiner;
use super::rule::Found;
use super::twice::twice;
use crate::language::form::{By, Column};
use crate::pack::{Grouping, Variant};
use crate::roster::Sym;
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

    /// Tuples in groups, which begin at `starts`; the last is the end.
    pub(super) fn groups(found: Found, starts: Vec<u32>) -> Self {
        let members = (0..found.len(0) as u32).map(|at| (0, at)).collect();
        Findings { found, groups: Some(starts), members }
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

    /// Calls `visit` with the hash of every tuple that has a whole key.
    fn each(&self, visit: &mut impl FnMut(u32, u64)) {
        let rows = &self.found.tuples[self.variant];
        let width = self.found.slots[self.variant].len().max(1);
        let columns: Vec<(&[Sym], usize)> = self.columns.iter().map(|(column, place)| (&***column, *place)).collect();
        for (tuple, rows) in rows.chunks_exact(width).enumerate() {
            let mut whole = true;
            let parts = columns.iter().map(|(column, place)| column[rows[*place] as usize]);
            let hash = mix(parts.inspect(|symbol| whole &= *symbol != Sym::MISSING));
            if whole {
                visit(tuple as u32, hash);
            }
        }
    }

    fn of(&self, tuple: usize) -> impl Iterator<Item = Sym> {
        let rows = self.found.tuple(self.variant, tuple);
        self.columns.iter().map(move |(column, place)| column[rows[*place] as usize])
    }
}

impl<'d> Joiner<'_, 'd> {
    /// Groups what a rule found.
    pub(super) fn group(&self, variants: &[Variant], grouping: Grouping, found: Found) -> Findings {
        if grouping == Grouping::None {
            return Findings::single(found);
        }
        let unique = grouping == Grouping::Unique;
        let whole: Vec<usize> = (0..variants.first().map_or(0, |variant| variant.group.len())).collect();
        let candidates = if unique { self.candidates(variants, &found) } else { all(&self.whole_keys(variants, &found, &whole)) };
        let keys = self.keys_of(variants, &found, &candidates, |variant| variant.group.clone());
        let differ = self.keys_of(variants, &found, &candidates, |variant| variant.differ.clone());
        let mut groups: Vec<Vec<Member>> = Vec::new();
        alike(&keys, |group| {
            if !unique || (group.len() > 1 && differ.differ_among(group)) {
                groups.push(group.iter().map(|nth| candidates[*nth as usize]).collect());
            }
        });
        // Groups stand in the order of their first member, whatever the numbers of the symbols.
        groups.sort_unstable_by_key(|group| group[0]);
        let mut starts = vec![0];
        let mut members = Vec::new();
        for group in groups {
            members.extend(group);
            starts.push(members.len() as u32);
        }
        Findings { found, groups: Some(starts), members }
    }

    /// The tuples that may be of a group of several that differ: found by what is cheap to compare, and by what is written alike, so that the rest of the key
    /// is worked out for few.
    fn candidates(&self, variants: &[Variant], found: &Found) -> Vec<Member> {
        let cheap = cheap_parts(variants);
        let repeated = repeated(&self.whole_keys(variants, found, &cheap));
        if variants.iter().all(|variant| variant.differ.is_empty()) {
            return repeated;
        }
        let keys = self.keys_of(variants, found, &repeated, |variant| key_parts(variant, &cheap));
        let written = |variant: &Variant| variant.differ.iter().map(|(column, _)| (column.clone(), By::Bytes)).collect();
        let differ = self.keys_of(variants, found, &repeated, written);
        let mut candidates = Vec::new();
        alike(&keys, |group| {
            if differ.differ_among(group) {
                candidates.extend(group.iter().map(|nth| repeated[*nth as usize]));
            }
        });
        candidates.sort_unstable();
        candidates
    }

    fn whole_keys<'f>(&self, variants: &[Variant], found: &'f Found, parts: &[usize]) -> Vec<Keys<'f, 'd>> {
        let of_variant = |(at, variant)| Keys::new(self, variant, at, found, &key_parts(variant, parts));
        variants.iter().enumerate().map(of_variant).collect()
    }
}

/// The parts of a key that are cheap to compare in every variant, by place; all parts where there are none. The same field may be compared in another way in
/// another noun.
fn cheap_parts(variants: &[Variant]) -> Vec<usize> {
    let all = 0..variants.first().map_or(0, |variant| variant.group.len());
    let cheap: Vec<usize> = all.clone().filter(|part| variants.iter().all(|variant| is_cheap(variant.group[*part].1))).collect();
    if cheap.is_empty() { all.collect() } else { cheap }
}

/// Parts of what a variant's tuples are grouped by.
fn key_parts(variant: &Variant, parts: &[usize]) -> Vec<(Column, By)> {
    parts.iter().map(|part| variant.group[*part].clone()).collect()
}

/// The keys of candidates, one after the other.
struct FlatKeys {
    symbols: Vec<Sym>,
    width: usize,
    count: u32,
}

impl FlatKeys {
    fn of(&self, candidate: u32) -> &[Sym] {
        &self.symbols[candidate as usize * self.width..(candidate as usize + 1) * self.width]
    }

    /// Whether not all of these candidates are alike; without anything to compare, whether there is any.
    fn differ_among(&self, group: &[u32]) -> bool {
        self.width == 0 || group.iter().any(|nth| self.of(*nth) != self.of(group[0]))
    }
}

impl Joiner<'_, '_> {
    /// A key of each candidate, worked out for these alone where they are few.
    fn keys_of(
        &self,
        variants: &[Variant],
        found: &Found,
        candidates: &[Member],
        parts: impl Fn(&Variant) -> Vec<(Column, By)>,
    ) -> FlatKeys {
        let parts: Vec<Vec<(Column, By)>> = variants.iter().map(parts).collect();
        let width = parts.first().map_or(0, Vec::len);
        let mut keys = FlatKeys { symbols: vec![Sym::MISSING; candidates.len() * width], width, count: candidates.len() as u32 };
        for (at, (variant, parts)) in variants.iter().zip(&parts).enumerate() {
            let of_variant: Vec<usize> = (0..candidates.len()).filter(|nth| candidates[*nth].0 as usize == at).collect();
            for (part, (column, by)) in parts.iter().enumerate() {
                let place = found.slots[at].iter().position(|slot| *slot == column.slot).unwrap_or(0);
                let rows: Vec<u32> = of_variant.iter().map(|nth| found.tuple(at, candidates[*nth].1 as usize)[place]).collect();
                let symbols = self.columns.key_at(table_of(&variant.frame, column.slot), &column.expr, *by, &rows, 1);
                for (nth, candidate) in of_variant.iter().enumerate() {
                    keys.symbols[candidate * width + part] = symbols.get(nth);
                }
            }
        }
        keys
    }
}

/// Calls `found` with the candidates of each whole key, in their order.
fn alike(keys: &FlatKeys, mut found: impl FnMut(&[u32])) {
    let whole = (0..keys.count).filter(|nth| !keys.of(*nth).contains(&Sym::MISSING));
    let mut hashed: Vec<(u64, u32)> = whole.map(|nth| (mix(keys.of(nth).iter().copied()), nth)).collect();
    hashed.sort_unstable();
    let mut group = Vec::new();
    for run in hashed.chunk_by(|a, b| a.0 == b.0) {
        // Almost always one key; keys that share a hash are told apart here.
        let mut left: Vec<u32> = run.iter().map(|(_, nth)| *nth).collect();
        while let Some(first) = left.first().copied() {
            group.clear();
            left.retain(|nth| {
                let same = keys.of(*nth) == keys.of(first);
                if same {
                    group.push(*nth);
                }
                !same
            });
            found(&group);
        }
    }
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

/// The tuples whose key probably occurs more than once; see [`twice`].
fn repeated(keys: &[Keys<'_, '_>]) -> Vec<Member> {
    let count: usize = keys.iter().map(|keys| keys.found.len(keys.variant)).sum();
    let mut members = twice(count, |visit| {
        for (variant, keys) in keys.iter().enumerate() {
            keys.each(&mut |tuple, hash| visit(hash, (variant as u32, tuple)));
        }
    });
    members.sort_unstable();
    members
}
