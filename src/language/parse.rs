//! From text to the syntax tree.
//!
//! `Builder` methods take a pair of the rule that they are named after. What the grammar accepts only to refuse it well is refused here; the tree is
//! built all the same, so that the checker finds the other mistakes of the same text.
use super::grammar::{self, Pair, Rule};
use super::syntax::{Binding, Clause, Cond, Condition, Name, Operator, Pattern, Piece, Template, TextTest, Val, Value};
use crate::finding::{Mistake, Mistakes};
use crate::model::Epoch;
use crate::source::{Decoded, Span, Spanned};

/// Nesting past this is refused, so that no later walk can run out of stack.
const DEEPEST: usize = 64;

/// Parses a clause: `account a where ...`
pub fn clause(text: &Decoded, mistakes: &mut Mistakes) -> Option<Clause> {
    let (pair, mut builder) = begin(Rule::clause_entry, text, mistakes)?;
    builder.clause(child(pair)?)
}

/// Parses a condition: `a.status = "active"`
pub fn condition(text: &Decoded, mistakes: &mut Mistakes) -> Option<Condition> {
    let (pair, mut builder) = begin(Rule::condition_entry, text, mistakes)?;
    builder.condition(child(pair)?)
}

/// Parses values by comma: `x.email, x.name`
pub fn values(text: &Decoded, mistakes: &mut Mistakes) -> Option<Vec<Value>> {
    let (pair, mut builder) = begin(Rule::values_entry, text, mistakes)?;
    pair.into_inner().filter(|pair| pair.as_rule() == Rule::value).map(|pair| builder.value(pair)).collect()
}

/// Parses a template: `student {s.id}`
pub fn template(text: &Decoded, mistakes: &mut Mistakes) -> Option<Template> {
    let (pair, mut builder) = begin(Rule::template_entry, text, mistakes)?;
    let mut pieces = Vec::new();
    for piece in pair.into_inner() {
        match piece.as_rule() {
            Rule::escaped_open => pieces.push(Piece::Literal("{".into())),
            Rule::escaped_close => pieces.push(Piece::Literal("}".into())),
            Rule::stray_close => {
                let span = builder.span(&piece);
                let mistake = Mistake::error("syntax", span, "a closing brace without an opening one", "opened nowhere");
                builder.mistakes.push(mistake.help("write `}}` for a brace that is text"));
            }
            Rule::literal => pieces.push(Piece::Literal(piece.as_str().to_owned())),
            Rule::hole => {
                let span = builder.span(&piece);
                let values: Option<Vec<Value>> =
                    piece.into_inner().filter(|pair| pair.as_rule() == Rule::hole_value).map(|pair| builder.value(pair)).collect();
                pieces.push(Piece::Hole(values?, span));
            }
            _ => {}
        }
    }
    Some(Template { pieces, text: text.as_str().to_owned(), span: text.span() })
}

fn begin<'i, 'm>(entry: Rule, text: &'i Decoded, mistakes: &'m mut Mistakes) -> Option<(Pair<'i>, Builder<'i, 'm>)> {
    if let Some(deep) = too_deep(text.as_str()) {
        let span = text.locate(deep..deep + 1);
        let message = format!("more than {DEEPEST} parentheses inside one another");
        mistakes.push(
            Mistake::error("too-deep", span, message, "this one is too deep").help("name a part of the condition in [define.<noun>]"),
        );
        return None;
    }
    let pair = grammar::parse(entry, text, mistakes)?;
    Some((pair, Builder { text, mistakes }))
}

/// Where parentheses, or `not`, stand too deep.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
    }
    None
}

fn child(pair: Pair<'_>) -> Option<Pair<'_>> {
    pair.into_inner().next()
}

struct Builder<'i, 'm> {
    text: &'i Decoded,
    mistakes: &'m mut Mistakes,
}

impl Builder<'_, '_> {
    fn span(&self, pair: &Pair<'_>) -> Span {
        let span = pair.as_span();
        // Rules that end in optional parts take the blanks after them along.
        let length = pair.as_str().trim_end().len();
        self.text.locate(span.start()..span.start() + length)
    }

    fn word(&self, pair: &Pair<'_>) -> Name {
        Spanned::new(pair.as_str().to_owned(), self.span(pair))
    }

    fn refuse(&mut self, pair: &Pair<'_>, message: &str, label: &str, help: &str) {
        let span = self.span(pair);
        self.mistakes.push(Mistake::error("syntax", span, message, label).help(help));
    }

    /// Keywords are lower-case; `&&` and its kin have a word.
    fn keyword(&mut self, pair: &Pair<'_>) {
        let written = pair.as_str();
        let word = match written {
            "&&" => "and",
            "||" => "or",
            "!" => "not",
            _ => &written.to_ascii_lowercase(),
        };
        if written != word {
            let (message, label) = (format!("`{written}` is not a word of the language"), format!("write `{word}`"));
            self.refuse(pair, &message, &label, &format!("use `{word}` instead of `{written}`"));
        }
    }

    fn is_keyword(rule: Rule) -> bool {
        matches!(
            rule,
            Rule::and
                | Rule::or
                | Rule::not
                | Rule::kw_where
                | Rule::kw_previous
                | Rule::kw_proposed
                | Rule::kw_earlier
                | Rule::kw_at
                | Rule::kw_least
                | Rule::kw_of
                | Rule::kw_changed
                | Rule::kw_supplied
                | Rule::kw_is
                | Rule::kw_exactly
                | Rule::kw_in
                | Rule::kw_list
                | Rule::kw_starts
                | Rule::kw_ends
                | Rule::kw_with
                | Rule::kw_contains
                | Rule::kw_matches
                | Rule::kw_nearly
                | Rule::kw_similar
                | Rule::kw_to
                | Rule::kw_within
                | Rule::kw_today
                | Rule::kw_setting
                | Rule::kw_count
                | Rule::kw_share
                | Rule::kw_among
        )
    }

    /// The parts of a pair that carry meaning; keywords are checked on the way, punctuation is dropped.
    fn parts<'p>(&mut self, pair: Pair<'p>) -> Vec<Pair<'p>> {
        let mut parts = Vec::new();
        for part in pair.into_inner() {
            if Self::is_keyword(part.as_rule()) {
                self.keyword(&part);
            }
            match part.as_rule() {
                Rule::comma | Rule::dot | Rule::pipe | Rule::open | Rule::close | Rule::open_list | Rule::close_list | Rule::EOI => {}
                _ => parts.push(part),
            }
        }
        parts
    }

    fn clause(&mut self, pair: Pair<'_>) -> Option<Clause> {
        let span = self.span(&pair);
        let mut bindings = Vec::new();
        let (mut among, mut condition) = (None, None);
        for part in self.parts(pair) {
            match part.as_rule() {
                Rule::binding => bindings.push(self.binding(part)?),
                Rule::among => among = self.condition(child(part)?),
                Rule::condition => condition = self.condition(part),
                _ => {}
            }
        }
        Some(Clause { bindings, among, condition, span })
    }

    fn binding(&mut self, pair: Pair<'_>) -> Option<Binding> {
        let span = self.span(&pair);
        let parts = self.parts(pair);
        let epoch = epoch(&parts);
        let noun = self.word(parts.iter().find(|part| part.as_rule() == Rule::noun)?);
        let variable = self.word(parts.iter().find(|part| part.as_rule() == Rule::variable)?);
        Some(Binding { epoch, noun, variable, span })
    }

    fn condition(&mut self, pair: Pair<'_>) -> Option<Condition> {
        self.chain(pair, Cond::Or, Self::conjunction)
    }

    fn conjunction(&mut self, pair: Pair<'_>) -> Option<Condition> {
        self.chain(pair, Cond::And, Self::negation)
    }

    fn chain(
        &mut self,
        pair: Pair<'_>,
        join: fn(Vec<Condition>) -> Cond,
        each: fn(&mut Self, Pair<'_>) -> Option<Condition>,
    ) -> Option<Condition> {
        let span = self.span(&pair);
        let mut terms = Vec::new();
        for part in self.parts(pair) {
            if !Self::is_keyword(part.as_rule()) {
                terms.push(each(self, part)?);
            }
        }
        if terms.len() == 1 { terms.pop() } else { Some(Spanned::new(join(terms), span)) }
    }

    fn negation(&mut self, pair: Pair<'_>) -> Option<Condition> {
        let span = self.span(&pair);
        let mut negated = false;
        let mut inner = None;
        for part in self.parts(pair) {
            match part.as_rule() {
                Rule::not => negated = !negated,
                Rule::group => inner = self.condition(child_of(part, Rule::condition)?),
                Rule::at_least => inner = self.at_least(part),
                Rule::changed => {
                    let span = self.span(&part);
                    self.parts(part.clone());
                    let value = self.value(child_of(part, Rule::value)?)?;
                    inner = Some(Spanned::new(Cond::Changed(value), span));
                }
                Rule::supplied => inner = self.supplied(part),
                Rule::test => inner = self.test(part),
                _ => {}
            }
        }
        let inner = inner?;
        Some(if negated { Spanned::new(Cond::Not(Box::new(inner)), span) } else { inner })
    }

    fn at_least(&mut self, pair: Pair<'_>) -> Option<Condition> {
        let span = self.span(&pair);
        let mut number = None;
        let mut terms = Vec::new();
        for part in self.parts(pair) {
            match part.as_rule() {
                Rule::number => number = Some(Spanned::new(part.as_str().parse().ok()?, self.span(&part))),
                Rule::condition => terms.push(self.condition(part)?),
                _ => {}
            }
        }
        Some(Spanned::new(Cond::AtLeast(number?, terms), span))
    }

    fn supplied(&mut self, pair: Pair<'_>) -> Option<Condition> {
        let span = self.span(&pair);
        let parts = self.parts(pair);
        let epoch = epoch(&parts);
        let noun = self.word(parts.iter().find(|part| part.as_rule() == Rule::noun)?);
        let field = parts.iter().find(|part| part.as_rule() == Rule::field_name).map(|part| self.word(part));
        Some(Spanned::new(Cond::Supplied { epoch, noun, field }, span))
    }

    fn test(&mut self, pair: Pair<'_>) -> Option<Condition> {
        let span = self.span(&pair);
        let mut parts = self.parts(pair).into_iter();
        let left = self.value(parts.next()?)?;
        let test = parts.next()?;
        let rule = test.as_rule();
        let parts = self.parts(test);
        let negated = parts.iter().filter(|part| part.as_rule() == Rule::not).count() % 2 == 1;
        let cond = match rule {
            Rule::compare => {
                let right = parts.get(1)?.clone();
                if right.as_rule() == Rule::regex {
                    let written = parts[0].as_str();
                    let message = format!("`{written}` compares values, and this is a pattern");
                    self.refuse(&parts[0], &message, "write `matches`", &format!("use `matches /.../` instead of `{written} /.../`"));
                    Cond::Matches(left, self.pattern(&right))
                } else {
                    let operator = self.operator(parts.first()?);
                    Cond::Compare(left, operator, self.value(right)?)
                }
            }
            Rule::is_test => match parts.into_iter().find(|part| matches!(part.as_rule(), Rule::exactly | Rule::class))? {
                part if part.as_rule() == Rule::class => Cond::Is(left, self.word(&part)),
                part => Cond::Exactly(left, self.value(child_of(part, Rule::value)?)?),
            },
            Rule::in_test => match parts.into_iter().find(|part| matches!(part.as_rule(), Rule::named_list | Rule::list))? {
                part if part.as_rule() == Rule::named_list => {
                    let name = self.word(&child_of(part, Rule::list_name)?);
                    Cond::InList(left, name)
                }
                part => {
                    let items: Option<Vec<Value>> = self.parts(part).into_iter().map(|item| self.value(item)).collect();
                    Cond::In(left, items?)
                }
            },
            Rule::text_test => {
                let test = match parts.first()?.as_rule() {
                    Rule::kw_starts => TextTest::StartsWith,
                    Rule::kw_ends => TextTest::EndsWith,
                    _ => TextTest::Contains,
                };
                Cond::Text(left, test, self.value(parts.into_iter().find(|part| part.as_rule() == Rule::value)?)?)
            }
            Rule::matches => {
                let pattern = parts.into_iter().nth(1)?;
                match pattern.as_rule() {
                    Rule::regex => Cond::Matches(left, self.pattern(&pattern)),
                    Rule::unclosed_regex => {
                        self.refuse(
                            &pattern,
                            "a pattern that is not closed",
                            "opened here",
                            "end the pattern with `/`; a slash inside is `\\/`",
                        );
                        return None;
                    }
                    _ => {
                        self.refuse(&pattern, "a pattern stands between slashes", "not between slashes", "write `matches /[a-z]+/`");
                        // Any pattern will do for the checks of the rest.
                        let span = self.span(&pattern);
                        Cond::Matches(left, Pattern { text: String::new(), places: vec![span], span })
                    }
                }
            }
            Rule::nearly => Cond::Nearly(left, self.value(parts.into_iter().find(|part| part.as_rule() == Rule::value)?)?),
            Rule::similar => {
                let within = parts.iter().find(|part| matches!(part.as_rule(), Rule::number | Rule::percent))?;
                let number: f64 = within.as_str().trim_end_matches('%').parse().ok()?;
                let number = if within.as_rule() == Rule::percent { number / 100.0 } else { number };
                let within = Spanned::new(number, self.span(within));
                Cond::Similar(left, self.value(parts.into_iter().find(|part| part.as_rule() == Rule::value)?)?, within)
            }
            _ => return None,
        };
        let condition = Spanned::new(cond, span);
        Some(if negated { Spanned::new(Cond::Not(Box::new(condition)), span) } else { condition })
    }

    fn operator(&mut self, pair: &Pair<'_>) -> Operator {
        match pair.as_str() {
            "==" => self.refuse(pair, "`==` is not a word of the language", "write `=`", "use `=` instead of `==`"),
            "<>" => self.refuse(pair, "`<>` is not a word of the language", "write `!=`", "use `!=` instead of `<>`"),
            "=~" => self.refuse(pair, "`=~` is not a word of the language", "write `matches`", "use `matches /.../` instead of `=~`"),
            _ => {}
        }
        match pair.as_str() {
            "!=" | "<>" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            _ => Operator::Equal,
        }
    }

    /// Undoes `\/`, and remembers where every byte came from.
    fn pattern(&mut self, pair: &Pair<'_>) -> Pattern {
        let inner = &pair.as_str()[1..pair.as_str().len() - 1];
        let start = pair.as_span().start() + 1;
        let mut text = String::with_capacity(inner.len());
        let mut places = Vec::with_capacity(inner.len() + 1);
        let mut letters = inner.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let kept = match letters.peek() {
                Some((_, '/')) if letter == '\\' => {
                    letters.next();
                    '/'
                }
                // A backslash keeps its partner, so that `\\/` is a backslash before a slash.
                _ => letter,
            };
            let end = letters.peek().map_or(inner.len(), |(next, _)| *next);
            let span = self.text.locate(start + at..start + end);
            places.extend(std::iter::repeat_n(span, kept.len_utf8()));
            text.push(kept);
        }
        let end = start + inner.len();
        places.push(self.text.locate(end..end + 1));
        Pattern { text, places, span: self.span(pair) }
    }

    fn value(&mut self, pair: Pair<'_>) -> Option<Value> {
        let span = self.span(&pair);
        let start = pair.as_span().start();
        let mut parts = self.parts(pair).into_iter();
        let first = parts.next()?;
        let mut value = if first.as_rule() == Rule::either { self.either(first)? } else { self.primary(child(first)?)? };
        for function in parts {
            let end = function.as_span().start() + function.as_str().trim_end().len();
            let mut inner = function.into_inner();
            let name = self.word(&inner.next()?);
            let arguments: Option<Vec<Value>> = inner.map(|argument| self.primary(argument)).collect();
            value = Spanned::new(Val::Apply(Box::new(value), name, arguments?), self.text.locate(start..end));
        }
        value.span = span;
        Some(value)
    }

    fn either(&mut self, pair: Pair<'_>) -> Option<Value> {
        let span = self.span(&pair);
        let values: Option<Vec<Value>> =
            self.parts(pair).into_iter().filter(|part| part.as_rule() == Rule::value).map(|part| self.value(part)).collect();
        Some(Spanned::new(Val::First(values?), span))
    }

    fn primary(&mut self, pair: Pair<'_>) -> Option<Value> {
        let span = self.span(&pair);
        let number = |text: &str| text.parse::<f64>().ok();
        let val = match pair.as_rule() {
            Rule::string => {
                let written = pair.as_str();
                Val::Text(written[1..written.len() - 1].to_owned())
            }
            Rule::unclosed_string => {
                let quote = self.text.locate(pair.as_span().start()..pair.as_span().start() + 1);
                let mistake = Mistake::error("syntax", quote, "a text that is not closed", "opened here");
                self.mistakes.push(mistake.help("end the text with the same quote; a text in `\"` may hold `'`, and the other way round"));
                return None;
            }
            Rule::number => Val::Number(number(pair.as_str())?),
            Rule::range => {
                let (from, to) = pair.as_str().split_once("..")?;
                // More digits than a number holds are as good as the greatest: no value is so long.
                let number = |text: &str| text.parse().unwrap_or(usize::MAX);
                Val::Range(number(from), (!to.is_empty()).then(|| number(to)))
            }
            Rule::percent => Val::Share(number(pair.as_str().trim_end_matches('%'))? / 100.0),
            Rule::flag => Val::Flag(pair.as_str() == "true"),
            Rule::kw_today => {
                self.keyword(&pair);
                Val::Today
            }
            Rule::setting => {
                let name = self.parts(pair).into_iter().find(|part| part.as_rule() == Rule::setting_name)?;
                Val::Setting(self.word(&name))
            }
            Rule::field => {
                let parts = self.parts(pair);
                let variable = self.word(parts.first()?);
                let field = parts.get(1)?;
                match field.as_rule() {
                    Rule::field_name => Val::Field(variable, self.word(field)),
                    Rule::header => {
                        let written = field.as_str();
                        Val::Header(variable, Spanned::new(written[1..written.len() - 1].to_owned(), self.span(field)))
                    }
                    _ => {
                        self.refuse(field, "a header that is not closed", "opened here", "write the header between two `\"`");
                        return None;
                    }
                }
            }
            Rule::name => Val::Name(pair.as_str().to_owned()),
            Rule::value_group => return self.value(child_of(pair, Rule::value)?),
            Rule::counted => {
                let parts = self.parts(pair);
                let share = parts.first()?.as_rule() == Rule::kw_share;
                let clause = Box::new(self.clause(parts.into_iter().find(|part| matches!(part.as_rule(), Rule::clause | Rule::portion))?)?);
                if share { Val::ShareOf(clause) } else { Val::Count(clause) }
            }
            _ => return None,
        };
        Some(Spanned::new(val, span))
    }
}

fn child_of(pair: Pair<'_>, rule: Rule) -> Option<Pair<'_>> {
    pair.into_inner().find(|part| part.as_rule() == rule)
}

/// Where the records of a noun are read from, by the word before it.
fn epoch(parts: &[Pair<'_>]) -> Epoch {
    let word = |rule| parts.iter().any(|part| part.as_rule() == rule);
    if word(Rule::kw_previous) {
        Epoch::Previous
    } else if word(Rule::kw_proposed) {
        Epoch::Proposed
    } else if word(Rule::kw_earlier) {
        Epoch::Earlier
    } else {
        Epoch::Today
    }
}
