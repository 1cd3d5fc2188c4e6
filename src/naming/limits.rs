//! What a platform or a schema asks of a name: its length, its characters, its edges.
use super::refusal::Refusal;
use regex_syntax::hir::{Class, HirKind};
use std::ops::RangeInclusive;

/// What must hold of a name.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Whose limits these are, for reasons: `the schema`, `windows-logon`.
    pub why: String,
    /// Characters, at least and at most.
    pub length: RangeInclusive<usize>,
    /// The characters that it may be made of; without it, any.
    pub allowed: Option<CharClass>,
    /// What may not stand at its edges or inside.
    pub forbidden: Vec<Edge>,
    /// Names that are taken by the platform itself; compared whole, without letter case.
    pub reserved: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { why: "the schema".into(), length: 1..=usize::MAX, allowed: None, forbidden: Vec::new(), reserved: Vec::new() }
    }
}

/// A text that may not stand in a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Edge {
    /// `starts with .`
    StartsWith(String),
    /// `ends with .`
    EndsWith(String),
    /// `contains ..`
    Contains(String),
}

impl Edge {
    /// Reads `starts with .`, `ends with .`, `contains ..`; `None` when it is none of these, or says no text.
    #[must_use]
    pub fn read(text: &str) -> Option<Edge> {
        let after = |words: &str| text.strip_prefix(words).map(|rest| rest.to_owned()).filter(|rest| !rest.is_empty());
        (after("starts with ").map(Edge::StartsWith))
            .or_else(|| after("ends with ").map(Edge::EndsWith))
            .or_else(|| after("contains ").map(Edge::Contains))
    }
}

/// A class of characters: `[a-z0-9.]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CharClass {
    /// As written.
    pub text: String,
    ranges: Vec<(char, char)>,
}

impl CharClass {
    /// Reads a character class in the regex crate's syntax; `None` when it is not exactly one class.
    #[must_use]
    pub fn read(text: &str) -> Option<CharClass> {
        let form = regex_syntax::Parser::new().parse(text).ok().filter(|_| text.starts_with('['))?;
        let ranges = match form.kind() {
            HirKind::Class(Class::Unicode(class)) => class.iter().map(|range| (range.start(), range.end())).collect(),
            HirKind::Class(Class::Bytes(class)) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
            HirKind::Literal(literal) => {
                let mut letters = std::str::from_utf8(&literal.0).ok()?.chars();
                let letter = letters.next().filter(|_| letters.next().is_none())?;
                vec![(letter, letter)]
            }
            _ => return None,
        };
        Some(CharClass { text: text.to_owned(), ranges })
    }

    /// Whether the class holds the character.
    #[must_use]
    pub fn holds(&self, letter: char) -> bool {
        self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&letter))
    }
}

impl Limits {
    /// What is wrong with a name, if anything; `field` is its name for the reason.
    #[must_use]
    pub fn fault(&self, field: &str, name: &str) -> Option<Refusal> {
        let length = name.chars().count();
        let told = || (field.to_owned(), name.to_owned(), self.why.clone());
        if length < *self.length.start() {
            let ((field, name, why), least) = (told(), *self.length.start());
            return Some(Refusal::TooShort { field, name, least, why });
        }
        if length > *self.length.end() {
            let ((field, name, why), most) = (told(), *self.length.end());
            return Some(Refusal::TooLong { field, name, most, why });
        }
        if let Some(allowed) = &self.allowed
            && let Some(letter) = name.chars().find(|letter| !allowed.holds(*letter))
        {
            let (field, name, why) = told();
            return Some(Refusal::Character { field, name, letter, allowed: allowed.text.clone(), why });
        }
        let stands = |edge: &&Edge| match edge {
            Edge::StartsWith(text) => name.starts_with(text.as_str()),
            Edge::EndsWith(text) => name.ends_with(text.as_str()),
            Edge::Contains(text) => name.contains(text.as_str()),
        };
        if let Some(edge) = self.forbidden.iter().find(stands) {
            let (field, name, why) = told();
            return Some(Refusal::Edge { field, name, edge: edge.clone(), why });
        }
        self.reserved.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)).then(|| {
            let (field, name, why) = told();
            Refusal::Reserved { field, name, why }
        })
    }
}
