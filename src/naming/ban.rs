//! Words that no name may be, or hold. The words themselves are never shown.
use regex::{Regex, RegexBuilder};
use std::collections::HashSet;

/// A list of words that a name may not be, or may not hold.
#[derive(Clone, Debug)]
pub struct Ban {
    /// The name of the list, for reasons.
    pub list: String,
    words: Words,
}

#[derive(Clone, Debug)]
enum Words {
    /// The whole name, in lower case.
    Whole(HashSet<String>),
    /// Anywhere in it, when both are folded; a word that stands there as it is, does so folded too.
    Anywhere(Regex),
    /// The same, for a list that is too large for one pattern.
    AnyOf(Vec<String>),
}

impl Ban {
    /// A list of words that no name may be; compared without letter case.
    #[must_use]
    pub fn whole<'w>(list: &str, words: impl IntoIterator<Item = &'w str>) -> Ban {
        let words = words.into_iter().map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty());
        Ban { list: list.to_owned(), words: Words::Whole(words.collect()) }
    }

    /// A list of words that may stand nowhere in a name: not as they are, and not with dots between or figures in place of letters.
    #[must_use]
    pub fn anywhere<'w>(list: &str, words: impl IntoIterator<Item = &'w str>) -> Ban {
        let words = words.into_iter().map(|word| figures(&word.trim().to_lowercase())).filter(|word| !word.is_empty());
        let words: Vec<String> = words.collect();
        let pattern = words.iter().map(|word| regex::escape(word)).collect::<Vec<_>>().join("|");
        // An empty pattern would match every name.
        let any = if words.is_empty() { None } else { RegexBuilder::new(&pattern).build().ok() };
        Ban { list: list.to_owned(), words: any.map_or(Words::AnyOf(words), Words::Anywhere) }
    }

    /// Whether the list is about parts of names.
    #[must_use]
    pub fn is_anywhere(&self) -> bool {
        !matches!(self.words, Words::Whole(_))
    }

    /// Whether the list forbids the name.
    #[must_use]
    pub fn forbids(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        match &self.words {
            Words::Whole(words) => words.contains(&name),
            Words::Anywhere(any) => any.is_match(&figures(&name)),
            Words::AnyOf(words) => {
                let name = figures(&name);
                words.iter().any(|word| name.contains(word.as_str()))
            }
        }
    }
}

/// Lower-case letters with figures and signs read as the letters that they are written for, and nothing between: `5h.1t` and `shlt` are alike.
fn figures(text: &str) -> String {
    text.chars()
        .filter_map(|letter| match letter {
            '.' | '-' | '_' | '\'' | ' ' => None,
            '0' => Some('o'),
            '1' | 'l' | '!' | '|' => Some('i'),
            '3' => Some('e'),
            '4' | '@' => Some('a'),
            '5' | '$' => Some('s'),
            '7' | '+' => Some('t'),
            '8' => Some('b'),
            '9' => Some('g'),
            letter => Some(letter),
        })
        .collect()
}
