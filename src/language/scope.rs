//! What the names of a pack mean: classes, lists, settings, derived fields, other comparisons.
use super::syntax::{Condition, Template};
use crate::matching::Nicknames;
use crate::model::NounId;
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The names that the rules of a pack can use.
#[derive(Debug, Default)]
pub struct Scope {
    /// Classes of records.
    pub classes: Vec<Class>,
    /// Fields that the pack adds.
    pub derived: Vec<Derived>,
    /// Lists by name.
    pub lists: BTreeMap<String, Named<Arc<Vec<String>>>>,
    /// Settings by name.
    pub settings: BTreeMap<String, Named<Setting>>,
    /// Fields that compare by their bytes on this platform.
    pub exact: Vec<(NounId, String)>,
    /// The day that `today` means, in days since 1970.
    pub today: i32,
}

impl Scope {
    /// The nicknames that come with the program, and those of the list `nicknames`.
    #[must_use]
    pub fn nicknames(&self) -> Nicknames {
        let Some(list) = self.lists.get("nicknames") else { return Nicknames::built_in() };
        list.used.set(true);
        if list.value.is_empty() {
            return Nicknames::built_in();
        }
        Nicknames::built_in().extended(list.value.iter().map(String::as_str)).0
    }
}

/// Whether a rule used a definition. Rules are checked side by side.
#[derive(Debug, Default)]
pub struct Used(AtomicBool);

impl Used {
    /// Says it.
    pub fn set(&self, used: bool) {
        self.0.store(used, Ordering::Relaxed);
    }

    /// Asks for it.
    #[must_use]
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl From<bool> for Used {
    fn from(used: bool) -> Self {
        Used(AtomicBool::new(used))
    }
}

impl Clone for Used {
    fn clone(&self) -> Self {
        self.get().into()
    }
}

/// A definition that may be unused.
#[derive(Debug, Clone)]
pub struct Named<T> {
    /// What it is.
    pub value: T,
    /// Where it was defined.
    pub span: Span,
    /// Whether a rule used it.
    pub used: Used,
}

impl<T> Named<T> {
    /// A definition that nobody has used yet.
    pub fn new(value: T, span: Span) -> Self {
        Named { value, span, used: Used::default() }
    }
}

/// A named condition on one record.
#[derive(Debug, Clone)]
pub struct Class {
    /// The word after `is`.
    pub name: String,
    /// The noun that it is about.
    pub noun: NounId,
    /// The record's variable; `None` when any unknown word may stand for it.
    pub variable: Option<String>,
    /// The conditions, all of which must hold.
    pub conditions: Vec<Condition>,
    /// Where it was defined.
    pub span: Span,
    /// Whether a rule used it.
    pub used: Used,
    /// Whether the pack itself defined it, and so is told when nobody uses it.
    pub own: bool,
}

/// A field that a pack adds to a noun.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The word after the dot.
    pub name: String,
    /// The noun.
    pub noun: NounId,
    /// What it says.
    pub template: Template,
    /// Where it was defined.
    pub span: Span,
    /// Whether a rule used it.
    pub used: Used,
    /// Whether the pack itself defined it.
    pub own: bool,
}

/// The value of a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// A number.
    Number(f64),
    /// A share, in percent: `"10%"`.
    Share(f64),
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

impl Setting {
    /// What a text in quotes is: a share, if it is a number with `%`, else a text.
    #[must_use]
    pub fn of_text(text: &str) -> Setting {
        let plain = |number: &str| number.starts_with(|first: char| first.is_ascii_digit());
        let share = text.strip_suffix('%').filter(|number| plain(number)).and_then(|number| number.parse().ok());
        share.map_or_else(|| Setting::Text(text.to_owned()), Setting::Share)
    }

    /// The word for its kind.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Setting::Number(_) => "a number",
            Setting::Share(_) => "a share such as \"10%\"",
            Setting::Text(_) => "a text",
            Setting::Flag(_) => "true or false",
        }
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Setting::Number(number) => write!(f, "{number}"),
            Setting::Share(percent) => write!(f, "{percent}%"),
            Setting::Text(text) => f.write_str(text),
            Setting::Flag(flag) => write!(f, "{flag}"),
        }
    }
}
