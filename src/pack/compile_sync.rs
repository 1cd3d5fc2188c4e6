//! Syncs, checked: which records, which accounts, what becomes of each, and what must be there before.
use super::file::PackFile;
use super::file_sync::{CreateFile, HoldFile, NeedFile, SyncFile, SyncTest};
use super::naming::{Naming, Way, way};
use super::rule::{Body, Pack, Rule};
use super::sync::{Asked, Create, Hold, Kept, Need, Outcome, Platform, Sync, Updated};
use super::{OTHER, RECORD};
use crate::finding::{List, Mistake, Mistakes, suggestion};
use crate::language::check::Checker;
use crate::language::form::{Binding, Column, Cond, Expr, Side, Slot};
use crate::language::scope::{Scope, Setting};
use crate::language::syntax::{self, Condition, Operator, Val};
use crate::model::{Epoch, FieldId, FieldRef, Type};
use crate::source::{Sources, Spanned};
use std::sync::Arc;

/// Checks the syncs of all packs, whose rules are checked already.
pub(super) fn syncs(files: &[PackFile], scopes: &[Scope], packs: &mut [Pack], sources: &Sources, mistakes: &mut Mistakes) {
    for (at, (file, scope)) in files.iter().zip(scopes).enumerate() {
        let mut syncs: Vec<Sync> = Vec::new();
        let mut compiler = SyncCompiler { files, file, scope, packs, sources, mistakes: &mut *mistakes };
        let platform = compiler.platform();
        for (nth, written) in file.syncs.iter().enumerate() {
            if let Some(other) = file.syncs[..nth].iter().find(|other| other.name.value == written.name.value) {
                let message = format!("two syncs have the name `{}`", written.name.value);
                let mistake = Mistake::error("duplicate-name", written.name.span, message, "named again");
                compiler.mistakes.push(mistake.and(other.name.span, "named here first").help("give one of them another name"));
                continue;
            }
            syncs.extend(compiler.sync(written));
        }
        for written in &file.syncs {
            let Some(own) = syncs.iter().position(|sync| sync.span == written.span) else { continue };
            let needs: Vec<Need> = written.needs.iter().filter_map(|need| compiler.need(need, &syncs[own], &syncs)).collect();
            syncs[own].needs = needs;
        }
        compiler.circles(&syncs);
        for test in &file.sync_tests {
            compiler.test(test, &syncs);
        }
        let named: Vec<Option<Arc<str>>> = packs[at].namings.iter().map(|naming| compiler.created_by(naming, &syncs)).collect();
        for (naming, sync) in packs[at].namings.iter_mut().zip(named) {
            naming.sync = sync;
        }
        packs[at].platform = platform;
        packs[at].syncs = syncs;
    }
}

struct SyncCompiler<'a> {
    files: &'a [PackFile],
    file: &'a PackFile,
    scope: &'a Scope,
    packs: &'a [Pack],
    sources: &'a Sources,
    mistakes: &'a mut Mistakes,
}

impl<'a> SyncCompiler<'a> {
    /// Whether a pack is this one, or one that this one requires.
    fn known(&self, pack: &str) -> bool {
        self.file.name.value == pack || self.file.requires.iter().any(|required| required.value == pack)
    }

    /// Who runs the syncs; a pack that does not say is a platform of its own name.
    fn platform(&mut self) -> Option<Platform> {
        if self.file.syncs.is_empty() {
            if let Some(platform) = &self.file.platform {
                let mistake =
                    Mistake::error("missing-key", platform.span, "a platform without a sync does nothing", "no [[sync]] in this pack");
                self.mistakes.push(mistake.help("add a [[sync]], or take [platform] out"));
            }
            return None;
        }
        let pack = &self.file.name.value;
        let Some(written) = &self.file.platform else {
            return Some(Platform { title: self.file.title.clone(), runs: None, carriers: Vec::new() });
        };
        for carrier in &written.carriers {
            let own = carrier.value == *pack;
            let there = self.files.iter().any(|file| file.name.value == carrier.value)
                || super::library::builtin_names().any(|known| known == carrier.value);
            if own {
                let mistake = Mistake::error("circle", carrier.span, "a platform can't carry its own data", "its own name");
                self.mistakes.push(mistake.help("take it out"));
            } else if !there {
                let mut known: Vec<&str> = super::library::builtin_names().collect();
                known.extend(self.files.iter().map(|file| file.name.value.as_str()));
                let near = suggestion(&carrier.value, known).map(str::to_owned);
                let mistake = Mistake::error("unknown-pack", carrier.span, format!("no pack `{}`", carrier.value), "unknown pack");
                self.mistakes.push(mistake.meant_or(near.as_deref(), "carriers are packs; `rollbook list packs` prints all of them"));
            }
        }
        Some(Platform {
            title: written.title.clone().unwrap_or_else(|| self.file.title.clone()),
            runs: written.runs.clone(),
            carriers: written.carriers.iter().map(|carrier| carrier.value.clone()).collect(),
        })
    }

    /// A limit, from its setting where one has it: a share, or how many are let pass.
    fn limit(&mut self, file: &HoldFile) -> Option<Hold> {
        let Some(name) = &file.setting else { return Some(file.hold) };
        match Checker::new(self.scope, self.mistakes).setting(name)? {
            Setting::Share(percent) => Some(Hold { share: Some(percent / 100.0), ..file.hold }),
            Setting::Number(most) if most >= 0.0 => Some(Hold { share: None, least: most as u64 + 1, ..file.hold }),
            other => {
                let message = format!("the limit is a share or a number, and the setting `{}` is {}", name.value, other.word());
                let mistake = Mistake::error("wrong-kind", name.span, message, "not a limit");
                self.mistakes.push(mistake.help(format!("write `{} = \"10%\"` under [settings]", name.value)));
                None
            }
        }
    }

    fn sync(&mut self, file: &SyncFile) -> Option<Sync> {
        let of = file.of.as_ref()?;
        let mut checker = Checker::new(self.scope, self.mistakes);
        let clause = checker.clause(of, false)?;
        let frame = std::mem::take(&mut checker.frame);
        if let Some(second) = of.bindings.get(1) {
            let mistake = Mistake::error("wrong-kind", second.span, "a sync is of the records of one noun", "another noun");
            self.mistakes.push(
                mistake.help("ask for the other by a count: 'student s where count of (enrollment e where e.student_id = s.id) > 0'"),
            );
            return None;
        }
        let record = frame[0].clone();
        if record.epoch != Epoch::Today {
            let mistake = Mistake::error("wrong-kind", of.bindings[0].span, "what is sent are records of today", "not of today");
            self.mistakes.push(mistake.help(format!(
                "write '{} {}'; what was there before is for `account` and `keeps`",
                record.noun.get().name,
                record.name
            )));
            return None;
        }
        let account = self.account(file.account.as_ref()?, &record, None)?;
        let other = account.frame[account.end.slot.0 as usize].clone();
        let attach: Vec<Option<Way>> = file.attach.iter().map(|attach| self.account(attach, &record, Some(&other))).collect();
        let keeps = match &file.keeps {
            Some(keeps) => Some(self.keeps(keeps, &other)?),
            None => None,
        };
        let of_account =
            |compiler: &mut Self, condition: &Option<Condition>| condition.as_ref().map(|condition| compiler.asked(condition, &[&other]));
        let (leaves, inactive) = (of_account(self, &file.leaves), of_account(self, &file.inactive));
        let create = match &file.create {
            CreateFile::Always => Create::Always,
            CreateFile::Never => Create::Never,
            CreateFile::When(condition) => Create::When(self.asked(condition, &[&record])),
        };
        let suspend = file.suspend.as_ref().map(|condition| self.asked(condition, &[&record, &other]));
        let when = file.when.as_ref().map(|condition| self.asked(condition, &[]));
        let known = file.known.as_ref().map(|condition| self.asked(condition, &[]));
        let update: Vec<Option<Updated>> = file.update.iter().map(|(name, value)| self.updated(name, value, &record, &other)).collect();
        let blocked: Vec<Option<Arc<str>>> = file.blocked.iter().map(|rule| self.blocking(rule, &record)).collect();
        Some(Sync {
            id: format!("{}/{}", self.file.name.value, file.name.value).into(),
            title: file.title.clone().unwrap_or_else(|| file.name.value.replace('-', " ")),
            help: file.help.clone(),
            why: file.why.clone(),
            covers: file.covers.clone(),
            sources: file.sources.clone(),
            when,
            otherwise: file.otherwise.clone(),
            known,
            unknown: file.unknown.clone(),
            frame,
            of: clause,
            account,
            attach: attach.into_iter().collect::<Option<_>>()?,
            keeps,
            exception: file.leaves.as_ref().and_then(|leaves| self.exception(leaves)),
            leaves,
            inactive,
            create,
            update: update.into_iter().collect::<Option<_>>()?,
            clears: file.clears,
            suspend,
            gone: file.gone,
            restore: file.restore,
            blocked: blocked.into_iter().collect::<Option<_>>()?,
            needs: Vec::new(),
            hold: file.hold.iter().filter_map(|limit| self.limit(limit)).collect(),
            text: file.text.clone(),
            span: file.span,
            record,
            other,
        })
    }

    /// The way from a record to its account, which is the last noun of the clause.
    fn account(&mut self, clause: &syntax::Clause, record: &Binding, known: Option<&Binding>) -> Option<Way> {
        let (frame, form) = way(self.scope, clause, record, self.mistakes)?;
        let (slot, written) = (*form.slots.last()?, clause.bindings.last()?);
        let found = &frame[slot.0 as usize];
        if let Some(known) = known.filter(|known| *known != found) {
            self.mistakes.push(another(written, known, "attach"));
            return None;
        }
        if found.noun == record.noun && found.epoch == record.epoch {
            let message = format!("an account is no {} of today: those are what is sent", record.noun.get().name);
            let mistake = Mistake::error("wrong-kind", written.span, message, "the records themselves");
            let help = format!("name what the platform has: 'account a where ...', or 'previous {} p where ...'", record.noun.get().name);
            self.mistakes.push(mistake.help(help));
            return None;
        }
        Some(Way { end: end(slot), frame, clause: form })
    }

    fn keeps(&mut self, written: &syntax::Clause, other: &Binding) -> Option<Kept> {
        let mut checker = Checker::new(self.scope, self.mistakes);
        let clause = checker.clause(written, false)?;
        let frame = std::mem::take(&mut checker.frame);
        if let Some(second) = written.bindings.get(1) {
            let mistake = Mistake::error("wrong-kind", second.span, "`keeps` is of the accounts alone", "another noun");
            self.mistakes.push(mistake.help("ask for the other by a count"));
            return None;
        }
        if frame[0] != *other {
            self.mistakes.push(another(&written.bindings[0], other, "keeps"));
            return None;
        }
        Some(Kept { frame, clause })
    }

    /// A condition on these records, in this order.
    fn asked(&mut self, condition: &Condition, of: &[&Binding]) -> Asked {
        let mut checker = Checker::new(self.scope, self.mistakes);
        for binding in of {
            checker.lend(binding);
        }
        let form = checker.condition(condition);
        let frame = std::mem::take(&mut checker.frame);
        let text = self.sources.slice(condition.span).split_whitespace().collect::<Vec<_>>().join(" ");
        Asked { text, frame, condition: form }
    }

    /// The population of an `[[exception]]` that is all that a condition asks for.
    fn exception(&self, condition: &Condition) -> Option<String> {
        let syntax::Cond::Is(_, class) = &condition.value else { return None };
        let known = self.files.iter().filter(|file| self.known(&file.name.value)).flat_map(|file| &file.exceptions);
        known.map(|exception| &exception.name.value).find(|name| **name == class.value).cloned()
    }

    fn updated(&mut self, name: &Spanned<String>, value: &syntax::Value, record: &Binding, other: &Binding) -> Option<Updated> {
        let noun = other.noun;
        let Some(field) = noun.field(&name.value) else {
            let near = suggestion(&name.value, noun.get().fields.iter().map(|field| field.name));
            let mistake =
                Mistake::error("unknown-field", name.span, format!("no field `{}` of {}", name.value, noun.get().name), "unknown field");
            self.mistakes.push(mistake.meant_or(near, "on the left stands a field of the account; `rollbook list nouns` prints them"));
            return None;
        };
        let told = self.mistakes.len();
        let mut checker = Checker::new(self.scope, self.mistakes);
        checker.lend(record);
        checker.lend(other);
        // What differs is what the language's own equality says differs.
        let own = Spanned::new(Val::Field(Spanned::new(other.name.clone(), name.span), name.clone()), name.span);
        let equal = Spanned::new(syntax::Cond::Compare(own, Operator::Equal, value.clone()), value.span);
        let form = checker.condition(&equal);
        match form {
            Cond::Equal(left, Side::Column(right), by) if left.slot == OTHER && right.slot == RECORD => {
                Some(Updated { field, value: right, by })
            }
            _ => {
                if self.mistakes.len() == told {
                    let message = format!("`{}` is kept equal to a value of the record, and this is none", name.value);
                    let mistake = Mistake::error("wrong-kind", value.span, message, "not of the record");
                    self.mistakes.push(mistake.help(format!("write a value of `{}`: '{}.{}'", record.name, record.name, name.value)));
                }
                None
            }
        }
    }

    /// A rule whose findings name records of this sync.
    fn blocking(&mut self, name: &Spanned<String>, record: &Binding) -> Option<Arc<str>> {
        let (packs, own) = (self.packs, &self.file.name.value);
        let of_pack = |pack: &&Pack| self.known(&pack.name);
        let rules = || packs.iter().filter(of_pack).flat_map(|pack| &pack.rules);
        let wanted = if name.value.contains('/') { name.value.clone() } else { format!("{own}/{}", name.value) };
        let plain = |rule: &&Rule| rule.id.split_once('/').is_some_and(|(_, plain)| plain == name.value);
        let Some(rule) = rules().find(|rule| *rule.id == *wanted).or_else(|| rules().find(plain)) else {
            // A rule whose own mistakes were told already is not told again.
            if !self.file.rules.iter().any(|rule| rule.name.value == name.value) {
                let near =
                    suggestion(&name.value, rules().filter_map(|rule| rule.id.split_once('/').map(|(_, plain)| plain))).map(str::to_owned);
                let mistake = Mistake::error("unknown-rule", name.span, format!("no rule `{}`", name.value), "unknown rule");
                self.mistakes.push(mistake.meant_or(near.as_deref(), "name a rule of this pack, or of one that it requires"));
            }
            return None;
        };
        let told = match &rule.body {
            Body::Whole { .. } => false,
            Body::Records { variants, .. } => variants.iter().any(|variant| {
                let names = |slot: &Slot| {
                    let binding = &variant.frame[slot.0 as usize];
                    (binding.noun, binding.epoch) == (record.noun, record.epoch)
                };
                variant.tuple().iter().any(names)
            }),
        };
        if !told {
            let (id, noun) = (&rule.id, record.noun.get().name);
            let mistake = Mistake::error("wrong-kind", name.span, format!("no finding of `{id}` names a {noun}"), "can't block any");
            self.mistakes.push(mistake.help(format!("name a rule that is about `{noun}`, or joins it by `with`")));
            return None;
        }
        Some(rule.id.clone())
    }

    /// The sync of that name, of this pack or of one that it requires.
    fn named<'s>(&mut self, name: &Spanned<String>, syncs: &'s [Sync]) -> Option<&'s Sync>
    where
        'a: 's,
    {
        let packs = self.packs;
        let required = || packs.iter().filter(|pack| self.known(&pack.name)).flat_map(|pack| &pack.syncs);
        let of_own = format!("{}/{}", self.file.name.value, name.value);
        let found = syncs.iter().chain(required()).find(|sync| *sync.id == *name.value || *sync.id == *of_own);
        // A sync whose own mistakes were told already is not told again.
        if found.is_none() && !self.file.syncs.iter().any(|sync| sync.name.value == name.value) {
            let known = self.file.syncs.iter().map(|sync| sync.name.value.as_str()).chain(required().map(|sync| &*sync.id));
            let near = suggestion(&name.value, known).map(str::to_owned);
            let mistake = Mistake::error("unknown-sync", name.span, format!("no sync `{}`", name.value), "unknown sync");
            let help = "name a [[sync]] of this pack, or `pack/sync` of one that it requires";
            self.mistakes.push(mistake.meant_or(near.as_deref(), help));
        }
        found
    }

    /// The sync that creates the accounts of a schema.
    fn created_by(&mut self, naming: &Naming, syncs: &[Sync]) -> Option<Arc<str>> {
        let file = self.file;
        let name = file.namings.iter().find(|written| written.span == naming.span)?.sync.as_ref()?;
        let sync = self.named(name, syncs)?;
        if (sync.record.noun, sync.record.epoch) != (naming.noun(), Epoch::Today) {
            let (sent, person) = (sync.record.noun.get().plural, naming.noun().get().plural);
            let message = format!("`{}` sends {sent}, and the schema is for {person}", sync.id);
            self.mistakes.push(Mistake::error("wrong-kind", name.span, message, "other records").help("name a sync of the same noun"));
            return None;
        }
        Some(sync.id.clone())
    }

    fn need(&mut self, file: &NeedFile, own: &Sync, syncs: &[Sync]) -> Option<Need> {
        let target = self.named(&file.sync, syncs)?;
        let (target_id, wanted) = (target.id.clone(), (target.record.noun, target.record.epoch));
        let (frame, form) = way(self.scope, &file.through, &own.record, self.mistakes)?;
        let reached = form.slots.iter().rev().find(|slot| {
            let binding = &frame[slot.0 as usize];
            (binding.noun, binding.epoch) == wanted
        });
        let Some(slot) = reached.copied() else {
            let noun = wanted.0.get();
            let message = format!("this leads to no {}, and `{target_id}` sends {}", noun.name, noun.plural);
            let mistake = Mistake::error("wrong-kind", file.through.span, message, "to other records");
            self.mistakes.push(mistake.help(format!("let the last noun be the other sync's record: '..., {} x where ...'", noun.name)));
            return None;
        };
        Some(Need { sync: target_id, way: Way { end: end(slot), frame, clause: form }, why: file.why.clone() })
    }

    /// Syncs that need one another can't be forecast one after the other.
    fn circles(&mut self, syncs: &[Sync]) {
        for (at, sync) in syncs.iter().enumerate() {
            let mut reached: Vec<&str> = Vec::new();
            let mut open: Vec<&str> = sync.needs.iter().map(|need| &*need.sync).collect();
            while let Some(next) = open.pop() {
                if !reached.contains(&next) {
                    reached.push(next);
                    open.extend(syncs.iter().filter(|sync| *sync.id == *next).flat_map(|sync| &sync.needs).map(|need| &*need.sync));
                }
            }
            // Every sync of the circle comes upon it; the first tells.
            let earlier = |known: &str| syncs[..at].iter().any(|other| *other.id == *known && reached.contains(&known));
            if reached.contains(&&*sync.id) && !reached.iter().any(|known| earlier(known)) {
                let Some(written) = self.file.syncs.iter().find(|written| written.span == sync.span) else { continue };
                let span = written.needs.first().map_or(written.name.span, |need| need.sync.span);
                let message = if reached.len() == 1 {
                    format!("`{}` needs itself", sync.id)
                } else {
                    let names: Vec<String> = reached.iter().filter(|name| **name != &*sync.id).map(|name| format!("`{name}`")).collect();
                    format!("`{}` needs itself, by way of {}", sync.id, List(&names, "and"))
                };
                let mistake = Mistake::error("circle", span, message, "comes back to itself");
                self.mistakes.push(mistake.help("one of them comes first; take its `needs` out"));
            }
        }
    }

    /// A test names a sync of this pack, its variables, and outcomes that there are.
    fn test(&mut self, test: &SyncTest, syncs: &[Sync]) {
        super::compile::setup(&test.setup, self.scope, self.mistakes);
        let name = &test.sync;
        let Some(sync) = syncs.iter().find(|sync| sync.id.split_once('/').is_some_and(|(_, plain)| plain == name.value)) else {
            if !self.file.syncs.iter().any(|sync| sync.name.value == name.value) {
                let near = suggestion(&name.value, self.file.syncs.iter().map(|sync| sync.name.value.as_str()));
                let mistake = Mistake::error("unknown-sync", name.span, format!("no sync `{}` in this pack", name.value), "unknown sync");
                self.mistakes.push(mistake.meant_or(near, "a test names a [[sync]] of its own pack"));
            }
            return;
        };
        // Limits with mistakes were told already.
        let limited = self.file.syncs.iter().any(|written| written.span == sync.span && written.limited);
        if let (Some(hold), false) = (&test.hold, limited) {
            let message = format!("`{}` has no limits, and is never held", name.value);
            self.mistakes
                .push(Mistake::error("never", hold.span, message, "no `hold` there").help("give the sync a `hold`, or take this out"));
        }
        let (record, other) = (&sync.record.name, &sync.other.name);
        for expected in &test.expect {
            let variable = &expected.record.0;
            if variable.value != *record && variable.value != *other {
                let message = format!("`{}` has records `{record}` and accounts `{other}`, not `{}`", name.value, variable.value);
                let mistake = Mistake::error("unknown-variable", variable.span, message, "not its variable");
                let near = suggestion(&variable.value, ["outcome", "by", "fields"]).map(str::to_owned);
                let help = format!(
                    "begin with the record, `{{ {record} = \"...\", outcome = \"...\" }}`, or with an account without one, `{other}`"
                );
                self.mistakes.push(mistake.meant_or(near.as_deref(), help));
            }
            let words = Outcome::ALL.map(Outcome::words);
            if !words.contains(&expected.outcome.value.as_str()) {
                let mistake = Mistake::error(
                    "unknown-outcome",
                    expected.outcome.span,
                    format!("no outcome `{}`", expected.outcome.value),
                    "unknown outcome",
                );
                let names: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                self.mistakes
                    .push(mistake.meant_or(suggestion(&expected.outcome.value, words), format!("outcomes are {}", List(&names, "and"))));
            }
            for field in expected.fields.iter().flatten() {
                let known = || sync.update.iter().map(|updated| updated.field.of(sync.other.noun).name);
                if !known().any(|known| known == field.value) {
                    let message = format!("`{}` updates no `{}`", name.value, field.value);
                    let mistake = Mistake::error("unknown-field", field.span, message, "not under `update`");
                    self.mistakes.push(mistake.meant_or(suggestion(&field.value, known()), "name fields that stand under `update`"));
                }
            }
        }
    }
}

/// The account of a clause is called as in `account`.
fn another(written: &syntax::Binding, known: &Binding, key: &str) -> Mistake {
    let (epoch, noun, name) = (known.epoch, known.noun.get().name, &known.name);
    let message = format!("under `{key}` the account is `{epoch}{noun} {name}`, as under `account`");
    Mistake::error("wrong-variable", written.span, message, "another one").help(format!("write '{epoch}{noun} {name}' here too"))
}

/// The record at the end of a way, whatever is asked of it.
fn end(slot: Slot) -> Column {
    Column { slot, expr: Arc::new(Expr::Field(FieldRef::Field(FieldId(0)))), kind: Type::Id }
}
