//! Weights from the data, by expectation-maximisation.
use super::{Field, Level, Levels, Model, Role, Weights};
use std::collections::BTreeMap;

/// Level vectors of pairs, counted: many pairs have few different ones.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    counts: BTreeMap<Levels, u64>,
}

impl Patterns {
    /// Counts a pair.
    pub fn add(&mut self, levels: Levels) {
        *self.counts.entry(levels).or_default() += 1;
    }

    /// Counts the pairs of another, as of another thread.
    pub fn absorb(&mut self, other: Patterns) {
        for (levels, count) in other.counts {
            *self.counts.entry(levels).or_default() += count;
        }
    }

    /// How many pairs were counted.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// A fitted model, and how well it is founded.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// The model.
    pub model: Model,
    /// Rounds until nothing changed any more.
    pub rounds: usize,
    /// How many of the compared pairs are one person, as far as the model can tell.
    pub people: f64,
}

/// Fits a model. `random` are the levels of pairs drawn blindly from all possible ones (a hundred thousand or so; the caller draws them with a fixed
/// seed), `compared` those of the pairs that the blocks bring together, `possible` the number of all possible pairs.
///
/// What strangers have in common is read from the random pairs. What one person's records have in common, and two of a family, is fitted to the
/// compared pairs, which are taken to be of these three kinds; without a shared field there are no families. A pair whose given names differ is
/// never counted as one person. From `same` on the odds are 99 to 1, from `likely` on 1 to 9.
///
/// `None` when there is nothing to learn from: no compared or no random pairs, or none of the compared ones looks like one person.
#[must_use]
pub fn estimate(fields: Vec<Field>, random: &Patterns, compared: &Patterns, possible: u64) -> Option<Estimate> {
    let pairs = compared.pairs() as f64;
    if pairs == 0.0 || random.pairs() == 0 || fields.is_empty() {
        return None;
    }
    let families = fields.iter().any(|field| field.role == Role::Shared);
    let strangers = Shares::of(fields.len(), random.counts.iter().map(|(levels, count)| (*levels, *count as f64)));
    let start = |role_same: &dyn Fn(Role) -> f64| Shares(fields.iter().map(|field| spread(role_same(field.role))).collect());
    let mut kinds = vec![Kind { share: 0.2, shares: start(&|_| 0.9) }, Kind { share: 0.6, shares: strangers.clone() }];
    if families {
        let mut shares = start(&|_| 0.9);
        for (at, field) in fields.iter().enumerate() {
            match field.role {
                Role::Shared => {}
                // Brothers and sisters have names of their own; some are twins.
                Role::Given => shares.0[at] = spread(0.02),
                Role::Personal => shares.0[at] = mixed(&strangers.0[at], &spread(0.9), 0.05),
            }
        }
        kinds.push(Kind { share: 0.2, shares });
    }
    let mut rounds = 0;
    loop {
        rounds += 1;
        let change = round(&fields, &mut kinds, compared, pairs);
        if change < ENOUGH || rounds == MOST_ROUNDS {
            break;
        }
    }
    let people = kinds[PERSON].share * pairs;
    if people < 0.5 {
        return None;
    }
    let possible = (possible as f64).max(pairs);
    let prior = (possible / people).log2();
    let seen = |at: usize, level: Level| {
        let holds = |patterns: &Patterns| patterns.counts.keys().any(|levels| levels.get(at) == level);
        holds(random) || holds(compared)
    };
    let person = kinds[PERSON].shares.clone();
    let against = |other: &Shares, at: usize| weights(&person.0[at], &other.0[at], |level| seen(at, level));
    let strangers = (0..fields.len()).map(|at| against(&strangers, at)).collect();
    let (family, household) = match kinds.get(FAMILY) {
        Some(kin) => {
            let weigh = |at: usize| if fields[at].role == Role::Shared { Weights::default() } else { against(&kin.shares, at) };
            ((0..fields.len()).map(weigh).collect(), (possible / (kin.share * pairs).max(0.5)).log2())
        }
        None => (vec![Weights::default(); fields.len()], 0.0),
    };
    let model = Model { fields, strangers, family, household, same: prior + ODDS_SAME, likely: prior + ODDS_LIKELY };
    Some(Estimate { model, rounds, people })
}

/// Odds of 99 to 1, in bits.
const ODDS_SAME: f64 = 6.63;
/// Odds of 1 to 9.
const ODDS_LIKELY: f64 = -3.17;
/// When no share changes by more, the fit is done.
const ENOUGH: f64 = 1e-6;
const MOST_ROUNDS: usize = 500;
/// Counted besides what is seen, so that nothing is impossible.
const BESIDES: f64 = 0.5;

const PERSON: usize = 0;
const FAMILY: usize = 2;

/// The levels that weigh.
const WEIGHED: [Level; 6] = [Level::Rare, Level::Same, Level::Form, Level::Typo, Level::Similar, Level::Differs];

fn weighed(level: Level) -> Option<usize> {
    WEIGHED.iter().position(|known| *known == level)
}

/// How often each level is seen, field by field, among the pairs of a kind.
#[derive(Clone)]
struct Shares(Vec<[f64; 6]>);

/// One person, two strangers, or two of a family.
struct Kind {
    share: f64,
    shares: Shares,
}

impl Shares {
    fn of(fields: usize, pairs: impl Iterator<Item = (Levels, f64)>) -> Shares {
        let mut counts = vec![[BESIDES; 6]; fields];
        for (levels, weight) in pairs {
            for (at, count) in counts.iter_mut().enumerate() {
                if let Some(level) = weighed(levels.get(at)) {
                    count[level] += weight;
                }
            }
        }
        for count in &mut counts {
            let all: f64 = count.iter().sum();
            count.iter_mut().for_each(|share| *share /= all);
        }
        Shares(counts)
    }

    /// How likely these levels are for this kind, as a natural logarithm; what is missing says nothing.
    fn log_likelihood(logs: &[[f64; 6]], levels: Levels) -> f64 {
        logs.iter().enumerate().filter_map(|(at, logs)| weighed(levels.get(at)).map(|level| logs[level])).sum()
    }
}

/// So much at the top, the rest falling off to the other levels.
fn spread(same: f64) -> [f64; 6] {
    let rest = 1.0 - same;
    if same >= 0.5 {
        [same / 2.0, same / 2.0, rest * 0.3, rest * 0.3, rest * 0.2, rest * 0.2]
    } else {
        [same / 2.0, same / 2.0, same, same, 0.05, 1.0 - 3.0 * same - 0.05]
    }
}

fn mixed(one: &[f64; 6], other: &[f64; 6], share: f64) -> [f64; 6] {
    std::array::from_fn(|at| one[at] * (1.0 - share) + other[at] * share)
}

/// A round of expectation and maximisation; gives the greatest change of a share.
fn round(fields: &[Field], kinds: &mut [Kind], compared: &Patterns, pairs: f64) -> f64 {
    let logs: Vec<Vec<[f64; 6]>> = kinds.iter().map(|kind| kind.shares.0.iter().map(|shares| shares.map(f64::ln)).collect()).collect();
    let mut parts: Vec<Vec<(Levels, f64)>> = kinds.iter().map(|_| Vec::with_capacity(compared.counts.len())).collect();
    let mut totals = vec![0.0; kinds.len()];
    for (levels, count) in &compared.counts {
        let veto = fields.iter().enumerate().any(|(at, field)| field.role == Role::Given && levels.get(at) == Level::Differs);
        let mut likelihoods = [0.0; 3];
        for (at, kind) in kinds.iter().enumerate() {
            if !(veto && at == PERSON) {
                likelihoods[at] = kind.share * Shares::log_likelihood(&logs[at], *levels).exp();
            }
        }
        let all: f64 = likelihoods.iter().sum();
        if all <= 0.0 {
            continue;
        }
        for (at, part) in parts.iter_mut().enumerate() {
            let weight = likelihoods[at] / all * *count as f64;
            totals[at] += weight;
            part.push((*levels, weight));
        }
    }
    let mut change = 0.0_f64;
    for ((kind, part), total) in kinds.iter_mut().zip(parts).zip(totals) {
        let shares = Shares::of(fields.len(), part.into_iter());
        for (new, old) in shares.0.iter().flatten().zip(kind.shares.0.iter().flatten()) {
            change = change.max((new - old).abs());
        }
        change = change.max((total / pairs - kind.share).abs());
        (kind.share, kind.shares) = (total / pairs, shares);
    }
    change
}

/// The weights of a field, falling from level to level: neighbours that do not are weighed as one. A level that no pair has weighs nothing.
fn weights(person: &[f64; 6], other: &[f64; 6], seen: impl Fn(Level) -> bool) -> Weights {
    let mut pools: Vec<(f64, f64, Vec<Level>)> = Vec::new();
    for (at, level) in WEIGHED.into_iter().enumerate().filter(|(_, level)| seen(*level)) {
        pools.push((person[at], other[at], vec![level]));
        while let [.., above, below] = &pools[..]
            && above.0 * below.1 < below.0 * above.1
        {
            let below = pools.pop().expect("two of them");
            let above = pools.last_mut().expect("two of them");
            above.0 += below.0;
            above.1 += below.1;
            above.2.extend(below.2);
        }
    }
    let mut weights = Weights::default();
    for (person, other, levels) in pools {
        let bits = (person / other).log2();
        weights = levels.into_iter().fold(weights, |weights, level| weights.with(level, bits));
    }
    weights
}
