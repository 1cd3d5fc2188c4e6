//! What the frequency of values says: which given names are in use, and which values too many records share.
use crate::model::{Type, fold};
use std::collections::{HashMap, HashSet};

/// Given names that are in use, word by word: Maria and Mario are both names, so one is no slip for the other; Maira beside Maria may be one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    words: HashSet<Box<str>>,
}

impl Known {
    /// The words that at least `least` of the names hold. Names are given as written, one for each record; 3 is a good `least`, since a slip seldom
    /// happens three times alike.
    pub fn count<'n>(names: impl IntoIterator<Item = &'n str>, least: u32) -> Known {
        let mut counts: HashMap<Box<str>, u32> = HashMap::new();
        for name in names.into_iter().filter_map(|name| fold(Type::Name, name)) {
            for word in name.split(' ') {
                match counts.get_mut(word) {
                    Some(count) => *count += 1,
                    None => {
                        counts.insert(word.into(), 1);
                    }
                }
            }
        }
        Known { words: counts.into_iter().filter(|(_, count)| *count >= least).map(|(word, _)| word).collect() }
    }

    /// Adds a word, folded.
    pub fn insert(&mut self, word: &str) {
        self.words.insert(word.into());
    }

    /// Whether this word, folded, is in use.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// From how many records on a value of this type is no evidence, judged from how often each value of the field occurs: four times as often as 99 % of the
/// values, and 20 records at least. `None` where a frequent value is nothing strange (names, grades, flags), or no value stands out.
#[must_use]
pub fn common_limit(kind: Type, counts: &[u32]) -> Option<u32> {
    if matches!(kind, Type::Name | Type::Grade | Type::Flag) {
        return None;
    }
    let mut counts = counts.to_vec();
    let most = *counts.iter().max()?;
    let ninety_nine = (counts.len() - 1) * 99 / 100;
    let usual = *counts.select_nth_unstable(ninety_nine).1;
    let limit = usual.saturating_mul(4).max(20);
    (most > limit).then_some(limit)
}

/// Up to how many records have a rare value: 3, and one more for every 10,000 records. Only names are rare or not: of days all are alike, and numbers
/// are all rare.
#[must_use]
pub fn rare_limit(kind: Type, records: usize) -> u32 {
    if kind == Type::Name { u32::try_from(3 + records / 10_000).unwrap_or(u32::MAX) } else { 0 }
}
