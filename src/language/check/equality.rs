//! Which comparison two values have, and whether they can be compared at all.
use super::Checker;
use super::value::Typed;
use crate::language::form::{By, Column, Cond, Expr, Side};
use crate::matching::Nicknames;
use crate::model::{FieldRef, Type};
use crate::source::Span;

impl Checker<'_, '_> {
    /// `left = right`.
    pub(super) fn equal(&mut self, left: &Typed, right: &Typed, bytes: bool, span: Span) -> Cond {
        match (left, right) {
            (Typed::Column(left_column, left_span), Typed::Column(right_column, right_span)) => {
                let Some(by) = self.common(left_column, right_column, bytes, span) else { return Cond::Known(None) };
                if left_column == right_column {
                    self.error(
                        "same-on-both-sides",
                        left_span.to(*right_span),
                        "a value is compared with itself",
                        "always the same",
                        "compare it with the other record's",
                    );
                    return Cond::Known(None);
                }
                self.comparisons.push((span, by.words()));
                Cond::Equal(left_column.clone(), Side::Column(right_column.clone()), by)
            }
            (Typed::Column(column, _), constant) | (constant, Typed::Column(column, _)) => {
                let by = if bytes { By::Bytes } else { self.own(column) };
                match self.key(constant, by) {
                    Some(key) => {
                        self.comparisons.push((span, by.words()));
                        Cond::Equal(column.clone(), Side::Key(key), by)
                    }
                    None => Cond::Known(None),
                }
            }
            (left, right) => match (left.text(), right.text()) {
                (Some(left), Some(right)) => Cond::Known(Some(left == right)),
                _ => Cond::Known(None),
            },
        }
    }

    /// `left nearly right`: by the type, also of a field that a pack compares exactly.
    pub(super) fn nearly(&mut self, left: Column, right: &Typed, span: Span) -> Cond {
        let by = |checker: &Self, column: &Column| if checker.is_exact(column) { By::Type(column.kind) } else { checker.own(column) };
        let (by, other) = match right {
            Typed::Column(right, _) => match self.common(&left, right, false, span) {
                Some(By::Bytes) => (by(self, &left), Side::Column(right.clone())),
                Some(by) => (by, Side::Column(right.clone())),
                None => return Cond::Known(None),
            },
            constant => {
                let by = by(self, &left);
                if self.key(constant, by).is_none() {
                    return Cond::Known(None);
                }
                (by, Side::Key(constant.text().unwrap_or_default()))
            }
        };
        let By::Type(kind) = by else { return Cond::Known(None) };
        let names = if kind == Type::Name { self.scope.nicknames() } else { Nicknames::built_in() };
        self.comparisons.push((span, kind.nearness()));
        Cond::Nearly(left, other, kind, names)
    }

    /// The comparison of one column with a constant.
    pub(super) fn own(&self, column: &Column) -> By {
        if self.is_exact(column) { By::Bytes } else { By::Type(column.kind) }
    }

    fn is_exact(&self, column: &Column) -> bool {
        let Expr::Field(FieldRef::Field(field)) = &*column.expr else { return false };
        let noun = self.noun(column.slot);
        self.scope.exact.iter().any(|(exact, name)| *exact == noun && *name == field.of(noun).name)
    }

    /// The comparison of two columns; reported when there is none.
    pub(super) fn common(&mut self, left: &Column, right: &Column, bytes: bool, span: Span) -> Option<By> {
        if bytes || self.is_exact(left) || self.is_exact(right) {
            return Some(By::Bytes);
        }
        let kind = match (left.kind, right.kind) {
            (left, right) if left == right => left,
            (Type::Login, Type::Email) | (Type::Email, Type::Login) => Type::Login,
            (Type::Text | Type::Id, other) | (other, Type::Text | Type::Id) => {
                if other == Type::Text {
                    Type::Id
                } else {
                    other
                }
            }
            (left, right) => {
                let message = format!("{} {left} is compared with {} {right}", article(left), article(right));
                self.error(
                    "wrong-type",
                    span,
                    message,
                    "these are never equal",
                    "compare two values of one type, or put one through a function",
                );
                return None;
            }
        };
        Some(By::Type(kind))
    }

    /// The key of a constant; a constant that can't be of the type is reported.
    pub(super) fn key(&mut self, constant: &Typed, by: By) -> Option<String> {
        let text = constant.text()?;
        let span = constant.span();
        if matches!(constant, Typed::Number(..)) && !matches!(by, By::Type(Type::Number | Type::Grade)) {
            let kind = match by {
                By::Bytes => "text",
                By::Type(kind) => kind.word(),
            };
            let message = format!("a number is compared with {} {kind}", if kind == "id" || kind == "email" { "an" } else { "a" });
            let help = match by {
                By::Type(kind @ (Type::Flag | Type::Date | Type::Phone)) => expectation(kind).to_owned(),
                _ => format!("write it as a text: `\"{text}\"`"),
            };
            self.error("wrong-type", span, message, "a number", help);
            return None;
        }
        let key = by.key(&text).map(std::borrow::Cow::into_owned);
        if key.is_none() {
            let By::Type(kind) = by else { return None };
            let message = format!("`{text}` can't be read as {} {kind}", article(kind));
            self.error("wrong-type", span, message, format!("expected {} {kind}", article(kind)), expectation(kind));
        }
        key
    }
}

pub(super) fn article(kind: Type) -> &'static str {
    if matches!(kind, Type::Id | Type::Email) { "an" } else { "a" }
}

/// How a value of the type is written.
pub(super) fn expectation(kind: Type) -> &'static str {
    match kind {
        Type::Date => "write the day as \"2026-09-01\"",
        Type::Grade => "grades are \"PK\", \"K\", \"1\" to \"13\", \"PG\", \"Ungraded\", \"Other\" and what rosters write for them",
        Type::Flag => "write `true` or `false`",
        Type::Number => "write a number",
        Type::Phone => "write the digits",
        _ => "write a text in quotes",
    }
}
