//! Values: fields, constants, functions; and templates, which are made of them.
use super::Checker;
use super::equality::article;
use crate::finding::{Mistake, suggestion};
use crate::language::form::{Call, Clause, Column, Expr, Piece, Slot, Template};
use crate::language::functions::{Argument, FUNCTIONS, Function, Given, Gives, function};
use crate::language::scope::Setting;
use crate::language::syntax::{self, Name, Val, Value};
use crate::model::{Epoch, FieldRef, LAST_SEEN, Privacy, Type};
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// A checked value.
#[derive(Clone, Debug)]
pub(super) enum Typed {
    Column(Column, Span),
    Text(String, Span),
    Number(f64, Span),
    Share(f64, Span),
    Flag(bool, Span),
    Today(Span),
    Count(Clause, Span),
    ShareOf(Clause, Span),
}

impl Typed {
    pub(super) fn span(&self) -> Span {
        match self {
            Typed::Column(_, span)
            | Typed::Text(_, span)
            | Typed::Number(_, span)
            | Typed::Share(_, span)
            | Typed::Flag(_, span)
            | Typed::Today(span)
            | Typed::Count(_, span)
            | Typed::ShareOf(_, span) => *span,
        }
    }

    /// What a constant says.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Typed::Text(text, _) => Some(text.clone()),
            Typed::Number(number, _) | Typed::Share(number, _) => Some(number.to_string()),
            Typed::Flag(flag, _) => Some(flag.to_string()),
            _ => None,
        }
    }
}

impl Checker<'_, '_> {
    /// Any value.
    pub(super) fn typed(&mut self, value: &Value) -> Option<Typed> {
        let span = value.span;
        Some(match &value.value {
            Val::Text(text) => Typed::Text(text.clone(), span),
            Val::Number(number) => Typed::Number(*number, span),
            Val::Share(share) => Typed::Share(*share, span),
            Val::Flag(flag) => Typed::Flag(*flag, span),
            Val::Today => Typed::Today(span),
            Val::Setting(name) => match self.setting(name)? {
                Setting::Number(number) => Typed::Number(number, span),
                Setting::Share(percent) => Typed::Share(percent / 100.0, span),
                Setting::Text(text) => Typed::Text(text, span),
                Setting::Flag(flag) => Typed::Flag(flag, span),
            },
            Val::Count(clause) => Typed::Count(self.nested(clause)?, span),
            Val::ShareOf(clause) => {
                let form = self.nested(clause)?;
                if form.slots.len() != 1 {
                    self.error(
                        "wrong-type",
                        span,
                        "a share is of one noun",
                        "several nouns",
                        "count the pairs with `count of (...)` instead",
                    );
                    return None;
                }
                Typed::ShareOf(form, span)
            }
            Val::Field(..) | Val::Header(..) | Val::Name(_) | Val::First(_) | Val::Range(..) | Val::Apply(..) => {
                Typed::Column(self.column(value)?, span)
            }
        })
    }

    /// A value that is of a record.
    pub(super) fn column(&mut self, value: &Value) -> Option<Column> {
        match &value.value {
            Val::Field(variable, field) => {
                let slot = self.variable(&variable.value, variable.span)?;
                self.field(slot, field)
            }
            Val::Header(variable, header) => {
                let slot = self.variable(&variable.value, variable.span)?;
                let expr = Arc::new(Expr::Field(FieldRef::Header(header.value.clone())));
                Some(Column { slot, expr, kind: Type::Text })
            }
            Val::Name(name) => {
                if let Some(slot) = self.slot(name) {
                    let noun = self.noun(slot).get();
                    let message = format!("`{name}` is a whole record");
                    let help = format!("name one of its fields: `{name}.{}`", noun.identity[0]);
                    self.error("wrong-type", value.span, message, format!("a record of `{}`", noun.name), help);
                    return None;
                }
                if let Some(slot) = self.record {
                    return self.field(slot, &Spanned::new(name.clone(), value.span));
                }
                let message = format!("`{name}` is neither a field nor a text");
                let help = match name.to_ascii_lowercase().as_str() {
                    "null" | "nil" | "none" | "empty" => "an empty cell is a missing value: write `s.username is missing`",
                    "count" => "`{count}` stands alone in a message or a help",
                    _ => "a field is written `s.username`, a text in quotes: `\"active\"`",
                };
                self.error("unknown-name", value.span, message, "a lone word", help);
                None
            }
            Val::Apply(inner, name, arguments) => self.apply(inner, name, arguments),
            Val::First(values) => {
                let columns = self.columns(values)?;
                let kind = columns.iter().map(|column| column.kind).reduce(either)?;
                let slot = columns[0].slot;
                if let Some(at) = columns.iter().position(|column| column.slot != slot) {
                    let help = "write the values without parentheses: `{s.email or a.email}`";
                    self.error("wrong-type", values[at].span, "a value of another record", "another record", help);
                    return None;
                }
                let expr = Expr::First(columns.into_iter().map(|column| (*column.expr).clone()).collect());
                Some(Column { slot, expr: Arc::new(expr), kind })
            }
            _ => {
                let label = match value.value {
                    Val::Count(_) => "a count",
                    Val::ShareOf(_) => "a share",
                    Val::Setting(_) => "a setting",
                    _ => "a constant",
                };
                self.error("wrong-type", value.span, "a field is expected here", label, "name a field of a record: `s.username`");
                None
            }
        }
    }

    fn field(&mut self, slot: Slot, name: &Name) -> Option<Column> {
        let noun = self.noun(slot);
        let derived = self.scope.derived.iter().find(|derived| derived.noun == noun && derived.name == name.value);
        if let Some(derived) = derived {
            derived.used.set(true);
            let known = std::mem::take(&mut self.visible);
            let outer = self.record.replace(slot);
            let column =
                self.within(&format!("{}.{}", noun.get().name, name.value), name.span, |checker| checker.derived(&derived.template, slot));
            self.visible = known;
            self.record = outer;
            return column;
        }
        if name.value == LAST_SEEN && noun.field(LAST_SEEN).is_some() && self.binding(slot).epoch != Epoch::Earlier {
            let message = format!("`{LAST_SEEN}` is only known of an earlier {}", noun.get().name);
            self.error("unknown-field", name.span, message, "not of this record", format!("bind one: `earlier {} e`", noun.get().name));
            return None;
        }
        let Some(field) = noun.field(&name.value) else {
            let derived = self.scope.derived.iter().filter(|derived| derived.noun == noun).map(|derived| derived.name.as_str());
            let fields = noun.get().fields.iter().map(|field| field.name);
            let near = suggestion(&name.value, fields.chain(derived));
            let message = format!("no field `{}` of {}", name.value, noun.get().name);
            let mistake = Mistake::error("unknown-field", name.span, message, "unknown field");
            self.mistakes.push(match near {
                Some(_) => mistake.meant(near),
                None => mistake.help(format!(
                    "`rollbook list nouns` prints the fields; a column that no layout knows is written by its header: `s.\"{}\"`",
                    name.value
                )),
            });
            return None;
        };
        let definition = field.of(noun);
        if definition.privacy == Privacy::Secret {
            self.error("secret", name.span, "passwords are never read", "a password", "leave the password out of the rule");
            return None;
        }
        Some(Column { slot, expr: Arc::new(Expr::Field(FieldRef::Field(field))), kind: definition.kind })
    }

    /// A derived field's value, of the record in `slot`.
    pub fn derived(&mut self, template: &syntax::Template, slot: Slot) -> Option<Column> {
        let mut parts = Vec::new();
        let mut kinds = Vec::new();
        for piece in &template.pieces {
            match piece {
                syntax::Piece::Literal(text) => {
                    parts.push(Expr::Text(text.clone()));
                    kinds.push(Type::Text);
                }
                syntax::Piece::Hole(values, _) => {
                    let columns: Option<Vec<Column>> = values.iter().map(|value| self.column(value)).collect();
                    let columns = columns?;
                    let kind = columns.iter().map(|column| column.kind).reduce(either)?;
                    kinds.push(kind);
                    let mut options: Vec<Expr> = columns.into_iter().map(|column| (*column.expr).clone()).collect();
                    parts.push(if options.len() == 1 { options.remove(0) } else { Expr::First(options) });
                }
            }
        }
        if parts.is_empty() {
            self.error("empty-template", template.span, "a derived field says nothing", "empty", "name a field: '{s.username}'");
            return None;
        }
        let (expr, kind) = if parts.len() == 1 { (parts.remove(0), kinds[0]) } else { (Expr::Join(parts), Type::Text) };
        Some(Column { slot, expr: Arc::new(expr), kind })
    }

    fn apply(&mut self, inner: &Value, name: &Name, arguments: &[Value]) -> Option<Column> {
        let inner_column = self.column(inner);
        let Some(function) = function(&name.value) else {
            let near = foreign(&name.value).or_else(|| suggestion(&name.value, FUNCTIONS.iter().map(|function| function.name)));
            let mistake = Mistake::error("unknown-function", name.span, format!("no function `{}`", name.value), "unknown function");
            self.mistakes.push(match near {
                Some(_) => mistake.meant(near),
                None => mistake.help("`rollbook list functions` prints all of them"),
            });
            return None;
        };
        let given = self.arguments(function, name, arguments)?;
        let column = inner_column?;
        if !function.takes.is_empty() && !function.takes.contains(&column.kind) {
            let message = format!("`{}` takes a {}, not {} {}", function.name, function.takes[0], article(column.kind), column.kind);
            self.error(
                "wrong-type",
                inner.span,
                message,
                format!("{} {}", article(column.kind), column.kind),
                format!("`{}` gives {}", function.example.0, function.doc),
            );
            return None;
        }
        let kind = match (function.gives, column.kind) {
            (Gives::Type(kind), _) => kind,
            // A part of an address is no address.
            (Gives::Same, Type::Email) => Type::Login,
            (Gives::Same, kind @ (Type::Id | Type::Login | Type::Name | Type::Text)) => kind,
            (Gives::Same, _) => Type::Text,
        };
        let expr = Expr::Apply(Call { function, given }, Box::new((*column.expr).clone()));
        Some(Column { slot: column.slot, expr: Arc::new(expr), kind })
    }

    fn arguments(&mut self, function: &'static Function, name: &Name, arguments: &[Value]) -> Option<Vec<Given>> {
        let wanted = function.arguments;
        let usage = || format!("for example `{}`: {}", function.example.0, function.doc);
        if arguments.len() != wanted.len() {
            let count = |number: usize| crate::finding::Count(number as u64, "argument", "arguments").to_string();
            let message = format!("`{}` takes {}, not {}", function.name, count(wanted.len()), arguments.len());
            self.error("wrong-arguments", name.span, message, "called here", usage());
            return None;
        }
        let mut given = Vec::new();
        for (argument, wanted) in arguments.iter().zip(wanted) {
            given.push(match (&argument.value, wanted) {
                (Val::Text(text), Argument::Text) if !text.is_empty() || function.name == "replace" => Given::Text(text.clone()),
                (Val::Number(number), Argument::Number) if *number >= 1.0 && number.fract() == 0.0 && *number <= 1000.0 => {
                    Given::Number(*number as usize)
                }
                (Val::Range(..), _) => {
                    let message = "an open range stands in naming templates only, as the last function of a value";
                    let help = "it says how a name grows while names are taken: `{s.first_name | lower | first 1..}`; elsewhere write how many: `first 1`";
                    self.error("wrong-arguments", argument.span, message, "an open range", help);
                    return None;
                }
                (_, wanted) => {
                    let what = if *wanted == Argument::Text { "a text in quotes" } else { "a whole number from 1 to 1000" };
                    self.error(
                        "wrong-arguments",
                        argument.span,
                        format!("`{}` takes {what} here", function.name),
                        format!("expected {what}"),
                        usage(),
                    );
                    return None;
                }
            });
        }
        Some(given)
    }

    /// The value of a setting; an unknown one is reported.
    pub fn setting(&mut self, name: &Name) -> Option<Setting> {
        if let Some(setting) = self.scope.settings.get(&name.value) {
            setting.used.set(true);
            return Some(setting.value.clone());
        }
        let near = suggestion(&name.value, self.scope.settings.keys().map(String::as_str));
        let mistake = Mistake::error("unknown-setting", name.span, format!("no setting `{}`", name.value), "unknown setting");
        let mistake = if near.is_some() {
            mistake.meant(near)
        } else {
            mistake.help(format!("add it to the pack's [settings]: {} = ...", name.value))
        };
        self.mistakes.push(mistake);
        None
    }

    /// Values by comma, of records.
    pub fn columns(&mut self, values: &[Value]) -> Option<Vec<Column>> {
        let columns: Vec<Option<Column>> = values.iter().map(|value| self.column(value)).collect();
        columns.into_iter().collect()
    }

    /// A message, a label or a help.
    pub fn template(&mut self, template: &syntax::Template) -> Template {
        let mut pieces = Vec::new();
        for piece in &template.pieces {
            match piece {
                syntax::Piece::Literal(text) => pieces.push(Piece::Text(text.clone())),
                syntax::Piece::Hole(values, _) => match values.as_slice() {
                    [Value { value: Val::Name(name), .. }] if name == "count" => pieces.push(Piece::Count),
                    [Value { value: Val::Setting(name), .. }] => {
                        if let Some(setting) = self.setting(name) {
                            pieces.push(Piece::Text(setting.to_string()));
                        }
                    }
                    [Value { value: Val::Name(name), span }] if matches!(name.as_str(), "name" | "n") && self.record.is_none() => {
                        let message = format!("`{{{name}}}` stands in naming templates only");
                        let help = "in a message name a field: `{s.username}`";
                        self.error("unknown-name", *span, message, "no such word here", help);
                    }
                    [Value { value: Val::Name(name), span }] if suggestion(name, ["count"]).is_some() => {
                        let mistake = Mistake::error("unknown-name", *span, format!("no word `{name}` in a message"), "unknown word");
                        self.mistakes.push(mistake.meant(Some("count")));
                    }
                    values => {
                        let columns: Vec<Option<Column>> = values.iter().map(|value| self.column(value)).collect();
                        if let Some(columns) = columns.into_iter().collect::<Option<Vec<_>>>() {
                            pieces.push(Piece::Value(columns));
                        }
                    }
                },
            }
        }
        Template { pieces }
    }
}

/// What other languages call our functions.
fn foreign(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "lowercase" | "tolower" | "lcase" | "downcase" => "lower",
        "uppercase" | "toupper" | "ucase" | "upcase" => "upper",
        "capitalize" | "capitalise" | "titlecase" => "title",
        "strip" | "clean" => "trim",
        "left" | "substring" | "substr" | "prefix" => "first",
        "right" => "last",
        "len" | "size" => "length",
        "split" => "before",
        "unaccent" | "normalize" => "ascii",
        "padleft" | "lpad" | "zfill" => "pad",
        _ => return None,
    })
}

/// The type of the first present of two.
pub(super) fn either(left: Type, right: Type) -> Type {
    match (left, right) {
        (left, right) if left == right => left,
        (Type::Login, Type::Email) | (Type::Email, Type::Login) => Type::Login,
        (Type::Id | Type::Text, other) | (other, Type::Id | Type::Text) => other,
        _ => Type::Text,
    }
}

pub(super) fn an(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
