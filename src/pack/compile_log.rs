//! What a pack says of logs, checked: values that are fields of records, messages, and their tests.
use super::compile::{Overrides, exact_or_type, severity};
use super::file::{PackFile, WordingFile};
use super::rule::{Message, Reference, Tie};
use crate::finding::{List, Mistake, Mistakes, suggestion};
use crate::language::check::{Checker, unknown_noun};
use crate::language::form::Binding;
use crate::language::log::Wording;
use crate::language::scope::Scope;
use crate::language::syntax::Val;
use crate::model::{Epoch, noun};
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// The texts of `vendor`, or the patterns of `log`, as written.
pub(super) fn texts(wordings: &[WordingFile], pattern: bool) -> Vec<String> {
    wordings.iter().filter(|written| written.pattern == pattern).map(|written| written.wording.text.clone()).collect()
}

/// The wordings that are looked for.
pub(super) fn sought(wordings: &[WordingFile]) -> Vec<Wording> {
    wordings.iter().filter(|written| written.sought).map(|written| written.wording.clone()).collect()
}

/// Where a value is named.
fn place(written: &WordingFile, value: usize) -> Span {
    let text = written.text.as_str();
    // A vendor's text was read without the blanks around it.
    let before = if written.pattern { 0 } else { text.len() - text.trim_start().len() };
    let range = &written.wording.values[value].range;
    written.text.locate(range.start + before..range.end + before)
}

/// The values of lines that are values of the variables which `checker` knows; others are reported.
pub(super) fn ties(checker: &mut Checker<'_, '_>, scope: &Scope, wordings: &[WordingFile]) -> Vec<Tie> {
    let mut ties = Vec::new();
    for (at, written) in wordings.iter().filter(|written| written.sought).enumerate() {
        for (number, value) in written.wording.values.iter().enumerate() {
            let span = place(written, number);
            for (variable, field) in &value.fields {
                let named = Val::Field(Spanned::new(variable.clone(), span), Spanned::new(field.clone(), span));
                let columns = checker.columns(&[Spanned::new(named, span)]);
                ties.extend(columns.into_iter().flatten().map(|column| {
                    let by = exact_or_type(scope, &checker.frame, &column);
                    Tie { wording: at, value: number, column, by }
                }));
            }
        }
    }
    ties
}

/// The messages of a pack.
pub(super) fn messages(file: &PackFile, scope: &Scope, overrides: &Overrides, mistakes: &mut Mistakes) -> Vec<Message> {
    let mut names: Vec<&Spanned<String>> = file.rules.iter().map(|rule| &rule.name).collect();
    let mut messages = Vec::new();
    for written in &file.messages {
        let name = &written.name;
        if let Some(other) = names.iter().find(|other| other.value == name.value) {
            let message = format!("two rules or messages have the name `{}`", name.value);
            let mistake = Mistake::error("duplicate-name", name.span, message, "named again").and(other.span, "named here first");
            mistakes.push(mistake.help("give one of them another name"));
            continue;
        }
        names.push(name);
        let id: Arc<str> = format!("{}/{}", file.name.value, name.value).into();
        let mut checker = Checker::new(scope, mistakes);
        for (at, wording) in written.wordings.iter().enumerate() {
            for (number, value) in wording.wording.values.iter().enumerate() {
                for (word, _) in &value.fields {
                    match noun(word) {
                        Some(noun) => {
                            checker.lend(&Binding { name: word.clone(), noun, epoch: Epoch::Today });
                        }
                        None => checker.tell(unknown_noun(&Spanned::new(word.clone(), place(&written.wordings[at], number)))),
                    }
                }
            }
        }
        let known = |value: &crate::language::log::Value| value.fields.iter().all(|(word, _)| noun(word).is_some());
        let sound: Vec<WordingFile> = written.wordings.iter().filter(|written| written.wording.values.iter().all(known)).cloned().collect();
        let ties = ties(&mut checker, scope, &sound);
        let frame = std::mem::take(&mut checker.frame);
        messages.push(Message {
            severity: severity(overrides, &id, written.severity.map(|severity| severity.value)),
            id,
            title: written.title.clone().unwrap_or_else(|| name.value.replace('-', " ")),
            wordings: sought(&sound),
            frame,
            ties,
            reference: Reference {
                why: written.why.clone(),
                help: written.help.clone(),
                vendor: texts(&written.wordings, false),
                log: texts(&written.wordings, true),
                covers: written.covers.clone(),
                sources: written.sources.clone(),
                ..Reference::default()
            },
            span: written.span,
        });
    }
    messages
}

/// A test names a message or a rule of this pack, and values that it has.
pub(super) fn tests(file: &PackFile, mistakes: &mut Mistakes) {
    for test in &file.log_tests {
        let wordings = of(file, &test.of.value, test.rule);
        let Some(wordings) = wordings else {
            let what = if test.rule { "rule" } else { "message" };
            let rules = file.rules.iter().map(|rule| rule.name.value.as_str()).filter(|_| test.rule);
            let names = rules.chain(file.messages.iter().map(|message| message.name.value.as_str()).filter(|_| !test.rule));
            let message = format!("no {what} `{}` in this pack", test.of.value);
            let mistake = Mistake::error("unknown-rule", test.of.span, message, "unknown name");
            mistakes.push(mistake.meant_or(
                suggestion(&test.of.value, names),
                "a test names a [[message]], or a rule with `vendor` or `log`, of its own pack",
            ));
            continue;
        };
        let names: Vec<&str> = wordings.iter().flat_map(|wording| &wording.values).map(|value| value.name.as_str()).collect();
        for (name, _) in test.expect.iter().flatten() {
            if !names.contains(&name.value.as_str()) {
                let message = format!("`{}` has no value `{}`", test.of.value, name.value);
                let mut known: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                known.dedup();
                let mistake = Mistake::error("unknown-value", name.span, message, "not one of its values");
                mistakes.push(mistake.help(match known.as_slice() {
                    [] => "its text has no values: a line is expected as `{}`".to_owned(),
                    known => format!("its values are {}", List(known, "and")),
                }));
            }
        }
    }
}

/// How a message or a rule is worded.
fn of<'f>(file: &'f PackFile, name: &str, rule: bool) -> Option<Vec<&'f Wording>> {
    let wordings = if rule {
        &file.rules.iter().find(|rule| rule.name.value == name)?.wordings
    } else {
        &file.messages.iter().find(|message| message.name.value == name)?.wordings
    };
    Some(wordings.iter().map(|written| &written.wording).collect())
}
