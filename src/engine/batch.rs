//! Batches of tuples: which records a rule holds together while it looks for more.
use crate::language::form::Slot;
use std::borrow::Cow;

/// Tuples: a record number per bound variable, and which outer tuple each came from.
#[derive(Default)]
pub(super) struct Batch {
    slots: Vec<Vec<u32>>,
    bound: Vec<Slot>,
    /// The outer tuple of each.
    pub(super) origin: Vec<u32>,
    /// How many such batches the table is asked in, so that a small one of many is not taken for little work.
    pub(super) blocks: usize,
}

impl Batch {
    /// One tuple without records, for conditions about the whole.
    pub(super) fn unit() -> Self {
        Batch { slots: Vec::new(), bound: Vec::new(), origin: vec![0], blocks: 1 }
    }

    /// Tuples of one record each.
    pub(super) fn scan(slot: Slot, rows: Vec<u32>) -> Self {
        let origin = (0..rows.len() as u32).collect();
        let mut slots = vec![Vec::new(); slot.0 as usize + 1];
        slots[slot.0 as usize] = rows;
        Batch { slots, bound: vec![slot], origin, blocks: 1 }
    }

    /// Tuples with the records of `slots`, a column each.
    pub(super) fn of_tuples(slots: &[Slot], rows: Vec<Vec<u32>>) -> Self {
        let origin = (0..rows.first().map_or(0, Vec::len) as u32).collect();
        let mut batch = Batch { slots: Vec::new(), bound: slots.to_vec(), origin, blocks: 1 };
        for (slot, rows) in slots.iter().zip(rows) {
            let at = slot.0 as usize;
            if batch.slots.len() <= at {
                batch.slots.resize(at + 1, Vec::new());
            }
            batch.slots[at] = rows;
        }
        batch
    }

    pub(super) fn len(&self) -> usize {
        self.origin.len()
    }

    pub(super) fn rows(&self, slot: Slot) -> &[u32] {
        &self.slots[slot.0 as usize]
    }

    /// The records of a variable at `places`, which ascend, each once: where there are as many as tuples, they are all of them.
    pub(super) fn at(&self, slot: Slot, places: &[u32]) -> Cow<'_, [u32]> {
        debug_assert!(places.is_sorted_by(|one, next| one < next), "all places are asked in their order or not at all");
        let rows = self.rows(slot);
        if places.len() == rows.len() { Cow::Borrowed(rows) } else { places.iter().map(|place| rows[*place as usize]).collect() }
    }

    pub(super) fn bound(&self) -> Vec<Slot> {
        self.bound.clone()
    }

    /// The tuples at `places`, each its own origin.
    pub(super) fn select(&self, places: &[u32]) -> Batch {
        let mut selected = self.keep(places);
        selected.origin = (0..places.len() as u32).collect();
        selected
    }

    /// The tuples at `places`.
    pub(super) fn keep(&self, places: &[u32]) -> Batch {
        let pick = |from: &Vec<u32>| places.iter().map(|place| from[*place as usize]).collect::<Vec<u32>>();
        let slots = self.slots.iter().map(|rows| if rows.is_empty() { Vec::new() } else { pick(rows) }).collect();
        Batch { slots, bound: self.bound.clone(), origin: pick(&self.origin), blocks: self.blocks }
    }

    /// Makes the tuples at `places` one longer.
    pub(super) fn extend(&self, places: &[u32], slot: Slot, rows: Vec<u32>) -> Batch {
        let mut longer = self.keep(places);
        let at = slot.0 as usize;
        if longer.slots.len() <= at {
            longer.slots.resize(at + 1, Vec::new());
        }
        longer.slots[at] = rows;
        longer.bound.push(slot);
        longer
    }
}
