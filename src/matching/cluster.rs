//! Pairs to people: what is the same is joined, transitively, and what contradicts is kept apart as a whole.
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Records by person.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clusters {
    /// Records that are one person: two or more each, ascending; in order of their first.
    pub groups: Vec<Vec<u32>>,
    /// Chains that a pair which must never be one contradicts; their records are in no group.
    pub contradictions: Vec<Contradiction>,
}

/// Records that are joined by `same`, and of which two must not be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contradiction {
    /// All records of the chain, ascending.
    pub records: Vec<u32>,
    /// For each pair that must never be one the shortest way between the two, both ends included.
    pub chains: Vec<Vec<u32>>,
}

/// Joins `same` pairs of records below `records`; a whole that holds a pair of `never` is a contradiction. The order of pairs does not matter.
#[must_use]
pub fn clusters(records: u32, same: &[(u32, u32)], never: &[(u32, u32)]) -> Clusters {
    let mut heads: Vec<u32> = (0..records).collect();
    for (left, right) in same {
        let (left, right) = (head(&mut heads, *left), head(&mut heads, *right));
        // The smaller record heads, whatever the order of pairs.
        heads[left.max(right) as usize] = left.min(right);
    }
    let mut broken: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    for (left, right) in never {
        let common = head(&mut heads, *left);
        if left != right && common == head(&mut heads, *right) {
            broken.entry(common).or_default().push((*left.min(right), *left.max(right)));
        }
    }
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for record in 0..records {
        let head = head(&mut heads, record);
        if head != record {
            members.entry(head).or_insert_with(|| vec![head]).push(record);
        }
    }
    let mut clusters = Clusters::default();
    if broken.is_empty() {
        clusters.groups = members.into_values().collect();
        return clusters;
    }
    let mut neighbours: HashMap<u32, Vec<u32>> = HashMap::new();
    for (left, right) in same.iter().filter(|(left, _)| broken.contains_key(&heads_of(&heads, *left))) {
        neighbours.entry(*left).or_default().push(*right);
        neighbours.entry(*right).or_default().push(*left);
    }
    neighbours.values_mut().for_each(|others| others.sort_unstable());
    for (head, records) in members {
        match broken.remove(&head) {
            None => clusters.groups.push(records),
            Some(mut pairs) => {
                pairs.sort_unstable();
                pairs.dedup();
                let chains = pairs.into_iter().map(|(from, to)| chain(&neighbours, from, to)).collect();
                clusters.contradictions.push(Contradiction { records, chains });
            }
        }
    }
    clusters
}

/// The record that heads the whole of `record`; the way there is shortened.
fn head(heads: &mut [u32], mut record: u32) -> u32 {
    while heads[record as usize] != record {
        heads[record as usize] = heads[heads[record as usize] as usize];
        record = heads[record as usize];
    }
    record
}

fn heads_of(heads: &[u32], mut record: u32) -> u32 {
    while heads[record as usize] != record {
        record = heads[record as usize];
    }
    record
}

/// The shortest way between two records of one whole; of several the one through the smallest records.
fn chain(neighbours: &HashMap<u32, Vec<u32>>, from: u32, to: u32) -> Vec<u32> {
    let mut before = HashMap::from([(from, from)]);
    let mut queue = VecDeque::from([from]);
    while let Some(record) = queue.pop_front() {
        if record == to {
            break;
        }
        for next in neighbours.get(&record).into_iter().flatten() {
            if !before.contains_key(next) {
                before.insert(*next, record);
                queue.push_back(*next);
            }
        }
    }
    let mut chain = vec![to];
    let mut last = to;
    while last != from {
        let Some(previous) = before.get(&last) else { break };
        last = *previous;
        chain.push(last);
    }
    chain.reverse();
    chain
}
