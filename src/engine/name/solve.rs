//! The solver: first names in parallel, then one pass in order, in which each person takes the first names that are free.
use super::one::One;
use super::people::{Reader, existing, of_kind, people};
use super::scopes::{Holder, Scope};
use super::taken::{Taken, held};
use super::{Accounts, Entry, Ledger, Run};
use crate::engine::columns::{Columns, identity, table_of};
use crate::engine::describe;
use crate::engine::index::{Indexes, NO_ROW};
use crate::engine::join::{Joiner, Memory};
use crate::engine::merge::{Solved, solve_one};
use crate::engine::outcome::one;
use crate::engine::plan::Plan;
use crate::model::{Day, Epoch, FieldId, FieldRef, NounId, noun};
use crate::naming::Step;
use crate::pack::Naming;
use crate::roster::{Dataset, Sym, Symbols};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::sync::Arc;

/// People whose first names are made by one thread at a time.
const CHUNK: usize = 4096;

/// What becomes of a person, in a few bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// Not yet decided.
    Open,
    /// Has an account, under a name of the schema or another.
    Exists,
    Differs,
    /// Gets an account under a new name.
    Created,
    /// Gets an account under the name that the ledger remembers.
    Remembered,
    /// The name that the ledger remembers is held by somebody else.
    Lost(Holder),
    /// A finding of one of the blocking rules.
    Finding(u16, u32),
    /// No identity, so nobody could say later whose name it is.
    NoIdentity,
    /// No candidate is left.
    UsedUp,
}

/// Gives everybody of the plan's schemas a name, on rayon's current threads. What the ledger remembers is kept.
#[must_use]
pub fn accounts<'p, 'd>(plan: &Plan<'p>, dataset: &'d Dataset, ledger: Ledger) -> Accounts<'p, 'd> {
    let columns = Columns::new(dataset, plan.today);
    let supply = plan.supply.without_proposed();
    let (mut runs, mut scopes, mut blocking) = (Vec::new(), Vec::new(), Vec::new());
    {
        let (indexes, memory) = (Indexes::default(), Memory::default());
        let joiner = Joiner::new(&columns, &indexes, &supply, &memory);
        let merges = plan.merges_of_namings().map(|merge| solve_one(plan, &joiner, merge)).collect::<Vec<_>>();
        for naming in plan.namings() {
            let mut without = Vec::new();
            let skipped = supply.naming(naming, &mut without);
            let solved = naming.merge.as_ref().and_then(|merge| merges.iter().find(|solved| solved.merge.id == merge.id));
            if let Some(why) = solved.and_then(|solved| solved.skipped.as_ref()) {
                without.push(format!("its merge, so that each record is a person, {why}"));
            }
            let mut blind = supply.no_accounts(naming).is_some();
            if !blind && naming.account.is_some() && joiner.columns.rows((account(), Epoch::Today)) == 0 {
                blind = true;
                without.push("any account that exists, so that all are taken for new: their files have no rows".to_owned());
            }
            runs.push(Run::new(&joiner, naming, (skipped, blind), without, solved));
        }
        for rule in plan.rules_of_namings(|naming| naming.blocked.iter()) {
            let of_rule = supply.plan(rule);
            let findings = one(&joiner, rule, &of_rule, &merges);
            for run in runs.iter_mut().filter(|run| run.naming.blocked.contains(&rule.id)) {
                let solved = run.naming.merge.as_ref().and_then(|merge| merges.iter().find(|solved| solved.merge.id == merge.id));
                run.block(&joiner, rule, &findings, blocking.len() as u16, solved);
                if let Some(why) = &of_rule.skipped {
                    run.without.push(format!("{}, which would say who gets no account: it is skipped, {why}", rule.id));
                }
            }
            blocking.push((rule, findings));
        }
        for rule in plan.rules_of_namings(|naming| naming.fields.iter().flat_map(|(_, unique)| unique)) {
            let Some(mut scope) = Scope::new(rule, account()) else { continue };
            let found = joiner.find(rule, &supply.plan(rule).runnable);
            scope.fill(&joiner, rule, &found);
            scopes.push(scope);
        }
    }
    let symbols = dataset.symbols();
    let names = ledger.entries.par_iter().map(|entry| symbols.intern(&entry.name)).collect();
    let mut solver = Solver { dataset, symbols, scopes, ledger: &ledger, names, today: plan.today };
    solver.remember();
    for (at, run) in runs.iter_mut().enumerate() {
        run.scopes = run.naming.fields.iter().map(|(_, unique)| solver.places(unique)).collect();
        solver.keep(at as u16, run);
    }
    for step in [Solver::keep_remembered, Solver::solve] {
        for at in 0..runs.len() {
            let (before, rest) = runs.split_at_mut(at);
            let Some((run, after)) = rest.split_first_mut() else { continue };
            step(&mut solver, at as u16, run, &Others { before, after });
        }
    }
    let scopes = solver.scopes;
    Accounts { columns, runs, scopes, blocking, ledger, today: plan.today }
}

pub(super) fn account() -> NounId {
    noun("account").unwrap_or(NounId(0))
}

impl<'p> Run<'p> {
    fn new(
        joiner: &Joiner<'_, '_>,
        naming: &'p Naming,
        (skipped, blind): (Option<String>, bool),
        without: Vec<String>,
        merged: Option<&Solved<'_>>,
    ) -> Run<'p> {
        let columns = joiner.columns;
        let table = table_of(&naming.frame, naming.person());
        let mut identity: Vec<Sym> = columns.value(table, &identity(table.0)).to_vec();
        let one = One::new(merged, &mut identity);
        let kept = one.kept(joiner, naming, merged);
        let (mut rows, mut namesakes) = if skipped.is_none() { people(joiner, naming, &identity) } else { Default::default() };
        let followed = one.followed(&mut rows, &identity);
        // Several records of a merged person are told as such.
        namesakes.retain(|(person, _)| !one.has(identity[rows[*person as usize] as usize]));
        let (account, further) = existing(joiner, naming, rows.len(), &followed);
        let mut sees = Vec::new();
        if let Some(way) = &naming.sees {
            let ids = columns.value(table_of(&way.frame, way.end.slot), &way.end.expr);
            followed.each(joiner, way, |person, row| sees.push((person, ids[row as usize])));
            let symbols = columns.dataset.symbols();
            sees.retain(|(_, id)| *id != Sym::MISSING);
            sees.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| symbols.text(a.1).cmp(symbols.text(b.1))));
            sees.dedup();
        }
        let mut gone = Vec::new();
        if let (Some(way), None, false) = (&naming.account, &skipped, blind) {
            let mut joined = vec![false; columns.rows((self::account(), Epoch::Today)) as usize];
            account
                .iter()
                .filter(|row| **row != NO_ROW)
                .chain(further.iter().map(|(_, row)| row))
                .for_each(|row| joined[*row as usize] = true);
            gone = of_kind(joiner, way);
            gone.retain(|row| !joined[*row as usize]);
        }
        let mut record: Vec<Vec<Sym>> = naming.record.iter().map(|(_, expr)| columns.value(table, expr).to_vec()).collect();
        for row in kept.rows() {
            let text = |field: &FieldRef| {
                kept.get(row, field).map_or_else(
                    || describe::kept(columns, table, row, field),
                    |value| Some(columns.dataset.symbols().text(value).to_owned()),
                )
            };
            for (column, (_, expr)) in record.iter_mut().zip(&naming.record) {
                column[row as usize] = columns.text_of(expr, &text).map_or(Sym::MISSING, |text| columns.dataset.symbols().intern(&text));
            }
        }
        let mut run = Run {
            naming,
            skipped,
            without,
            fate: vec![Fate::Open; rows.len()],
            values: vec![Sym::MISSING; rows.len() * naming.fields.len()],
            steps: vec![Step::default(); rows.len()],
            record,
            scopes: Vec::new(),
            rows,
            identity,
            account,
            further,
            sees,
            gone,
            one,
            kept: Arc::new(kept),
            blind,
            namesakes,
        };
        run.current(columns.dataset);
        for (person, row) in run.rows.iter().enumerate() {
            if run.account[person] == NO_ROW && run.identity[*row as usize] == Sym::MISSING {
                run.fate[person] = Fate::NoIdentity;
            }
        }
        run
    }

    /// The names of accounts that exist, and whether the schema can make them.
    fn current(&mut self, dataset: &Dataset) {
        let table = dataset.table(account(), Epoch::Today);
        let width = self.naming.fields.len();
        for (nth, (field, _)) in self.naming.fields.iter().enumerate() {
            let Some(column) = table.and_then(|table| table.column(&FieldRef::Field(*field))) else { continue };
            for (person, row) in self.account.iter().enumerate().filter(|(_, row)| **row != NO_ROW) {
                self.values[person * width + nth] = column[*row as usize];
            }
        }
    }

    pub(super) fn value(&self, person: usize, field: usize) -> Sym {
        self.values[person * self.naming.fields.len() + field]
    }

    /// Another field of the account that a person has or gets.
    pub(super) fn other(&self, person: usize, values: &[Sym], field: FieldId) -> Sym {
        if let Some(at) = self.naming.record.iter().position(|(known, _)| *known == field) {
            return self.record[at][self.rows[person] as usize];
        }
        let filled = self.naming.fields.iter().position(|(known, _)| *known == field);
        filled.and_then(|at| values.get(at).copied()).unwrap_or(Sym::MISSING)
    }

    /// Whether a person of this schema is one of another.
    pub(super) fn same(&self, own: u32, other: &Run<'_>, person: usize) -> bool {
        let id = self.identity[self.rows[own as usize] as usize];
        self.naming.noun() == other.naming.noun() && id != Sym::MISSING && id == other.identity[other.rows[person] as usize]
    }

    /// The noun and identity of a person, as the ledger writes them.
    pub(super) fn holder(&self, symbols: &Symbols, person: usize) -> String {
        holder(self.naming.noun(), symbols.text(self.identity[self.rows[person] as usize]))
    }

    /// The schema and field, as the ledger writes them.
    pub(super) fn field(&self, at: usize) -> String {
        format!("{}.{}", self.naming.id, self.naming.schema.fields[at].name)
    }
}

/// The identity in what the ledger writes of a person of `noun`.
pub(super) fn id_of(noun: NounId, holder: &str) -> Option<&str> {
    holder.strip_prefix(noun.get().name)?.strip_prefix(' ')
}

fn holder(noun: NounId, id: &str) -> String {
    format!("{} {id}", noun.get().name)
}

/// The schemas beside the one that is being solved.
struct Others<'a, 'p> {
    before: &'a [Run<'p>],
    after: &'a [Run<'p>],
}

impl<'p> Others<'_, 'p> {
    fn get(&self, number: u16) -> Option<&Run<'p>> {
        let at = usize::from(number);
        self.before.get(at).or_else(|| self.after.get(at.checked_sub(self.before.len() + 1)?))
    }
}

/// The state of a solution.
pub(super) struct Solver<'a, 'p> {
    dataset: &'a Dataset,
    symbols: &'a Symbols,
    scopes: Vec<Scope<'p>>,
    ledger: &'a Ledger,
    /// Per entry of the ledger, its name.
    names: Vec<Sym>,
    today: Day,
}

impl<'p> Solver<'_, 'p> {
    fn places(&self, unique: &[Arc<str>]) -> Vec<usize> {
        unique.iter().filter_map(|id| self.scopes.iter().position(|scope| scope.id == *id)).collect()
    }

    /// Takes the names of the ledger into their scopes.
    fn remember(&mut self) {
        let mut key = Vec::new();
        // Entries of one scope and field stand together, and share their texts.
        let same = |a: &Entry, b: &Entry| Arc::ptr_eq(&a.scope, &b.scope) && Arc::ptr_eq(&a.field, &b.field);
        let mut at = 0;
        for entries in self.ledger.entries.chunk_by(same) {
            let first = at;
            at += entries.len();
            let (scope, field) = (&entries[0].scope, &entries[0].field);
            let Some(field) = field.rsplit('.').next().and_then(|name| account().field(name)) else { continue };
            for of in &mut self.scopes {
                let Some(within) = of.within(self.symbols, scope) else { continue };
                for nth in first..at {
                    let name = self.names[nth];
                    if of.key_of(self.symbols, self.today, field, name, &|_| Sym::MISSING, &mut key) {
                        key.splice(..within.len(), within.iter().copied());
                        of.add(&key, Holder::Ledger(nth as u32));
                    }
                }
            }
        }
    }

    /// Takes in the names that exist or were given, before anybody chooses a new one.
    fn keep(&mut self, number: u16, run: &mut Run<'p>) {
        let today = self.today;
        let reader = Reader::new(self.dataset, run);
        let (schema, width) = (&run.naming.schema, run.naming.fields.len());
        let makes = |person: usize| {
            let values = reader.row(run.rows[person]);
            (0..width).all(|field| match run.value(person, field) {
                Sym::MISSING => true,
                name => schema.could_make(&values, field, self.symbols.text(name), today).is_some(),
            })
        };
        let made: Vec<(usize, bool)> = (0..run.rows.len())
            .into_par_iter()
            .with_min_len(CHUNK)
            .filter(|person| run.account[*person] != NO_ROW)
            .map(|person| (person, makes(person)))
            .collect();
        for (person, made) in made {
            run.fate[person] = if made { Fate::Exists } else { Fate::Differs };
            let row = run.account[person];
            let values: Vec<Sym> = (0..width).map(|field| run.value(person, field)).collect();
            self.take(number, run, person, &values, Some(Holder::Record(account(), row)));
        }
    }

    /// Takes in the names that were given before, of all schemas before anybody chooses a new one.
    fn keep_remembered(&mut self, number: u16, run: &mut Run<'p>, others: &Others<'_, 'p>) {
        let width = run.naming.fields.len();
        for (person, names) in self.remembered(run) {
            if names.iter().all(|name| *name != Sym::MISSING) && run.fate[person] == Fate::Open {
                let names = names.as_slice();
                match self.held(number, run, person, names, others) {
                    None => {
                        run.fate[person] = Fate::Remembered;
                        self.take(number, run, person, names, None);
                    }
                    Some((_, holder)) => run.fate[person] = Fate::Lost(holder),
                }
            }
            // Also of who is blocked, and of who has only some of the fields, which are then kept.
            if run.account[person] == NO_ROW {
                run.values[person * width..(person + 1) * width].copy_from_slice(&names);
            }
        }
    }

    /// The names that the ledger remembers of people, a text a field.
    fn remembered(&self, run: &Run<'_>) -> Vec<(usize, Vec<Sym>)> {
        let width = run.naming.fields.len();
        let fields: Vec<String> = (0..width).map(|at| run.field(at)).collect();
        if !self.ledger.entries.iter().any(|entry| fields.iter().any(|field| **field == *entry.field)) {
            return Vec::new();
        }
        let mut people: HashMap<Sym, u32> = HashMap::with_capacity(run.rows.len());
        let without = (0..run.rows.len()).filter(|person| run.account[*person] == NO_ROW);
        people.extend(without.map(|person| (run.identity[run.rows[person] as usize], person as u32)));
        people.remove(&Sym::MISSING);
        // What was given to a record that was merged since is the person's.
        let survivors: HashMap<Sym, Sym> = run.one.ids.iter().copied().collect();
        let of_entry = |(at, entry): (usize, &Entry)| {
            let field = fields.iter().position(|field| **field == *entry.field)?;
            let id = self.symbols.get(id_of(run.naming.noun(), &entry.holder)?)?;
            let survivor = survivors.get(&id);
            Some((*people.get(survivor.unwrap_or(&id))?, field, (entry.last_seen, survivor.is_none()), self.names[at]))
        };
        let found: Vec<(u32, usize, (Day, bool), Sym)> = self.ledger.entries.par_iter().enumerate().filter_map(of_entry).collect();
        // Of several names of a field the one that was seen last counts; of one day that of the record that survives, and else the later text.
        let mut last = vec![((Day::MIN, false), Sym::MISSING); run.rows.len() * width];
        for (person, field, seen, name) in found {
            let known = &mut last[person as usize * width + field];
            if (seen, self.symbols.text(name)) > (known.0, self.symbols.text(known.1)) {
                *known = (seen, name);
            }
        }
        let names = last.chunks(width).enumerate().filter(|(_, names)| names.iter().any(|(_, name)| *name != Sym::MISSING));
        names.map(|(person, names)| (person, names.iter().map(|(_, name)| *name).collect())).collect()
    }

    /// Who is in the way of these names, and of which field.
    fn held(&self, number: u16, run: &Run<'_>, person: usize, names: &[Sym], others: &Others<'_, 'p>) -> Option<(usize, Holder)> {
        let taken = Taken { scopes: &self.scopes, ledger: self.ledger, symbols: self.symbols, today: self.today };
        held(&taken, number, run, person, names, &|other, held| others.get(other).is_some_and(|other| other.same(held, run, person)))
    }

    /// Makes a person the holder of these names, unless `but` holds them already and stands for the person.
    fn take(&mut self, number: u16, run: &Run<'_>, person: usize, names: &[Sym], but: Option<Holder>) {
        let mut key = Vec::new();
        for (at, places) in run.scopes.iter().enumerate() {
            for place in places {
                let scope = &mut self.scopes[*place];
                let other = |field| run.other(person, names, field);
                if scope.key_of(self.symbols, self.today, run.naming.fields[at].0, names[at], &other, &mut key)
                    && but.is_none_or(|but| scope.holder(&key, |holder| holder == but).is_none())
                {
                    scope.add(&key, Holder::Given { run: number, person: person as u32 });
                }
            }
        }
    }

    /// Gives a name to everybody who is still without, in order.
    fn solve(&mut self, number: u16, run: &mut Run<'p>, others: &Others<'_, 'p>) {
        let (schema, width, today) = (&run.naming.schema, run.naming.fields.len(), self.today);
        let reader = Reader::new(self.dataset, run);
        let symbols = self.symbols;
        // What the schema would give first is a matter of the person alone.
        let first = |person: usize| -> (Step, Vec<Sym>) {
            if run.fate[person] != Fate::Open {
                return (Step::default(), Vec::new());
            }
            let values = reader.row(run.rows[person]);
            let mut made = schema.attempts(&values, today).filter_map(|attempt| Some((attempt.step, attempt.outcome.ok()?)));
            made.next()
                .map_or((Step::default(), Vec::new()), |(step, texts)| (step, texts.iter().map(|text| symbols.intern(text)).collect()))
        };
        let firsts: Vec<(Vec<Step>, Vec<Sym>)> = (0..run.rows.len().div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let people = chunk * CHUNK..run.rows.len().min((chunk + 1) * CHUNK);
                let (mut steps, mut names) = (Vec::with_capacity(people.len()), Vec::with_capacity(people.len() * width));
                for person in people {
                    let (step, made) = first(person);
                    steps.push(step);
                    names.extend_from_slice(&made);
                    names.resize(steps.len() * width, Sym::MISSING);
                }
                (steps, names)
            })
            .collect();
        for person in 0..run.rows.len() {
            if run.fate[person] != Fate::Open {
                continue;
            }
            let (steps, names) = &firsts[person / CHUNK];
            let at = person % CHUNK;
            let first = &names[at * width..(at + 1) * width];
            let fixed = &run.values[person * width..(person + 1) * width];
            let some_fixed = fixed.iter().any(|name| *name != Sym::MISSING);
            if first.contains(&Sym::MISSING) {
                run.fate[person] = Fate::UsedUp;
                continue;
            }
            let found = if !some_fixed && self.held(number, run, person, first, others).is_none() {
                Some((steps[at], first.to_vec()))
            } else {
                let values = reader.row(run.rows[person]);
                schema.attempts(&values, today).find_map(|attempt| {
                    let names: Vec<Sym> = attempt.outcome.ok()?.iter().map(|text| symbols.intern(text)).collect();
                    let agrees = names.iter().zip(fixed).all(|(name, fixed)| *fixed == Sym::MISSING || name == fixed);
                    (agrees && self.held(number, run, person, &names, others).is_none()).then_some((attempt.step, names))
                })
            };
            match found {
                Some((step, names)) => {
                    run.fate[person] = Fate::Created;
                    run.steps[person] = step;
                    run.values[person * width..(person + 1) * width].copy_from_slice(&names);
                    self.take(number, run, person, &names, None);
                }
                None => run.fate[person] = Fate::UsedUp,
            }
        }
    }
}
