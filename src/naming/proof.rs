//! What can be known of a schema before any person.
use super::shape::{Sample, Shape, shape};
use super::{Grow, Limits, Part, Pattern, Schema};
use crate::finding::{Count, List, Severity};
use crate::model::{NounId, Type};

/// Something that is so for every district that uses the schema.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// A stable code of lower-case words: `name-too-long`.
    pub code: &'static str,
    /// An error when a candidate can never give a name, a warning when people may get none, or one that they should not; information when it is only good to
    /// know.
    pub severity: Severity,
    /// The candidate that it is about, by its place in [`Schema::candidates`]; of the schema as a whole otherwise.
    pub candidate: Option<usize>,
    /// The field that it is about, by its place in [`Schema::fields`].
    pub field: Option<usize>,
    /// One sentence, without a final stop.
    pub message: String,
    /// What to do, in the imperative.
    pub help: String,
}

/// A part as far as it is known.
struct Known<'s> {
    shape: Shape,
    part: &'s Part,
    /// Whether letters of it may be cut.
    cut: bool,
}

/// The candidate in words.
pub(super) fn place(candidate: usize) -> String {
    if candidate == 0 { "`template`".to_owned() } else { format!("candidate {candidate} of `on_clash`") }
}

impl Schema {
    /// What can be proved of the schema for people of `noun`: most important first, and each thing once.
    #[must_use]
    pub fn proofs(&self, noun: NounId) -> Vec<Proof> {
        let mut proofs = Vec::new();
        self.counter_proofs(&mut proofs);
        for candidate in 0..self.candidates.len() {
            for field in 0..self.fields.len() {
                self.field_proofs(candidate, field, noun, &mut proofs);
            }
            self.repeated(candidate, &mut proofs);
        }
        self.needed(noun, &mut proofs);
        self.apart(noun, &mut proofs);
        self.constant(noun, &mut proofs);
        self.disclosed(noun, &mut proofs);
        let mut told: Vec<Proof> = Vec::with_capacity(proofs.len());
        for proof in proofs {
            if !told.iter().any(|other| other.message == proof.message) {
                told.push(proof);
            }
        }
        told.sort_by_key(|proof| std::cmp::Reverse(proof.severity));
        told
    }

    /// The parts of a candidate, or of a field that it goes into, with `{name}` written out.
    fn parts<'s>(&'s self, pattern: &'s Pattern, candidate: usize, noun: NounId) -> Vec<Known<'s>> {
        let mut parts = Vec::new();
        for part in &pattern.parts {
            let (shape, cut) = match part {
                // In a field it is the candidate, and in a candidate the template.
                Part::Name => {
                    let inner =
                        &self.candidates[if self.candidates.iter().any(|other| std::ptr::eq(other, pattern)) { 0 } else { candidate }];
                    if !std::ptr::eq(inner, pattern) {
                        parts.extend(self.parts(inner, candidate, noun));
                    }
                    continue;
                }
                Part::Counter => {
                    let written = |number: u32| number.to_string().len().max(self.counter.width);
                    let counts = self.candidates[candidate].counts();
                    let (least, most) = if counts { (written(self.counter.start), written(self.counter.last)) } else { (0, 0) };
                    (Shape { least, most: Some(most), kinds: vec![Sample::Figure], missing: false, tells_apart: false }, false)
                }
                Part::Literal(text) => (shape(&crate::language::form::Expr::Text(text.clone()), noun), false),
                Part::Value { expr, kind, grow, .. } => {
                    let mut shape = shape(expr, noun);
                    if let Some(Grow { from, to, .. }) = grow {
                        shape.least = shape.least.min(*from);
                        shape.most = to.or(shape.most);
                        shape.tells_apart = false;
                    }
                    let figures = shape.kinds.iter().all(|kind| matches!(kind, Sample::Figure));
                    (shape, matches!(kind, Type::Name | Type::Login | Type::Email | Type::Text) && !figures)
                }
            };
            parts.push(Known { shape, part, cut });
        }
        parts
    }

    /// Lengths and characters of a field, made by a candidate.
    fn field_proofs(&self, candidate: usize, field: usize, noun: NounId, proofs: &mut Vec<Proof>) {
        let rule = &self.fields[field];
        let mut parts = self.parts(&rule.value, candidate, noun);
        if rule.address
            && let Some(at) = parts.iter().position(|known| matches!(known.part, Part::Literal(text) if text.contains('@')))
        {
            // What stands before the `@` in the same literal is fixed, and short; only its length is lost here.
            parts.truncate(at);
        }
        for limits in &rule.limits {
            let mut tell = |code, severity, message: String, help: String| {
                proofs.push(Proof { code, severity, candidate: Some(candidate), field: Some(field), message, help });
            };
            self.length(&parts, limits, candidate, &rule.name, &mut tell);
            characters(&parts, limits, candidate, &mut tell);
        }
    }

    fn length(
        &self,
        parts: &[Known<'_>],
        limits: &Limits,
        candidate: usize,
        field: &str,
        tell: &mut impl FnMut(&'static str, Severity, String, String),
    ) {
        let (low, high) = (*limits.length.start(), *limits.length.end());
        let place = place(candidate);
        let why = &limits.why;
        // As short as cutting makes it: one character of every part of letters.
        let shortest: usize = parts.iter().map(|known| if known.cut { 1 } else { known.shape.least }).sum();
        let settled: Option<usize> = parts.iter().map(|known| if known.cut { Some(1) } else { known.shape.most }).sum();
        let longest: Option<usize> =
            parts.iter().map(|known| known.shape.most).try_fold(0usize, |sum, most| Some(sum.saturating_add(most?)));
        if high == usize::MAX {
            // Nothing is too long where no length is asked for.
        } else if shortest > high {
            let message = format!("{place} never fits {field}: what is never cut has {shortest} characters, and {why} allows {high}");
            tell("name-too-long", Severity::Error, message, "take a part out, or make it shorter: `{s.id | last 4}`".to_owned());
        } else if settled.is_some_and(|settled| settled > high) {
            let message = format!(
                "{place} does not always fit {field}: figures, ids and literals are never cut, and can leave no room in the {high} characters that {why} allows"
            );
            tell("name-too-long", Severity::Warning, message, "make those parts shorter: `{s.id | last 4}`".to_owned());
        } else if settled.is_none() {
            let message =
                format!("{place} fits {field} only while its ids have room in the {high} characters that {why} allows: ids are never cut");
            tell("name-too-long", Severity::Info, message, "take as much of the id as there is room for: `{s.id | last 8}`".to_owned());
        } else if longest.is_none_or(|longest| longest > high) {
            // Said once for all candidates.
            let message = format!(
                "{field} can become longer than the {high} characters that {why} allows; the longest part of it then loses letters"
            );
            tell("name-is-cut", Severity::Info, message, "if that is not wanted, take fewer letters: `{s.last_name | first 8}`".to_owned());
        }
        let least: usize = parts.iter().map(|known| known.shape.least).sum();
        if longest.is_some_and(|longest| longest < low) {
            let message =
                format!("{place} is always too short for {field}: it has {} at most, and {why} asks for {low}", longest.unwrap_or(0));
            tell("name-too-short", Severity::Error, message, "add a part".to_owned());
        } else if least < low && candidate + 1 == self.candidates.len() && !self.candidates[candidate].grows() {
            let message = format!("the last candidate can be too short for {field}: it may have {least}, and {why} asks for {low}");
            tell("name-too-short", Severity::Info, message, "end with a candidate that is always long enough: 'student{s.id}'".to_owned());
        }
    }

    fn counter_proofs(&self, proofs: &mut Vec<Proof>) {
        let counts = self.candidates.iter().any(Pattern::counts);
        let mut tell = |code, severity, message: &str, help: &str| {
            proofs.push(Proof { code, severity, candidate: None, field: None, message: message.to_owned(), help: help.to_owned() });
        };
        if counts && self.numbers() == 0 {
            tell(
                "counter-empty",
                Severity::Error,
                "the counter has no number: all from its start to its last are passed over",
                "skip fewer numbers",
            );
        }
        if !counts && self.counter != super::Counter::default() {
            tell(
                "counter-unused",
                Severity::Warning,
                "no candidate uses the counter",
                "write `{n}` where it belongs: on_clash = ['{name}{n}']",
            );
        }
    }

    /// How many numbers the counter gives; a million or more are as good as a million.
    fn numbers(&self) -> usize {
        (self.counter.start..=self.counter.last).take(1_000_000).filter(|number| self.counter.written(*number).is_some()).count()
    }

    fn repeated(&self, candidate: usize, proofs: &mut Vec<Proof>) {
        let same = |other: usize| {
            self.candidates[other] == self.candidates[candidate] || (other == 0 && self.candidates[candidate].parts == [Part::Name])
        };
        if let Some(first) = (0..candidate).find(|other| same(*other)) {
            let message = format!("{} gives the same names as {}", place(candidate), place(first));
            let help = "take it out: a name that was taken before is taken still".to_owned();
            proofs.push(Proof {
                code: "same-candidate",
                severity: Severity::Warning,
                candidate: Some(candidate),
                field: None,
                message,
                help,
            });
        }
    }

    /// Fields without which no candidate gives a name.
    fn needed(&self, noun: NounId, proofs: &mut Vec<Proof>) {
        let needs = |candidate: usize| -> Vec<String> {
            let parts = self.parts(&self.candidates[candidate], candidate, noun);
            let needed = parts.iter().filter(|known| known.shape.missing).filter_map(|known| match known.part {
                Part::Value { fields, .. } => Some(fields.clone()),
                _ => None,
            });
            needed.collect()
        };
        let mut all: Vec<String> = self.candidates.first().map(|_| needs(0)).unwrap_or_default();
        let free = (0..self.candidates.len()).any(|candidate| {
            let needed = needs(candidate);
            all.retain(|field| needed.contains(field));
            needed.is_empty()
        });
        if free {
            return;
        }
        all.dedup();
        let noun = noun.get().name;
        let message = match all.as_slice() {
            [] => format!("every candidate needs a value that may be missing, so a {noun} may get no name"),
            fields => format!("a {noun} without {} gets no name: every candidate needs it", List(fields, "or")),
        };
        let help = "end with a candidate that everybody has: '{s.id}'".to_owned();
        proofs.push(Proof { code: "name-missing", severity: Severity::Warning, candidate: None, field: None, message, help });
    }

    /// Whether two people of one name can both have one, and how many can.
    fn apart(&self, noun: NounId, proofs: &mut Vec<Proof>) {
        let mut names = 0usize;
        let mut growing: Vec<String> = Vec::new();
        for candidate in 0..self.candidates.len() {
            let pattern = &self.candidates[candidate];
            if self.parts(pattern, candidate, noun).iter().any(|known| known.shape.tells_apart) {
                return;
            }
            names += if pattern.counts() { self.numbers() } else { usize::from(pattern.parts != [Part::Name]) };
            for part in &pattern.parts {
                if let Part::Value { grow: Some(grow), fields, .. } = part {
                    match grow.to {
                        Some(to) => names += to - grow.from.min(to),
                        None => growing.push(fields.clone()),
                    }
                }
            }
        }
        growing.dedup();
        let more = if growing.is_empty() { String::new() } else { format!(", and one more for each letter of {}", List(&growing, "and")) };
        let mut tell = |code, severity, message: String, help: &str| {
            proofs.push(Proof { code, severity, candidate: None, field: None, message, help: help.to_owned() });
        };
        let people = noun.get().plural;
        let names = Count(names as u64, "name", "names");
        if self.candidates.iter().any(Pattern::counts) {
            let message = format!("{people} who are called alike have {names} between them{more}; who comes after gets none");
            tell("names-run-out", Severity::Info, message, "end with a candidate that tells people apart by itself: '{s.id}'");
        } else {
            let message = format!("nothing tells apart two {people} who are called alike: they have {names} between them{more}");
            tell("twins", Severity::Warning, message, "add a counter, '{name}{n}', or what differs, '{s.id}', to on_clash");
        }
    }

    /// A field that is the same in every attempt can't be free in the next one.
    fn constant(&self, noun: NounId, proofs: &mut Vec<Proof>) {
        for (at, rule) in self.fields.iter().enumerate() {
            let apart = || self.parts(&rule.value, 0, noun).iter().any(|known| known.shape.tells_apart);
            if self.fields.len() > 1 && !rule.value.has_name() && !rule.value.counts() && !apart() {
                let message = format!("{} holds neither `{{name}}` nor `{{n}}`: when it is taken, no attempt changes it", rule.name);
                let help = "write `{name}` into it, or add `{n}`, or take it out of the fields that must be free".to_owned();
                proofs.push(Proof { code: "field-constant", severity: Severity::Warning, candidate: None, field: Some(at), message, help });
            }
        }
    }

    /// What a name tells strangers.
    fn disclosed(&self, noun: NounId, proofs: &mut Vec<Proof>) {
        let patterns = self.candidates.iter().chain(self.fields.iter().map(|field| &field.value));
        for part in patterns.flat_map(|pattern| &pattern.parts) {
            let Part::Value { expr, fields, .. } = part else { continue };
            let mut used: Vec<String> = Vec::new();
            expr.fields(&mut |field| used.push(field.name(noun).to_owned()));
            let used = |name: &str| used.iter().any(|field| field == name);
            if used("first_name") && !used("preferred_first_name") && noun.field("preferred_first_name").is_some() {
                let message = format!("the name is made of first_name, also for a {} who goes by another", noun.get().name);
                let help = "write `{(s.preferred_first_name or s.first_name) | ...}` if the other one is the name to show".to_owned();
                proofs.push(Proof { code: "preferred-name", severity: Severity::Info, candidate: None, field: None, message, help });
            }
            if used("birth_date") {
                let message = format!("the name shows {fields}, or a part of it, to everybody who sees it");
                let help = "take the day of birth out: it is what people are asked for to prove who they are".to_owned();
                proofs.push(Proof { code: "discloses", severity: Severity::Warning, candidate: None, field: None, message, help });
            }
        }
    }
}

/// Characters that limits don't allow.
fn characters(parts: &[Known<'_>], limits: &Limits, candidate: usize, tell: &mut impl FnMut(&'static str, Severity, String, String)) {
    let Some(allowed) = &limits.allowed else { return };
    let place = place(candidate);
    for known in parts {
        match known.part {
            Part::Literal(text) => {
                if let Some(letter) = text.chars().find(|letter| !allowed.holds(*letter)) {
                    let message = format!("{place} never gives a name: `{letter}` is not allowed by {} ({})", limits.why, allowed.text);
                    tell("character", Severity::Error, message, format!("take `{letter}` out, or allow it"));
                }
            }
            Part::Value { fields, kind, .. } => {
                let outside = known.shape.kinds.iter().filter(|sample| match sample {
                    Sample::This(letter) => !allowed.holds(*letter),
                    sample => sample.letters().iter().any(|letter| !allowed.holds(*letter)),
                });
                let outside: Vec<Sample> = outside.copied().collect();
                if outside.is_empty() {
                    continue;
                }
                let words: Vec<String> = outside.iter().map(|sample| sample.words()).collect();
                let mut remedies: Vec<&str> = outside.iter().map(|sample| sample.remedy()).collect();
                remedies.sort_unstable();
                remedies.dedup();
                let message = format!("{fields} may hold {}, which {} does not allow ({})", List(&words, "and"), limits.why, allowed.text);
                // Ids are mostly figures; it is a surprise when they are not.
                let severity = if *kind == Type::Id { Severity::Info } else { Severity::Warning };
                tell("character", severity, message, format!("put it through functions in {place}: `| {}`", remedies.join(" | ")));
            }
            Part::Name | Part::Counter => {}
        }
    }
}
