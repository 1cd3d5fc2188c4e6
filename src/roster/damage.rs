//! Gathers what is wrong while rows are read: the first few places of each kind, and a count, so that memory does not grow with the damage.
use super::kind::Kind;

/// Places kept of each kind.
pub(super) const KEPT: usize = 5;

/// Damaged rows of a file that are remembered, whatever their kind, so that what rules find in them can be tied to the damage.
pub(super) const REMEMBERED: usize = 4096;

/// A place where something is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Spot {
    pub(super) kind: Kind,
    /// The byte itself.
    pub(super) at: usize,
    /// How many bytes are meant.
    pub(super) length: usize,
    /// The first byte of its row.
    pub(super) row: usize,
    /// The line on which the row starts, counted from 0 at the start of the chunk.
    pub(super) line: u64,
    /// The record, counted from 0 at the start of the chunk; none for a blank line.
    pub(super) record: Option<u64>,
    /// The column, or the number of cells.
    pub(super) number: usize,
}

/// What is wrong in a stretch of a file.
#[derive(Clone, Debug)]
pub(super) struct Damage {
    pub(super) spots: Vec<Spot>,
    pub(super) counts: [u64; Kind::COUNT],
    /// The records with damage that rules may trip over, and the column where it is only that.
    pub(super) rows: Vec<(Kind, u64, Option<usize>)>,
}

impl Default for Damage {
    fn default() -> Self {
        Damage { spots: Vec::new(), counts: [0; Kind::COUNT], rows: Vec::new() }
    }
}

impl Damage {
    pub(super) fn note(&mut self, spot: Spot) {
        let count = &mut self.counts[spot.kind as usize];
        *count += 1;
        if *count <= KEPT as u64 {
            self.spots.push(spot);
        }
        if let (Some(record), Some(column)) = (spot.record, spot.kind.touches(spot.number))
            && self.rows.len() < REMEMBERED
        {
            self.rows.push((spot.kind, record, column));
        }
    }

    /// Adds the damage of the chunk that follows, which starts with this line and record.
    pub(super) fn append(&mut self, next: &Damage, line: u64, record: u64) {
        for spot in &next.spots {
            if self.spots.iter().filter(|known| known.kind == spot.kind).count() < KEPT {
                self.spots.push(Spot { line: spot.line + line, record: spot.record.map(|number| number + record), ..*spot });
            }
        }
        let room = REMEMBERED.saturating_sub(self.rows.len());
        self.rows.extend(next.rows.iter().take(room).map(|(kind, number, column)| (*kind, number + record, *column)));
        for (count, more) in self.counts.iter_mut().zip(next.counts) {
            *count += more;
        }
    }

    pub(super) fn count(&self, kind: Kind) -> u64 {
        self.counts[kind as usize]
    }
}
