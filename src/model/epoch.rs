//! Where a record is read from: today's sources, the previous snapshot, or what naming schemas propose.
use std::fmt;

/// Which of a noun's tables is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Epoch {
    /// Today's sources: the roster and the accounts that exist.
    #[default]
    Today,
    /// The previous snapshot.
    Previous,
    /// What the naming schemas of the packs would make; only accounts.
    Proposed,
    /// Records that were seen before the previous snapshot and are not in it, as a snapshot remembers them.
    Earlier,
}

impl Epoch {
    /// All, today first.
    pub const ALL: [Epoch; 4] = [Epoch::Today, Epoch::Previous, Epoch::Proposed, Epoch::Earlier];

    /// The word before a noun; nothing for today.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Epoch::Today => "",
            Epoch::Previous => "previous",
            Epoch::Proposed => "proposed",
            Epoch::Earlier => "earlier",
        }
    }

    /// The epoch that a record is compared with to see whether it is new, gone or changed.
    #[must_use]
    pub fn other(self) -> Epoch {
        match self {
            Epoch::Today => Epoch::Previous,
            Epoch::Previous | Epoch::Proposed | Epoch::Earlier => Epoch::Today,
        }
    }
}

impl fmt::Display for Epoch {
    /// The word with a blank after it, to stand before a noun.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Epoch::Today { Ok(()) } else { write!(f, "{} ", self.word()) }
    }
}
