//! The functions that a value can be put through: one table, read by the checker, the engine, `rollbook list functions` and the docs.
use super::{letters, names};
use crate::model::{Type, day};
use std::borrow::Cow;

/// A function of the language.
#[derive(Debug)]
pub struct Function {
    /// The word.
    pub name: &'static str,
    /// What stands after it.
    pub arguments: &'static [Argument],
    /// What it gives.
    pub gives: Gives,
    /// The types that it takes; empty for all.
    pub takes: &'static [Type],
    /// What it does, in a line.
    pub doc: &'static str,
    /// An example: the call, the input, the result.
    pub example: (&'static str, &'static str, &'static str),
    run: for<'t> fn(&'t str, &[Given], today: i32) -> Option<Cow<'t, str>>,
}

/// What an argument must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Argument {
    /// A text in quotes.
    Text,
    /// A whole number of at least one.
    Number,
}

/// An argument as given.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Given {
    /// A text.
    Text(String),
    /// A number.
    Number(usize),
}

/// The type of what a function gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gives {
    /// The type of what it was given, so that a part of a name still compares as a name.
    Same,
    /// This type.
    Type(Type),
}

impl Function {
    /// Whether it writes other scripts in Latin letters, which may go wrong.
    #[must_use]
    pub fn transliterates(&self) -> bool {
        self.name == "ascii"
    }

    /// The function's result; `None` is a missing value. `today` is in days since 1970.
    #[must_use]
    pub fn apply<'t>(&self, text: &'t str, given: &[Given], today: i32) -> Option<Cow<'t, str>> {
        (self.run)(text, given, today).filter(|result| !result.trim().is_empty())
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
impl Eq for Function {}
impl std::hash::Hash for Function {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// The function of that name.
#[must_use]
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

fn number(given: &[Given], at: usize) -> usize {
    match given.get(at) {
        Some(Given::Number(number)) => *number,
        _ => 0,
    }
}

fn text(given: &[Given], at: usize) -> &str {
    match given.get(at) {
        Some(Given::Text(text)) => text,
        _ => "",
    }
}

fn kept(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(&keep) { Cow::Borrowed(text) } else { Cow::Owned(text.chars().filter(|letter| keep(*letter)).collect()) }
}

/// Full years between two days.
fn years_between(from: i32, to: i32) -> Option<i32> {
    let date = |day: i32| jiff::civil::Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(day)).ok();
    let (from, to) = (date(from)?, date(to)?);
    let had_birthday = (to.month(), to.day()) >= (from.month(), from.day());
    Some(i32::from(to.year()) - i32::from(from.year()) - i32::from(!had_birthday))
}

const NONE: &[Argument] = &[];
const ONE_NUMBER: &[Argument] = &[Argument::Number];
const ONE_TEXT: &[Argument] = &[Argument::Text];
const TWO_TEXTS: &[Argument] = &[Argument::Text, Argument::Text];
const DATE: &[Type] = &[Type::Date, Type::Text];

/// All functions.
pub static FUNCTIONS: &[Function] = &[
    Function {
        name: "lower",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "in lower case",
        example: ("lower", "McKay", "mckay"),
        run: |text, _, _| Some(text.to_lowercase().into()),
    },
    Function {
        name: "upper",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "in upper case",
        example: ("upper", "McKay", "MCKAY"),
        run: |text, _, _| Some(text.to_uppercase().into()),
    },
    Function {
        name: "title",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "every word with a capital; a word of small and capital letters stays",
        example: ("title", "ANA O'BRIEN", "Ana O'Brien"),
        run: |text, _, _| Some(names::title(text).into()),
    },
    Function {
        name: "trim",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "without outer space",
        example: ("trim", " Ana ", "Ana"),
        run: |text, _, _| Some(text.trim().into()),
    },
    Function {
        name: "ascii",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "transliterated to ASCII",
        example: ("ascii", "Nguyễn", "Nguyen"),
        run: |text, _, _| Some(letters::to_ascii(text).0),
    },
    Function {
        name: "german",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "ä, ö, ü and ß written out as in German; before `ascii`, which makes them a, o, u",
        example: ("german", "Größ", "Groess"),
        run: |text, _, _| Some(letters::german(text)),
    },
    Function {
        name: "nordic",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "å, æ, ø, ä, ö, þ and ð written out as in Nordic passports; before `ascii`, which makes å, ø, ö a, o, o",
        example: ("nordic", "Åse Bjørn", "Aase Bjoern"),
        run: |text, _, _| Some(letters::nordic(text)),
    },
    Function {
        name: "unsuffixed",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "without a suffix at the end: Jr, Sr, II, III, IV, with or without comma and point",
        example: ("unsuffixed", "Okafor, Jr.", "Okafor"),
        run: |text, _, _| Some(names::unsuffixed(text).into()),
    },
    Function {
        name: "suffix",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "the suffix at the end, without its point; missing when there is none",
        example: ("suffix", "Okafor, Jr.", "Jr"),
        run: |text, _, _| names::suffix(text).map(Cow::Borrowed),
    },
    Function {
        name: "lookalike",
        arguments: NONE,
        gives: Gives::Type(Type::Text),
        takes: &[],
        doc: "a key that is equal for names that look alike: 0 and o, 1 and l and i, with or without points, hyphens, underscores",
        example: ("lookalike", "L.Chen10", "ichenio"),
        run: |text, _, _| Some(names::lookalike(text)),
    },
    Function {
        name: "letters",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "only the letters",
        example: ("letters", "O'Brien 2", "OBrien"),
        run: |text, _, _| Some(kept(text, char::is_alphabetic)),
    },
    Function {
        name: "digits",
        arguments: NONE,
        gives: Gives::Type(Type::Text),
        takes: &[],
        doc: "only the digits",
        example: ("digits", "(415) 555-0100", "4155550100"),
        run: |text, _, _| Some(kept(text, |letter| letter.is_ascii_digit())),
    },
    Function {
        name: "alphanumerics",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "only letters and digits",
        example: ("alphanumerics", "a.b-2", "ab2"),
        run: |text, _, _| Some(kept(text, char::is_alphanumeric)),
    },
    Function {
        name: "first",
        arguments: ONE_NUMBER,
        gives: Gives::Same,
        takes: &[],
        doc: "the first characters",
        example: ("first 2", "Maria", "Ma"),
        run: |text, given, _| {
            let end = text.char_indices().nth(number(given, 0)).map_or(text.len(), |(at, _)| at);
            Some(text[..end].into())
        },
    },
    Function {
        name: "last",
        arguments: ONE_NUMBER,
        gives: Gives::Same,
        takes: &[],
        doc: "the last characters",
        example: ("last 2", "2031", "31"),
        run: |text, given, _| {
            let skip = text.chars().count().saturating_sub(number(given, 0));
            let start = text.char_indices().nth(skip).map_or(text.len(), |(at, _)| at);
            Some(text[start..].into())
        },
    },
    Function {
        name: "before",
        arguments: ONE_TEXT,
        gives: Gives::Same,
        takes: &[],
        doc: "the part before the first such text; missing when it is not there",
        example: ("before \"@\"", "ana@maple.example", "ana"),
        run: |value, given, _| value.split_once(text(given, 0)).map(|(before, _)| before.into()),
    },
    Function {
        name: "after",
        arguments: ONE_TEXT,
        gives: Gives::Same,
        takes: &[],
        doc: "the part after the first such text; missing when it is not there",
        example: ("after \"@\"", "ana@maple.example", "maple.example"),
        run: |value, given, _| value.split_once(text(given, 0)).map(|(_, after)| after.into()),
    },
    Function {
        name: "word",
        arguments: ONE_NUMBER,
        gives: Gives::Same,
        takes: &[],
        doc: "the n-th word",
        example: ("word 2", "Ana Maria", "Maria"),
        run: |text, given, _| text.split_whitespace().nth(number(given, 0).saturating_sub(1)).map(Cow::Borrowed),
    },
    Function {
        name: "initials",
        arguments: NONE,
        gives: Gives::Same,
        takes: &[],
        doc: "the first letter of each word",
        example: ("initials", "Ana Maria", "AM"),
        run: |text, _, _| Some(names::initials(text).into()),
    },
    Function {
        name: "pad",
        arguments: &[Argument::Number, Argument::Text],
        gives: Gives::Same,
        takes: &[],
        doc: "filled up at the left to a length",
        example: ("pad 6 \"0\"", "4711", "004711"),
        run: |value, given, _| {
            let missing = number(given, 0).saturating_sub(value.chars().count());
            let fill = text(given, 1).chars().next()?;
            Some(if missing == 0 { value.into() } else { (std::iter::repeat_n(fill, missing).collect::<String>() + value).into() })
        },
    },
    Function {
        name: "unpad",
        arguments: ONE_TEXT,
        gives: Gives::Same,
        takes: &[],
        doc: "without the leading such characters",
        example: ("unpad \"0\"", "004711", "4711"),
        run: |value, given, _| Some(value.trim_start_matches(text(given, 0).chars().next()?).into()),
    },
    Function {
        name: "replace",
        arguments: TWO_TEXTS,
        gives: Gives::Same,
        takes: &[],
        doc: "every occurrence of the first text replaced by the second",
        example: ("replace \"-\" \" \"", "Lee-Ray", "Lee Ray"),
        run: |value, given, _| Some(value.replace(text(given, 0), text(given, 1)).into()),
    },
    Function {
        name: "length",
        arguments: NONE,
        gives: Gives::Type(Type::Number),
        takes: &[],
        doc: "the number of characters",
        example: ("length", "Maria", "5"),
        run: |text, _, _| Some(text.chars().count().to_string().into()),
    },
    Function {
        name: "items",
        arguments: NONE,
        gives: Gives::Type(Type::Number),
        takes: &[],
        doc: "the number of items of a list separated by commas",
        example: ("items", "Math, Science", "2"),
        run: |text, _, _| Some(text.split(',').filter(|item| !item.trim().is_empty()).count().to_string().into()),
    },
    Function {
        name: "year",
        arguments: NONE,
        gives: Gives::Type(Type::Number),
        takes: DATE,
        doc: "the year of a date",
        example: ("year", "09/01/2014", "2014"),
        run: |text, _, _| {
            let day = day(text)?;
            let date = jiff::civil::Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(day)).ok()?;
            Some(date.year().to_string().into())
        },
    },
    Function {
        name: "age",
        arguments: NONE,
        gives: Gives::Type(Type::Number),
        takes: DATE,
        doc: "the full years from a date until today",
        example: ("age", "2014-09-01", "12"),
        run: |text, _, today| years_between(day(text)?, today).map(|years| years.to_string().into()),
    },
    Function {
        name: "days",
        arguments: NONE,
        gives: Gives::Type(Type::Number),
        takes: DATE,
        doc: "the days from a date until today; negative for a day to come",
        example: ("days", "2026-01-26", "300"),
        run: |text, _, today| Some((i64::from(today) - i64::from(day(text)?)).to_string().into()),
    },
];
