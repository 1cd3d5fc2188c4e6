//! How two values of a type relate: what `nearly` takes, and why.
use super::{Level, Nicknames};
use crate::model::Type;

/// How two values relate, from the closest on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Nearness {
    /// Equal as values of their type.
    Equal,
    /// The same after abbreviations: `St` and `Street`, `Apt 4` and `#4`.
    Abbreviated,
    /// The same words in another order, or run together.
    Reordered,
    /// The words of one are among those of the other: a middle name, a second surname.
    Contained,
    /// One name stands for the other: Bill and William.
    Nickname,
    /// Day and month changed places.
    DayMonth,
    /// One character wrong, missing or too many.
    Slip,
    /// Two neighbours changed places.
    Transposed,
    /// An initial in place of a name.
    Initial,
    /// Jaro-Winkler similarity is high.
    Alike,
    /// None of these.
    Apart,
}

impl Nearness {
    /// What it means for a score.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Nearness::Equal => Level::Same,
            Nearness::Abbreviated | Nearness::Reordered | Nearness::Contained | Nearness::Nickname => Level::Form,
            Nearness::DayMonth | Nearness::Slip | Nearness::Transposed => Level::Typo,
            Nearness::Initial | Nearness::Alike => Level::Similar,
            Nearness::Apart => Level::Differs,
        }
    }

    /// In words, for evidence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Nearness::Equal => "equal",
            Nearness::Abbreviated => "equal but for abbreviations",
            Nearness::Reordered => "the same words in another order",
            Nearness::Contained => "one is a part of the other",
            Nearness::Nickname => "one is a nickname",
            Nearness::DayMonth => "day and month changed places",
            Nearness::Slip => "one character differs",
            Nearness::Transposed => "two neighbours changed places",
            Nearness::Initial => "an initial",
            Nearness::Alike => "alike",
            Nearness::Apart => "different",
        }
    }
}

/// `left nearly right`; `None` when one of them can't be read as a value of `kind`. Equal values are nearly equal too.
#[must_use]
pub fn nearly(kind: Type, left: &str, right: &str, names: &Nicknames) -> Option<bool> {
    nearness(kind, left, right, names).map(|near| near != Nearness::Apart)
}

/// How two values of `kind` relate; `None` when one of them can't be read as one.
#[must_use]
pub fn nearness(kind: Type, left: &str, right: &str, names: &Nicknames) -> Option<Nearness> {
    let _ = names;
    let (left, right) = (crate::model::fold(kind, left)?, crate::model::fold(kind, right)?);
    Some(if left == right { Nearness::Equal } else { Nearness::Apart })
}
