//! Conditions, one form after the other.
use super::Checker;
use super::clause::neither_new_nor_gone;
use super::equality::expectation;
use super::value::{Typed, an};
use crate::finding::{Mistake, suggestion};
use crate::language::form::{Column, Cond, Pattern, Quantity, Side, Slot};
use crate::language::reason;
use crate::language::syntax::{self, Condition, Name, Operator, TextTest, Val, Value};
use crate::model::{Epoch, FieldRef, NounId, Type, order};
use crate::source::Span;
use std::sync::Arc;

/// What is said of a faulty pattern.
const BAD_PATTERN: &str = "a pattern that can't be read";
/// And what to do.
const PATTERN_HELP: &str =
    "a letter that means something in patterns is meant itself after a backslash, `\\(`; docs.rs/regex has the syntax";

/// The fault of a pattern in plain words.
#[must_use]
pub fn pattern_fault(kind: &regex_syntax::ast::ErrorKind) -> String {
    use regex_syntax::ast::ErrorKind as Fault;
    let plain = match kind {
        Fault::GroupUnclosed => "this `(` is not closed",
        Fault::GroupUnopened => "this `)` was not opened",
        Fault::ClassUnclosed => "this `[` is not closed",
        Fault::ClassRangeInvalid => "the range runs backward",
        Fault::RepetitionMissing => "nothing stands before it that could be repeated",
        Fault::RepetitionCountInvalid => "the smaller number stands first",
        Fault::RepetitionCountUnclosed => "this `{` is not closed",
        Fault::RepetitionCountDecimalEmpty => "a number is missing",
        Fault::EscapeUnexpectedEof => "a letter is missing after the backslash",
        Fault::EscapeUnrecognized => "this letter means nothing after a backslash",
        Fault::UnsupportedLookAround => "looking ahead or behind is not supported",
        Fault::UnsupportedBackreference => "referring back to a group is not supported",
        Fault::GroupNameDuplicate { .. } => "this name is used twice",
        Fault::GroupNameEmpty | Fault::GroupNameInvalid | Fault::GroupNameUnexpectedEof => {
            "a group's name is letters and digits: `(?P<name>...)`"
        }
        Fault::NestLimitExceeded(_) => "nested too deep",
        Fault::FlagUnrecognized | Fault::FlagUnexpectedEof | Fault::FlagDanglingNegation | Fault::FlagDuplicate { .. } => "no such flag",
        other => return other.to_string(),
    };
    plain.to_owned()
}

/// Words after `is` that are tests on a value.
const TESTS: [&str; 5] = ["missing", "present", "valid", "email", "number"];

impl Checker<'_, '_> {
    /// Checks a condition. What is wrong is reported and counts as unknown, so that the rest is checked too.
    pub fn condition(&mut self, condition: &Condition) -> Cond {
        let span = condition.span;
        match &condition.value {
            syntax::Cond::And(terms) => {
                let forms: Vec<Cond> = terms.iter().map(|term| self.condition(term)).collect();
                self.contradiction(terms, &forms);
                Cond::And(forms)
            }
            syntax::Cond::Or(terms) => Cond::Or(terms.iter().map(|term| self.condition(term)).collect()),
            syntax::Cond::Not(inner) => match self.condition(inner) {
                Cond::Known(known) => Cond::Known(known.map(|known| !known)),
                form => Cond::Not(Box::new(form)),
            },
            syntax::Cond::AtLeast(number, terms) => {
                let forms: Vec<Cond> = terms.iter().map(|term| self.condition(term)).collect();
                if number.value < 1.0 || number.value > forms.len() as f64 {
                    let message = format!("at least {} of {} conditions", number.value, forms.len());
                    let label = if number.value < 1.0 { "always holds" } else { "can never hold" };
                    self.error("never", number.span, message, label, format!("give a number from 1 to {}", forms.len()));
                }
                Cond::AtLeast(number.value as usize, forms)
            }
            syntax::Cond::Changed(value) => match self.column(value) {
                Some(column) if self.binding(column.slot).epoch == Epoch::Earlier => {
                    let help = "compare it with today's record: `student s where s.id = e.id and s.email != e.email`";
                    self.error(
                        "wrong-type",
                        value.span,
                        "only records of today and of the previous snapshot change",
                        "of an earlier record",
                        help,
                    );
                    Cond::Known(None)
                }
                Some(column) if self.binding(column.slot).epoch == Epoch::Proposed => {
                    let help = "compare it with the account that exists: `account a where a.ref_id = ...`";
                    self.error("wrong-type", value.span, "a proposed record has no earlier one", "proposed, so not changed", help);
                    Cond::Known(None)
                }
                column => column.map_or(Cond::Known(None), Cond::Changed),
            },
            syntax::Cond::Supplied { epoch, noun, field } => self.supplied(*epoch, noun, field.as_ref()),
            syntax::Cond::Compare(left, operator, right) => {
                let empty = |value: &&Value| matches!(&value.value, Val::Text(text) if text.trim().is_empty());
                if let Some(empty) = [left, right].into_iter().find(empty) {
                    let word = if *operator == Operator::NotEqual { "present" } else { "missing" };
                    let help = format!("an empty cell is a missing value: write `is {word}`");
                    self.error("never", empty.span, "no value is an empty text", "never equal to a value", help);
                    return Cond::Known(None);
                }
                let (left, right) = (self.typed(left), self.typed(right));
                match (left, right) {
                    (Some(left), Some(right)) => self.compare(left, *operator, right, span),
                    _ => Cond::Known(None),
                }
            }
            syntax::Cond::Exactly(left, right) => {
                let (left, right) = (self.typed(left), self.typed(right));
                match (left, right) {
                    (Some(left), Some(right)) => self.equal(&left, &right, true, span),
                    _ => Cond::Known(None),
                }
            }
            syntax::Cond::Is(value, word) => self.is(value, word),
            syntax::Cond::In(value, items) => self.one_of(value, items, span),
            syntax::Cond::InList(value, name) => self.in_list(value, name, span),
            syntax::Cond::Text(value, test, other) => {
                let (column, other) = (self.column(value), self.typed(other));
                match (column, other) {
                    (Some(column), Some(other)) => self.text(column, *test, &other, span),
                    _ => Cond::Known(None),
                }
            }
            syntax::Cond::Matches(value, pattern) => {
                let regex = self.regex(pattern);
                match (self.column(value), regex) {
                    (Some(column), Some(regex)) => Cond::Matches(column, Pattern { text: pattern.text.clone(), regex }),
                    _ => Cond::Known(None),
                }
            }
            syntax::Cond::Nearly(left, right) => match (self.column(left), self.typed(right)) {
                (Some(left), Some(right)) => self.nearly(left, &right, span),
                _ => Cond::Known(None),
            },
            syntax::Cond::Similar(left, right, within) => {
                if !(0.0..=1.0).contains(&within.value) {
                    self.error(
                        "wrong-type",
                        within.span,
                        "a similarity is from 0 to 1",
                        "out of range",
                        "0.92 takes most typing errors, 1 only what is equal",
                    );
                }
                match (self.column(left), self.typed(right)) {
                    (Some(left), Some(Typed::Column(right, _))) => {
                        let by = self.common(&left, &right, false, span);
                        by.map_or(Cond::Known(None), |by| Cond::Similar(left, Side::Column(right), by, within.value))
                    }
                    (Some(left), Some(constant)) => {
                        let by = self.own(&left);
                        self.key(&constant, by).map_or(Cond::Known(None), |key| Cond::Similar(left, Side::Key(key), by, within.value))
                    }
                    _ => Cond::Known(None),
                }
            }
        }
    }

    fn contradiction(&mut self, terms: &[Condition], forms: &[Cond]) {
        if let Some((first, second, why)) = reason::contradiction(forms) {
            let mistake = Mistake::error("never", terms[second].span, "these conditions can never hold together", why);
            self.mistakes.push(mistake.and(terms[first].span, "with this").help("take one of them out, or join them by `or`"));
        }
    }

    fn compare(&mut self, left: Typed, operator: Operator, right: Typed, span: Span) -> Cond {
        let quantities = |side: &Typed| matches!(side, Typed::Count(..) | Typed::ShareOf(..));
        let counted = quantities(&left) || quantities(&right);
        if !counted
            && matches!(operator, Operator::Equal | Operator::NotEqual)
            && !matches!((&left, &right), (Typed::Today(_), _) | (_, Typed::Today(_)))
        {
            let equal = self.equal(&left, &right, false, span);
            return if operator == Operator::Equal { equal } else { negate(equal) };
        }
        let kind = self.ordered_kind(&left, &right, span);
        let (Some(kind), left_span, right_span) = (kind, left.span(), right.span()) else { return Cond::Known(None) };
        let (left, right) = (self.quantity(left, kind, left_span), self.quantity(right, kind, right_span));
        match (left, right) {
            (Some(Quantity::Number(left)), Some(Quantity::Number(right))) => Cond::Known(Some(operator.holds(left, right))),
            (Some(left), Some(right)) => {
                if let Some(why) = reason::impossible_count(operator, &left, &right) {
                    self.error("never", span, "this comparison can never hold", why, "compare with a number that it can have");
                }
                Cond::Order(operator, left, right)
            }
            _ => Cond::Known(None),
        }
    }

    /// The type in whose order two values are compared.
    fn ordered_kind(&mut self, left: &Typed, right: &Typed, span: Span) -> Option<Type> {
        let kind_of = |side: &Typed| match side {
            Typed::Column(column, _) => Some(column.kind),
            Typed::Today(_) => Some(Type::Date),
            Typed::Number(..) | Typed::Share(..) | Typed::Count(..) | Typed::ShareOf(..) => Some(Type::Number),
            Typed::Text(..) | Typed::Flag(..) => None,
        };
        let kinds = [kind_of(left), kind_of(right)];
        let ordered: Vec<Type> = kinds.iter().flatten().copied().filter(|kind| kind.ordered()).collect();
        // `s.grade >= 3`: a bare number beside a grade is a grade.
        let kind = match ordered.as_slice() {
            [] => {
                let kind = kinds.iter().flatten().next().copied().unwrap_or(Type::Text);
                let message = format!("{} {kind} has no order", an(kind.word()));
                self.error(
                    "wrong-type",
                    span,
                    message,
                    "compared by order",
                    "numbers, dates and grades have an order; other values are only equal or not",
                );
                return None;
            }
            [first, rest @ ..] => {
                let other = rest.first().copied().unwrap_or(*first);
                let constant = |side: &Typed| matches!(side, Typed::Number(..));
                if *first == other {
                    *first
                } else if constant(left) {
                    other
                } else if constant(right) {
                    *first
                } else {
                    let message = format!("{} {first} is compared with {} {other}", an(first.word()), an(other.word()));
                    self.error("wrong-type", span, message, "these have no common order", "compare two values of one type");
                    return None;
                }
            }
        };
        Some(kind)
    }

    fn quantity(&mut self, side: Typed, kind: Type, span: Span) -> Option<Quantity> {
        Some(match side {
            Typed::Column(column, _) if column.kind == kind || matches!(column.kind, Type::Text | Type::Id) => {
                Quantity::Column(Column { kind, ..column })
            }
            Typed::Column(column, _) => {
                let message = format!("{} {} can't be compared by the order of a {kind}", an(column.kind.word()), column.kind);
                self.error(
                    "wrong-type",
                    span,
                    message,
                    format!("{} {}", an(column.kind.word()), column.kind),
                    "compare two values of one type",
                );
                return None;
            }
            Typed::Today(_) => Quantity::Number(f64::from(self.scope.today)),
            Typed::Count(clause, _) => Quantity::Count(Box::new(clause)),
            Typed::ShareOf(clause, _) => Quantity::Share(Box::new(clause)),
            constant => {
                let text = constant.text()?;
                match order(kind, &text) {
                    Some(place) => Quantity::Number(place),
                    None => {
                        let message = match crate::model::fold(kind, &text) {
                            Some(_) => format!("`{text}` has no place in the order of a {kind}"),
                            None => format!("`{text}` can't be read as a {kind}"),
                        };
                        self.error("wrong-type", span, message, format!("expected a {kind}"), expectation(kind));
                        return None;
                    }
                }
            }
        })
    }

    fn is(&mut self, value: &Value, word: &Name) -> Cond {
        // A variable alone is a record; anything else is a value.
        if let Val::Name(name) = &value.value
            && let Some(slot) = self.slot(name).or_else(|| self.record.filter(|slot| !self.has_field(*slot, name)))
        {
            return self.is_class(slot, word);
        }
        let Some(column) = self.column(value) else { return Cond::Known(None) };
        match word.value.as_str() {
            "missing" => Cond::Missing(column),
            "present" => Cond::Not(Box::new(Cond::Missing(column))),
            "valid" => Cond::Valid(column),
            "email" => Cond::Email(column),
            "number" => Cond::Number(column),
            other => {
                let near = match other {
                    "null" | "empty" | "blank" | "none" => Some("missing"),
                    other => suggestion(other, TESTS),
                };
                let mistake = Mistake::error("unknown-test", word.span, format!("a value can't be tested for `{other}`"), "unknown test");
                self.mistakes.push(match near {
                    Some(_) => mistake.meant(near),
                    None => mistake.help("a value is `missing`, `present`, `valid`, an `email` or a `number`; classes are tested on the record: `a is exception`"),
                });
                Cond::Known(None)
            }
        }
    }

    fn has_field(&self, slot: Slot, name: &str) -> bool {
        let noun = self.noun(slot);
        noun.field(name).is_some() || self.scope.derived.iter().any(|derived| derived.noun == noun && derived.name == name)
    }

    fn is_class(&mut self, slot: Slot, word: &Name) -> Cond {
        let binding = self.binding(slot).clone();
        match word.value.as_str() {
            "gone" if binding.epoch == Epoch::Previous => return Cond::Not(Box::new(Cond::Counterpart(slot))),
            "new" if binding.epoch == Epoch::Today => return Cond::Not(Box::new(Cond::Counterpart(slot))),
            "gone" | "new" => {
                let (message, help) = neither_new_nor_gone(&binding);
                self.error("wrong-type", word.span, message, "not of this record", help);
                return Cond::Known(None);
            }
            _ => {}
        }
        let classes = &self.scope.classes;
        let Some(class) = classes.iter().find(|class| class.name == word.value && class.noun == binding.noun) else {
            self.unknown_class(word, binding.noun, &binding.name);
            return Cond::Known(None);
        };
        class.used.set(true);
        let known = std::mem::take(&mut self.visible);
        let outer = self.record;
        match &class.variable {
            Some(variable) => {
                self.visible.push((variable.clone(), slot));
                self.record = None;
            }
            None => self.record = Some(slot),
        }
        let noun = binding.noun.get().name;
        let comparisons = self.comparisons.len();
        let form = self.within(&format!("{noun} is {}", class.name), word.span, |checker| {
            let mut forms: Vec<Cond> = class.conditions.iter().map(|condition| checker.condition(condition)).collect();
            Some(if forms.len() == 1 { forms.remove(0) } else { Cond::And(forms) })
        });
        self.comparisons.truncate(comparisons);
        self.visible = known;
        self.record = outer;
        form.unwrap_or(Cond::Known(None))
    }

    fn unknown_class(&mut self, word: &Name, noun: NounId, variable: &str) {
        let of_noun = self.scope.classes.iter().filter(|class| class.noun == noun).map(|class| class.name.as_str());
        let near = suggestion(&word.value, of_noun.chain(["gone", "new"])).map(str::to_owned);
        let elsewhere = self.scope.classes.iter().find(|class| class.name == word.value).map(|class| class.noun.get().name);
        let noun_name = noun.get().name;
        let mistake = Mistake::error("unknown-class", word.span, format!("no class `{}` of {noun_name}", word.value), "unknown class");
        self.mistakes.push(if TESTS.contains(&word.value.as_str()) {
            mistake.help(format!("`{}` is tested on a field: `{variable}.{} is {}`", word.value, noun.get().fields[0].name, word.value))
        } else if let Some(other) = elsewhere {
            mistake.help(format!("there is a class of that name, but of {other}"))
        } else if near.is_some() {
            mistake.meant(near.as_deref())
        } else {
            mistake.help(format!("define it: [define.{noun_name}] {} = '...'", word.value))
        });
    }

    fn one_of(&mut self, value: &Value, items: &[Value], span: Span) -> Cond {
        let Some(column) = self.column(value) else { return Cond::Known(None) };
        if items.is_empty() {
            self.error("never", span, "nothing is in an empty list", "can never hold", "name the values: `in [\"K\", \"1\"]`");
            return Cond::Known(None);
        }
        let by = self.own(&column);
        let mut keys = Vec::new();
        for item in items {
            match self.typed(item) {
                Some(Typed::Column(_, span)) => {
                    self.error("wrong-type", span, "a list holds constants", "a field", "compare with a field by `=`");
                }
                Some(constant) => keys.extend(self.key(&constant, by)),
                None => {}
            }
        }
        self.comparisons.push((span, by.words()));
        Cond::OneOf(column, Arc::new(keys), by)
    }

    fn in_list(&mut self, value: &Value, name: &Name, span: Span) -> Cond {
        let column = self.column(value);
        let Some(list) = self.scope.lists.get(&name.value) else {
            let near = suggestion(&name.value, self.scope.lists.keys().map(String::as_str));
            let mistake = Mistake::error("unknown-list", name.span, format!("no list `{}`", name.value), "unknown list");
            self.mistakes.push(match near {
                Some(_) => mistake.meant(near),
                None => mistake.help(format!("declare it, [lists.{}] values = [..], or require the pack that does", name.value)),
            });
            return Cond::Known(None);
        };
        list.used.set(true);
        let Some(column) = column else { return Cond::Known(None) };
        let by = self.own(&column);
        self.comparisons.push((span, by.words()));
        let keys = list.value.iter().filter_map(|text| by.key(text).map(std::borrow::Cow::into_owned)).collect();
        Cond::OneOf(column, Arc::new(keys), by)
    }

    fn text(&mut self, column: Column, test: TextTest, other: &Typed, span: Span) -> Cond {
        if matches!(column.kind, Type::Date | Type::Grade | Type::Flag | Type::Number | Type::Phone) {
            let message = format!("{} {} is not tested by its letters", an(column.kind.word()), column.kind);
            self.error(
                "wrong-type",
                span,
                message,
                format!("{} {}", an(column.kind.word()), column.kind),
                "compare it with `=`, or put it through a function first",
            );
            return Cond::Known(None);
        }
        match other {
            Typed::Column(other, _) => {
                let by = self.common(&column, other, false, span);
                by.map_or(Cond::Known(None), |by| Cond::Text(column, test, Side::Column(other.clone()), by))
            }
            constant => {
                let by = self.own(&column);
                self.key(constant, by).map_or(Cond::Known(None), |key| Cond::Text(column, test, Side::Key(key), by))
            }
        }
    }

    fn supplied(&mut self, epoch: Epoch, noun: &Name, field: Option<&Name>) -> Cond {
        let Some(noun) = self.noun_of(epoch, noun) else { return Cond::Known(None) };
        let field = match field {
            None => None,
            Some(name) => match noun.field(&name.value) {
                Some(field) => Some(FieldRef::Field(field)),
                None => {
                    let near = suggestion(&name.value, noun.get().fields.iter().map(|field| field.name));
                    let message = format!("no field `{}` of {}", name.value, noun.get().name);
                    let mistake = Mistake::error("unknown-field", name.span, message, "unknown field");
                    self.mistakes.push(mistake.meant_or(near, "`rollbook list nouns` prints the fields"));
                    return Cond::Known(None);
                }
            },
        };
        Cond::Supplied(noun, epoch, field)
    }

    /// Compiles a pattern that must match the whole value; a fault is shown at its place inside.
    fn regex(&mut self, pattern: &syntax::Pattern) -> Option<regex::Regex> {
        let parsed = regex_syntax::ast::parse::Parser::new().parse(&pattern.text);
        let place = |span: &regex_syntax::ast::Span| {
            let start = pattern.places[span.start.offset.min(pattern.places.len() - 1)];
            let end = span.end.offset.max(span.start.offset + 1) - 1;
            start.to(pattern.places[end.min(pattern.places.len() - 1)])
        };
        if let Err(error) = &parsed {
            self.error("bad-regex", place(error.span()), BAD_PATTERN, pattern_fault(error.kind()), PATTERN_HELP);
            return None;
        }
        if let Err(regex_syntax::Error::Translate(error)) = regex_syntax::parse(&pattern.text) {
            let label = match error.kind() {
                regex_syntax::hir::ErrorKind::UnicodePropertyNotFound => "no such kind of letters".to_owned(),
                regex_syntax::hir::ErrorKind::UnicodePropertyValueNotFound => "no such value of this kind".to_owned(),
                _ => "can't be used here".to_owned(),
            };
            self.error("bad-regex", place(error.span()), BAD_PATTERN, label, PATTERN_HELP);
            return None;
        }
        match regex::Regex::new(&format!("^(?:{})$", pattern.text)) {
            Ok(regex) => Some(regex),
            Err(_) => {
                self.error(
                    "bad-regex",
                    pattern.span,
                    "a pattern that grows too large",
                    "too large",
                    "make its counts smaller: `{100}` inside `{100}` is 10,000 of them",
                );
                None
            }
        }
    }
}

fn negate(cond: Cond) -> Cond {
    match cond {
        Cond::Known(known) => Cond::Known(known.map(|known| !known)),
        other => Cond::Not(Box::new(other)),
    }
}
