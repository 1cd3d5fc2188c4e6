//! Nouns, fields and types: what a rule can speak of, and what equality means for it.
mod date;
mod epoch;
mod fold;
mod grade;
mod hashed;
mod noun;
mod nouns;
mod secret;

pub use date::{Day, day, iso};
pub use epoch::Epoch;
pub use fold::{fold, is_email, is_number, order, parse_flag};
pub use grade::{Grade, grade};
pub use hashed::{HASHED, Hashed};
pub use noun::{Field, FieldId, FieldRef, Noun, NounId, Privacy, Type, noun};
pub use nouns::{LAST_SEEN, NOUNS};
pub use secret::{HIDDEN, SECRET_ALONE, SECRET_WITHIN, is_secret};
