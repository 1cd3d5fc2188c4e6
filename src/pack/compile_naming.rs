//! Naming schemas, checked: who, by which candidates, in which scopes, under which limits.
use super::file::{FieldFile, NamingFile, NamingTest, PackFile, PasswordFile, TargetFile};
use super::merge::Merge;
use super::naming::{Naming, Password, Way, students, way};
use super::rule::{Body, Pack, Rule, Shape};
use crate::finding::{List, Mistake, Mistakes, suggestion};
use crate::language::check::Checker;
use crate::language::form::{Binding, By, Column, Expr};
use crate::language::scope::Scope;
use crate::language::syntax::{self, Name};
use crate::model::{Epoch, FieldId, FieldRef, NounId, Privacy, Type, noun};
use crate::naming::{Ban, FieldRule, Limits, Part, Pattern, Place, Schema};
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// Checks the schemas of all packs, whose rules are checked already.
pub(super) fn namings(files: &[PackFile], scopes: &[Scope], packs: &mut [Pack], mistakes: &mut Mistakes) {
    for (at, (file, scope)) in files.iter().zip(scopes).enumerate() {
        let mut namings: Vec<Naming> = Vec::new();
        for (nth, naming) in file.namings.iter().enumerate() {
            if let Some(other) = file.namings[..nth].iter().find(|other| other.name.value == naming.name.value) {
                let message = format!("two schemas have the name `{}`", naming.name.value);
                let mistake = Mistake::error("duplicate-name", naming.name.span, message, "named again");
                mistakes.push(mistake.and(other.name.span, "named here first").help("give one of them another name"));
                continue;
            }
            namings.extend(NamingCompiler { files, file, scope, packs, mistakes }.naming(naming));
        }
        for test in &file.naming_tests {
            check_test(test, file, &namings, scope, mistakes);
        }
        targets(file, mistakes);
        packs[at].namings = namings;
    }
}

fn targets(file: &PackFile, mistakes: &mut Mistakes) {
    for target in file.targets.iter().filter(|target| !mistakes.any_error_in(target.name.span.text)).collect::<Vec<_>>() {
        if target.limits.length.is_none() && target.limits.allowed.is_none() && target.forbidden.is_empty() && target.reserved.is_empty() {
            let message = format!("the target `{}` asks for nothing", target.name.value);
            let mistake = Mistake::error("missing-key", target.name.span, message, "no limit");
            mistakes.push(mistake.help("say what it allows: `length = \"1..20\"`, `allowed = \"[a-z0-9.]\"`, `forbidden`, `reserved`"));
        }
    }
}

/// A field of the account, and the ids of the uniquenesses in which it must be free.
type Filled = (FieldId, Vec<Arc<str>>);

struct NamingCompiler<'a> {
    files: &'a [PackFile],
    file: &'a PackFile,
    scope: &'a Scope,
    packs: &'a [Pack],
    mistakes: &'a mut Mistakes,
}

impl NamingCompiler<'_> {
    fn naming(&mut self, file: &NamingFile) -> Option<Naming> {
        let people = file.people.as_ref()?;
        let mut checker = Checker::new(self.scope, self.mistakes);
        let clause = checker.clause(people, false)?;
        let person = checker.frame[clause.slots[0].0 as usize].clone();
        let [binding] = people.bindings.as_slice() else {
            let mistake = Mistake::error("wrong-kind", people.bindings[1].span, "a schema is for the people of one noun", "another noun");
            self.mistakes.push(
                mistake.help("ask for the other by a count: 'student s where count of (enrollment e where e.student_id = s.id) > 0'"),
            );
            return None;
        };
        if person.epoch != Epoch::Today {
            let mistake = Mistake::error("wrong-kind", binding.span, "accounts are made for the people of today", "not of today");
            self.mistakes.push(mistake.help(format!("write '{} {}'", person.noun.get().name, person.name)));
            return None;
        }
        let counts = file.candidates.first().is_some_and(counts);
        let place = |nth: usize| if nth == 0 { Place::Template } else { Place::Clash { template_counts: counts } };
        let candidates: Vec<Option<Pattern>> =
            file.candidates.iter().enumerate().map(|(nth, template)| Pattern::read(&mut checker, template, place(nth))).collect();
        let name = || Pattern { parts: vec![Part::Name] };
        let values: Vec<Option<Pattern>> = file
            .fields
            .iter()
            .map(|field| field.value.as_ref().map_or_else(|| Some(name()), |value| Pattern::read(&mut checker, value, Place::Field)))
            .collect();
        let record: Vec<(&Name, Option<Expr>)> =
            file.record.iter().map(|(field, template)| (field, record_value(&mut checker, template))).collect();
        let order = checker.columns(&file.order);
        let frame = std::mem::take(&mut checker.frame);
        let account = file.account.as_ref().map(|account| self.account(account, &person));
        let merge = file.merge.as_ref().map(|name| self.merge(name, person.noun));
        let sees = file.sees.as_ref().map(|sees| students(self.scope, sees, &person, self.mistakes));
        let record: Vec<Option<(FieldId, Expr)>> = record
            .into_iter()
            .map(|(field, expr)| {
                let id = self.account_field(field)?;
                if let Some(other) = file.fields.iter().find(|other| other.name.value == field.value) {
                    let message = format!("`{}` is a field that the schema fills", field.value);
                    let mistake = Mistake::error("duplicate-name", field.span, message, "given again").and(other.name.span, "filled here");
                    self.mistakes.push(mistake.help("take it out of `record`"));
                    return None;
                }
                Some((id, expr?))
            })
            .collect();
        let known: Vec<&str> = file
            .record
            .iter()
            .map(|(field, _)| field.value.as_str())
            .chain(file.fields.iter().map(|field| field.name.value.as_str()))
            .collect();
        let fields: Vec<Option<(FieldRule, Filled)>> =
            file.fields.iter().zip(values).map(|(field, value)| self.field(field, value, &known)).collect();
        let blocked: Vec<Option<Arc<str>>> = file.blocked.iter().map(|rule| self.blocking(rule, person.noun)).collect();
        let password = file.password.as_ref().map(|password| self.password(password));
        let (rules, fields) = fields.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let schema = Schema { candidates: candidates.into_iter().collect::<Option<_>>()?, counter: file.counter.clone(), fields: rules };
        if file.fields.is_empty() {
            return None;
        }
        Some(Naming {
            id: format!("{}/{}", self.file.name.value, file.name.value).into(),
            title: file.title.clone().unwrap_or_else(|| file.name.value.replace('-', " ")),
            group: file.group.clone().unwrap_or_else(|| file.name.value.clone()),
            frame,
            people: clause,
            account: transposed(account)?,
            merge: transposed(merge)?,
            // Syncs are checked after the schemas, and tied to them then.
            sync: None,
            sees: transposed(sees)?,
            schema,
            fields,
            order: order?,
            blocked: blocked.into_iter().collect::<Option<_>>()?,
            record: record.into_iter().collect::<Option<_>>()?,
            reuse: file.reuse,
            password: transposed(password)?,
            text: file.text.clone(),
            span: file.span,
        })
    }

    /// A field of the account that may be filled.
    fn account_field(&mut self, name: &Name) -> Option<FieldId> {
        let account = account();
        let Some(field) = account.field(&name.value) else {
            let near = suggestion(&name.value, account.get().fields.iter().map(|field| field.name));
            let mistake = Mistake::error("unknown-field", name.span, format!("no field `{}` of account", name.value), "unknown field");
            self.mistakes.push(mistake.meant_or(near, "`rollbook list nouns` prints the fields"));
            return None;
        };
        if field.of(account).privacy == Privacy::Secret {
            let mistake = Mistake::error("secret", name.span, "passwords are not made of what people know", "a password");
            self.mistakes.push(mistake.help("say how they are drawn: `password = { words = 2, digits = 2, list = \"password-words\" }`"));
            return None;
        }
        Some(field)
    }

    fn account(&mut self, clause: &syntax::Clause, person: &Binding) -> Option<Way> {
        let (frame, form) = way(self.scope, clause, person, self.mistakes)?;
        let found = &frame[form.slots[0].0 as usize];
        if form.slots.len() != 1 || found.noun != account() || found.epoch != Epoch::Today {
            let mistake = Mistake::error("wrong-kind", clause.span, "a person's account is one record of account", "not a clause of it");
            let name = &person.name;
            self.mistakes.push(mistake.help(format!("write 'account a where a.ref_id = {name}.id'")));
            return None;
        }
        let end = Column { slot: form.slots[0], expr: Arc::new(Expr::Field(FieldRef::Field(FieldId(0)))), kind: Type::Id };
        Some(Way { frame, clause: form, end })
    }

    fn field(&mut self, file: &FieldFile, value: Option<Pattern>, known: &[&str]) -> Option<(FieldRule, Filled)> {
        let id = self.account_field(&file.name);
        let mut limits = Vec::new();
        let asks = |length: &Option<Spanned<(usize, usize)>>| length.map_or(1..=usize::MAX, |length| length.value.0..=length.value.1);
        if file.limits.length.is_some() || file.limits.allowed.is_some() {
            limits.push(Limits { length: asks(&file.limits.length), allowed: file.limits.allowed.clone(), ..Limits::default() });
        }
        for name in &file.targets {
            if let Some(target) = self.target(name) {
                limits.push(Limits {
                    why: target.name.value.clone(),
                    length: asks(&target.limits.length),
                    allowed: target.limits.allowed.clone(),
                    forbidden: target.forbidden.clone(),
                    reserved: target.reserved.clone(),
                });
            }
        }
        let mut bans = Vec::new();
        for never in &file.never {
            let Some(words) = self.list(&never.list) else { continue };
            let words = words.iter().map(String::as_str);
            bans.push(if never.anywhere { Ban::anywhere(&never.list.value, words) } else { Ban::whole(&never.list.value, words) });
        }
        let unique: Vec<Option<Arc<str>>> = file.unique.iter().map(|name| self.scope_of(name, &file.name, known)).collect();
        let id = id?;
        let address = id.of(account()).kind == Type::Email;
        let rule = FieldRule { name: file.name.value.clone(), value: value?, limits, bans, address };
        Some((rule, (id, unique.into_iter().collect::<Option<_>>()?)))
    }

    fn list(&mut self, name: &Name) -> Option<Arc<Vec<String>>> {
        if let Some(list) = self.scope.lists.get(&name.value) {
            list.used.set(true);
            return Some(list.value.clone());
        }
        let near = suggestion(&name.value, self.scope.lists.keys().map(String::as_str));
        let mistake = Mistake::error("unknown-list", name.span, format!("no list `{}`", name.value), "unknown list");
        self.mistakes
            .push(mistake.meant_or(near, format!("declare it, [lists.{}] values = [..], or require the pack that does", name.value)));
        None
    }

    /// Whether what stands in that pack may be used here.
    fn known(&self, pack: &str) -> bool {
        pack == self.file.name.value || self.file.requires.iter().any(|required| required.value == pack)
    }

    fn target(&mut self, name: &Name) -> Option<&TargetFile> {
        let (pack, plain) = name.value.split_once('/').map_or((None, name.value.as_str()), |(pack, plain)| (Some(pack), plain));
        let files = self.files;
        let targets = || {
            let known = files.iter().filter(|file| self.known(&file.name.value) && pack.is_none_or(|pack| pack == file.name.value));
            known.flat_map(|file| &file.targets)
        };
        let found = targets().find(|target| target.name.value == plain);
        if found.is_none() {
            let near = suggestion(plain, targets().map(|target| target.name.value.as_str()));
            let mistake = Mistake::error("unknown-target", name.span, format!("no target `{}`", name.value), "unknown target");
            let help = format!("declare it, [target.{plain}], or require the pack that does");
            self.mistakes.push(mistake.meant_or(near, help));
        }
        found
    }

    /// The rule of that name, of this pack or of one that it requires.
    fn rule(&mut self, name: &Name, shape: Option<Shape>, what: &str) -> Option<&Rule> {
        let packs = self.packs;
        let rules = || {
            let known = packs.iter().filter(|pack| self.known(&pack.name));
            known.flat_map(|pack| &pack.rules).filter(|rule| shape.is_none_or(|shape| rule.shape == shape))
        };
        let plain = |rule: &Rule| rule.id.split_once('/').is_some_and(|(_, plain)| plain == name.value);
        let own = format!("{}/{}", self.file.name.value, name.value);
        let found = rules().find(|rule| *rule.id == *own).or_else(|| rules().find(|rule| *rule.id == *name.value || plain(rule)));
        if found.is_some() {
            return found;
        }
        let written = |file: &PackFile| file.rules.iter().any(|rule| name.value == rule.name.value);
        let id_of = |rule: &Rule| *rule.id == *own || *rule.id == *name.value || plain(rule);
        if packs.iter().filter(|pack| self.known(&pack.name)).flat_map(|pack| &pack.rules).any(id_of) {
            let message = format!("`{}` is a rule, and not a {what}", name.value);
            let mistake = Mistake::error("wrong-kind", name.span, message, "not a [[unique]]");
            self.mistakes.push(mistake.help("name a [[unique]]: it says whose records share the name space"));
            return None;
        }
        // A rule whose own mistakes were told already is not told again.
        if self.files.iter().any(|file| self.known(&file.name.value) && written(file)) && self.mistakes.any_error() {
            return None;
        }
        let near = suggestion(&name.value, rules().filter_map(|rule| rule.id.split_once('/').map(|(_, plain)| plain)));
        let mistake = Mistake::error("unknown-rule", name.span, format!("no {what} `{}`", name.value), format!("unknown {what}"));
        self.mistakes.push(mistake.meant_or(near, format!("name a {what} of this pack, or of one that it requires")));
        None
    }

    /// A uniqueness in which a field must be free: it must speak of accounts, its key of the field, and its `within` of what the account will have.
    fn scope_of(&mut self, name: &Name, field: &Name, known: &[&str]) -> Option<Arc<str>> {
        let rule = self.rule(name, Some(Shape::Unique), "uniqueness")?;
        let id = rule.id.clone();
        let Body::Records { variants, .. } = &rule.body else { return None };
        let of_account = |epoch: Epoch| {
            variants.iter().find(move |variant| {
                let first = &variant.frame[variant.each.slots[0].0 as usize];
                first.noun == account() && first.epoch == epoch
            })
        };
        let Some(variant) = of_account(Epoch::Today).or_else(|| of_account(Epoch::Proposed)) else {
            let mistake = Mistake::error("wrong-kind", name.span, format!("`{id}` is not about accounts"), "no account among its records");
            self.mistakes.push(mistake.help("add 'account x' to its `among`, so that it says which of an account's fields must be free"));
            return None;
        };
        let fields_of = |columns: &[(Column, By)]| {
            let mut names = Vec::new();
            columns.iter().for_each(|(column, _)| column.expr.fields(&mut |field| names.push(field.name(account()).to_owned())));
            names
        };
        let (within, key) = variant.group.split_at(variant.scope);
        let filled = account().field(&field.value).map(FieldRef::Field);
        let alone = |(column, _): &(Column, By)| filled.as_ref().is_some_and(|filled| is_made_of(&column.expr, filled));
        if !key.iter().all(alone) || key.len() != 1 {
            let message = format!("the key of `{id}` is not `{}` alone", field.value);
            let mistake = Mistake::error("wrong-kind", name.span, message, "keeps something else unique");
            let names: Vec<String> = fields_of(key).iter().map(|name| format!("`{name}`")).collect();
            self.mistakes.push(mistake.help(format!("its key is made of {}; name a uniqueness of `{}`", List(&names, "and"), field.value)));
            return None;
        }
        if let Some(lacking) = fields_of(within).iter().find(|name| !known.contains(&name.as_str())) {
            let message = format!("`{id}` holds within `{lacking}`, which the account would not have");
            let mistake = Mistake::error("missing-key", name.span, message, format!("asks for `{lacking}`"));
            self.mistakes.push(mistake.help(format!("add it to `record`: {lacking} = '{{s.{lacking}}}'")));
            return None;
        }
        Some(id)
    }

    fn blocking(&mut self, name: &Name, person: NounId) -> Option<Arc<str>> {
        let rule = self.rule(name, None, "rule")?;
        let (id, nouns) = (rule.id.clone(), rule.nouns());
        let told = match &rule.body {
            Body::Whole { .. } => false,
            Body::Records { variants, .. } => variants.iter().any(|variant| {
                variant.tuple().iter().any(|slot| {
                    let binding = &variant.frame[slot.0 as usize];
                    binding.noun == person && binding.epoch == Epoch::Today
                })
            }),
        };
        if !told {
            let message = format!("no finding of `{id}` names a {}", person.get().name);
            let mistake = Mistake::error("wrong-kind", name.span, message, "can't block anybody");
            self.mistakes.push(mistake.help(format!("name a rule that is about `{}`, or joins it by `with`", person.get().name)));
            return None;
        }
        if nouns.iter().any(|(_, epoch)| *epoch == Epoch::Proposed) {
            let message = format!("`{id}` reads proposed accounts, and would say which are proposed");
            self.mistakes.push(Mistake::error("circle", name.span, message, "comes back to itself").help("name a rule about the roster"));
            return None;
        }
        Some(id)
    }

    /// The merge of that name, of this pack or of one that it requires.
    fn merge(&mut self, name: &Name, person: NounId) -> Option<Arc<Merge>> {
        let packs = self.packs;
        let merges = || packs.iter().filter(|pack| self.known(&pack.name)).flat_map(|pack| &pack.merges);
        let plain = |merge: &Merge| merge.id.split_once('/').is_some_and(|(_, plain)| plain == name.value);
        let Some(found) = merges().find(|merge| *merge.id == *name.value || plain(merge)) else {
            // A merge whose own mistakes were told already is not told again.
            if !self.file.merges.iter().any(|merge| merge.name.value == name.value) {
                let near = suggestion(&name.value, merges().filter_map(|merge| merge.id.split_once('/').map(|(_, plain)| plain)));
                let mistake = Mistake::error("unknown-merge", name.span, format!("no merge `{}`", name.value), "unknown merge");
                self.mistakes.push(mistake.meant_or(near, "name a [[merge]] of this pack, or of one that it requires"));
            }
            return None;
        };
        if found.record.noun != person {
            let message =
                format!("`{}` merges {}, and the schema is for {}", found.id, found.record.noun.get().plural, person.get().plural);
            self.mistakes.push(Mistake::error("wrong-kind", name.span, message, "other records").help("name a merge of the same noun"));
            return None;
        }
        Some(found.clone())
    }

    fn password(&mut self, file: &PasswordFile) -> Option<Password> {
        let (words, digits, symbols) = file.parts;
        let list = match &file.list {
            Some(name) => self.list(name)?.to_vec(),
            None => Vec::new(),
        };
        if words + digits + symbols == 0 {
            let mistake = Mistake::error("wrong-kind", file.span, "a password of nothing", "no words, digits or symbols");
            self.mistakes.push(mistake.help("write `words = 2, digits = 2`"));
            return None;
        }
        let length = file.length.map_or(1..=usize::MAX, |length| length.value.0..=length.value.1);
        Some(Password { words, digits, symbols, length, list, must_change: file.must_change })
    }
}

/// `Some(None)` is what was there and is wrong.
#[expect(clippy::option_option, reason = "told from what was not there")]
fn transposed<T>(option: Option<Option<T>>) -> Option<Option<T>> {
    match option {
        None => Some(None),
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
    }
}

fn account() -> NounId {
    noun("account").unwrap_or(NounId(0))
}

fn counts(template: &syntax::Template) -> bool {
    template.pieces.iter().any(|piece| match piece {
        syntax::Piece::Hole(values, _) => values.iter().any(|value| matches!(&value.value, syntax::Val::Name(name) if name == "n")),
        syntax::Piece::Literal(_) => false,
    })
}

/// Whether a value is there as soon as this field is.
fn is_made_of(expr: &Expr, field: &FieldRef) -> bool {
    match expr {
        Expr::Field(other) => other == field,
        Expr::Text(_) => true,
        Expr::Apply(_, inner) => is_made_of(inner, field),
        Expr::First(parts) => parts.iter().any(|part| is_made_of(part, field)),
        Expr::Join(parts) => parts.iter().all(|part| is_made_of(part, field)),
    }
}

/// A value of the proposed account: of the person alone, and missing when one of its parts is.
fn record_value(checker: &mut Checker<'_, '_>, template: &syntax::Template) -> Option<Expr> {
    let told: Vec<Span> = template
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            syntax::Piece::Hole(values, span) => values
                .iter()
                .any(|value| match &value.value {
                    syntax::Val::Name(name) => name == "name" || name == "n",
                    syntax::Val::Text(text) => text.is_empty(),
                    _ => false,
                })
                .then_some(*span),
            syntax::Piece::Literal(_) => None,
        })
        .collect();
    for span in &told {
        let message = "what else an account has is made of the person alone";
        let help = "a field that holds the name stands under [naming.fields]; an empty text stands for nothing here";
        checker.tell(Mistake::error("naming", *span, message, "not of the person").help(help));
    }
    let pattern = Pattern::read(checker, template, Place::Field).filter(|_| told.is_empty())?;
    let mut parts: Vec<Expr> = pattern
        .parts
        .into_iter()
        .filter_map(|part| match part {
            Part::Literal(text) => Some(Expr::Text(text)),
            Part::Value { expr, .. } => Some((*expr).clone()),
            Part::Name | Part::Counter => None,
        })
        .collect();
    Some(if parts.len() == 1 { parts.remove(0) } else { Expr::Join(parts) })
}

/// A test names a schema of this pack, the person by the variable of `for`, and fields that the schema fills.
fn check_test(test: &NamingTest, file: &PackFile, namings: &[Naming], scope: &Scope, mistakes: &mut Mistakes) {
    super::compile::setup(&test.setup, scope, mistakes);
    let name = &test.naming;
    let Some(naming) = namings.iter().find(|naming| naming.id.split_once('/').is_some_and(|(_, plain)| plain == name.value)) else {
        // A schema whose own mistakes were told already is not told again.
        if !file.namings.iter().any(|naming| naming.name.value == name.value) {
            let near = suggestion(&name.value, file.namings.iter().map(|naming| naming.name.value.as_str()));
            let mistake = Mistake::error("unknown-naming", name.span, format!("no schema `{}` in this pack", name.value), "unknown schema");
            mistakes.push(mistake.meant_or(near, "a test names a [[naming]] of its own pack"));
        }
        return;
    };
    for expected in &test.expect {
        let variable = &expected.person.0;
        if variable.value != naming.variable() {
            let message = format!("the people of `{}` are called `{}`, not `{}`", name.value, naming.variable(), variable.value);
            let mistake = Mistake::error("unknown-variable", variable.span, message, "not its variable");
            mistakes.push(mistake.help(format!("begin with the person: `{{ {} = \"...\" }}`", naming.variable())));
        }
        let known = || naming.schema.fields.iter().map(|field| field.name.as_str());
        for (field, _) in &expected.fields {
            if !known().any(|known| known == field.value) {
                let mistake =
                    Mistake::error("unknown-field", field.span, format!("`{}` fills no `{}`", name.value, field.value), "not filled");
                let names: Vec<String> =
                    known().map(|name| format!("`{name}`")).chain(["`blocked`".to_owned(), "`state`".to_owned()]).collect();
                mistakes.push(mistake.meant_or(suggestion(&field.value, known()), format!("the keys here are {}", List(&names, "and"))));
            }
        }
        if let Some(state) = &expected.state
            && !STATES.contains(&state.value.as_str())
        {
            let mistake = Mistake::error("unknown-state", state.span, format!("no state `{}`", state.value), "unknown state");
            let names: Vec<String> = STATES.iter().map(|state| format!("`{state}`")).collect();
            mistakes.push(mistake.meant_or(suggestion(&state.value, STATES), format!("states are {}", List(&names, "and"))));
        }
    }
}

/// The states of a person, in the words of tests and reports.
pub const STATES: [&str; 4] = ["exists", "name differs from schema", "will be created", "blocked"];
