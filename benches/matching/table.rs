//! Records with a known truth, and the way from records to people: blocks, levels, weights, clusters. The blocks are this benchmark's own; everything
//! after them is what the engine uses.
use crate::prng::Prng;
use rayon::prelude::*;
use rollbook::matching::{Clusters, Edge, Estimate, Field, Known, Level, Levels, Lore, Model, Nicknames, Patterns, Role, Verdict};
use rollbook::matching::{assign, clusters, common_limit, estimate, rare_limit};
use rollbook::model::{Type, fold};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Pairs drawn blindly, for what strangers have in common.
const RANDOM: usize = 200_000;
/// A block of more records says nothing that another block does not.
const LARGEST_BLOCK: usize = 300;

/// A column: its field, and the values of the records.
pub struct Column {
    pub field: Field,
    pub values: Vec<Option<String>>,
}

/// Records, and who they are.
pub struct Table {
    pub columns: Vec<Column>,
    /// More columns, for blocks alone.
    pub keys: Vec<Column>,
    /// Pairs of columns whose values sometimes change places.
    pub exchanged: Vec<[usize; 2]>,
    /// The person of each record.
    pub truth: Vec<u32>,
    /// The side of each record, when one side is matched with the other.
    pub sides: Option<Vec<bool>>,
}

/// What brings pairs together: columns that agree, of some only so many first letters.
pub type Block<'b> = &'b [(&'b str, usize)];

pub fn field(name: &str, kind: Type, role: Role) -> Field {
    Field { name: name.to_owned(), kind, role }
}

/// Pairs that were found, as smaller and larger record, ascending.
pub type Pairs = Vec<(u32, u32)>;

pub struct Found {
    pub candidates: Pairs,
    pub same: Pairs,
    pub likely: Pairs,
    pub clusters: Clusters,
    pub estimate: Estimate,
    pub times: [(&'static str, Duration); 5],
}

/// A column made ready: the number of each value, and the values that are common.
struct Ready<'t> {
    field: &'t Field,
    values: &'t [Option<String>],
    numbers: Vec<u32>,
    common: Vec<bool>,
    rare: Vec<bool>,
}

const NONE: u32 = u32::MAX;

impl<'t> Ready<'t> {
    fn new(column: &'t Column) -> Self {
        let mut known: HashMap<String, u32> = HashMap::new();
        let mut counts: Vec<u32> = Vec::new();
        let numbers = column.values.iter().map(|value| {
            let Some(key) = value.as_deref().and_then(|value| fold(column.field.kind, value)) else { return NONE };
            let number = match known.get(&*key) {
                Some(number) => *number,
                None => {
                    known.insert(key.into_owned(), counts.len() as u32);
                    counts.push(0);
                    counts.len() as u32 - 1
                }
            };
            counts[number as usize] += 1;
            number
        });
        let numbers: Vec<u32> = numbers.collect();
        let limit = common_limit(column.field.kind, &counts).unwrap_or(u32::MAX);
        let common = counts.iter().map(|count| *count > limit).collect();
        let few = rare_limit(column.field.kind, column.values.len());
        let rare = counts.iter().map(|count| *count <= few).collect();
        Ready { field: &column.field, values: &column.values, numbers, common, rare }
    }

    fn level(&self, lore: &Lore, left: u32, right: u32) -> Level {
        let (a, b) = (self.numbers[left as usize], self.numbers[right as usize]);
        let common = |number: u32| number != NONE && self.common[number as usize];
        if common(a) || common(b) {
            Level::Common
        } else if a == b && a != NONE {
            if self.rare[a as usize] { Level::Rare } else { Level::Same }
        } else {
            lore.compare(self.field, self.values[left as usize].as_deref(), self.values[right as usize].as_deref()).0
        }
    }
}

impl Table {
    fn ready(&self) -> Vec<Ready<'_>> {
        self.columns.par_iter().chain(&self.keys).map(Ready::new).collect()
    }

    /// A key of the words of several columns, in alphabetical order.
    pub fn letters(&self, name: &str, columns: &[usize]) -> Column {
        let join = |record: usize| {
            let words = columns.iter().filter_map(|column| self.columns[*column].values[record].as_deref());
            let mut words: Vec<&str> = words.flat_map(|value| value.split(' ')).collect();
            words.sort_unstable();
            (!words.is_empty()).then(|| words.concat())
        };
        Column { field: field(name, Type::Text, Role::Personal), values: (0..self.truth.len()).map(join).collect() }
    }

    /// Pairs that agree in a block, and of the two sides.
    fn candidates(&self, ready: &[Ready<'_>], blocks: &[Block<'_>]) -> Pairs {
        let column = |name: &str| ready.iter().position(|column| column.field.name == name).expect("a column of the table");
        let of_block = |block: &Block<'_>| {
            let parts: Vec<(usize, usize)> = block.iter().map(|(name, letters)| (column(name), *letters)).collect();
            let mut keyed: Vec<(u64, u32)> = Vec::new();
            'records: for record in 0..self.truth.len() {
                let mut key = 0xcbf2_9ce4_8422_2325_u64;
                for (column, letters) in &parts {
                    let number = ready[*column].numbers[record];
                    if number == NONE || ready[*column].common[number as usize] {
                        continue 'records;
                    }
                    if *letters == 0 {
                        key = (key ^ u64::from(number)).wrapping_mul(0x0100_0000_01b3).rotate_left(29);
                    } else {
                        let value = ready[*column].values[record].as_deref().unwrap_or_default().to_lowercase();
                        for byte in value.bytes().take(*letters) {
                            key = (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(29);
                        }
                    }
                }
                keyed.push((key, record as u32));
            }
            keyed.sort_unstable();
            let mut pairs = Vec::new();
            for equals in keyed.chunk_by(|a, b| a.0 == b.0).filter(|equals| equals.len() <= LARGEST_BLOCK) {
                for (at, (_, left)) in equals.iter().enumerate() {
                    for (_, right) in &equals[at + 1..] {
                        if self.sides.as_ref().is_none_or(|sides| sides[*left as usize] != sides[*right as usize]) {
                            pairs.push((*left, *right));
                        }
                    }
                }
            }
            pairs
        };
        let mut pairs: Pairs = blocks.par_iter().flat_map_iter(of_block).collect();
        pairs.par_sort_unstable();
        pairs.dedup();
        pairs
    }

    /// From records to people. With a model its weights are used, without one they are fitted.
    pub fn people(&self, blocks: &[Block<'_>], by_hand: Option<Model>) -> Found {
        let mut clock = Instant::now();
        let mut lap = || std::mem::replace(&mut clock, Instant::now()).elapsed();
        let ready = self.ready();
        let given = self.columns.iter().filter(|column| column.field.role == Role::Given);
        let known = Known::count(given.flat_map(|column| column.values.iter().flatten().map(String::as_str)), 3);
        let lore = Lore { nicknames: Nicknames::built_in(), known };
        let prepared = lap();
        let candidates = self.candidates(&ready, blocks);
        let blocked = lap();
        let levels = |left: u32, right: u32| {
            let levels: Levels = ready[..self.columns.len()].iter().map(|column| column.level(&lore, left, right)).collect();
            self.exchanged.iter().fold(levels, |levels, [one, other]| {
                if levels.get(*one) != Level::Differs || levels.get(*other) != Level::Differs {
                    return levels;
                }
                let fields = [ready[*one].field, ready[*other].field];
                let values = |record: u32| [*one, *other].map(|column| ready[column].values[record as usize].as_deref());
                match lore.exchanged(fields, values(left), values(right)) {
                    Some([first, second]) => levels.with(*one, first).with(*other, second),
                    None => levels,
                }
            })
        };
        let vectors: Vec<Levels> = candidates.par_iter().map(|(left, right)| levels(*left, *right)).collect();
        let compared = lap();
        let estimate = match by_hand {
            Some(model) => Estimate { model, rounds: 0, people: 0.0 },
            None => self.fit(&vectors, &levels),
        };
        let fitted = lap();
        let (mut same, mut likely, mut edges) = (Pairs::new(), Pairs::new(), Vec::new());
        for (pair, levels) in candidates.iter().zip(&vectors) {
            let judgement = estimate.model.judge(*levels);
            match judgement.verdict {
                Verdict::Same if self.sides.is_some() => edges.push(Edge { left: pair.0, right: pair.1, score: judgement.score }),
                Verdict::Same => same.push(*pair),
                Verdict::Likely => likely.push(*pair),
                Verdict::Different => {}
            }
        }
        if let Some(sides) = &self.sides {
            let sided = |edge: Edge| if sides[edge.left as usize] { Edge { left: edge.right, right: edge.left, ..edge } } else { edge };
            let assignment = assign(edges.into_iter().map(sided).collect());
            same = assignment.chosen.iter().map(|edge| (edge.left.min(edge.right), edge.left.max(edge.right))).collect();
            same.sort_unstable();
            likely.extend(assignment.contested.iter().map(|edge| (edge.left, edge.right)));
        }
        let clusters = clusters(self.truth.len() as u32, &same, &[]);
        let joined = lap();
        let times = [("prepare", prepared), ("block", blocked), ("compare", compared), ("fit", fitted), ("judge and join", joined)];
        Found { candidates, same, likely, clusters, estimate, times }
    }

    fn fit(&self, vectors: &[Levels], levels: &(impl Fn(u32, u32) -> Levels + Sync)) -> Estimate {
        let mut prng = Prng::new(1);
        let records = self.truth.len();
        let (mut random, mut compared) = (Patterns::default(), Patterns::default());
        let mut drawn: Pairs = (0..RANDOM).map(|_| (prng.below(records) as u32, prng.below(records) as u32)).collect();
        drawn.retain(|(left, right)| {
            left != right && self.sides.as_ref().is_none_or(|sides| sides[*left as usize] != sides[*right as usize])
        });
        let drawn: Vec<Levels> = drawn.par_iter().map(|(left, right)| levels(*left, *right)).collect();
        drawn.into_iter().for_each(|levels| random.add(levels));
        vectors.iter().for_each(|levels| compared.add(*levels));
        let possible = match &self.sides {
            Some(sides) => sides.iter().filter(|side| **side).count() * sides.iter().filter(|side| !**side).count(),
            None => records * (records - 1) / 2,
        };
        let fields = self.columns.iter().map(|column| column.field.clone()).collect();
        estimate(fields, &random, &compared, possible as u64).expect("pairs to learn from")
    }

    /// All pairs of records of one person.
    pub fn true_pairs(&self) -> Pairs {
        let mut records: Vec<(u32, u32)> = self.truth.iter().enumerate().map(|(record, person)| (*person, record as u32)).collect();
        records.sort_unstable();
        let mut pairs = Pairs::new();
        for one in records.chunk_by(|a, b| a.0 == b.0) {
            for (at, (_, left)) in one.iter().enumerate() {
                pairs.extend(one[at + 1..].iter().map(|(_, right)| (*left, *right)));
            }
        }
        pairs.retain(|(left, right)| self.sides.as_ref().is_none_or(|sides| sides[*left as usize] != sides[*right as usize]));
        pairs.sort_unstable();
        pairs
    }
}

/// All pairs within groups.
pub fn closure(groups: &[Vec<u32>]) -> Pairs {
    let mut pairs = Pairs::new();
    for group in groups {
        for (at, left) in group.iter().enumerate() {
            pairs.extend(group[at + 1..].iter().map(|right| (*left, *right)));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// How many of `found` are among `truth`; both ascend.
pub fn hits(found: &Pairs, truth: &Pairs) -> usize {
    found.iter().filter(|pair| truth.binary_search(pair).is_ok()).count()
}

/// Precision, recall and F1.
pub fn quality(found: &Pairs, truth: &Pairs) -> String {
    let hits = hits(found, truth) as f64;
    let (precision, recall) = (hits / found.len().max(1) as f64, hits / truth.len().max(1) as f64);
    let f1 = 2.0 * hits / (found.len() + truth.len()) as f64;
    format!(
        "precision {precision:.5}  recall {recall:.5}  F1 {f1:.5}  ({} wrong, {} missed)",
        found.len() as f64 - hits,
        truth.len() as f64 - hits
    )
}
