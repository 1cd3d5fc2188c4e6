//! What becomes of one record or account, in words and places; worked out only when it is asked for.
use super::facts::{accounts_of, by_texts, identity_parts, records_of};
use super::resolve::Why;
use super::{Forecast, Obstruction, Passed, Run};
use crate::engine::columns::TableId;
use crate::engine::describe::{describe, id_of, kept, told};
use crate::engine::index::NO_ROW;
use crate::engine::name::State;
use crate::finding::{Finding, List, Record};
use crate::language::form::Expr;
use crate::model::FieldRef;
use crate::pack::{Asked, Create, Outcome, Sync};
use crate::roster::Sym;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One sync of a [`Forecast`].
#[derive(Clone, Copy)]
pub struct SyncRun<'a, 'p, 'd> {
    pub(super) forecast: &'a Forecast<'p, 'd>,
    pub(super) at: usize,
}

/// A record that is sent, or an account without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A record, by its place.
    Record(u32),
    /// An account whose record is no longer sent, by its place.
    Account(u32),
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field of the account.
    pub field: &'static str,
    /// What the account says.
    pub old: Option<String>,
    /// What the record says.
    pub new: Option<String>,
}

/// What becomes of a record or an account.
#[derive(Clone, Debug)]
pub struct Told {
    /// What.
    pub outcome: Outcome,
    /// The identity: of the record, or of an account without one.
    pub id: String,
    /// First and last name, or the name as a whole.
    pub name: Option<String>,
    /// The school's id, or as the account says it.
    pub school: Option<String>,
    /// The record that is sent, as it stands in its file.
    pub record: Option<Record>,
    /// The account.
    pub account: Option<Record>,
    /// Fields that change.
    pub changes: Vec<Change>,
    /// Why, in words; empty where it goes without saying.
    pub reason: String,
    /// The rule whose finding is at the root of it, or the naming schema that has no name.
    pub rule: Option<Arc<str>>,
    /// The sync of the record that it needs, where that is what is missing.
    pub needs: Option<Arc<str>>,
    /// What a person should look at: further accounts.
    pub notes: Vec<String>,
}

/// How many records and accounts of a school have each outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolOutcomes {
    /// The school; `None` of those without one.
    pub school: Option<String>,
    /// By [`Outcome`] as a number.
    pub outcomes: [u64; Outcome::ALL.len()],
}

impl<'p> SyncRun<'_, 'p, '_> {
    fn run(&self) -> &Run<'p> {
        &self.forecast.runs[self.at]
    }

    /// The sync itself.
    #[must_use]
    pub fn sync(&self) -> &'p Sync {
        self.run().sync
    }

    /// Why it can't be forecast.
    #[must_use]
    pub fn skipped(&self) -> Option<&str> {
        self.run().skipped.as_deref()
    }

    /// Why it does not run, when it does not.
    #[must_use]
    pub fn idle(&self) -> Option<&str> {
        self.run().idle.as_deref()
    }

    /// What the forecast had to do without.
    #[must_use]
    pub fn without(&self) -> &[String] {
        &self.run().without
    }

    /// The limits that it passes.
    #[must_use]
    pub fn held(&self) -> &[Passed] {
        &self.run().held
    }

    /// Rows that repeat the identity of another record, and are one with it.
    #[must_use]
    pub fn repeats(&self) -> u64 {
        self.run().facts.repeats
    }

    /// How many records and accounts have each outcome, by [`Outcome`] as a number.
    #[must_use]
    pub fn counts(&self) -> [u64; Outcome::ALL.len()] {
        let mut counts = [0; Outcome::ALL.len()];
        let resolved = &self.forecast.resolved[self.at];
        resolved.outcome.iter().chain(&resolved.gone).for_each(|outcome| counts[*outcome as usize] += 1);
        counts
    }

    /// How many records are blocked, or lose their account though they are sent. With schools only those of these.
    #[must_use]
    pub fn faults(&self, schools: &[String]) -> u64 {
        let symbols = self.forecast.columns.dataset.symbols();
        let asked = |place: u32| {
            let school = self.school_of(Entry::Record(place));
            schools.is_empty() || school != Sym::MISSING && schools.iter().any(|asked| asked == symbols.text(school))
        };
        let lost = |outcome: Outcome| matches!(outcome, Outcome::Blocked | Outcome::Suspend | Outcome::Archive | Outcome::Delete);
        let outcomes = self.forecast.resolved[self.at].outcome.iter().enumerate();
        outcomes.filter(|(place, outcome)| lost(**outcome) && asked(*place as u32)).count() as u64
    }

    fn symbol(&self, symbol: Sym) -> Option<String> {
        (symbol != Sym::MISSING).then(|| self.forecast.columns.dataset.symbols().text(symbol).to_owned())
    }

    fn school_of(&self, entry: Entry) -> Sym {
        let run = self.run();
        let (records, accounts) = &run.schools;
        let of = |schools: &Vec<Sym>, row: u32| schools.get(row as usize).copied().unwrap_or(Sym::MISSING);
        match entry {
            Entry::Record(place) => of(records, run.facts.rows[place as usize]),
            Entry::Account(at) => of(accounts, run.facts.gone[at as usize]),
        }
    }

    fn entries_of(&self) -> impl Iterator<Item = (Entry, Outcome)> {
        let resolved = &self.forecast.resolved[self.at];
        let records = resolved.outcome.iter().enumerate().map(|(at, outcome)| (Entry::Record(at as u32), *outcome));
        records.chain(resolved.gone.iter().enumerate().map(|(at, outcome)| (Entry::Account(at as u32), *outcome)))
    }

    /// How many of each outcome there are by school, in the order of their texts; those without one last.
    #[must_use]
    pub fn schools(&self) -> Vec<SchoolOutcomes> {
        let mut counts: BTreeMap<Sym, [u64; Outcome::ALL.len()]> = BTreeMap::new();
        for (entry, outcome) in self.entries_of() {
            counts.entry(self.school_of(entry)).or_default()[outcome as usize] += 1;
        }
        let mut schools: Vec<SchoolOutcomes> =
            counts.into_iter().map(|(school, outcomes)| SchoolOutcomes { school: self.symbol(school), outcomes }).collect();
        schools.sort_by(|a, b| (a.school.is_none(), &a.school).cmp(&(b.school.is_none(), &b.school)));
        schools
    }

    /// The records and accounts of an outcome, in the order of their identities: the first so many of them. With schools only those of these.
    #[must_use]
    pub fn entries(&self, outcome: Outcome, schools: &[String], most: usize) -> Vec<Entry> {
        let (columns, symbols) = (&self.forecast.columns, self.forecast.columns.dataset.symbols());
        let asked: Vec<Sym> = schools.iter().filter_map(|school| symbols.get(school)).collect();
        let is_asked = |entry: Entry| schools.is_empty() || asked.contains(&self.school_of(entry));
        let mut entries: Vec<Entry> =
            self.entries_of().filter(|(entry, of)| *of == outcome && is_asked(*entry)).map(|(entry, _)| entry).collect();
        let sync = self.run().sync;
        let parts = |table: TableId| identity_parts(table).iter().map(|part| columns.value(table, part)).collect::<Vec<_>>();
        let (records, accounts) = (parts(records_of(sync)), parts(accounts_of(sync)));
        let texts = |entry: Entry| {
            let (_, row) = self.own(entry);
            let parts = if matches!(entry, Entry::Record(_)) { &records } else { &accounts };
            parts.iter().map(move |part| symbols.text(part[row as usize]))
        };
        let order = |a: &Entry, b: &Entry| {
            let kind = |entry: &Entry| matches!(entry, Entry::Account(_));
            // Records without an identity, and accounts of one identity, are told apart by all that they say.
            texts(*a)
                .cmp(texts(*b))
                .then_with(|| kind(a).cmp(&kind(b)))
                .then_with(|| by_texts(columns, self.own(*a).0, self.own(*a).1, self.own(*b).1))
        };
        if entries.len() > most {
            entries.select_nth_unstable_by(most, order);
            entries.truncate(most);
        }
        entries.par_sort_by(order);
        entries
    }

    /// The outcome of an entry.
    #[must_use]
    pub fn outcome(&self, entry: Entry) -> Outcome {
        let resolved = &self.forecast.resolved[self.at];
        match entry {
            Entry::Record(place) => resolved.outcome[place as usize],
            Entry::Account(at) => resolved.gone[at as usize],
        }
    }

    /// The identity of the record, or of an account without one.
    #[must_use]
    pub fn id(&self, entry: Entry) -> String {
        let (table, row) = self.own(entry);
        id_of(&self.forecast.columns, table, row).unwrap_or_default()
    }

    /// The table and row that an entry is told by.
    fn own(&self, entry: Entry) -> (TableId, u32) {
        let run = self.run();
        match entry {
            Entry::Record(place) => (records_of(run.sync), run.facts.rows[place as usize]),
            Entry::Account(at) => (accounts_of(run.sync), run.facts.gone[at as usize]),
        }
    }

    fn record(&self, table: TableId, row: u32, var: &str) -> Record {
        let names = ["name", "first_name", "last_name"].iter().filter_map(|name| table.0.field(name)).map(FieldRef::Field);
        let mut record = self.forecast.columns.dataset.record(table.0, table.1, row, &names.collect::<Vec<_>>());
        record.var = var.to_owned();
        record.id = id_of(&self.forecast.columns, table, row).unwrap_or_default();
        record
    }

    /// An entry, with everything that there is to say.
    #[must_use]
    pub fn tell(&self, entry: Entry) -> Told {
        let run = self.run();
        let sync = run.sync;
        let (records, accounts) = (records_of(sync), accounts_of(sync));
        let (record, account) = match entry {
            Entry::Record(place) => (Some(run.facts.rows[place as usize]), run.facts.account[place as usize]),
            Entry::Account(at) => (None, run.facts.gone[at as usize]),
        };
        let record = record.map(|row| self.record(records, row, &sync.record.name));
        let account = (account != NO_ROW).then(|| self.record(accounts, account, &sync.other.name));
        let mut notes = Vec::new();
        let (mut reason, mut rule, mut needs) = (String::new(), None, None);
        match entry {
            Entry::Record(place) => {
                let why = self.why(place);
                (reason, rule) = (why.0, why.1);
                if let Why::Need(nth, _) = self.forecast.resolved[self.at].why[place as usize] {
                    needs = Some(sync.needs[usize::from(nth)].sync.clone());
                }
                let from = run.facts.further.partition_point(|(of, _)| *of < place);
                let further = run.facts.further[from..].iter().take_while(|(of, _)| *of == place);
                let mut further: Vec<String> = further.filter_map(|(_, row)| id_of(&self.forecast.columns, accounts, *row)).collect();
                if !further.is_empty() {
                    further.sort();
                    let (word, is) = if further.len() == 1 { ("a second account", "is") } else { ("further accounts", "are") };
                    notes.push(format!("{word}, {}, {is} not touched", List(&further, "and")));
                }
            }
            Entry::Account(at) if self.outcome(entry) == Outcome::Left => {
                reason = match &sync.leaves {
                    Some(asked) if run.facts.left.has(run.facts.gone[at as usize]) => leaves(sync, asked),
                    _ => "no record of it is sent, and the platform keeps such accounts".to_owned(),
                };
            }
            Entry::Account(_) => "no record of it is sent".clone_into(&mut reason),
        }
        let told_by = record.as_ref().or(account.as_ref());
        Told {
            outcome: self.outcome(entry),
            id: self.id(entry),
            name: told_by.and_then(name).or_else(|| account.as_ref().and_then(name)),
            school: self.symbol(self.school_of(entry)),
            changes: if let Entry::Record(place) = entry { self.changes(place) } else { Vec::new() },
            record,
            account,
            reason,
            rule,
            needs,
            notes,
        }
    }

    /// The names of the fields that change.
    pub(super) fn changed(&self, place: u32) -> Vec<&'static str> {
        let run = self.run();
        let fields = run.facts.fields.get(place as usize).copied().unwrap_or(0);
        let is_told =
            matches!(self.forecast.resolved[self.at].outcome[place as usize], Outcome::Update | Outcome::Restore | Outcome::Attach);
        let updated = run.sync.update.iter().enumerate().filter(|(nth, _)| is_told && fields >> nth & 1 == 1);
        updated.map(|(_, updated)| updated.field.of(run.sync.other.noun).name).collect()
    }

    fn changes(&self, place: u32) -> Vec<Change> {
        let run = self.run();
        let columns = &self.forecast.columns;
        let changed = self.changed(place);
        let of = |table: TableId, row: u32, expr: &Expr| {
            told(columns, table.0, expr, columns.text_of(expr, &|field| kept(columns, table, row, field)))
        };
        let updated = run.sync.update.iter().map(|updated| (updated.field.of(run.sync.other.noun).name, updated));
        updated
            .filter(|(name, _)| changed.contains(name))
            .map(|(field, updated)| Change {
                field,
                old: of(accounts_of(run.sync), run.facts.account[place as usize], &Expr::Field(FieldRef::Field(updated.field))),
                new: of(records_of(run.sync), run.facts.rows[place as usize], &updated.value.expr),
            })
            .collect()
    }

    /// Noun and identity of a record, as sentences name it: `student 7`.
    pub(super) fn called(&self, place: u32) -> String {
        let noun = self.run().sync.record.noun.get().name;
        format!("{noun} {}", self.id(Entry::Record(place)))
    }

    /// That a record is without an active account, and why: `student 7 is blocked: username ada is taken`. What names the record itself stands alone.
    pub(super) fn lost(&self, place: u32, outcome: Outcome, why: &str) -> String {
        let called = self.called(place);
        match why.strip_prefix(&called) {
            Some(rest) if rest.starts_with([' ', ',', ':']) => why.to_owned(),
            _ => format!("{called} {}: {why}", lost(outcome)),
        }
    }

    /// Why something becomes of a record, and the rule at the root of it.
    pub(super) fn why(&self, place: u32) -> (String, Option<Arc<str>>) {
        let run = self.run();
        let sync = run.sync;
        let (record, other) = (sync.record.name.as_str(), sync.other.name.as_str());
        let alone = |words: String| (words, None);
        match self.forecast.resolved[self.at].why[place as usize] {
            Why::Plain => alone(match self.forecast.resolved[self.at].outcome[place as usize] {
                Outcome::Attach => "adopts the account, which had no record".to_owned(),
                Outcome::Restore => "its record is sent again".to_owned(),
                _ => String::new(),
            }),
            Why::Finding => match self.finding(place) {
                Some(finding) => (finding.message, Some(finding.rule)),
                None => alone(String::new()),
            },
            Why::Create => alone(match &sync.create {
                Create::When(asked) => format!("the platform asks that {}", plain(&asked.text, record, None)),
                _ => "the platform makes no such account by itself".to_owned(),
            }),
            Why::Suspend => alone(sync.suspend.as_ref().map_or_else(String::new, |asked| plain(&asked.text, record, Some(other)))),
            Why::Nameless => self.nameless(place),
            Why::Taken => {
                let at = run.facts.taken.binary_search_by_key(&place, |(of, _)| *of).ok();
                let account = at.map(|at| run.facts.taken[at].1);
                let words = account.map_or_else(String::new, |row| {
                    let id = id_of(&self.forecast.columns, accounts_of(sync), row).unwrap_or_default();
                    let holder = run.facts.holder(row).map(|holder| self.called(holder));
                    format!("{} {id} is that of {}", sync.other.noun.get().name, holder.unwrap_or_else(|| "another record".to_owned()))
                });
                alone(words)
            }
            Why::Leaves => alone(sync.leaves.as_ref().map_or_else(String::new, |asked| leaves(sync, asked))),
            Why::Inactive => alone("it stays inactive: the platform does not bring accounts back".to_owned()),
            Why::Idle => alone("the sync does not run".to_owned()),
            Why::Need(nth, target) => self.need(usize::from(nth), target),
        }
    }

    /// Why there is no name for the account of a record, and the rule or else the schema that says so.
    fn nameless(&self, place: u32) -> (String, Option<Arc<str>>) {
        let facts = &self.run().facts;
        let found = facts.nameless.binary_search_by_key(&place, |(of, _)| *of).ok().map(|at| facts.nameless[at].1);
        let schema = |at: usize| self.forecast.named.as_ref()?.schemas().nth(at);
        let Some((schema, person)) = found.and_then(|(at, person)| Some((schema(at)?, person))) else { return Default::default() };
        let naming = schema.naming().id.clone();
        match schema.person(person).state {
            State::Blocked { reason, finding } => (reason, Some(finding.map_or(naming, |(rule, _)| rule))),
            _ => (String::new(), Some(naming)),
        }
    }

    /// Why an entry of `needs` is not met.
    fn need(&self, nth: usize, target: u32) -> (String, Option<Arc<str>>) {
        let need = &self.run().sync.needs[nth];
        let other = SyncRun { forecast: self.forecast, at: self.run().targets[nth] };
        let noun = other.sync().record.noun.get().name;
        let lacks = need.why.clone().unwrap_or_else(|| format!("no {noun} with an account"));
        if target == NO_ROW {
            return (lacks, None);
        }
        // What is at the root is what a person can do something about; the steps on the way to it are no news.
        let (mut at, mut place) = (other, target);
        while let Why::Need(nth, next) = at.forecast.resolved[at.at].why[place as usize] {
            if next == NO_ROW {
                break;
            }
            (at, place) = (SyncRun { forecast: self.forecast, at: at.run().targets[usize::from(nth)] }, next);
        }
        let (root, rule) = at.why(place);
        let outcome = at.outcome(Entry::Record(place));
        let root = if root.is_empty() { outcome.words().to_owned() } else { root };
        (format!("{lacks}: {}", at.lost(place, outcome, &root)), rule)
    }

    /// The finding to tell of those in the way of a record: of the first rule under `blocked`, and of several the first by its words.
    pub(super) fn finding(&self, place: u32) -> Option<Finding> {
        self.obstacle(place).map(|(_, finding)| finding)
    }

    /// The same, with its number.
    pub(super) fn obstacle(&self, place: u32) -> Option<(Obstruction, Finding)> {
        let run = self.run();
        let rank = |rule: u32| {
            let id = &self.forecast.rules[rule as usize].0.id;
            run.sync.blocked.iter().position(|known| known == id).unwrap_or(usize::MAX)
        };
        let mut found: Vec<(usize, Obstruction, Finding)> = Vec::new();
        for (rule, finding) in run.facts.obstacles_of(place) {
            let (of, findings) = &self.forecast.rules[rule as usize];
            let told = describe(&self.forecast.columns, of, findings, finding as usize);
            found.push((rank(rule), Obstruction::Finding(rule, finding), told));
        }
        let first = found.into_iter().min_by(|a, b| a.0.cmp(&b.0).then_with(|| a.2.message.cmp(&b.2.message)));
        first.map(|(_, obstruction, finding)| (obstruction, finding))
    }

    /// Only its number; nothing is described where there is no choice.
    pub(super) fn obstruction(&self, place: u32) -> Option<Obstruction> {
        let mut obstacles = self.run().facts.obstacles_of(place);
        match (obstacles.next(), obstacles.next()) {
            (Some((rule, finding)), None) => Some(Obstruction::Finding(rule, finding)),
            _ => self.obstacle(place).map(|(obstruction, _)| obstruction),
        }
    }
}

/// Why an account is never touched.
fn leaves(sync: &Sync, asked: &Asked) -> String {
    match &sync.exception {
        Some(class) => {
            let article = if class.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            format!("it is {article} {}, which the sync does not touch", class.replace('-', " "))
        }
        None => format!("the sync does not touch it: {}", plain(&asked.text, &sync.other.name, None)),
    }
}

/// How a record is without an active account, as a sentence goes on.
pub(super) fn lost(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Blocked => "is blocked",
        Outcome::NotCreated => "is not created",
        Outcome::Suspend => "is suspended",
        Outcome::Archive => "is archived",
        Outcome::Delete => "is deleted",
        _ => "is inactive",
    }
}

/// A condition as a sentence can hold it: what is said of `of` goes without a name, and the other variable is the account.
pub(super) fn plain(condition: &str, of: &str, account: Option<&str>) -> String {
    let field = |word: &str, variable: &str| word.strip_prefix(variable)?.strip_prefix('.').map(|field| field.replace('_', " "));
    let mut words: Vec<String> = Vec::new();
    for word in condition.split(' ') {
        let (start, rest) = word.split_at(word.len() - word.trim_start_matches('(').len());
        let told = match rest {
            "=" => Some("is".to_owned()),
            "!=" => Some("is not".to_owned()),
            rest if rest == of && !of.is_empty() => Some(String::new()),
            rest if Some(rest) == account => Some("the account".to_owned()),
            rest if !of.is_empty() => field(rest, of).or_else(|| Some(format!("the account's {}", field(rest, account?)?))),
            _ => None,
        };
        let told = told.unwrap_or_else(|| rest.to_owned());
        if !told.is_empty() || !start.is_empty() {
            words.push(format!("{start}{told}"));
        }
    }
    words.join(" ")
}

/// First and last name, or the name as a whole.
fn name(record: &Record) -> Option<String> {
    let cell = |field: &str| {
        record.cells.iter().find(|cell| cell.field == field && !cell.value.trim().is_empty()).map(|cell| cell.value.trim().to_owned())
    };
    let parts: Vec<String> = ["first_name", "last_name"].iter().filter_map(|field| cell(field)).collect();
    if parts.is_empty() { cell("name") } else { Some(parts.join(" ")) }
}
