//! Templates of naming schemas: `{name}`, `{n}`, open ranges and texts in place of a value belong to them alone.
use super::Checker;
use super::value::either;
use crate::finding::{Mistake, suggestion};
use crate::language::form::{Column, End, Expr, Grow, NamePart};
use crate::language::syntax::{Piece, Template, Val, Value};
use crate::source::Span;

/// Where a naming template stands, and so what it may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// `template`: it makes the name, so it can't use it.
    Template,
    /// A candidate of `on_clash`.
    Clash {
        /// Whether `template` holds `{n}`; `{name}` would then be a name that was never tried.
        template_counts: bool,
    },
    /// A value that is made from the name, or of the person alone: it does not grow.
    Field,
}

impl Checker<'_, '_> {
    /// The parts of a naming template; what can't stand in this place is reported at its characters.
    pub fn naming(&mut self, template: &Template, place: Place) -> Option<Vec<NamePart>> {
        let mut parts = Vec::new();
        let mut right = true;
        let (mut counter, mut growing) = (None, None);
        for piece in &template.pieces {
            match piece {
                Piece::Literal(text) => match parts.last_mut() {
                    Some(NamePart::Literal(before)) => before.push_str(text),
                    _ => parts.push(NamePart::Literal(text.clone())),
                },
                Piece::Hole(values, span) => {
                    let part = self.hole(values, *span, place);
                    match part {
                        Some(NamePart::Counter) => counter = Some(*span),
                        Some(NamePart::Value { grow: Some(_), .. }) => growing = Some(*span),
                        _ => {}
                    }
                    right &= part.is_some();
                    parts.extend(part);
                }
            }
        }
        if let (Some(counter), Some(growing)) = (counter, growing) {
            let mistake = Mistake::error("naming", growing, "a template grows or counts, not both", "grows");
            let help = "keep the open range here, and count in a candidate of its own: on_clash = ['{name}{n}']";
            self.mistakes.push(mistake.and(counter, "counts").help(help));
            return None;
        }
        if right && parts.is_empty() {
            self.error("empty-template", template.span, "a naming template says nothing", "empty", "name a field: '{s.first_name}'");
            return None;
        }
        right.then_some(parts)
    }

    fn hole(&mut self, values: &[Value], span: Span, place: Place) -> Option<NamePart> {
        if let [Value { value: Val::Setting(name), .. }] = values {
            return self.setting(name).map(|setting| NamePart::Literal(setting.to_string()));
        }
        let word = |value: &Value| match innermost(value) {
            Val::Name(name) => Some(name.clone()),
            _ => None,
        };
        if let Some((value, name)) = values.iter().find_map(|value| Some((value, word(value)?))) {
            let alone = values.len() == 1 && matches!(value.value, Val::Name(_));
            return self.word(&name, if alone { span } else { value.span }, alone, place);
        }
        if !self.functions_of_all(values) {
            return None;
        }
        let (texts, columns): (Vec<&Value>, Vec<&Value>) = values.iter().partition(|value| matches!(value.value, Val::Text(_)));
        let last_is_text = values.last().is_some_and(|value| matches!(value.value, Val::Text(_)));
        if let Some(text) = texts.first()
            && (texts.len() > 1 || !last_is_text || columns.is_empty())
        {
            let help = "a text stands last, for when nothing before it is there: `{s.middle_name | first 1 or \"\"}`";
            self.error("naming", text.span, "a text is always there, so nothing after it is ever taken", "a text", help);
            return None;
        }
        let mut grow = None;
        let mut checked: Vec<Option<Column>> = Vec::new();
        for value in &columns {
            let Some((inner, range, of)) = growing(value) else {
                checked.push(self.column(value));
                continue;
            };
            if columns.len() > 1 {
                let help = "put the values in parentheses: `{(s.preferred_first_name or s.first_name) | first 1..}`";
                self.error("naming", of, "an open range belongs to all of the values, or to one alone", "grows for one of them", help);
                checked.push(None);
                continue;
            }
            if place == Place::Field {
                let help = "open ranges stand in `template` and `on_clash`; here write how many: `first 1`";
                self.error("naming", of, "this value does not grow: it is made from a name that was found", "an open range", help);
            }
            if range.from == 0 || range.to.is_some_and(|to| to <= range.from) {
                let help = "for example `first 1..4`: one character, and up to four; `first 1..`: up to all of them";
                self.error("wrong-arguments", of, "this range holds nothing to grow by", "an empty range", help);
            }
            grow = Some(range);
            checked.push(self.column(inner));
        }
        let columns = checked.into_iter().collect::<Option<Vec<Column>>>()?;
        let kind = columns.iter().map(|column| column.kind).reduce(either)?;
        let noun = self.noun(columns[0].slot);
        let mut fields: Vec<String> = Vec::new();
        for column in &columns {
            column.expr.fields(&mut |field| {
                let name = field.name(noun).to_owned();
                if !fields.contains(&name) {
                    fields.push(name);
                }
            });
        }
        let mut options: Vec<Expr> = columns.into_iter().map(|column| (*column.expr).clone()).collect();
        if let Some(Value { value: Val::Text(text), .. }) = texts.first() {
            options.push(Expr::Text(text.clone()));
        }
        let expr = if options.len() == 1 { options.remove(0) } else { Expr::First(options) };
        Some(NamePart::Value { expr: expr.into(), kind, grow, fields: fields.join(" or ") })
    }

    /// `{name}` and `{n}`.
    fn word(&mut self, word: &str, span: Span, alone: bool, place: Place) -> Option<NamePart> {
        let (message, label, help) = match (word, place) {
            ("name" | "n", _) if !alone => (
                format!("`{{{word}}}` stands alone in its braces"),
                "not alone",
                "functions and alternatives belong to the values that the name is made of",
            ),
            ("name", Place::Template) => {
                ("`{name}` is what this template makes".to_owned(), "itself", "name the fields here, and use `{name}` in on_clash")
            }
            ("name", Place::Clash { template_counts: true }) => (
                "`{name}` is what `template` gives, and that counts by itself".to_owned(),
                "not known without a number",
                "take `{n}` out of `template`, and count here: '{name}{n}'",
            ),
            ("name", _) => return Some(NamePart::Name),
            ("n", _) => return Some(NamePart::Counter),
            _ => {
                let near = suggestion(word, ["name", "n"]);
                let mistake = Mistake::error("unknown-name", span, format!("no word `{word}` in a naming template"), "unknown word");
                let help = "the words are `{name}`, what `template` gives, and `{n}`, the counter; a field is written `{s.first_name}`";
                self.mistakes.push(mistake.meant_or(near, help));
                return None;
            }
        };
        self.error("naming", span, message, label, help);
        None
    }

    /// `{a or b | lower}` would put only `b` through `lower`; in a name that is never meant.
    fn functions_of_all(&mut self, values: &[Value]) -> bool {
        let fields: Vec<&Value> = values.iter().filter(|value| !matches!(value.value, Val::Text(_))).collect();
        let Some((last, before)) = fields.split_last() else { return true };
        if let (Val::Apply(_, function, _), Some(bare)) =
            (&outermost_first(last).value, before.iter().find(|value| !matches!(value.value, Val::Apply(..))))
        {
            let message = "the functions belong to the last value alone";
            let mistake = Mistake::error("naming", bare.span, message, "taken as it is").and(function.span, "not put through this");
            let help = "put the values in parentheses: `{(s.preferred_first_name or s.first_name) | ascii | lower}`";
            self.mistakes.push(mistake.help(help));
            return false;
        }
        true
    }
}

/// The value without its functions.
fn innermost(value: &Value) -> &Val {
    match &value.value {
        Val::Apply(inner, ..) => innermost(inner),
        other => other,
    }
}

/// The value with only the first of its functions.
fn outermost_first(value: &Value) -> &Value {
    match &value.value {
        Val::Apply(inner, ..) if matches!(inner.value, Val::Apply(..)) => outermost_first(inner),
        _ => value,
    }
}

/// The value before its last function, when that is `first` or `last` with an open range; and the place of the function.
fn growing(value: &Value) -> Option<(&Value, Grow, Span)> {
    let Val::Apply(inner, name, arguments) = &value.value else { return None };
    let end = match name.value.as_str() {
        "first" => End::First,
        "last" => End::Last,
        _ => return None,
    };
    match arguments.as_slice() {
        [Value { value: Val::Range(from, to), span }] => Some((inner, Grow { end, from: *from, to: *to }, name.span.to(*span))),
        _ => None,
    }
}
