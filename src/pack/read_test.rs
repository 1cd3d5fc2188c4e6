//! A pack's `[[test]]` tables: rows, and the findings that are expected of them.
use super::file::{Expected, ExpectedPerson, Given, NamingTest, PackFile, Setup, TestFile};
use super::file_merge::MergeTest;
use super::file_sync::SyncTest;
use super::fix::FixTest;
use super::read::{Reader, spanned, text_of};
use crate::document::{Keys, Table, Value};
use crate::finding::Mistake;
use crate::model::{Epoch, day};
use crate::source::Spanned;

impl Reader<'_> {
    /// A test of a rule, of a naming schema, of a merge or of a fix.
    pub(super) fn test(&mut self, table: &Table, pack: &mut PackFile) {
        let mut keys = Keys::new(table, "[[test]]");
        let other = ["naming", "merge", "fix", "sync", "message"].into_iter().find(|key| keys.has(key));
        let of = other.and_then(|key| keys.text(key, self.mistakes)).map(spanned);
        for key in ["rule", "merge", "fix", "sync", "message"].into_iter().filter(|key| other.is_some_and(|other| other != *key)) {
            if keys.has(key) {
                let message = "a test is of a rule, of a naming schema, of a merge, of a fix, of a sync or of a message";
                let label = format!("not beside `{}`", other.unwrap_or_default());
                self.mistakes.push(Mistake::error("wrong-kind", keys.key_span(key), message, label).help("write two tests"));
                keys.node(key);
            }
        }
        let rule = if other.is_none() { keys.required("rule", self.mistakes).map(spanned) } else { None };
        let setup = self.setup(&mut keys);
        match (other, of) {
            (Some("naming"), of) => {
                let expect = self.expect_people(&mut keys);
                pack.naming_tests.extend(of.zip(expect).map(|(naming, expect)| NamingTest { naming, setup, expect }));
            }
            (Some("fix"), of) => {
                let expect = self.expect_rows(&mut keys);
                pack.fix_tests.extend(of.zip(expect).map(|(fix, expect)| FixTest { fix, setup, expect }));
            }
            (Some("sync"), of) => {
                let hold = self.test_hold(&mut keys);
                let expect = self.expect_outcomes(&mut keys);
                pack.sync_tests.extend(of.zip(expect).map(|(sync, expect)| SyncTest { sync, setup, expect, hold }));
            }
            (Some("message"), of) => self.log_test(&mut keys, of, false, setup, pack),
            (None, _) if keys.has("log") => self.log_test(&mut keys, rule, true, setup, pack),
            (Some(_), of) => {
                let decisions = of.as_ref().map(|merge| self.test_decisions(&mut keys, merge)).unwrap_or_default();
                let expect = self.expect_merges(&mut keys);
                pack.merge_tests.extend(of.zip(expect).map(|(merge, expect)| MergeTest { merge, setup, decisions, expect }));
            }
            (None, _) => {
                let expect = self.expect(&mut keys);
                pack.tests.extend(rule.zip(expect).map(|(rule, expect)| TestFile { rule, setup, expect }));
            }
        }
        keys.finish(self.mistakes);
    }

    fn setup(&mut self, keys: &mut Keys<'_>) -> Setup {
        let name = keys.required("name", self.mistakes).map(|text| text.as_str().to_owned()).unwrap_or_default();
        let mut given = Vec::new();
        if let Some(table) = keys.table("given", self.mistakes) {
            self.given(table, Epoch::Today, &mut given);
        }
        let settings = keys.table("settings", self.mistakes).map(|table| self.settings(table)).unwrap_or_default();
        let mut lists = Vec::new();
        if let Some(table) = keys.table("lists", self.mistakes) {
            for entry in &table.entries {
                let values = match &entry.node.value {
                    Value::List(list) => list.iter().filter_map(text_of).collect(),
                    other => {
                        let message = format!("the list `{}` must be a list of strings, not {}", entry.key, other.word());
                        let help = format!("write `lists.{} = ['...']`", entry.key);
                        self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a list").help(help));
                        Vec::new()
                    }
                };
                lists.push((Spanned::new(entry.key.clone(), entry.key_span), values));
            }
        }
        let date = keys.node("date").and_then(|node| match &node.value {
            Value::Date(date) => {
                let read = day(date);
                if read.is_none() {
                    let mistake = Mistake::error("wrong-kind", node.span, format!("`{date}` is no day"), "expected a day");
                    self.mistakes.push(mistake.help("write `date = 2026-11-22`"));
                }
                read
            }
            other => {
                let message = format!("`date` must be a date, not {}", other.word());
                self.mistakes.push(
                    Mistake::error("wrong-kind", node.span, message, "expected a date").help("write `date = 2026-11-22`, without quotes"),
                );
                None
            }
        });
        Setup { name, given, settings, lists, date, span: keys.span() }
    }

    fn given(&mut self, table: &Table, epoch: Epoch, given: &mut Vec<Given>) {
        for entry in &table.entries {
            match &entry.node.value {
                Value::Text(csv) => given.push(Given {
                    noun: Spanned::new(entry.key.clone(), entry.key_span),
                    epoch,
                    csv: csv.as_str().to_owned(),
                    span: entry.node.span,
                }),
                Value::Table(inner) if epoch == Epoch::Today && entry.key == "previous" => self.given(inner, Epoch::Previous, given),
                Value::Table(inner) if epoch == Epoch::Today && entry.key == "proposed" => self.given(inner, Epoch::Proposed, given),
                Value::Table(inner) if epoch == Epoch::Today && entry.key == "earlier" => self.given(inner, Epoch::Earlier, given),
                other => {
                    let message = format!("the rows of `{}` must be a string of CSV, not {}", entry.key, other.word());
                    let help = "write the header and the rows between three quotes, as in a CSV file";
                    self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a string").help(help));
                }
            }
        }
    }

    /// The tables of `expect`, in the words of what is expected.
    pub(super) fn expected<'k>(&mut self, keys: &mut Keys<'k>, what: &str, absent: &str, form: &str) -> Option<Vec<&'k Table>> {
        let span = keys.span();
        let Some(node) = keys.node("expect") else {
            let mistake = Mistake::error("missing-key", span, "[[test]] has no `expect`", "`expect = [...]` belongs here");
            self.mistakes.push(mistake.help(absent));
            return None;
        };
        let Value::List(list) = &node.value else {
            let message = format!("`expect` must be a list, not {}", node.value.word());
            let help = format!("write `expect = [{form}]`, or `expect = []` when nothing may be found");
            self.mistakes.push(Mistake::error("wrong-kind", node.span, message, "expected a list").help(help));
            return None;
        };
        let mut tables = Vec::new();
        for item in list {
            match &item.value {
                Value::Table(table) => tables.push(table),
                other => {
                    let message = format!("{what} is expected as a table, not {}", other.word());
                    let help = format!("write `{form}`: the variable and the record's identity");
                    self.mistakes.push(Mistake::error("wrong-kind", item.span, message, "expected a table").help(help));
                }
            }
        }
        Some(tables)
    }

    fn expect_people(&mut self, keys: &mut Keys<'_>) -> Option<Vec<ExpectedPerson>> {
        let form = "{ s = \"5n3f\", username = \"mchen31\" }";
        let absent = format!("say what becomes of each person: `expect = [{form}]`");
        let tables = self.expected(keys, "a person", &absent, form)?;
        let mut people = Vec::new();
        for table in tables {
            let mut texts = Vec::new();
            for entry in &table.entries {
                match &entry.node.value {
                    Value::Text(text) => texts.push((Spanned::new(entry.key.clone(), entry.key_span), text)),
                    other => {
                        let message = format!("`{}` must be a string, not {}", entry.key, other.word());
                        let help = format!("write `{} = \"...\"`", entry.key);
                        self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a string").help(help));
                    }
                }
            }
            let mut texts = texts.into_iter();
            let Some((variable, id)) = texts.next() else {
                if !table.entries.is_empty() {
                    continue;
                }
                let mistake = Mistake::error("missing-key", table.span, "a person is named by the variable of `for`", "nobody");
                self.mistakes.push(mistake.help(format!("write `{form}`")));
                continue;
            };
            let person = (variable, id.as_str().to_owned());
            let mut expected = ExpectedPerson { person, fields: Vec::new(), blocked: None, state: None };
            for (key, text) in texts {
                match key.value.as_str() {
                    "blocked" => expected.blocked = Some(text.as_str().to_owned()),
                    "state" => expected.state = Some(spanned(text)),
                    _ => expected.fields.push((key, text.as_str().to_owned())),
                }
            }
            people.push(expected);
        }
        Some(people)
    }

    /// What a test of a log expects: the values of each line that is known.
    pub(super) fn expect_values(&mut self, keys: &mut Keys<'_>) -> Option<Vec<Expected>> {
        let absent = "name the values of each line that must be known, `expect = [{ login = \"robrien\" }]`, or none: `expect = []`";
        self.records(keys, "a known line", absent, "{ login = \"robrien\" }")
    }

    fn expect(&mut self, keys: &mut Keys<'_>) -> Option<Vec<Expected>> {
        let absent = "name the records that must be found, `expect = [{ s = \"5n3f\" }]`, or none: `expect = []`";
        self.records(keys, "a finding", absent, "{ s = \"5n3f\" }")
    }

    fn records(&mut self, keys: &mut Keys<'_>, what: &str, absent: &str, form: &str) -> Option<Vec<Expected>> {
        let mut expect = Vec::new();
        for table in self.expected(keys, what, absent, form)? {
            let mut records = Vec::new();
            for entry in &table.entries {
                let ids = match &entry.node.value {
                    Value::List(list) => list.iter().filter_map(text_of).collect(),
                    Value::Text(text) => vec![text.as_str().to_owned()],
                    other => {
                        let message = format!("a record is named by its identity in quotes, not by {}", other.word());
                        let help = "write `{ s = \"5n3f\" }`, or of a group `{ x = [\"1\", \"2\"] }`";
                        self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a string").help(help));
                        continue;
                    }
                };
                records.push((Spanned::new(entry.key.clone(), entry.key_span), ids));
            }
            expect.push(records);
        }
        Some(expect)
    }
}
