//! Scores: the levels of each field of two records, weighed; and weights fitted to the data.
use super::common::CommonField;
use super::pairs::Asked;
use crate::engine::columns::Symbols;
use crate::engine::index::SymbolSet;
use crate::language::form::{By, Expr};
use crate::matching::{Estimate, Field, Judgement, Known, Level, Levels, Lore, Model, Nicknames, Patterns, Role, estimate, rare_limit};
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
    fields: Vec<Weighed<'d>>,
    /// The fields whose values may have changed places: given name and surname.
    names: Option<[usize; 2]>,
    symbols: &'d crate::roster::Symbols,
}

/// A field, of both sides.
struct Weighed<'d> {
    values: [Arc<Symbols<'d>>; 2],
    keys: [Arc<Symbols<'d>>; 2],
    /// Keys that are no evidence, and those that few records have.
    common: SymbolSet,
    rare: SymbolSet,
}

impl<'d> Scorer<'d> {
    pub(super) fn new(asked: &Asked<'_, '_, '_, 'd>, model: Model, values: &[Expr], common: &[CommonField]) -> Self {
        let merge: &Merge = asked.merge;
        let columns = asked.joiner.columns;
        let symbols = columns.dataset.symbols();
        let tables = [&merge.record, &merge.other].map(|side| (side.noun, side.epoch));
        let weighed = |(field, expr): (&Field, &Expr)| {
            let keys = tables.map(|table| columns.key(table, expr, By::Type(field.kind)));
            let no_evidence = common.iter().filter(|known| *known.expr == *expr).flat_map(|known| known.keys.iter());
            let no_evidence: Vec<Sym> = no_evidence.map(|key| columns.constant(key)).collect();
            let few = rare_limit(field.kind, keys[0].len());
            let rare = if few == 0 { Vec::new() } else { of_few(&keys[0], few) };
            Weighed {
                common: SymbolSet::new(no_evidence.into_iter(), symbols.len()),
                rare: SymbolSet::new(rare.into_iter(), symbols.len()),
                values: tables.map(|table| columns.value(table, expr)),
                keys,
            }
        };
        let fields: Vec<Weighed<'d>> = model.fields.iter().zip(values).map(weighed).collect();
        let given = model.fields.iter().position(|field| field.role == Role::Given);
        let surname = model.fields.iter().position(|field| field.name == "last_name");
        let texts = |at: usize| fields[at].values[0].iter().filter(|name| **name != Sym::MISSING).map(|name| symbols.text(*name));
        let known = given.map(|at| Known::count(texts(at), IN_USE)).unwrap_or_default();
        let nicknames = merge.nicknames.as_ref().map_or_else(Nicknames::built_in, Clone::clone);
        Scorer {
            lore: Lore { nicknames, known },
            names: given.zip(surname).map(|(given, surname)| [given, surname]),
            fields,
            model,
            symbols,
        }
    }

    /// The levels of a pair of rows.
    pub(super) fn levels(&self, a: u32, b: u32) -> Levels {
        let levels: Levels = (0..self.fields.len()).map(|field| self.level(field, a, b)).collect();
        let Some(names) = self.names.filter(|names| names.iter().all(|at| levels.get(*at) == Level::Differs)) else { return levels };
        let text = |at: usize, side: usize, row: u32| Some(self.symbols.text(self.fields[at].values[side][row as usize]));
        let exchanged =
            self.lore.exchanged(names.map(|at| &self.model.fields[at]), names.map(|at| text(at, 0, a)), names.map(|at| text(at, 1, b)));
        exchanged.map_or(levels, |[given, surname]| levels.with(names[0], given).with(names[1], surname))
    }

    fn level(&self, at: usize, a: u32, b: u32) -> Level {
        let field = &self.fields[at];
        let (left, right) = (field.keys[0][a as usize], field.keys[1][b as usize]);
        if left == Sym::MISSING || right == Sym::MISSING {
            Level::Missing
        } else if field.common.contains(left) || field.common.contains(right) {
            Level::Common
        } else if left == right {
            if field.rare.contains(left) { Level::Rare } else { Level::Same }
        } else {
            let (left, right) = (field.values[0][a as usize], field.values[1][b as usize]);
            self.lore.compare(&self.model.fields[at], Some(self.symbols.text(left)), Some(self.symbols.text(right))).0
        }
    }

    /// What the levels of a pair say.
    pub(super) fn judge(&self, levels: Levels) -> Judgement {
        self.model.judge(levels)
    }
}

/// The keys that at most `few` records have.
fn of_few(keys: &[Sym], few: u32) -> Vec<Sym> {
    let most = keys.iter().map(|key| key.0).max().unwrap_or(0) as usize;
    let mut counts: Vec<u32> = vec![0; most + 1];
    keys.iter().for_each(|key| counts[key.0 as usize] += 1);
    let rare = counts.iter().enumerate().filter(|(_, count)| (1..=few).contains(*count));
    rare.map(|(key, _)| Sym(key as u32)).filter(|key| *key != Sym::MISSING).collect()
}

/// The fields that a merge compares, for weights that nobody has written yet.
pub(super) fn fields(merge: &Merge) -> (Vec<Field>, Vec<Expr>) {
    if let Some(score) = &merge.score {
        return (score.model.fields.clone(), score.values.clone());
    }
    let (mut fields, mut values): (Vec<Field>, Vec<Expr>) = (Vec::new(), Vec::new());
    let noun = merge.record.noun;
    for proof in merge.same.iter().chain(&merge.likely).chain(&merge.never) {
        super::tell::comparisons(&proof.condition, &mut |left, right, _| {
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
