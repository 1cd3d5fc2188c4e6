//! Names of people in lines that nobody knows: masked as far as the data have them, where lines leave the terminal.
use super::tie::Ties;
use crate::language::form::{By, Expr};
use crate::model::{Epoch, FieldId, FieldRef, NounId, Privacy, Type};
use crate::roster::Sym;
use hashbrown::HashSet;

/// Words that a name has, at most.
const LONGEST: usize = 4;
/// What stands in place of a name.
const MASK: &str = "***";

/// The fields of the roster that hold names of people. Accounts are none of it: those made by hand are called `Demo Student` and `Reading Coach`.
pub(in crate::engine) fn name_fields() -> impl Iterator<Item = (NounId, FieldRef)> {
    NounId::all().filter(|noun| noun.get().name != "account").flat_map(|noun| {
        let fields = noun.get().fields.iter().enumerate();
        let names = fields.filter(|(_, field)| field.kind == Type::Name && field.privacy == Privacy::Personal);
        names.map(move |(at, _)| (noun, FieldRef::Field(FieldId(at as u8))))
    })
}

/// The names of people that some data have.
pub struct Names {
    folded: HashSet<String>,
}

impl Ties<'_, '_, '_> {
    /// The names of the people in the roster of today.
    #[must_use]
    pub fn names(&self) -> Names {
        let columns = &self.outcome.columns;
        let mut symbols: HashSet<Sym> = HashSet::new();
        for (noun, field) in name_fields() {
            let table = (noun, Epoch::Today);
            if columns.table(table).is_some_and(|table| table.column(&field).is_some()) {
                symbols.extend(columns.value(table, &Expr::Field(field)).iter().filter(|symbol| **symbol != Sym::MISSING));
            }
        }
        let texts = symbols.into_iter().filter_map(|symbol| Some(key(columns.dataset.symbols().text(symbol))?.into_owned()));
        Names { folded: texts.collect() }
    }
}

impl Names {
    /// The text with the names in it masked. Words in small letters alone are none: `will` and `may` are names too.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        let words = words(text);
        let mut shown = String::with_capacity(text.len());
        let (mut at, mut kept) = (0, 0);
        while let Some((start, _)) = words.get(at).copied() {
            let name = (1..=LONGEST.min(words.len() - at)).rev().find_map(|count| {
                let small = words[at..at + count].iter().all(|(start, _)| text[*start..].starts_with(char::is_lowercase));
                let whole = &text[start..words[at + count - 1].1];
                // `Mei's record`
                let owner = ["'s", "’s"].into_iter().find_map(|mark| whole.strip_suffix(mark));
                let name = [Some(whole), owner].into_iter().flatten().filter(|_| !small).find(|name| self.has(name))?;
                Some((count, start + name.len()))
            });
            match name {
                Some((count, end)) => {
                    shown.push_str(&text[kept..start]);
                    shown.push_str(MASK);
                    kept = end;
                    at += count;
                }
                None => at += 1,
            }
        }
        shown.push_str(&text[kept..]);
        shown
    }
}

impl Names {
    fn has(&self, name: &str) -> bool {
        key(name).is_some_and(|key| self.folded.contains(&*key))
    }
}

/// What names are equal by. What has no letter, or is one letter of ours, tells of nobody: `A student`.
fn key(name: &str) -> Option<std::borrow::Cow<'_, str>> {
    By::Type(Type::Name).key(name).filter(|folded| folded.len() > 1 && folded.chars().any(char::is_alphabetic))
}

/// Where the words of a text stand. An apostrophe is a letter of its word.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words: Vec<(usize, usize)> = Vec::new();
    for (at, letter) in text.char_indices() {
        let inner = |words: &[(usize, usize)]| words.last().is_some_and(|(_, end)| *end == at);
        if letter.is_alphanumeric() || (matches!(letter, '\'' | '’' | '\u{300}'..='\u{36f}') && inner(&words)) {
            let end = at + letter.len_utf8();
            if inner(&words) {
                let last = words.len() - 1;
                words[last].1 = end;
            } else {
                words.push((at, end));
            }
        }
    }
    words
}
