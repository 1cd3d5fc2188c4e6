//! Scores: the levels of each field of two records, weighed; and weights fitted to the data.
use super::common::CommonField;
use super::pairs::Asked;
use crate::engine::columns::Symbols;
use crate::engine::index::SymbolSet;
use crate::language::form::{By, Expr};
use crate::matching::{Estimate, Field, Judgement, Known, Level, Levels, Lore, Model, Nicknames, Patterns, Role, estimate};
use crate::pack::Merge;
use crate::roster::Sym;
use rayon::prelude::*;
use std::sync::Arc;

/// Records that must carry a given name before it counts as one.
const IN_USE: u32 = 3;
/// Pairs that are drawn blindly, to learn what strangers have in common.
const DRAWN: u64 = 200_000;
/// Pairs of one thread.
const BLOCK: usize = 1 << 14;

/// The values of the fields that a model weighs, of both sides.
pub(super) struct Scorer<'d> {
    model: Model,
    lore: Lore,
    columns: Vec<[Arc<Symbols<'d>>; 2]>,
    /// Per field, the values that are no evidence.
    common: Vec<SymbolSet>,
    symbols: &'d crate::roster::Symbols,
}

impl<'d> Scorer<'d> {
    pub(super) fn new(asked: &Asked<'_, '_, '_, 'd>, model: Model, values: &[Expr], common: &[CommonField]) -> Self {
        let merge: &Merge = asked.merge;
        let columns = asked.joiner.columns;
        let symbols = columns.dataset.symbols();
        let sides = |expr: &Expr| [&merge.record, &merge.other].map(|side| columns.value((side.noun, side.epoch), expr));
        let own: Vec<[Arc<Symbols<'d>>; 2]> = values.iter().map(sides).collect();
        let given = model.fields.iter().position(|field| field.role == Role::Given);
        let known =
            given.map(|at| Known::count(own[at][0].iter().filter(|name| **name != Sym::MISSING).map(|name| symbols.text(*name)), IN_USE));
        let nicknames = asked.merge.nicknames.as_ref().map_or_else(Nicknames::built_in, Clone::clone);
        let common = model.fields.iter().zip(values).zip(&own).map(|((field, expr), sides)| {
            let keys = common.iter().filter(|known| *known.expr == *expr).flat_map(|known| known.keys.iter());
            let keys: std::collections::HashSet<&str> = keys.map(String::as_str).collect();
            let is = |value: &&Sym| {
                **value != Sym::MISSING
                    && !keys.is_empty()
                    && By::Type(field.kind).key(symbols.text(**value)).is_some_and(|key| keys.contains(&*key))
            };
            SymbolSet::new(sides.iter().flat_map(|side| side.iter()).filter(is).copied(), symbols.len())
        });
        Scorer { lore: Lore { nicknames, known: known.unwrap_or_default() }, common: common.collect(), columns: own, model, symbols }
    }

    /// The levels of a pair of rows.
    pub(super) fn levels(&self, a: u32, b: u32) -> Levels {
        (0..self.model.fields.len()).map(|field| self.level(field, a, b)).collect()
    }

    fn level(&self, field: usize, a: u32, b: u32) -> Level {
        let (left, right) = (self.columns[field][0][a as usize], self.columns[field][1][b as usize]);
        if left == Sym::MISSING || right == Sym::MISSING {
            return Level::Missing;
        }
        let common = &self.common[field];
        if common.contains(left) || common.contains(right) {
            return Level::Common;
        }
        self.lore.compare(&self.model.fields[field], Some(self.symbols.text(left)), Some(self.symbols.text(right))).0
    }

    /// What the levels of a pair say.
    pub(super) fn judge(&self, levels: Levels) -> Judgement {
        self.model.judge(levels)
    }
}

/// The fields that a merge compares, for weights that nobody has written yet.
pub(super) fn fields(merge: &Merge) -> (Vec<Field>, Vec<Expr>) {
    if let Some(score) = &merge.score {
        return (score.model.fields.clone(), score.values.clone());
    }
    let (mut fields, mut values): (Vec<Field>, Vec<Expr>) = (Vec::new(), Vec::new());
    let noun = merge.record.noun;
    for proof in merge.same.iter().chain(&merge.likely).chain(&merge.never) {
        super::tell::comparisons(&proof.condition, &mut |left, right| {
            if left.expr == right.expr
                && let Expr::Field(field) = &*left.expr
                && !values.contains(&left.expr)
            {
                let name = field.name(noun).to_owned();
                let shared = merge.shared.iter().any(|column| column.expr == left.expr);
                fields.push(Field { role: crate::pack::role_of(&name, shared), name, kind: left.kind });
                values.push((*left.expr).clone());
            }
        });
    }
    fields.truncate(Levels::FIELDS);
    values.truncate(Levels::FIELDS);
    (fields, values)
}

/// Fits weights to the data: what strangers have in common from pairs drawn blindly, with a fixed seed, and the rest from the pairs that are compared.
pub(super) fn fitted(asked: &Asked<'_, '_, '_, '_>, records: &[u32], candidates: &[u64], common: &[CommonField]) -> Option<Estimate> {
    let (fields, values) = fields(asked.merge);
    let blank = Model::by_hand(fields.iter().map(|field| (field.clone(), crate::matching::Weights::default())).collect(), 0.0, 0.0);
    let scorer = Scorer::new(asked, blank, &values, common);
    let others = if asked.both_ways { records.to_vec() } else { asked.others() };
    let possible = if asked.both_ways {
        (records.len() as u64).saturating_mul(records.len().saturating_sub(1) as u64) / 2
    } else {
        (records.len() as u64).saturating_mul(others.len() as u64)
    };
    let mut random = Patterns::default();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        // xorshift64*: the same draws in every run.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        ((u128::from(state.wrapping_mul(0x2545_f491_4f6c_dd1d)) * below as u128) >> 64) as usize
    };
    for _ in 0..if records.is_empty() || others.is_empty() { 0 } else { DRAWN.min(possible.saturating_mul(4)) } {
        let (a, b) = (records[next(records.len())], others[next(others.len())]);
        if !(asked.one_table && a == b) {
            random.add(scorer.levels(a, b));
        }
    }
    let count = |chunk: &[u64]| {
        let mut patterns = Patterns::default();
        chunk.iter().for_each(|pair| patterns.add(scorer.levels((*pair >> 32) as u32, *pair as u32)));
        patterns
    };
    let compared = candidates.par_chunks(BLOCK).map(count).reduce(Patterns::default, |mut all, other| {
        all.absorb(other);
        all
    });
    estimate(fields, &random, &compared, possible)
}
