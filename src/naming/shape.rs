//! What is known of a value before any person: how long it can be, of which characters, and whether it can be missing.
use crate::language::form::{Call, Expr};
use crate::language::functions::Given;
use crate::model::{FieldRef, NounId, Type};

/// What a value can be.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Characters at least, when it is there.
    pub(super) least: usize,
    /// Characters at most, if there is a most.
    pub(super) most: Option<usize>,
    /// Characters that may stand in it, one for each kind.
    pub(super) kinds: Vec<Sample>,
    /// Whether it can be missing.
    pub(super) missing: bool,
    /// Whether it tells one person from another by itself.
    pub(super) tells_apart: bool,
}

/// A kind of character, with one of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sample {
    Small,
    Capital,
    Figure,
    /// Letters beyond `a` to `z`.
    Foreign,
    /// Blanks, hyphens, apostrophes, points.
    Sign,
    /// This very character.
    This(char),
}

impl Sample {
    /// One character of the kind that shows it best.
    pub(super) fn letters(self) -> &'static [char] {
        match self {
            Sample::Small => &['a', 'z'],
            Sample::Capital => &['A', 'Z'],
            Sample::Figure => &['0', '9'],
            Sample::Foreign => &['é'],
            Sample::Sign => &['\'', ' ', '-'],
            Sample::This(_) => &[],
        }
    }

    pub(super) fn words(self) -> String {
        match self {
            Sample::Small => "small letters".to_owned(),
            Sample::Capital => "capitals".to_owned(),
            Sample::Figure => "figures".to_owned(),
            Sample::Foreign => "letters such as `é`".to_owned(),
            Sample::Sign => "blanks, hyphens and apostrophes".to_owned(),
            Sample::This(letter) => format!("`{letter}`"),
        }
    }

    /// The function that takes such characters out or changes them.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Sample::Small => "upper",
            Sample::Capital => "lower",
            Sample::Figure => "letters",
            Sample::Foreign => "ascii",
            Sample::Sign | Sample::This(_) => "letters",
        }
    }
}

/// The kinds of a text that stands for itself.
fn kinds_of(text: &str) -> Vec<Sample> {
    text.chars().map(Sample::This).collect()
}

/// The shape of a value of `noun`.
pub(super) fn shape(expr: &Expr, noun: NounId) -> Shape {
    match expr {
        Expr::Field(field) => of_field(field, noun),
        Expr::Text(text) => {
            let length = text.chars().count();
            Shape { least: length, most: Some(length), kinds: kinds_of(text), missing: false, tells_apart: false }
        }
        Expr::Apply(call, inner) => applied(call, shape(inner, noun)),
        Expr::First(parts) => {
            let shapes: Vec<Shape> = parts.iter().map(|part| shape(part, noun)).collect();
            Shape {
                least: shapes.iter().map(|shape| shape.least).min().unwrap_or(0),
                most: shapes.iter().map(|shape| shape.most).try_fold(0, |most, next| Some(most.max(next?))),
                kinds: merged(&shapes),
                missing: shapes.iter().all(|shape| shape.missing),
                tells_apart: shapes.iter().all(|shape| shape.tells_apart),
            }
        }
        Expr::Join(parts) => {
            let shapes: Vec<Shape> = parts.iter().map(|part| shape(part, noun)).collect();
            Shape {
                least: shapes.iter().map(|shape| shape.least).sum(),
                most: shapes.iter().map(|shape| shape.most).try_fold(0, |most, next| Some(most + next?)),
                kinds: merged(&shapes),
                missing: shapes.iter().any(|shape| shape.missing),
                tells_apart: shapes.iter().any(|shape| shape.tells_apart),
            }
        }
    }
}

fn merged(shapes: &[Shape]) -> Vec<Sample> {
    let mut kinds = Vec::new();
    for kind in shapes.iter().flat_map(|shape| &shape.kinds) {
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    kinds
}

fn of_field(field: &FieldRef, noun: NounId) -> Shape {
    use Sample::{Capital, Figure, Foreign, Sign, Small};
    let (kind, name) = match field {
        FieldRef::Field(id) => (id.of(noun).kind, id.of(noun).name),
        FieldRef::Header(_) => (Type::Text, ""),
    };
    let identity = noun.get().identity;
    let (most, kinds) = match kind {
        Type::Number if name.ends_with("year") => (Some(4), vec![Figure]),
        Type::Number => (None, vec![Figure]),
        Type::Date => (Some(10), vec![Figure, Sample::This('-'), Sample::This('/')]),
        Type::Phone => (None, vec![Figure, Sign]),
        Type::Id => (None, vec![Small, Capital, Figure]),
        _ => (None, vec![Small, Capital, Figure, Foreign, Sign]),
    };
    let apart = identity == [name] || matches!(name, "number" | "state_id" | "platform_id" | "username" | "email");
    Shape { least: 1, most, kinds, missing: !identity.contains(&name), tells_apart: apart }
}

fn applied(call: &Call, inner: Shape) -> Shape {
    use Sample::{Capital, Figure, Foreign, Sign, Small};
    let number = |at: usize| match call.given.get(at) {
        Some(Given::Number(number)) => *number,
        _ => 0,
    };
    let text = |at: usize| match call.given.get(at) {
        Some(Given::Text(text)) => text.as_str(),
        _ => "",
    };
    let mut shape = inner;
    let has = |shape: &Shape, kind: Sample| shape.kinds.contains(&kind);
    match call.function.name {
        "lower" | "lookalike" => recased(&mut shape, Capital, Small, char::to_ascii_lowercase),
        "upper" => recased(&mut shape, Small, Capital, char::to_ascii_uppercase),
        "title" if has(&shape, Small) || has(&shape, Capital) => {
            shape.kinds.retain(|kind| !matches!(kind, Small | Capital));
            shape.kinds.extend([Small, Capital]);
        }
        "ascii" if has(&shape, Foreign) => {
            shape.missing = true;
            shape.most = None;
            shape.kinds.retain(|kind| *kind != Foreign);
        }
        "german" | "nordic" => shape.most = shape.most.map(|most| most * 2),
        "letters" | "alphanumerics" | "digits" => {
            let keep = |kind: &Sample| match (call.function.name, kind) {
                (_, Sign) => false,
                ("letters", Figure) | ("digits", Small | Capital | Foreign) => false,
                ("letters", Sample::This(letter)) => letter.is_alphabetic(),
                ("digits", Sample::This(letter)) => letter.is_ascii_digit(),
                (_, Sample::This(letter)) => letter.is_alphanumeric(),
                _ => true,
            };
            if !shape.kinds.iter().all(keep) {
                // What remains may be shorter, or nothing; and two ids may differ only in what is taken out.
                (shape.least, shape.missing) = (1, true);
                shape.tells_apart &= call.function.name == "alphanumerics";
                shape.kinds.retain(keep);
            }
        }
        "first" | "last" => {
            shape.tells_apart &= shape.most.is_some_and(|most| most <= number(0));
            shape.least = shape.least.min(number(0));
            shape.most = Some(shape.most.unwrap_or(usize::MAX).min(number(0)));
        }
        "before" | "after" | "word" => (shape.least, shape.missing, shape.tells_apart) = (1, true, false),
        "initials" => {
            (shape.least, shape.missing, shape.tells_apart) = (1, true, false);
            shape.kinds.retain(|kind| *kind != Sign);
        }
        "pad" => {
            shape.least = shape.least.max(number(0));
            shape.most = shape.most.map(|most| most.max(number(0)));
            shape.kinds.extend(text(1).chars().next().map(Sample::This));
        }
        "unpad" => (shape.least, shape.missing, shape.tells_apart) = (1, true, false),
        "replace" => {
            shape.least = 1;
            shape.missing |= text(1).is_empty();
            shape.tells_apart = false;
            shape.most = if text(1).chars().count() <= text(0).chars().count() { shape.most } else { None };
            shape.kinds.extend(kinds_of(text(1)));
        }
        "suffix" => (shape.least, shape.most, shape.missing, shape.tells_apart) = (2, Some(3), true, false),
        "length" => (shape.least, shape.most, shape.kinds, shape.tells_apart) = (1, Some(3), vec![Figure], false),
        "year" => (shape.least, shape.most, shape.kinds, shape.tells_apart) = (4, Some(4), vec![Figure], false),
        "age" => (shape.least, shape.most, shape.kinds, shape.tells_apart) = (1, Some(3), vec![Figure], false),
        _ => {}
    }
    shape
}

fn recased(shape: &mut Shape, from: Sample, to: Sample, change: fn(&char) -> char) {
    if shape.kinds.contains(&from) {
        shape.kinds.retain(|kind| *kind != from && *kind != to);
        shape.kinds.push(to);
    }
    for kind in &mut shape.kinds {
        if let Sample::This(letter) = kind {
            *letter = change(letter);
        }
    }
}
