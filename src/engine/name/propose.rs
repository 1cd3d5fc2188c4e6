//! What comes of a run: proposed accounts for rules, and the ledger of the next run.
use super::ledger::{Entry, Known};
use super::solve::{Fate, account};
use super::{Accounts, Ledger};
use crate::model::{Epoch, FieldId, FieldRef, NounId};
use crate::roster::Sym;
use hashbrown::HashTable;
use rayon::slice::ParallelSliceMut;
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

    /// Adds the names of accounts that are of nobody any more: when the accounts go too, the names stay taken.
    fn remember_gone(&self, ledger: &mut Ledger) {
        let dataset = self.columns.dataset;
        let Some(table) = dataset.table(account(), Epoch::Today) else { return };
        let known: BTreeSet<(String, String, String)> =
            ledger.entries.iter().map(|entry| (entry.field.to_string(), entry.name.clone(), entry.holder.to_string())).collect();
        for run in &self.runs {
            for row in &run.gone {
                let holder = format!("account {}", dataset.identity(table, *row));
                for (at, (field, _)) in run.naming.fields.iter().enumerate() {
                    let Some(column) = table.column(&FieldRef::Field(*field)) else { continue };
                    let sym = column[*row as usize];
                    let (name, written) = (dataset.symbols().text(sym).to_owned(), run.field(at));
                    if name.is_empty() || known.contains(&(written.clone(), name.clone(), holder.clone())) {
                        continue;
                    }
                    let other = |field| table.column(&FieldRef::Field(field)).map_or(Sym::MISSING, |column| column[*row as usize]);
                    let mut key = Vec::new();
                    let mut scopes: Vec<String> = Vec::new();
                    for scope in run.scopes[at].iter().map(|place| &self.scopes[*place]) {
                        if scope.key_of(dataset.symbols(), self.today, *field, sym, &other, &mut key) {
                            scopes.push(scope.words(dataset.symbols(), &key));
                        }
                    }
                    if scopes.is_empty() {
                        scopes.push(String::new());
                    }
                    for scope in scopes {
                        let (field, holder, name) = (written.as_str().into(), holder.as_str().into(), name.clone());
                        ledger.entries.push(Entry {
                            scope: scope.as_str().into(),
                            field,
                            name,
                            holder,
                            given: self.today,
                            last_seen: self.today,
                        });
                    }
                }
            }
        }
    }

    /// The ledger after this run, when what it proposes is done on `today`, the day of the plan: names that are had or given are seen on that day,
    /// all others stay as they are.
    #[must_use]
    pub fn committed(&self) -> Ledger {
        let symbols = self.columns.dataset.symbols();
        let hasher = hashbrown::DefaultHashBuilder::default();
        let mut ledger = self.ledger.clone();
        let mut places: HashTable<u32> = HashTable::with_capacity(ledger.entries.len());
        for (at, entry) in ledger.entries.iter().enumerate() {
            places.insert_unique(entry.hash(&hasher), at as u32, |at| ledger.entries[*at as usize].hash(&hasher));
        }
        let mut known = Known::default();
        let mut key = Vec::new();
        for run in &self.runs {
            let width = run.naming.fields.len();
            let fields: Vec<_> = (0..width).map(|at| known.share(&run.field(at))).collect();
            for person in 0..run.rows.len() {
                // Who is blocked by a finding keeps what was given before.
                let fate = run.fate[person];
                let had = matches!(fate, Fate::Exists | Fate::Differs | Fate::Created | Fate::Remembered | Fate::Finding(..));
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
                            scopes.push(known.share(&scope.words(symbols, &key)));
                        }
                    }
                    if scopes.is_empty() {
                        scopes.push(known.share(""));
                    }
                    for scope in scopes {
                        let (field, holder) = (fields[at].clone(), run.holder(symbols, person));
                        let name = symbols.text(*name).to_owned();
                        let entry = Entry { scope, field, name, holder, given: self.today, last_seen: self.today };
                        let hash = entry.hash(&hasher);
                        match places.find(hash, |at| ledger.entries[*at as usize].is_same(&entry)) {
                            Some(at) => {
                                let known = &mut ledger.entries[*at as usize];
                                known.last_seen = known.last_seen.max(self.today);
                            }
                            None => {
                                ledger.entries.push(entry);
                                let at = ledger.entries.len() as u32 - 1;
                                places.insert_unique(hash, at, |at| ledger.entries[*at as usize].hash(&hasher));
                            }
                        }
                    }
                }
            }
        }
        self.remember_gone(&mut ledger);
        ledger.entries.par_sort_unstable();
        ledger
    }
}
