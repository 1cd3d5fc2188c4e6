//! The attempts at a name for one person, in order.
use super::piece::{self, Piece};
use super::value::Reader;
use super::{Edge, FieldRule, Refusal, Schema, Values};
use crate::model::{Type, fold};
use std::borrow::Cow;

/// Where in the schema an attempt stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Step {
    /// The candidate, by its place in [`Schema::candidates`].
    pub candidate: u16,
    /// How many letters were added to its shortest form.
    pub grown: u16,
    /// What `{n}` stands for, when the candidate counts.
    pub n: Option<u32>,
}

/// In words: `template`, `template with 2 more letters`, `candidate 1 of on_clash, number 3`.
impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.candidate {
            0 => f.write_str("template")?,
            candidate => write!(f, "candidate {candidate} of on_clash")?,
        }
        if self.grown > 0 {
            write!(f, " with {}", crate::finding::Count(u64::from(self.grown), "more letter", "more letters"))?;
        }
        self.n.map_or(Ok(()), |number| write!(f, ", number {number}"))
    }
}

/// One attempt at a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Where it stands in the schema.
    pub step: Step,
    /// A text for each of [`Schema::fields`], or why there is none.
    pub outcome: Result<Vec<String>, Refusal>,
}

/// The attempts for one person; see [`Schema::attempts`].
pub struct Attempts<'a> {
    schema: &'a Schema,
    reader: Reader<'a>,
    /// The next candidate, when none is open.
    next: usize,
    open: Option<Open<'a>>,
    /// What `template` gives at its shortest, for `{name}`.
    template: Option<Result<Vec<Piece<'a>>, Refusal>>,
    /// The fields' own values.
    fields: Option<Result<Vec<Vec<Piece<'a>>>, Refusal>>,
    /// The only numbers that are tried; without it, all.
    numbers: Option<Vec<u32>>,
}

/// The candidate that attempts are made of now.
struct Open<'a> {
    pieces: Vec<Piece<'a>>,
    step: Step,
    /// The texts of the attempt before, so that growth which was cut off again is not tried twice.
    before: Vec<String>,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(schema: &'a Schema, person: &'a dyn Values, today: i32) -> Self {
        let reader = Reader::new(person, today);
        Attempts { schema, reader, next: 0, open: None, template: None, fields: None, numbers: None }
    }

    /// The pieces of the next candidate.
    fn pieces(&mut self, at: usize) -> Result<Vec<Piece<'a>>, Refusal> {
        let pattern = &self.schema.candidates[at];
        if at > 0 && pattern.has_name() && self.template.is_none() {
            self.template = Some(piece::pieces(&self.schema.candidates[0], &mut self.reader, None));
        }
        piece::pieces(pattern, &mut self.reader, self.template.as_ref())
    }

    /// The number after `after`, or the first.
    fn number(&self, after: Option<u32>) -> Option<u32> {
        let counter = &self.schema.counter;
        match &self.numbers {
            Some(numbers) => numbers.iter().copied().find(|number| after.is_none_or(|after| *number > after)),
            None => (after.map_or(counter.start, |after| after.saturating_add(1))..=counter.last)
                .find(|number| counter.written(*number).is_some() && Some(*number) != after),
        }
    }

    /// Whether a refusal of a candidate that counts is about what stands beside the number, so that no number helps.
    fn stands_without_number(&self, open: &Open<'a>, refusal: &Refusal) -> bool {
        if open.step.n.is_none() {
            return false;
        }
        let name = || piece::text(&open.pieces, "", "", 0);
        match refusal {
            Refusal::Edge { edge: Edge::Contains(text), .. } => name().contains(text.as_str()),
            Refusal::Edge { edge: Edge::StartsWith(text), .. } => name().starts_with(text.as_str()),
            Refusal::Forbidden { list, contained: true, .. } => {
                let bans = self.schema.fields.iter().flat_map(|field| &field.bans);
                bans.filter(|ban| ban.list == *list && ban.is_anywhere()).any(|ban| ban.forbids(&name()))
            }
            _ => false,
        }
    }

    /// The texts of all fields.
    fn texts(&mut self, open: &Open<'a>) -> Result<Vec<String>, Refusal> {
        let schema = self.schema;
        let counter = open.step.n.and_then(|number| schema.counter.written(number)).unwrap_or_default();
        if self.fields.is_none() {
            let fields = schema.fields.iter().map(|field| piece::pieces(&field.value, &mut self.reader, None)).collect();
            self.fields = Some(fields);
        }
        let fields = match &self.fields {
            Some(Ok(fields)) => fields,
            Some(Err(refusal)) => return Err(refusal.clone()),
            None => return Ok(Vec::new()),
        };
        let mut name = piece::text(&open.pieces, "", &counter, 0);
        let mut over = 0;
        for (rule, pieces) in schema.fields.iter().zip(fields) {
            let times = piece::names(pieces);
            if times > 0 {
                over = over.max(rule.excess(&piece::text(pieces, &name, &counter, 0)).div_ceil(times));
            }
        }
        if over > 0 {
            name = piece::text(&open.pieces, "", &counter, over);
        }
        let mut texts = Vec::with_capacity(fields.len());
        for (rule, pieces) in schema.fields.iter().zip(fields) {
            let mut text = piece::text(pieces, &name, &counter, 0);
            if let over @ 1.. = rule.excess(&text) {
                text = piece::text(pieces, &name, &counter, over);
            }
            // `{s.last_name} {n}` has nothing after its blank while there is no number.
            text.truncate(text.trim_end().len());
            if let Some(refusal) = rule.fault(&text) {
                return Err(refusal);
            }
            texts.push(text);
        }
        Ok(texts)
    }
}

impl Iterator for Attempts<'_> {
    type Item = Attempt;

    fn next(&mut self) -> Option<Attempt> {
        loop {
            let mut open = match self.open.take() {
                Some(open) => open,
                None => {
                    let at = self.next;
                    let pattern = self.schema.candidates.get(at)?;
                    self.next += 1;
                    let mut step = Step { candidate: u16::try_from(at).unwrap_or(u16::MAX), ..Step::default() };
                    if pattern.counts() {
                        step.n = self.number(None);
                        if step.n.is_none() {
                            continue;
                        }
                    }
                    match self.pieces(at) {
                        Ok(pieces) => Open { pieces, step, before: Vec::new() },
                        Err(refusal) => return Some(Attempt { step, outcome: Err(refusal) }),
                    }
                }
            };
            let outcome = self.texts(&open);
            let step = open.step;
            let seen = outcome.as_ref().is_ok_and(|texts| *texts == open.before);
            if outcome.as_ref().err().is_none_or(|refusal| refusal.may_pass() && !self.stands_without_number(&open, refusal)) {
                if let Ok(texts) = &outcome {
                    open.before.clone_from(texts);
                }
                let more = match open.step.n {
                    Some(number) => {
                        open.step.n = self.number(Some(number));
                        open.step.n.is_some()
                    }
                    None => {
                        open.step.grown += 1;
                        piece::grow(&mut open.pieces)
                    }
                };
                self.open = more.then_some(open);
            }
            if !seen {
                return Some(Attempt { step, outcome });
            }
        }
    }
}

impl FieldRule {
    /// The part of a text that limits and bans are about.
    fn limited<'t>(&self, text: &'t str) -> &'t str {
        if self.address { text.split('@').next().unwrap_or(text) } else { text }
    }

    /// How many characters a text has more than its limits allow.
    fn excess(&self, text: &str) -> usize {
        let most = self.limits.iter().map(|limits| *limits.length.end()).min().unwrap_or(usize::MAX);
        let limited = self.limited(text);
        // No text has more characters than bytes.
        if limited.len() <= most { 0 } else { limited.chars().count().saturating_sub(most) }
    }

    /// What is wrong with a text, if anything.
    #[must_use]
    pub fn fault(&self, text: &str) -> Option<Refusal> {
        let limited = self.limited(text);
        if limited.trim().is_empty() {
            return Some(Refusal::TooShort { field: self.name.clone(), name: limited.to_owned(), least: 1, why: "the schema".into() });
        }
        self.limits.iter().find_map(|limits| limits.fault(&self.name, limited)).or_else(|| {
            let ban = self.bans.iter().find(|ban| ban.forbids(limited))?;
            Some(Refusal::Forbidden { field: self.name.clone(), list: ban.list.clone(), contained: ban.is_anywhere() })
        })
    }
}

impl Schema {
    /// Whether the schema can make `name` for this person in its field at that place: then where. Letter case does not count.
    ///
    /// Of the counter, only numbers that stand in `name` are tried, so that the answer is quick whatever the counter's end.
    #[must_use]
    pub fn could_make(&self, person: &dyn Values, field: usize, name: &str, today: i32) -> Option<Step> {
        let key = |text: &'_ str| fold(Type::Login, text).map(Cow::into_owned);
        let wanted = key(name)?;
        let mut attempts = self.attempts(person, today);
        attempts.numbers = Some(self.counter.within(name));
        let mut makes = |attempt: Attempt| {
            let texts = attempt.outcome.ok()?;
            (key(texts.get(field)?).as_ref() == Some(&wanted)).then_some(attempt.step)
        };
        attempts.find_map(&mut makes)
    }
}
