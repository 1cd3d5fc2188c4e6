//! Several records that a merge holds to be one person: one identity, one account, what all of them see.
use super::people::follow;
use crate::engine::columns::{identity, table_of};
use crate::engine::join::Joiner;
use crate::engine::merge::{OTHER_SIDE, Solved, kept};
use crate::model::{Epoch, FieldRef};
use crate::pack::{Naming, Way};
use crate::roster::Sym;
use hashbrown::HashMap;

/// Which records are one person.
pub(super) struct One {
    /// The identity of each merged record, and that of the one that survives.
    pub(super) ids: Vec<(Sym, Sym)>,
    /// Per merged person, the rows, that of the survivor first.
    rows: Vec<Vec<u32>>,
    /// The place in `rows` of each row that was merged.
    place: HashMap<u32, usize>,
}

/// What people who stand in several records keep of them, by the record that survives: field, value, and the identity of the record that has it.
#[derive(Default)]
pub(super) struct Kept(HashMap<u32, Vec<(FieldRef, Sym, Sym)>>);

impl Kept {
    /// What a record that survives takes from others.
    pub(super) fn of(&self, row: u32) -> &[(FieldRef, Sym, Sym)] {
        self.0.get(&row).map_or(&[], Vec::as_slice)
    }

    /// The value of a field, where it is taken from another record.
    pub(super) fn get(&self, row: u32, field: &FieldRef) -> Option<Sym> {
        self.of(row).iter().find(|(known, ..)| known == field).map(|(_, value, _)| *value)
    }

    /// The records that take something from others.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        self.0.keys().copied()
    }
}

/// The records from which ways are followed, and whose they are.
pub(super) struct Followed {
    rows: Vec<u32>,
    people: Vec<u32>,
}

impl One {
    /// Gives the records of one person one identity, which then tells everything else that they are one.
    pub(super) fn new(merged: Option<&Solved<'_>>, identity: &mut [Sym]) -> Self {
        let mut one = One { ids: Vec::new(), rows: Vec::new(), place: HashMap::new() };
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
            one.place.extend(rows.iter().map(|row| (*row, one.rows.len())));
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

    /// What the surviving records take from the others, of the fields that a schema reads.
    pub(super) fn kept(&self, joiner: &Joiner<'_, '_>, naming: &Naming, merged: Option<&Solved<'_>>) -> Kept {
        let mut all = Kept::default();
        let Some(merge) = merged.map(|solved| solved.merge) else { return all };
        let table = table_of(&naming.frame, naming.person());
        let ids = joiner.columns.value(table, &identity(table.0));
        for rows in &self.rows {
            for field in super::people::fields(naming) {
                let own = joiner.columns.table(table).and_then(|table| table.column(&field)).map(|column| column[rows[0] as usize]);
                if let Some((value, from)) = kept(joiner.columns, merge, rows, &field)
                    && Some(value) != own
                {
                    all.0.entry(rows[0]).or_default().push((field, value, ids[(from & !OTHER_SIDE) as usize]));
                }
            }
        }
        all
    }

    /// The place of a record among those of its person, by which the one that survives is the first.
    pub(super) fn rank(&self, row: u32) -> usize {
        let rows = self.place.get(&row).map(|place| &self.rows[*place]);
        rows.and_then(|rows| rows.iter().position(|other| *other == row)).unwrap_or(0)
    }

    /// Whether a record is one of several of a person.
    pub(super) fn is_one_of(&self, row: u32) -> bool {
        self.place.contains_key(&row)
    }

    /// Whether a name in the ledger was given to the person of this identity, as the survivor or as one who was merged.
    pub(super) fn held(&self, identity: Sym, id: Option<Sym>) -> bool {
        let from = self.ids.partition_point(|(_, survivor)| *survivor < identity);
        let mut others = self.ids[from..].iter().take_while(|(_, survivor)| *survivor == identity);
        id.is_some_and(|id| id == identity || others.any(|(own, _)| *own == id))
    }

    /// Whether a record says otherwise than the person whom it is one record of, in something that a condition asks of it.
    pub(super) fn differs(&self, joiner: &Joiner<'_, '_>, merged: Option<&Solved<'_>>, row: u32, asked: &[FieldRef]) -> bool {
        let Some(merge) = merged.map(|solved| solved.merge) else { return false };
        let Some(rows) = self.place.get(&row).map(|place| &self.rows[*place]) else { return false };
        let table = (merge.record.noun, Epoch::Today);
        asked.iter().any(|field| {
            let own = joiner.columns.table(table).and_then(|table| table.column(field)).map_or(Sym::MISSING, |column| column[row as usize]);
            kept(joiner.columns, merge, rows, field).is_some_and(|(value, _)| value != own)
        })
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
