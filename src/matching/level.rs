//! Comparison levels: what a score is made of.
use super::nearness::ALIKE;
use super::normal::{alike, slip};
use super::{Field, Known, Nearness, Nicknames, Role, nearness};
use crate::model::{Type, fold};
use std::fmt;

/// How two values of a field compare. The words are those of `score` in a `[[merge]]`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Level {
    /// One value is missing, or can't be read.
    Missing,
    /// One of them is a value that too many records share: no evidence.
    Common,
    /// Equal, and a value that [few](super::rare_limit) records have.
    Rare,
    /// Equal.
    Same,
    /// Another form of the same: a nickname, a middle name more, surnames in another order, `St` for `Street`.
    Form,
    /// A slip of the keyboard explains it.
    Typo,
    /// Alike, but as well somebody else: an initial, Jaro-Winkler, two given names that are both in use.
    Similar,
    /// None of these.
    Differs,
}

impl Level {
    /// All of them, in order.
    pub const ALL: [Level; 8] =
        [Level::Missing, Level::Common, Level::Rare, Level::Same, Level::Form, Level::Typo, Level::Similar, Level::Differs];

    /// The word in rules and in evidence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::Missing => "missing",
            Level::Common => "common",
            Level::Rare => "rare",
            Level::Same => "same",
            Level::Form => "form",
            Level::Typo => "typo",
            Level::Similar => "similar",
            Level::Differs => "differs",
        }
    }

    /// The level of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.word() == word)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The levels of a pair, field by field, in one word: three bits each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Levels(u64);

impl Levels {
    /// So many fields fit; further ones are not kept.
    pub const FIELDS: usize = 21;

    /// The level of a field; [`Level::Missing`] until it is set.
    #[must_use]
    pub fn get(self, field: usize) -> Level {
        if field >= Levels::FIELDS {
            return Level::Missing;
        }
        Level::ALL[((self.0 >> (3 * field)) & 7) as usize]
    }

    /// The same with another level for a field.
    #[must_use]
    pub fn with(self, field: usize, level: Level) -> Levels {
        if field >= Levels::FIELDS {
            return self;
        }
        let at = 3 * field;
        Levels(self.0 & !(7 << at) | (level as u64) << at)
    }
}

impl FromIterator<Level> for Levels {
    fn from_iter<I: IntoIterator<Item = Level>>(levels: I) -> Self {
        levels.into_iter().enumerate().fold(Levels::default(), |all, (field, level)| all.with(field, level))
    }
}

/// What is known besides the two values: nicknames, and which given names are in use.
#[derive(Clone, Debug, Default)]
pub struct Lore {
    /// Names that stand for one another.
    pub nicknames: Nicknames,
    /// Given names that are in use, so that one is no slip for another.
    pub known: Known,
}

impl Lore {
    /// How two values of `field` compare, and why. Whether a value is [common](Level::Common) or [rare](Level::Rare)
    /// is for the caller to say: it has counted them.
    #[must_use]
    pub fn compare(&self, field: &Field, left: Option<&str>, right: Option<&str>) -> (Level, Option<Nearness>) {
        let (Some(left), Some(right)) = (left, right) else { return (Level::Missing, None) };
        let Some(near) = nearness(field.kind, left, right, &self.nicknames) else { return (Level::Missing, None) };
        let two_names = || self.in_use(left) && self.in_use(right);
        let level = match near {
            Nearness::Slip | Nearness::Transposed if field.role == Role::Given && two_names() => Level::Similar,
            // Sara and Sarah: one name in two spellings, and twins have both.
            Nearness::Nickname if field.role == Role::Given && two_spellings(left, right) && two_names() => Level::Similar,
            near => near.level(),
        };
        (level, Some(near))
    }

    /// The levels of two fields whose values changed places between the records: first and last name, two lines of an address. Asked where both
    /// [differ](Level::Differs) as they stand; `None` when they do so crosswise too.
    #[must_use]
    pub fn exchanged(&self, fields: [&Field; 2], left: [Option<&str>; 2], right: [Option<&str>; 2]) -> Option<[Level; 2]> {
        let cross = |field: usize| {
            let (level, _) = self.compare(fields[field], left[field], right[1 - field]);
            matches!(level, Level::Rare | Level::Same | Level::Form | Level::Typo).then(|| level.max(Level::Form))
        };
        Some([cross(0)?, cross(1)?])
    }

    /// Whether every word of a given name is one that people are called.
    fn in_use(&self, name: &str) -> bool {
        fold(Type::Name, name).is_some_and(|name| name.split(' ').all(|word| self.known.has(word) || self.nicknames.has(word)))
    }
}

/// Whether one name looks like a spelling of the other, and not like a short form.
fn two_spellings(left: &str, right: &str) -> bool {
    let (Some(left), Some(right)) = (fold(Type::Name, left), fold(Type::Name, right)) else { return false };
    let short = left.starts_with(&*right) || right.starts_with(&*left);
    slip(&left, &right).is_some() || !short && alike(&left, &right, ALIKE)
}
