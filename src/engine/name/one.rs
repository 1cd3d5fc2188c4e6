//! Several records that a merge holds to be one person: one identity, one account, what all of them see.
use super::people::follow;
use crate::engine::join::Joiner;
use crate::engine::merge::{OTHER_SIDE, Solved};
use crate::pack::Way;
use crate::roster::Sym;
use hashbrown::HashMap;

/// Which records are one person.
pub(super) struct One {
    /// The identity of each merged record, and that of the one that survives.
    pub(super) ids: Vec<(Sym, Sym)>,
    /// Per merged person, the rows, that of the survivor first.
    rows: Vec<Vec<u32>>,
}

/// The records from which ways are followed, and whose they are.
pub(super) struct Followed {
    rows: Vec<u32>,
    people: Vec<u32>,
}

impl One {
    /// Gives the records of one person one identity, which then tells everything else that they are one.
    pub(super) fn new(merged: Option<&Solved<'_>>, identity: &mut [Sym]) -> Self {
        let mut one = One { ids: Vec::new(), rows: Vec::new() };
        let mut survivor: HashMap<Sym, Sym> = HashMap::new();
        for cluster in merged.map(|solved| solved.clusters.as_slice()).unwrap_or_default() {
            let rows: Vec<u32> = cluster.members.iter().copied().filter(|member| member & OTHER_SIDE == 0).collect();
            let Some(first) = rows.first().map(|row| identity[*row as usize]).filter(|id| *id != Sym::MISSING && rows.len() > 1) else {
                continue;
            };
            for row in &rows[1..] {
                let own = identity[*row as usize];
                if own != Sym::MISSING {
                    one.ids.push((own, first));
                    survivor.insert(own, first);
                }
            }
            one.rows.push(rows);
        }
        one.ids.sort_unstable_by_key(|(own, survivor)| (*survivor, *own));
        if !survivor.is_empty() {
            for id in identity.iter_mut() {
                *id = survivor.get(id).copied().unwrap_or(*id);
            }
        }
        one
    }

    /// Whether several records stand for the person of this identity.
    pub(super) fn has(&self, identity: Sym) -> bool {
        self.ids.binary_search_by_key(&identity, |(_, survivor)| *survivor).is_ok()
    }

    /// The records from which to follow ways for these people. Who was merged is told by the record that survives.
    pub(super) fn followed(&self, people: &mut [u32], identity: &[Sym]) -> Followed {
        let of: HashMap<Sym, &Vec<u32>> = self.rows.iter().map(|rows| (identity[rows[0] as usize], rows)).collect();
        let mut followed = Followed { rows: people.to_vec(), people: (0..people.len() as u32).collect() };
        for (person, row) in people.iter_mut().enumerate() {
            if let Some(rows) = of.get(&identity[*row as usize]) {
                *row = rows[0];
                followed.rows[person] = rows[0];
                for other in &rows[1..] {
                    followed.rows.push(*other);
                    followed.people.push(person as u32);
                }
            }
        }
        followed
    }
}

impl Followed {
    /// Follows a way from all records: calls `found` with the person and the record at the end.
    pub(super) fn each(&self, joiner: &Joiner<'_, '_>, way: &Way, mut found: impl FnMut(u32, u32)) {
        follow(joiner, way, &self.rows, |place, row| found(self.people[place as usize], row));
    }
}
