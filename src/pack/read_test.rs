//! A pack's `[[test]]` tables: rows, and the findings that are expected of them.
use super::file::{Expected, Given, TestFile};
use super::read::{Reader, spanned, text_of};
use crate::document::{Keys, Table, Value};
use crate::finding::Mistake;
use crate::model::{Epoch, day};
use crate::source::Spanned;

impl Reader<'_> {
    pub(super) fn test(&mut self, table: &Table) -> Option<TestFile> {
        let mut keys = Keys::new(table, "[[test]]");
        let rule = keys.required("rule", self.mistakes).map(spanned);
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
        let expect = self.expect(&mut keys);
        let span = keys.span();
        keys.finish(self.mistakes);
        Some(TestFile { rule: rule?, name, given, expect: expect?, settings, lists, date, span })
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
                other => {
                    let message = format!("the rows of `{}` must be a string of CSV, not {}", entry.key, other.word());
                    let help = "write the header and the rows between three quotes, as in a CSV file";
                    self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a string").help(help));
                }
            }
        }
    }

    fn expect(&mut self, keys: &mut Keys<'_>) -> Option<Vec<Expected>> {
        let span = keys.span();
        let Some(node) = keys.node("expect") else {
            let mistake = Mistake::error("missing-key", span, "[[test]] has no `expect`", "`expect = [...]` belongs here");
            self.mistakes.push(mistake.help("name the records that must be found, `expect = [{ s = \"5n3f\" }]`, or none: `expect = []`"));
            return None;
        };
        let Value::List(list) = &node.value else {
            let message = format!("`expect` must be a list, not {}", node.value.word());
            let help = "write `expect = [{ s = \"5n3f\" }]`, or `expect = []` when nothing may be found";
            self.mistakes.push(Mistake::error("wrong-kind", node.span, message, "expected a list").help(help));
            return None;
        };
        let mut expect = Vec::new();
        for item in list {
            let Value::Table(table) = &item.value else {
                let message = format!("a finding is expected as a table, not {}", item.value.word());
                let help = "write `{ s = \"5n3f\" }`: the variable and the record's identity";
                self.mistakes.push(Mistake::error("wrong-kind", item.span, message, "expected a table").help(help));
                continue;
            };
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
