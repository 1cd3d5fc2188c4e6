//! Why a candidate gives no name, in words for people.
use super::limits::Edge;
use std::fmt;

/// Why an attempt gives no name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// A value is not there.
    Missing {
        /// The fields that were asked: `first_name`, `preferred_first_name or first_name`.
        fields: String,
    },
    /// A value is there, and the functions leave nothing of it.
    Emptied {
        /// The fields that were asked.
        fields: String,
        /// What stands in the first of them that is there.
        from: String,
    },
    /// A transliteration is not good enough for a name.
    Poor {
        /// The value.
        from: String,
        /// What it became.
        to: String,
        /// What is wrong.
        why: Doubt,
    },
    /// Fewer characters than asked for.
    TooShort {
        /// The field that is filled.
        field: String,
        /// The name.
        name: String,
        /// Characters at least.
        least: usize,
        /// Whose limit it is.
        why: String,
    },
    /// More characters than allowed, with every letter taken away that may be.
    TooLong {
        /// The field that is filled.
        field: String,
        /// The name.
        name: String,
        /// Characters at most.
        most: usize,
        /// Whose limit it is.
        why: String,
    },
    /// A character that is not allowed.
    Character {
        /// The field that is filled.
        field: String,
        /// The name.
        name: String,
        /// The first such character.
        letter: char,
        /// The class that it is not in.
        allowed: String,
        /// Whose limit it is.
        why: String,
    },
    /// Something at an edge or inside that is not allowed.
    Edge {
        /// The field that is filled.
        field: String,
        /// The name.
        name: String,
        /// What stands there.
        edge: Edge,
        /// Whose limit it is.
        why: String,
    },
    /// A name that the platform keeps for itself.
    Reserved {
        /// The field that is filled.
        field: String,
        /// The name.
        name: String,
        /// Whose limit it is.
        why: String,
    },
    /// On a list of words that must not be names. Neither the word nor the name is said.
    Forbidden {
        /// The field that is filled.
        field: String,
        /// The name of the list.
        list: String,
        /// Whether a part of the name is on it, and not the whole.
        contained: bool,
    },
}

/// What is wrong with a transliteration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// Letters without a counterpart.
    Lost,
    /// Three letters or more, and no vowel among them or too few.
    Vowels,
    /// Han characters of a Japanese name, which would be read as Chinese.
    Japanese,
}

impl Refusal {
    /// Whether more letters or another number could help; otherwise the next candidate is next.
    #[must_use]
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Refusal::TooShort { .. } | Refusal::Edge { .. } | Refusal::Reserved { .. } | Refusal::Forbidden { .. })
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Doubt::Lost => "some of its letters have no counterpart",
            Doubt::Vowels => "its script leaves vowels out",
            Doubt::Japanese => "a Japanese name would be read as Chinese",
        })
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Edge::StartsWith(text) => write!(f, "starts with {}", quoted(text)),
            Edge::EndsWith(text) => write!(f, "ends with {}", quoted(text)),
            Edge::Contains(text) => write!(f, "contains {}", quoted(text)),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing { fields } => write!(f, "no {fields}"),
            Refusal::Emptied { fields, from } => write!(f, "nothing is left of {fields} `{from}`"),
            Refusal::Poor { from, to, why } if to.is_empty() => write!(f, "`{from}` can't be transliterated: {why}"),
            Refusal::Poor { from, to, why } => write!(f, "`{from}` would become `{to}`: {why}"),
            Refusal::TooShort { field, name, least, why } => {
                write!(f, "{field} `{name}` has {}, and {why} asks for {least} at least", characters(name))
            }
            Refusal::TooLong { field, name, most, why } => {
                write!(f, "{field} `{name}` has {}, {why} allows {most}, and no more can be cut", characters(name))
            }
            Refusal::Character { field, name, letter, allowed, why } => {
                write!(f, "{field} `{name}` holds {}, and {why} allows {allowed}", shown(*letter))
            }
            Refusal::Edge { field, name, edge, why } => write!(f, "{field} `{name}` {edge}, which {why} does not allow"),
            Refusal::Reserved { field, name, why } => write!(f, "{field} `{name}` is reserved by {why}"),
            Refusal::Forbidden { field, list, contained: false } => write!(f, "{field} would be a word of the list {list}"),
            Refusal::Forbidden { field, list, contained: true } => write!(f, "{field} would hold a word of the list {list}"),
        }
    }
}

fn characters(name: &str) -> crate::finding::Count<'static> {
    crate::finding::Count(name.chars().count() as u64, "character", "characters")
}

fn quoted(text: &str) -> String {
    if text == " " { "a space".to_owned() } else { format!("`{text}`") }
}

/// A character as people know it.
fn shown(letter: char) -> String {
    match letter {
        ' ' => "a space".to_owned(),
        letter if letter.is_control() || letter.is_whitespace() => format!("the character U+{:04X}", u32::from(letter)),
        letter => format!("`{letter}`"),
    }
}
