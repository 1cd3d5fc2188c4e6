//! What comes of a run: proposed accounts for rules, and the ledger of the next run.
use super::ledger::Entry;
use super::solve::{Fate, account};
use super::{Accounts, Ledger};
use crate::model::{FieldId, NounId};
use crate::roster::Sym;
use std::collections::{BTreeMap, BTreeSet};

impl Accounts<'_, '_> {
    /// Lets rules see the accounts that would be created, as `proposed account p`. Those that exist are not among them.
    pub fn propose(&self) {
        let mut fields: BTreeSet<FieldId> = BTreeSet::new();
        for run in &self.runs {
            fields.extend(run.naming.fields.iter().map(|(field, _)| *field).chain(run.naming.record.iter().map(|(field, _)| *field)));
        }
        let mut columns: BTreeMap<FieldId, Vec<Sym>> = fields.into_iter().map(|field| (field, Vec::new())).collect();
        let mut people: Vec<(NounId, u32)> = Vec::new();
        for run in &self.runs {
            let width = run.naming.fields.len();
            for (person, row) in run.rows.iter().enumerate() {
                if matches!(run.fate[person], Fate::Created | Fate::Remembered) {
                    people.push((run.naming.noun(), *row));
                    let values = &run.values[person * width..(person + 1) * width];
                    columns.iter_mut().for_each(|(field, column)| column.push(run.other(person, values, *field)));
                }
            }
        }
        self.columns.dataset.propose(account(), columns.into_iter().collect(), people);
    }

    /// The ledger after this run, when what it proposes is done on `today`, the day of the plan: names that are had or given are seen on that day,
    /// all others stay as they are.
    #[must_use]
    pub fn committed(&self) -> Ledger {
        let symbols = self.columns.dataset.symbols();
        let mut ledger: BTreeMap<(String, String, String, String), Entry> = BTreeMap::new();
        let of = |entry: &Entry| (entry.scope.clone(), entry.field.clone(), entry.name.clone(), entry.holder.clone());
        for entry in &self.ledger.entries {
            ledger.insert(of(entry), entry.clone());
        }
        let mut key = Vec::new();
        for run in &self.runs {
            let width = run.naming.fields.len();
            for person in 0..run.rows.len() {
                let had = matches!(run.fate[person], Fate::Exists | Fate::Differs | Fate::Created | Fate::Remembered);
                if !had || run.identity[run.rows[person] as usize] == Sym::MISSING {
                    continue;
                }
                let values = &run.values[person * width..(person + 1) * width];
                for (at, name) in values.iter().enumerate().filter(|(_, name)| **name != Sym::MISSING) {
                    let mut scopes = Vec::new();
                    for place in &run.scopes[at] {
                        let scope = &self.scopes[*place];
                        let other = |field| run.other(person, values, field);
                        if scope.key_of(symbols, self.today, run.naming.fields[at].0, *name, &other, &mut key) {
                            scopes.push(scope.words(symbols, &key));
                        }
                    }
                    if scopes.is_empty() {
                        scopes.push(String::new());
                    }
                    for scope in scopes {
                        let (field, holder) = (run.field(at), run.holder(symbols, person));
                        let name = symbols.text(*name).to_owned();
                        let entry = Entry { scope, field, name, holder, given: self.today, last_seen: self.today };
                        ledger.entry(of(&entry)).and_modify(|known| known.last_seen = known.last_seen.max(self.today)).or_insert(entry);
                    }
                }
            }
        }
        Ledger { entries: ledger.into_values().collect() }
    }
}
