//! The value of a part for one person, and whether its transliteration is good enough.
use super::{Doubt, Refusal, Values};
use crate::language::form::{Call, Expr};
use crate::language::letters::{is_foreign, is_han, is_kana, leaves_vowels_out, to_ascii};
use std::borrow::Cow;

/// What is learnt of a person's values on the way.
pub(super) struct Reader<'a> {
    pub(super) person: &'a dyn Values,
    pub(super) today: i32,
    /// A value that was transliterated from Han characters, with the result.
    han: Option<(String, String)>,
    /// Whether a value has letters of a Japanese syllabary.
    kana: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(person: &'a dyn Values, today: i32) -> Self {
        Reader { person, today, han: None, kana: false }
    }

    /// The value of a part, or why there is none; `fields` names the fields for the reason.
    pub(super) fn value<'t>(&mut self, expr: &'t Expr, fields: &str) -> Result<Cow<'t, str>, Refusal>
    where
        'a: 't,
    {
        match self.text(expr)? {
            // An empty text is one that the template itself gives: `or ""`.
            Some(text) if text.is_empty() || says_something(&text) => Ok(text),
            _ => Err(self.absent(expr, fields)),
        }
    }

    /// Han characters beside a Japanese syllabary, in one value or in two, are Japanese, and were read as Chinese.
    pub(super) fn japanese(&mut self) -> Option<Refusal> {
        let (from, to) = self.han.take().filter(|_| self.kana)?;
        Some(Refusal::Poor { from, to, why: Doubt::Japanese })
    }

    fn text<'t>(&mut self, expr: &'t Expr) -> Result<Option<Cow<'t, str>>, Refusal>
    where
        'a: 't,
    {
        Ok(match expr {
            Expr::Field(field) => self.person.text(field).map(trimmed).filter(|text| says_something(text)),
            Expr::Text(text) => Some(Cow::Borrowed(text)),
            Expr::Apply(call, inner) => match self.text(inner)? {
                Some(text) => self.apply(call, text)?,
                None => None,
            },
            Expr::First(parts) => {
                for part in parts {
                    if let Some(text) = self.text(part)? {
                        return Ok(Some(text));
                    }
                }
                None
            }
            Expr::Join(parts) => {
                let mut joined = String::new();
                for part in parts {
                    match self.text(part)? {
                        Some(text) => joined.push_str(&text),
                        None => return Ok(None),
                    }
                }
                Some(joined.into())
            }
        })
    }

    fn apply<'t>(&mut self, call: &Call, text: Cow<'t, str>) -> Result<Option<Cow<'t, str>>, Refusal> {
        if call.function.transliterates() && !text.is_ascii() {
            self.doubt(&text)?;
        }
        Ok(match text {
            Cow::Borrowed(text) => call.function.apply(text, &call.given, self.today),
            Cow::Owned(text) => match call.function.apply(&text, &call.given, self.today) {
                // What the function left as it was need not be copied.
                Some(Cow::Borrowed(same)) if same.len() == text.len() => Some(Cow::Owned(text)),
                result => result.map(|result| Cow::Owned(result.into_owned())),
            },
        })
    }

    /// Refuses what can't be written in Latin letters well enough for a name.
    fn doubt(&mut self, from: &str) -> Result<(), Refusal> {
        let (to, lost) = to_ascii(from);
        self.kana |= from.chars().any(is_kana);
        if from.chars().any(is_han) {
            self.han = Some((from.to_owned(), to.clone().into_owned()));
        }
        let letters = to.bytes().filter(u8::is_ascii_alphabetic).count();
        let why = if lost || (letters == 0 && from.chars().any(is_foreign)) {
            Doubt::Lost
        } else if from.chars().any(leaves_vowels_out) || (letters >= 3 && from.chars().any(is_foreign) && !has_vowel(&to)) {
            Doubt::Vowels
        } else {
            return Ok(());
        };
        Err(Refusal::Poor { from: from.to_owned(), to: to.into_owned(), why })
    }

    /// Why a value is missing: no field has a text, or the functions left nothing of it.
    fn absent(&self, expr: &Expr, fields: &str) -> Refusal {
        let mut from = None;
        expr.fields(&mut |field| {
            if from.is_none() {
                from = self.person.text(field).filter(|text| !text.trim().is_empty()).map(Cow::into_owned);
            }
        });
        match from {
            Some(from) => Refusal::Emptied { fields: fields.to_owned(), from },
            None => Refusal::Missing { fields: fields.to_owned() },
        }
    }
}

/// A value without outer space and without marks of direction around it; they are never part of a name.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    let outside = |letter: char| {
        letter.is_whitespace() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    match text {
        Cow::Borrowed(text) => text.trim_matches(outside).into(),
        Cow::Owned(text) if text.starts_with(outside) || text.ends_with(outside) => text.trim_matches(outside).to_owned().into(),
        owned => owned,
    }
}

/// Whether a text holds a letter or a figure; signs alone are no name.
fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn has_vowel(ascii: &str) -> bool {
    ascii.bytes().any(|byte| matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
}
