//! A pack's `[[merge]]` tables, the tests of merges, and files of decisions.
use super::file_merge::{ExpectedMerge, MergeFile};
use super::merge::{Decision, Keep, Part};
use super::read::{Reader, spanned, text_of};
use crate::document::{self, Keys, Node, Table, Value};
use crate::finding::{Mistake, Mistakes, suggestion};
use crate::language::parse;
use crate::language::syntax::Condition;
use crate::source::{Sources, Spanned, TextId};

/// Keys whose strings hold the language, for `explain`.
const TOLD: [&str; 8] = ["of", "compare", "same", "likely", "never", "shared", "keeps", "collects"];

/// Conditions of a kind that a merge may have: each is a bit of what is remembered of a pair.
const MOST_PROOFS: usize = 30;

impl Reader<'_> {
    pub(super) fn merge(&mut self, table: &Table) -> Option<MergeFile> {
        let mut keys = Keys::new(table, "[[merge]]");
        let name = keys.required("name", self.mistakes);
        if let Some(name) = name {
            self.kebab(name, "the name of a merge");
        }
        let text = told(table);
        let title = self.string(&mut keys, "title");
        let severity = self.severity(&mut keys);
        let message = self.template(&mut keys, "message");
        let help = self.template(&mut keys, "help");
        let why = self.string(&mut keys, "why");
        let covers = self.strings(&mut keys, "covers");
        let sources = self.sources(&mut keys);
        let follows = self.follows(&mut keys, "follows");
        let of = keys.required("of", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
        if !keys.has("compare") {
            let mistake = Mistake::error("missing-key", keys.span(), "[[merge]] has no `compare`", "`compare = [...]` belongs here");
            self.mistakes.push(
                mistake.help("say how a record finds those that it is compared with: `compare = ['contact d where d.email = c.email']`"),
            );
        }
        let compare = self.clause(&mut keys, "compare");
        let same = self.proofs(&mut keys, "same");
        let likely = self.proofs(&mut keys, "likely");
        let never = self.proofs(&mut keys, "never");
        if !keys.has("same") && !keys.has("likely") && !keys.has("score") {
            let mistake =
                Mistake::error("missing-key", keys.span(), "nothing here proves or suggests that two records are one", "no `same`");
            self.mistakes.push(mistake.help("add what proves it, `same = ['c.email = d.email and c.last_name = d.last_name']`, or what a person should look at, `likely`"));
        }
        let score = keys.table("score", self.mistakes).map(|table| self.score(table));
        let shared = self.list_of_values(&mut keys, "shared");
        let common = self.number(&mut keys, "common", 2, 1_000_000).map(|number| number as u32);
        let mut switch = |key: &'static str| {
            let span = keys.key_span(key);
            (keys.flag(key, self.mistakes) == Some(true)).then_some(span)
        };
        let (one_to_one, present) = (switch("one_to_one"), switch("present"));
        let keeps = self.list_of_values(&mut keys, "keeps");
        let values = keys.table("values", self.mistakes).map(|table| self.kept_values(table)).unwrap_or_default();
        let collects = keys.text("collects", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
        let span = keys.span();
        keys.finish(self.mistakes);
        Some(MergeFile {
            name: spanned(name?),
            title,
            severity,
            message,
            help,
            why,
            covers,
            sources,
            follows,
            of,
            compare,
            same,
            likely,
            never,
            score,
            shared,
            common,
            one_to_one,
            present,
            keeps,
            values,
            collects,
            text,
            span,
        })
    }

    fn proofs(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Vec<(Condition, String)> {
        let texts = keys.texts(key, self.mistakes);
        if let Some(beyond) = texts.get(MOST_PROOFS) {
            let message = format!("more than {MOST_PROOFS} conditions under `{key}`");
            self.mistakes.push(Mistake::error("wrong-kind", beyond.span(), message, "one too many").help("join some of them by `or`"));
        }
        let read = texts.into_iter().take(MOST_PROOFS);
        read.filter_map(|text| {
            Some((parse::condition(text, self.mistakes)?, text.as_str().split_whitespace().collect::<Vec<_>>().join(" ")))
        })
        .collect()
    }

    fn list_of_values(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Vec<crate::language::syntax::Value> {
        let texts = keys.texts(key, self.mistakes).into_iter();
        texts.flat_map(|text| parse::values(text, self.mistakes).unwrap_or_default()).collect()
    }

    fn kept_values(&mut self, table: &Table) -> Vec<(Spanned<String>, Keep)> {
        let mut values = Vec::new();
        for entry in &table.entries {
            let written = text_of(&entry.node).unwrap_or_default();
            match Keep::ALL.iter().find(|(_, word)| *word == written) {
                Some((keep, _)) => values.push((Spanned::new(entry.key.clone(), entry.key_span), *keep)),
                None => {
                    let words = Keep::ALL.map(|(_, word)| word);
                    let mistake =
                        Mistake::error("wrong-kind", entry.node.span, format!("no way to keep `{}`", entry.key), "not such a word");
                    let help = "write \"present\" (the survivor's, or the first that is there), \"newest\" (the last by `keeps`), \"most\" or \"longest\"";
                    self.mistakes.push(mistake.meant_or(suggestion(&written, words), help));
                }
            }
        }
        values
    }

    /// `decisions` of a test.
    pub(super) fn test_decisions(&mut self, keys: &mut Keys<'_>, merge: &Spanned<String>) -> Vec<Decision> {
        let Some(node) = keys.node("decisions") else { return Vec::new() };
        let tables = tables(node, "decisions", "{ records = [\"1\", \"2\"], is = \"different\" }", self.mistakes);
        tables.into_iter().filter_map(|table| self.decision(table, Some(merge))).collect()
    }

    /// One decision. In a test, whose merge is known, `merge` need not be said.
    fn decision(&mut self, table: &Table, known: Option<&Spanned<String>>) -> Option<Decision> {
        let mut keys = Keys::new(table, "a decision");
        let merge = match known {
            Some(merge) => Some(merge.clone()),
            None => keys.required("merge", self.mistakes).map(spanned),
        };
        let records: Vec<Spanned<String>> = keys.texts("records", self.mistakes).into_iter().map(spanned).collect();
        if records.len() < 2 {
            let mistake = Mistake::error("missing-key", keys.span(), "a decision is about two records or more", "not enough `records`");
            self.mistakes.push(mistake.help("name them by their ids: `records = [\"80209\", \"80218\"]`"));
        }
        let is = keys.required("is", self.mistakes).and_then(|text| match text.as_str() {
            "same" => Some(true),
            "different" => Some(false),
            other => {
                let mistake = Mistake::error(
                    "wrong-kind",
                    text.span(),
                    format!("records are the same or different, not `{other}`"),
                    "neither of these",
                );
                self.mistakes.push(mistake.meant_or(suggestion(other, ["same", "different"]), "write \"same\" or \"different\""));
                None
            }
        });
        let reason = self.string(&mut keys, "reason").unwrap_or_default();
        let date = match keys.node("date").map(|node| (&node.value, node.span)) {
            Some((Value::Date(date), _)) => date.clone(),
            Some((other, span)) => {
                let mistake = Mistake::error("wrong-kind", span, format!("`date` must be a date, not {}", other.word()), "expected a date");
                self.mistakes.push(mistake.help("write `date = 2026-11-22`, without quotes"));
                String::new()
            }
            None => String::new(),
        };
        keys.finish(self.mistakes);
        (records.len() >= 2).then_some(())?;
        Some(Decision { merge: merge?, records, same: is?, reason, date })
    }

    /// `expect` of a test of a merge.
    pub(super) fn expect_merges(&mut self, keys: &mut Keys<'_>) -> Option<Vec<ExpectedMerge>> {
        let form = "{ same = [\"1\", \"2\"] }";
        let absent = "name the records that are one, `expect = [{ same = [\"1\", \"2\"] }]`, or none: `expect = []`";
        let mut all = Vec::new();
        for table in self.expected(keys, "a merge", absent, form)? {
            all.extend(self.expected_merge(table, form));
        }
        Some(all)
    }

    fn expected_merge(&mut self, table: &Table, form: &str) -> Option<ExpectedMerge> {
        let list = |node: &Node| -> Option<Vec<String>> {
            match &node.value {
                Value::List(list) => list.iter().map(text_of).collect(),
                _ => None,
            }
        };
        let mut found: Option<(Part, Vec<String>)> = None;
        let (mut keeps, mut sees, mut values) = (None, None, Vec::new());
        for entry in &table.entries {
            let key = entry.key.as_str();
            let part = Part::ALL.into_iter().find(|part| part.word() == key);
            let wrong = match part {
                Some(part) => {
                    let records = list(&entry.node);
                    let wrong = records.is_none();
                    found = records.map(|records| (part, records)).or(found);
                    wrong
                }
                None if key == "sees" => {
                    sees = list(&entry.node);
                    sees.is_none()
                }
                None => match text_of(&entry.node) {
                    Some(text) if key == "keeps" => {
                        keeps = Some(text);
                        false
                    }
                    Some(text) => {
                        values.push((Spanned::new(key.to_owned(), entry.key_span), text));
                        false
                    }
                    None => true,
                },
            };
            if wrong {
                let kind = if part.is_some() || key == "sees" { "a list of strings" } else { "a string" };
                let message = format!("`{key}` must be {kind}, not {}", entry.node.value.word());
                self.mistakes.push(
                    Mistake::error("wrong-kind", entry.node.span, message, format!("expected {kind}")).help(format!("write `{form}`")),
                );
            }
        }
        let Some((part, records)) = found else {
            // A wrong kind was told already.
            if table.entries.iter().any(|entry| Part::ALL.iter().any(|part| part.word() == entry.key)) {
                return None;
            }
            let message = "an expected merge says `same`, `likely` or `contradicted`";
            self.mistakes.push(Mistake::error("missing-key", table.span, message, "none of these").help(format!("write `{form}`")));
            return None;
        };
        Some(ExpectedMerge { part, records, keeps, sees, values })
    }
}

/// The tables of a list; anything else is reported.
fn tables<'n>(node: &'n Node, key: &str, form: &str, mistakes: &mut Mistakes) -> Vec<&'n Table> {
    let Value::List(list) = &node.value else {
        let message = format!("`{key}` must be a list, not {}", node.value.word());
        mistakes.push(Mistake::error("wrong-kind", node.span, message, "expected a list").help(format!("write `{key} = [{form}]`")));
        return Vec::new();
    };
    let mut tables = Vec::new();
    for item in list {
        match &item.value {
            Value::Table(table) => tables.push(table),
            other => {
                let message = format!("an entry of `{key}` is a table, not {}", other.word());
                mistakes.push(Mistake::error("wrong-kind", item.span, message, "expected a table").help(format!("write `{form}`")));
            }
        }
    }
    tables
}

/// What a table says in the language, as written.
fn told(table: &Table) -> Vec<(&'static str, String)> {
    let mut text = Vec::new();
    for key in TOLD {
        let mut add = |node: &Node| text.extend(text_of(node).map(|written| (key, written.trim().to_owned())));
        match table.get(key) {
            Some(Node { value: Value::List(list), .. }) => list.iter().for_each(&mut add),
            Some(node) => add(node),
            None => {}
        }
    }
    for key in ["common", "one_to_one", "present"] {
        match table.get(key).map(|node| &node.value) {
            Some(Value::Integer(number)) => text.push((key, number.to_string())),
            Some(Value::Flag(flag)) => text.push((key, flag.to_string())),
            _ => {}
        }
    }
    text
}

/// Reads a file of decisions, `[[decision]]` by `[[decision]]`.
pub fn read_decisions(sources: &Sources, text: TextId, mistakes: &mut Mistakes) -> Vec<Decision> {
    let root = document::parse(sources, text, mistakes);
    let mut keys = Keys::new(&root, "a file of decisions");
    let mut decisions = Vec::new();
    for table in keys.tables("decision", mistakes) {
        decisions.extend(Reader { mistakes }.decision(table, None));
    }
    keys.finish(mistakes);
    decisions
}
