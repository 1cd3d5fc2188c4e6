//! One person of a schema, in words and places; worked out only when it is asked for.
use super::people::fields;
use super::scopes::{Holder, Scope};
use super::solve::{Fate, account, id_of};
use super::{Accounts, PersonAccount, Run, SchemaRun, SchoolCount, State};
use crate::engine::describe;
use crate::engine::index::NO_ROW;
use crate::finding::{List, Record};
use crate::language::names::lookalike;
use crate::model::{Epoch, FieldId, FieldRef, NounId};
use crate::naming::Step;
use crate::roster::Sym;
use hashbrown::HashMap;
use std::collections::BTreeMap;

impl<'p> SchemaRun<'_, 'p, '_> {
    fn text(&self, sym: Sym) -> Option<String> {
        (sym != Sym::MISSING).then(|| self.accounts.columns.dataset.symbols().text(sym).to_owned())
    }

    /// The identity of a person.
    #[must_use]
    pub fn id(&self, at: usize) -> &str {
        let run = self.run();
        self.accounts.columns.dataset.symbols().text(run.identity[run.rows[at] as usize])
    }

    /// The person of that identity.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<usize> {
        let run = self.run();
        let id = self.accounts.columns.dataset.symbols().get(id).filter(|id| *id != Sym::MISSING)?;
        let id = run.one.ids.iter().find(|(own, _)| *own == id).map_or(id, |(_, survivor)| *survivor);
        run.rows.iter().position(|row| run.identity[*row as usize] == id)
    }

    /// The records of people who are blocked, every record of each: its row, and the person.
    pub(in crate::engine) fn nameless(&self) -> Vec<(u32, usize)> {
        let run = self.run();
        let people = || (0..run.rows.len()).filter(|at| blocked(run.fate[*at]));
        let by_id: HashMap<Sym, usize> =
            people().map(|at| (run.identity[run.rows[at] as usize], at)).filter(|(id, _)| *id != Sym::MISSING).collect();
        let without_id = people().map(|at| (run.rows[at], at)).filter(|(row, _)| run.identity[*row as usize] == Sym::MISSING);
        let rows = run.identity.iter().enumerate().filter(|_| !by_id.is_empty());
        without_id.chain(rows.filter_map(|(row, id)| Some((row as u32, *by_id.get(id)?)))).collect()
    }

    /// The name that a person has, keeps or gets in a field of the schema.
    #[must_use]
    pub fn value(&self, at: usize, field: usize) -> Option<&str> {
        let value = if blocked(self.run().fate[at]) { Sym::MISSING } else { self.run().value(at, field) };
        (value != Sym::MISSING).then(|| self.accounts.columns.dataset.symbols().text(value))
    }

    /// Where in the schema the name of a person stands who gets an account under a new name.
    #[must_use]
    pub fn step(&self, at: usize) -> Option<Step> {
        (self.run().fate[at] == Fate::Created).then(|| self.run().steps[at])
    }

    /// What becomes of a person, in the words of [`crate::pack::STATES`]; [`person`](Self::person) says why.
    #[must_use]
    pub fn state(&self, at: usize) -> &'static str {
        crate::pack::STATES[place(self.run().fate[at])]
    }

    /// The school: of `record`, or of the person.
    #[must_use]
    pub fn school(&self, at: usize) -> Option<&str> {
        let school = self.school_of(at);
        (school != Sym::MISSING).then(|| self.accounts.columns.dataset.symbols().text(school))
    }

    fn school_of(&self, at: usize) -> Sym {
        let run = self.run();
        let field = account().field("school_id");
        if let Some(nth) = run.naming.record.iter().position(|(known, _)| Some(*known) == field) {
            return run.record[nth][run.rows[at] as usize];
        }
        let own = run.naming.noun().field("school_id").map(FieldRef::Field);
        let column = own.and_then(|own| self.accounts.columns.dataset.table(run.naming.noun(), Epoch::Today)?.column(&own));
        column.map_or(Sym::MISSING, |column| column[run.rows[at] as usize])
    }

    /// How many people are in each state, by school, in the order of their texts; people without a school last.
    #[must_use]
    pub fn counts(&self) -> Vec<SchoolCount> {
        let mut counts: BTreeMap<Sym, [u64; 4]> = BTreeMap::new();
        for at in 0..self.len() {
            counts.entry(self.school_of(at)).or_default()[place(self.run().fate[at])] += 1;
        }
        let mut counts: Vec<SchoolCount> =
            counts.into_iter().map(|(school, states)| SchoolCount { school: self.text(school), states }).collect();
        counts.sort_by(|a, b| (a.school.is_none(), &a.school).cmp(&(b.school.is_none(), &b.school)));
        counts
    }

    /// A person, with everything that there is to say.
    #[must_use]
    pub fn person(&self, at: usize) -> PersonAccount {
        let (run, accounts) = (self.run(), self.accounts);
        let naming = run.naming;
        let width = naming.fields.len();
        let record = accounts.record(naming.variable(), naming.noun(), run.rows[at], &fields(naming));
        let filled: Vec<FieldRef> = naming.fields.iter().map(|(field, _)| FieldRef::Field(*field)).collect();
        let existing = (run.account[at] != NO_ROW).then(|| accounts.record("account", account(), run.account[at], &filled));
        let values = (0..width).map(|field| self.value(at, field).map(str::to_owned)).collect();
        let current = (0..width).map(|field| existing.as_ref().and_then(|_| self.value(at, field)).map(str::to_owned)).collect();
        let other =
            |(nth, (field, _)): (usize, &(FieldId, _))| (field.of(account()).name, self.text(run.record[nth][run.rows[at] as usize]));
        let sees = run.sees.partition_point(|(person, _)| (*person as usize) < at);
        let sees = run.sees[sees..].iter().take_while(|(person, _)| *person as usize == at);
        PersonAccount {
            id: self.id(at).to_owned(),
            name: self.name(at),
            school: self.text(self.school_of(at)),
            record,
            account: existing,
            state: self.full_state(at),
            values,
            current,
            others: naming.record.iter().enumerate().map(other).collect(),
            step: self.step(at),
            notes: self.notes(at),
            sees: sees.filter_map(|(_, id)| self.text(*id)).collect(),
        }
    }

    fn name(&self, at: usize) -> Option<String> {
        self.name_of(self.run().rows[at])
    }

    /// First and last name, or the name as a whole.
    fn name_of(&self, row: u32) -> Option<String> {
        let noun = self.run().naming.noun();
        let table = self.accounts.columns.dataset.table(noun, Epoch::Today)?;
        let text = |name: &str| {
            let column = table.column(&FieldRef::Field(noun.field(name)?))?;
            self.text(column[row as usize])
        };
        let parts: Vec<String> = ["first_name", "last_name"].iter().filter_map(|name| text(name)).collect();
        if parts.is_empty() { text("name") } else { Some(parts.join(" ")) }
    }

    fn full_state(&self, at: usize) -> State {
        let (run, accounts) = (self.run(), self.accounts);
        let blocked = |reason: String| State::Blocked { reason, finding: None };
        match run.fate[at] {
            Fate::Exists => State::Exists,
            Fate::Differs => State::Differs,
            Fate::Created | Fate::Remembered => State::Created,
            Fate::NoIdentity => blocked("the record has no id, so that nobody could say later whose name it was".to_owned()),
            Fate::Lost(holder) => {
                let names: Vec<String> = (0..run.naming.fields.len()).filter_map(|field| self.text(run.value(at, field))).collect();
                let who = accounts.holder_words(holder);
                let names = List(&names, "and");
                blocked(format!(
                    "the name that the ledger says was given before, {names}, is held by {who}; if that is right, take its row out of the ledger"
                ))
            }
            Fate::Finding(rule, finding) => {
                let (rule, findings) = &accounts.blocking[usize::from(rule)];
                let found = describe::describe(&accounts.columns, rule, findings, finding as usize);
                State::Blocked { reason: found.message, finding: Some((rule.id.clone(), found.fingerprint)) }
            }
            Fate::Open | Fate::UsedUp => {
                let tried = self.explain(at);
                let reason = match tried.iter().rev().find_map(|tried| tried.refused.clone()) {
                    Some(last) => format!("no name is left; the last that was tried: {last}"),
                    None => "no name is left".to_owned(),
                };
                blocked(reason)
            }
        }
    }

    /// What a person should look at.
    fn notes(&self, at: usize) -> Vec<String> {
        let (run, accounts) = (self.run(), self.accounts);
        let mut notes = Vec::new();
        let own = run.identity[run.rows[at] as usize];
        let from = run.one.ids.partition_point(|(_, survivor)| *survivor < own);
        let one = run.one.ids[from..].iter().take_while(|(_, survivor)| *survivor == own);
        let mut one: Vec<String> = one.filter_map(|(id, _)| self.text(*id)).collect();
        if let (false, Some(merge)) = (one.is_empty(), &run.naming.merge) {
            one.sort();
            notes.push(format!("stands for {} too, the same person ({})", List(&one, "and"), merge.id));
        }
        for (field, value, from) in run.kept.of(run.rows[at]) {
            if let (Some(value), Some(from)) = (self.text(*value), self.text(*from)) {
                notes.push(format!("takes {} {value} from {from}", field.name(run.naming.noun()).replace('_', " ")));
            }
        }
        let from = run.further.partition_point(|(person, _)| (*person as usize) < at);
        let further: Vec<String> = run.further[from..]
            .iter()
            .take_while(|(person, _)| *person as usize == at)
            .map(|(_, row)| {
                let column = accounts.columns.dataset.table(account(), Epoch::Today);
                let column = column.and_then(|table| table.column(&FieldRef::Field(run.naming.fields[0].0)));
                let name = column.and_then(|column| self.text(column[*row as usize]));
                name.unwrap_or_else(|| accounts.holder_words(Holder::Record(account(), *row)))
            })
            .collect();
        if !further.is_empty() {
            notes.push(format!("has further accounts: {}", List(&further, "and")));
        }
        let from = run.namesakes.partition_point(|(person, _)| (*person as usize) < at);
        for (_, row) in run.namesakes[from..].iter().take_while(|(person, _)| *person as usize == at) {
            let other = accounts.record(run.naming.variable(), run.naming.noun(), *row, &[]);
            let name = self.name_of(*row).map(|name| format!(", {name}")).unwrap_or_default();
            notes.push(format!("another record has this id{name} ({}:{}): nobody can be told from this one", other.file, other.line));
        }
        if run.fate[at] == Fate::Remembered {
            notes.push("keeps the name of the ledger".to_owned());
        }
        if !matches!(run.fate[at], Fate::Created | Fate::Remembered) {
            return notes;
        }
        let symbols = accounts.columns.dataset.symbols();
        let width = run.naming.fields.len();
        let values = &run.values[at * width..(at + 1) * width];
        let mut key = Vec::new();
        for (field, places) in run.scopes.iter().enumerate() {
            for place in places {
                let scope = &accounts.scopes[*place];
                let other = |field| run.other(at, values, field);
                if !scope.key_of(symbols, accounts.today, run.naming.fields[field].0, values[field], &other, &mut key) {
                    continue;
                }
                let alike = accounts.alike(scope, &key, |holder| self.is_own(holder, at));
                if let Some((name, holder)) = alike {
                    let own = symbols.text(values[field]);
                    notes.push(format!("{own} looks like {name}, which is held by {}", accounts.holder_words(holder)));
                }
            }
        }
        notes.dedup();
        notes
    }

    /// Whether a holder is this person.
    fn is_own(&self, holder: Holder, at: usize) -> bool {
        let (run, accounts) = (self.run(), self.accounts);
        match holder {
            Holder::Record(noun, row) if noun == run.naming.noun() => run.identity[row as usize] == run.identity[run.rows[at] as usize],
            Holder::Record(..) => false,
            Holder::Ledger(entry) => {
                let holder = &accounts.ledger.entries[entry as usize].holder;
                let id = id_of(run.naming.noun(), holder).and_then(|id| accounts.columns.dataset.symbols().get(id));
                run.one.held(run.identity[run.rows[at] as usize], id)
            }
            Holder::Given { run: other, person } => {
                (usize::from(other) == self.at && person as usize == at) || accounts.runs[usize::from(other)].same(person, run, at)
            }
        }
    }

    /// The accounts of the schema's kind that join nobody whom it is for, in the order of their file: no longer in the roster.
    pub fn gone(&self) -> impl ExactSizeIterator<Item = Record> + '_ {
        let filled: Vec<FieldRef> = self.run().naming.fields.iter().map(|(field, _)| FieldRef::Field(*field)).collect();
        self.run().gone.iter().map(move |row| self.accounts.record("account", account(), *row, &filled))
    }
}

/// The place in [`crate::pack::STATES`].
fn place(fate: Fate) -> usize {
    match fate {
        Fate::Exists => 0,
        Fate::Differs => 1,
        Fate::Created | Fate::Remembered => 2,
        _ => 3,
    }
}

fn blocked(fate: Fate) -> bool {
    place(fate) == 3
}

impl<'p> Accounts<'p, '_> {
    pub(super) fn record(&self, variable: &str, noun: NounId, row: u32, fields: &[FieldRef]) -> Record {
        let mut record = self.columns.dataset.record(noun, Epoch::Today, row, fields);
        record.var = variable.to_owned();
        record
    }

    /// Who holds a name, in words.
    pub(super) fn holder_words(&self, holder: Holder) -> String {
        match holder {
            Holder::Record(noun, row) => {
                let table = self.columns.dataset.table(noun, Epoch::Today);
                let id = table.map(|table| self.columns.dataset.identity(table, row)).unwrap_or_default();
                format!("{} {id}", noun.get().name)
            }
            Holder::Ledger(at) => {
                let entry = &self.ledger.entries[at as usize];
                format!("{} until {}", entry.holder, crate::model::iso(entry.last_seen))
            }
            Holder::Given { run, person } => self.runs[usize::from(run)].holder(self.columns.dataset.symbols(), person as usize),
        }
    }

    /// The record of a holder, where there is one.
    pub(super) fn holder_record(&self, holder: Holder) -> Option<Record> {
        match holder {
            Holder::Record(noun, row) => Some(self.record(noun.get().name, noun, row, &[])),
            Holder::Ledger(_) => None,
            Holder::Given { run, person } => {
                let run: &Run<'_> = &self.runs[usize::from(run)];
                Some(self.record(run.naming.variable(), run.naming.noun(), run.rows[person as usize], &[]))
            }
        }
    }

    /// Another name of a scope that people would take for this one, and who holds it: the first by its text.
    fn alike(&self, scope: &Scope<'p>, key: &[Sym], own: impl Fn(Holder) -> bool) -> Option<(String, Holder)> {
        let symbols = self.columns.dataset.symbols();
        let (name, within) = key.split_last()?;
        let table = scope.alike.get_or_init(|| {
            let mut table: Vec<(u64, u32)> =
                scope.entries().filter_map(|(entry, key, _)| Some((look(symbols.text(*key.last()?)), entry))).collect();
            rayon::slice::ParallelSliceMut::par_sort_unstable(table.as_mut_slice());
            table
        });
        let hash = look(symbols.text(*name));
        let from = table.partition_point(|(other, _)| *other < hash);
        let others = table[from..].iter().take_while(|(other, _)| *other == hash).filter_map(|(_, entry)| {
            let (other, holder) = scope.entry(*entry);
            let (other, other_within) = other.split_last()?;
            (other != name && other_within == within && !own(holder)).then(|| (symbols.text(*other).to_owned(), holder))
        });
        others.min_by(|a, b| a.0.cmp(&b.0))
    }
}

/// A hash of what people see in a name. FNV-1a.
fn look(name: &str) -> u64 {
    let seen = lookalike(name);
    seen.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
