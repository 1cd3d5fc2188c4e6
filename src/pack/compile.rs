//! From pack files to checked packs: definitions are put in scope, rules are checked, and rules are linked to those that explain them.
use super::file::{BodyFile, ExceptionFile, PackFile, RuleFile, Within};
use super::rule::{Body, Follow, Grouping, Label, Link, Pack, Reference, Rule, Shape, Variant};
use crate::finding::{Mistake, Mistakes, Severity, suggestion};
use crate::language::check::Checker;
use crate::language::form::{By, Clause, Column, Cond, Frame, Piece, Quantity, Template};
use crate::language::joins;
use crate::language::scope::{Class, Derived, Named, Scope, Setting};
use crate::language::syntax::{self, Operator};
use crate::model::{NOUNS, NounId, Type, noun};
use crate::source::{Sources, Span, Spanned};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a district changes.
#[derive(Debug, Default, Clone)]
pub struct Overrides {
    /// Per rule id; `None` turns it off.
    pub severity: BTreeMap<String, Spanned<Option<Severity>>>,
    /// Per pack and setting.
    pub settings: BTreeMap<(String, String), Spanned<Setting>>,
    /// Per pack and list.
    pub lists: BTreeMap<(String, String), Spanned<Vec<String>>>,
    /// Per pack, noun and field.
    pub derived: BTreeMap<(String, String, String), Spanned<syntax::Template>>,
    /// The day that `today` means, in days since 1970.
    pub today: i32,
}

/// Checks packs, which must stand after those that they require.
pub fn compile(files: &[PackFile], overrides: &Overrides, sources: &Sources, mistakes: &mut Mistakes) -> Vec<Pack> {
    let scopes: Vec<Scope> = files.iter().map(|file| scope(file, files, overrides, mistakes)).collect();
    let mut packs: Vec<Pack> =
        files.iter().zip(&scopes).map(|(file, scope)| PackCompiler { file, scope, sources, overrides, mistakes }.pack()).collect();
    unknown_overrides(files, &packs, overrides, mistakes);
    link(files, &scopes, &mut packs, mistakes);
    for (file, scope) in files.iter().zip(&scopes) {
        super::lint::unused(file, scope, mistakes);
    }
    packs
}

/// The definitions of a pack and of those that it requires.
fn scope(file: &PackFile, files: &[PackFile], overrides: &Overrides, mistakes: &mut Mistakes) -> Scope {
    let mut scope = Scope { today: overrides.today, ..Scope::default() };
    for required in &file.requires {
        match files.iter().find(|other| other.name.value == required.value) {
            Some(other) => define(other, false, &mut scope, overrides, &mut Mistakes::default()),
            None => {
                let near = suggestion(&required.value, super::library::builtin_names());
                let mistake = Mistake::error("unknown-pack", required.span, format!("no pack `{}`", required.value), "not a pack");
                mistakes.push(if near.is_some() { mistake.meant(near) } else { mistake.help("`rollbook list packs` prints all of them") });
            }
        }
    }
    define(file, true, &mut scope, overrides, mistakes);
    // A definition that no rule uses is checked all the same.
    for class in scope.classes.iter().filter(|class| class.own) {
        let mut checker = Checker::of_record(&scope, mistakes, class.noun, class.variable.as_deref());
        for condition in &class.conditions {
            checker.condition(condition);
        }
    }
    for derived in scope.derived.iter().filter(|derived| derived.own) {
        let mut checker = Checker::of_record(&scope, mistakes, derived.noun, None);
        checker.derived(&derived.template, crate::language::form::Slot(0));
    }
    for class in &scope.classes {
        class.used.set(false);
    }
    scope
}

fn known_noun(name: &Spanned<String>, mistakes: &mut Mistakes) -> Option<NounId> {
    let found = noun(&name.value);
    if found.is_none() {
        let near = suggestion(&name.value, NOUNS.iter().map(|noun| noun.name));
        let mistake = Mistake::error("unknown-noun", name.span, format!("no noun `{}`", name.value), "not a kind of record");
        mistakes.push(if near.is_some() { mistake.meant(near) } else { mistake.help("`rollbook list nouns` prints all of them") });
    }
    found
}

fn define(file: &PackFile, own: bool, scope: &mut Scope, overrides: &Overrides, mistakes: &mut Mistakes) {
    let pack = &file.name.value;
    for (name, default) in &file.settings {
        let value = match overrides.settings.get(&(pack.clone(), name.value.clone())) {
            Some(own) if std::mem::discriminant(&own.value) == std::mem::discriminant(default) => own.value.clone(),
            Some(own) => {
                let message = format!("the setting `{}` of {pack} is {}, not {}", name.value, default.word(), own.value.word());
                mistakes.push(Mistake::error("wrong-kind", own.span, message, format!("expected {}", default.word())));
                default.clone()
            }
            None => default.clone(),
        };
        scope.settings.insert(name.value.clone(), Named::new(value, name.span));
    }
    for list in &file.lists {
        let values = match overrides.lists.get(&(pack.clone(), list.name.value.clone())) {
            Some(own) => own.value.clone(),
            None => list.values.clone(),
        };
        scope.lists.insert(list.name.value.clone(), Named::new(Arc::new(values), list.name.span));
    }
    for (noun_name, field) in &file.exact {
        if let Some(noun) = known_noun(noun_name, mistakes) {
            if noun.field(&field.value).is_none() {
                let near = suggestion(&field.value, noun.get().fields.iter().map(|field| field.name));
                let message = format!("{} has no field `{}`", noun.get().name, field.value);
                mistakes.push(Mistake::error("unknown-field", field.span, message, "unknown field").meant(near));
            }
            scope.exact.push((noun, field.value.clone()));
        }
    }
    for (noun_name, field, template) in &file.derived {
        let Some(noun) = known_noun(noun_name, mistakes) else { continue };
        if noun.field(&field.value).is_some() {
            let message = format!("{} has a field `{}` already", noun.get().name, field.value);
            mistakes.push(Mistake::error("duplicate-name", field.span, message, "taken").help("give the derived field another name"));
            continue;
        }
        let replaced = overrides.derived.get(&(pack.clone(), noun_name.value.clone(), field.value.clone()));
        let template = replaced.map_or_else(|| template.clone(), |own| own.value.clone());
        scope.derived.push(Derived { name: field.value.clone(), noun, template, span: field.span, used: false.into(), own });
    }
    for (noun_name, name, condition) in &file.classes {
        let Some(noun) = known_noun(noun_name, mistakes) else { continue };
        class(scope, mistakes, Class {
            name: name.value.clone(),
            noun,
            variable: None,
            conditions: vec![condition.clone()],
            span: name.span,
            used: false.into(),
            own,
        });
    }
    for exception in &file.exceptions {
        let Some(of) = &exception.of else { continue };
        let [binding] = of.bindings.as_slice() else {
            let mistake = Mistake::error("wrong-kind", of.span, "an exception is of one noun", "several nouns");
            mistakes.push(mistake.help("write a clause with one noun: 'account a where ...'"));
            continue;
        };
        let Some(noun) = known_noun(&binding.noun, mistakes) else { continue };
        let variable = Some(binding.variable.value.clone());
        let conditions: Vec<syntax::Condition> = of.condition.iter().cloned().collect();
        let (span, used) = (exception.name.span, std::cell::Cell::new(false));
        class(scope, mistakes, Class { name: exception.name.value.clone(), noun, variable: variable.clone(), conditions: conditions.clone(), span, used: used.clone(), own });
        if let Some(intended) = &exception.intended {
            let conditions = conditions.into_iter().chain([intended.clone()]).collect();
            class(scope, mistakes, Class { name: format!("intended-{}", exception.name.value), noun, variable, conditions, span, used: true.into(), own });
        }
    }
}

fn class(scope: &mut Scope, mistakes: &mut Mistakes, class: Class) {
    if let Some(other) = scope.classes.iter().find(|other| other.name == class.name && other.noun == class.noun) {
        let message = format!("the class `{}` of {} is defined twice", class.name, class.noun.get().name);
        let mistake = Mistake::error("duplicate-name", class.span, message, "defined again").and(other.span, "defined here first");
        mistakes.push(mistake.help("give one of them another name"));
        return;
    }
    if matches!(class.name.as_str(), "missing" | "present" | "valid" | "email" | "number" | "gone" | "new" | "exactly" | "not") {
        let mistake = Mistake::error("duplicate-name", class.span, format!("`{}` is a word of the language", class.name), "taken");
        mistakes.push(mistake.help("give the class another name"));
        return;
    }
    scope.classes.push(class);
}

struct PackCompiler<'a> {
    file: &'a PackFile,
    scope: &'a Scope,
    sources: &'a Sources,
    overrides: &'a Overrides,
    mistakes: &'a mut Mistakes,
}

impl PackCompiler<'_> {
    fn pack(mut self) -> Pack {
        let file = self.file;
        let mut rules: Vec<Rule> = Vec::new();
        let mut names: Vec<&Spanned<String>> = Vec::new();
        for rule in &file.rules {
            if let Some(other) = names.iter().find(|name| name.value == rule.name.value) {
                let message = format!("two rules have the name `{}`", rule.name.value);
                let mistake = Mistake::error("duplicate-name", rule.name.span, message, "named again").and(other.span, "named here first");
                self.mistakes.push(mistake.help("give one of them another name; the name is what people turn off and suppress"));
                continue;
            }
            names.push(&rule.name);
            rules.extend(self.rule(rule));
        }
        for exception in file.exceptions.iter() {
            rules.extend(self.population(exception));
        }
        for test in &file.tests {
            self.test(test, &rules);
        }
        Pack {
            name: file.name.value.clone(),
            version: file.version.clone(),
            title: file.title.clone(),
            rules,
            tests: file.tests.clone(),
            settings: file.settings.iter().filter_map(|(name, _)| Some((name.value.clone(), self.scope.settings.get(&name.value)?.value.clone()))).collect(),
            lists: file.lists.iter().map(|list| (list.name.value.clone(), list.title.clone())).collect(),
        }
    }

    fn severity(&self, id: &str, own: Option<Severity>) -> Option<Severity> {
        match self.overrides.severity.get(id) {
            Some(changed) => changed.value,
            None => Some(own.unwrap_or(Severity::Error)),
        }
    }

    fn rule(&mut self, file: &RuleFile) -> Option<Rule> {
        let id: Arc<str> = format!("{}/{}", self.file.name.value, file.name.value).into();
        let mut comparisons = Vec::new();
        let message = file.message.clone().unwrap_or(syntax::Template { pieces: Vec::new(), span: file.span });
        let (shape, body) = match &file.body {
            BodyFile::Each { each, with, without, per } => {
                let variants: Vec<Option<Variant>> =
                    each.iter().map(|each| self.variant(file, &message, each, with, without, per, &[], &mut comparisons)).collect();
                self.same_variable(each);
                let grouping = if per.is_empty() { Grouping::None } else { Grouping::Per };
                (Shape::Rule, Body::Records { variants: variants.into_iter().collect::<Option<_>>()?, grouping })
            }
            BodyFile::Unique { among, key, within, differ, .. } => {
                let variants: Vec<Option<Variant>> = among
                    .iter()
                    .map(|among| {
                        let scoped = self.scoped(among, within, key);
                        self.variant(file, &message, among, &[], &[], &scoped, differ, &mut comparisons)
                    })
                    .collect();
                self.same_variable(among);
                (Shape::Unique, Body::Records { variants: variants.into_iter().collect::<Option<_>>()?, grouping: Grouping::Unique })
            }
            BodyFile::When(condition) => {
                let mut checker = Checker::new(self.scope, self.mistakes);
                let condition = checker.condition(condition.as_ref()?);
                let form = checker.template(&message);
                let help = file.help.as_ref().map(|help| checker.template(help));
                comparisons = std::mem::take(&mut checker.comparisons);
                (Shape::Rule, Body::Whole { frame: std::mem::take(&mut checker.frame), condition, message: form, help })
            }
        };
        let outcome = match &file.body {
            BodyFile::Unique { outcome, .. } => outcome.clone(),
            _ => None,
        };
        comparisons.sort_by_key(|(span, _)| *span);
        comparisons.dedup();
        let reference = Reference {
            why: file.why.clone(),
            help: file.help.as_ref().map(|help| self.sources.slice(help.span).trim().to_owned()),
            message: self.sources.slice(message.span).to_owned(),
            vendor: file.vendor.clone(),
            log: file.log.as_ref().map(|log| log.as_str().to_owned()),
            covers: file.covers.clone(),
            sources: file.sources.clone(),
            text: file.text.clone(),
            outcome,
            comparisons: comparisons.into_iter().map(|(span, by)| (self.sources.slice(span).to_owned(), by)).collect(),
        };
        let title = file.title.clone().unwrap_or_else(|| file.name.value.replace('-', " "));
        let severity = self.severity(&id, file.severity.map(|severity| severity.value));
        Some(Rule { id, title, severity, shape, body, follows: Vec::new(), reference, span: file.span })
    }

    /// The clauses of a list speak of one variable.
    fn same_variable(&mut self, clauses: &[syntax::Clause]) {
        let Some((first, rest)) = clauses.split_first() else { return };
        let Some(name) = first.bindings.first().map(|binding| &binding.variable) else { return };
        for clause in rest {
            if let Some(other) = clause.bindings.first().map(|binding| &binding.variable)
                && other.value != name.value
            {
                let message = format!("the clauses of a list share one variable, and this one is `{}`", other.value);
                let mistake = Mistake::error("wrong-variable", other.span, message, "another variable").and(name.span, "the variable of the first");
                self.mistakes.push(mistake.help(format!("call it `{}` here too", name.value)));
            }
        }
    }

    /// The key of a uniqueness with its scope before it.
    fn scoped(&mut self, among: &syntax::Clause, within: &Within, key: &[syntax::Value]) -> Vec<syntax::Value> {
        let scope: Vec<syntax::Value> = match within {
            Within::All { .. } => Vec::new(),
            Within::Values(values) => values.clone(),
            Within::School(span) => {
                let Some(binding) = among.bindings.first() else { return key.to_vec() };
                let name = |text: &str| Spanned::new(text.to_owned(), *span);
                vec![Spanned::new(syntax::Val::Field(name(&binding.variable.value), name("school_id")), *span)]
            }
        };
        scope.into_iter().chain(key.iter().cloned()).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a rule, each used once")]
    fn variant(
        &mut self,
        file: &RuleFile,
        message: &syntax::Template,
        each: &syntax::Clause,
        with: &[syntax::Clause],
        without: &[syntax::Clause],
        group: &[syntax::Value],
        differ: &[syntax::Value],
        comparisons: &mut Vec<(Span, By)>,
    ) -> Option<Variant> {
        let mut checker = Checker::new(self.scope, self.mistakes);
        let each = checker.clause(each, false);
        if each.is_none() {
            return None;
        }
        let with: Vec<Option<Clause>> = with.iter().map(|clause| checker.clause(clause, true)).collect();
        let group = checker.columns(group);
        let differ = checker.columns(differ);
        let message = checker.template(message);
        let help = file.help.as_ref().map(|help| checker.template(help));
        let mut labels = Vec::new();
        for (variable, field, text) in &file.labels {
            let value = if field.value.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
                syntax::Val::Field(variable.clone(), field.clone())
            } else {
                syntax::Val::Header(variable.clone(), field.clone())
            };
            let column = checker.columns(&[Spanned::new(value, field.span)]);
            let text = checker.template(text);
            labels.extend(column.and_then(|columns| columns.into_iter().next()).map(|column| Label { column, text }));
        }
        let without: Vec<Option<Clause>> = without.iter().map(|clause| checker.clause(clause, true)).collect();
        let keyed = |columns: Vec<Column>| columns.into_iter().map(|column| { let by = exact_or_type(self.scope, &checker.frame, &column); (column, by) }).collect();
        let (group, differ) = (keyed(group?), keyed(differ?));
        comparisons.append(&mut checker.comparisons);
        let frame = checker.frame;
        Some(Variant {
            frame,
            each: each?,
            with: with.into_iter().collect::<Option<_>>()?,
            without: without.into_iter().collect::<Option<_>>()?,
            group,
            differ,
            message,
            help,
            labels,
        })
    }

    /// `expect` of an exception: the population itself is a finding outside the range.
    fn population(&mut self, file: &ExceptionFile) -> Option<Rule> {
        let (expect, of) = (file.expect?, file.of.as_ref()?);
        let (low, high) = expect.value;
        let id: Arc<str> = format!("{}/{}-population", self.file.name.value, file.name.value).into();
        let mut checker = Checker::new(self.scope, self.mistakes);
        let clause = checker.clause(of, false)?;
        let count = |operator, number: u64| Cond::Order(operator, Quantity::Count(Box::new(clause.clone())), Quantity::Number(number as f64));
        let condition = Cond::Or(vec![count(Operator::Less, low), count(Operator::Greater, high)]);
        let help = file.help.as_ref().map(|help| checker.template(help));
        let frame = std::mem::take(&mut checker.frame);
        let plural = frame.first().map_or("records", |binding| binding.noun.get().plural);
        let message = format!("there are {{count}} {plural} of class {}, and from {low} to {high} are expected", file.name.value);
        let pieces = vec![
            Piece::Text("there are ".into()),
            Piece::Count,
            Piece::Text(format!(" {plural} of class {}, and from {low} to {high} are expected", file.name.value)),
        ];
        let reference = Reference {
            why: file.why.clone(),
            message,
            covers: file.covers.clone(),
            sources: file.sources.clone(),
            text: vec![("of", file.text.clone()), ("expect", format!("{low}..{high}"))],
            ..Reference::default()
        };
        let title = file.title.clone().unwrap_or_else(|| format!("an unexpected number of {plural} of class {}", file.name.value));
        let severity = self.severity(&id, Some(file.severity.map_or(Severity::Warning, |severity| severity.value)));
        let body = Body::Whole { frame, condition, message: Template { pieces }, help };
        Some(Rule { id, title, severity, shape: Shape::Population, body, follows: Vec::new(), reference, span: file.span })
    }

    /// A test names a rule of this pack, and nouns, variables and settings that exist.
    fn test(&mut self, test: &super::file::TestFile, rules: &[Rule]) {
        let pack = &self.file.name.value;
        let Some(rule) = rules.iter().find(|rule| *rule.id == *format!("{pack}/{}", test.rule.value)) else {
            // A rule whose own mistakes were told already is not told again.
            if self.file.rules.iter().any(|rule| rule.name.value == test.rule.value) {
                return;
            }
            let names = self.file.rules.iter().map(|rule| rule.name.value.as_str());
            let near = suggestion(&test.rule.value, names);
            let mistake = Mistake::error("unknown-rule", test.rule.span, format!("no rule `{}` in this pack", test.rule.value), "unknown rule");
            self.mistakes.push(if near.is_some() { mistake.meant(near) } else { mistake.help("a test names a [[rule]] or [[unique]] of its own pack") });
            return;
        };
        for given in &test.given {
            known_noun(&given.noun, self.mistakes);
        }
        for (name, _) in &test.settings {
            if !self.scope.settings.contains_key(&name.value) {
                let near = suggestion(&name.value, self.scope.settings.keys().map(String::as_str));
                self.mistakes.push(Mistake::error("unknown-setting", name.span, format!("no setting `{}`", name.value), "unknown setting").meant(near));
            }
        }
        for (name, _) in &test.lists {
            if !self.scope.lists.contains_key(&name.value) {
                let near = suggestion(&name.value, self.scope.lists.keys().map(String::as_str));
                self.mistakes.push(Mistake::error("unknown-list", name.span, format!("no list `{}`", name.value), "unknown list").meant(near));
            }
        }
        let variables: Vec<&str> = match &rule.body {
            Body::Records { variants, .. } => {
                variants.first().map(|variant| variant.tuple().iter().map(|slot| variant.frame[slot.0 as usize].name.as_str()).collect()).unwrap_or_default()
            }
            Body::Whole { .. } => Vec::new(),
        };
        for (variable, _) in test.expect.iter().flatten() {
            if !variables.contains(&variable.value.as_str()) {
                let message = format!("a finding of `{}` has no record `{}`", test.rule.value, variable.value);
                let mistake = Mistake::error("unknown-variable", variable.span, message, "not one of its variables");
                let known: Vec<String> = variables.iter().map(|variable| format!("`{variable}`")).collect();
                self.mistakes.push(if known.is_empty() {
                    mistake.help("a rule about the whole is expected as `[{}]`")
                } else {
                    mistake.help(format!("its records are {}", crate::finding::List(&known, "and")))
                });
            }
        }
    }
}

fn exact_or_type(scope: &Scope, frame: &Frame, column: &Column) -> By {
    let noun = frame[column.slot.0 as usize].noun;
    let mut exact = false;
    if let crate::language::form::Expr::Field(crate::model::FieldRef::Field(field)) = &*column.expr {
        exact = scope.exact.iter().any(|(other, name)| *other == noun && *name == field.of(noun).name);
    }
    if exact || column.kind == Type::Text { By::Bytes } else { By::Type(column.kind) }
}

/// Overrides that change nothing are mistakes of the configuration.
fn unknown_overrides(files: &[PackFile], packs: &[Pack], overrides: &Overrides, mistakes: &mut Mistakes) {
    for (id, changed) in &overrides.severity {
        let known = || packs.iter().flat_map(|pack| pack.rules.iter().map(|rule| &*rule.id));
        let pack_chosen = id.split_once('/').is_none_or(|(pack, _)| packs.iter().any(|known| known.name == pack));
        if pack_chosen && !known().any(|rule| rule == id) {
            let near = suggestion(id, known()).map(str::to_owned);
            let mistake = Mistake::error("unknown-rule", changed.span, format!("no rule `{id}`"), "changes no rule");
            mistakes.push(if near.is_some() { mistake.meant(near.as_deref()) } else { mistake.help("`rollbook list rules` prints all of them") });
        }
    }
    let find = |pack: &str| files.iter().find(|file| file.name.value == pack);
    for ((pack, name), changed) in &overrides.settings {
        if let Some(file) = find(pack)
            && !file.settings.iter().any(|(known, _)| known.value == *name)
        {
            let near = suggestion(name, file.settings.iter().map(|(known, _)| known.value.as_str()));
            mistakes.push(Mistake::error("unknown-setting", changed.span, format!("{pack} has no setting `{name}`"), "changes nothing").meant(near));
        }
    }
    for ((pack, name), changed) in &overrides.lists {
        if let Some(file) = find(pack)
            && !file.lists.iter().any(|list| list.name.value == *name)
        {
            let near = suggestion(name, file.lists.iter().map(|list| list.name.value.as_str()));
            mistakes.push(Mistake::error("unknown-list", changed.span, format!("{pack} has no list `{name}`"), "changes nothing").meant(near));
        }
    }
    for ((pack, noun, field), changed) in &overrides.derived {
        if let Some(file) = find(pack)
            && !file.derived.iter().any(|(known, name, _)| known.value == *noun && name.value == *field)
        {
            let near = suggestion(field, file.derived.iter().map(|(_, name, _)| name.value.as_str()));
            let message = format!("{pack} derives no field `{field}` of {noun}");
            mistakes.push(Mistake::error("unknown-field", changed.span, message, "changes nothing").meant(near));
        }
    }
}

/// Links rules to those that explain their findings.
fn link(files: &[PackFile], scopes: &[Scope], packs: &mut [Pack], mistakes: &mut Mistakes) {
    let mut linked: Vec<(usize, usize, Vec<Follow>)> = Vec::new();
    let mut explained: Vec<(usize, usize, Follow)> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        for rule_file in &file.rules {
            let id = format!("{}/{}", file.name.value, rule_file.name.value);
            let Some(rule_at) = packs[at].rules.iter().position(|rule| *rule.id == *id) else { continue };
            let mut follows = Vec::new();
            for (follow, explains) in rule_file.follows.iter().map(|follow| (follow, false)).chain(rule_file.explains.iter().map(|follow| (follow, true))) {
                let wanted =
                    if follow.rule.value.contains('/') { follow.rule.value.clone() } else { format!("{}/{}", file.name.value, follow.rule.value) };
                let other = packs.iter().enumerate().find_map(|(pack, of)| Some((pack, of.rules.iter().position(|rule| *rule.id == *wanted)?)));
                let Some((other_pack, other_at)) = other else {
                    unknown_root(files, packs, &file.name.value, follow, mistakes);
                    continue;
                };
                let root = &packs[other_pack].rules[other_at];
                if explains && *root.id != *id {
                    let links = follow.by.as_ref().map(|by| ways(root, &packs[at].rules[rule_at], by, &scopes[at], mistakes)).unwrap_or_default();
                    explained.push((other_pack, other_at, Follow { rule: id.as_str().into(), links }));
                    continue;
                }
                if *root.id == *id {
                    let mistake = Mistake::error("circle", follow.rule.span, "a rule can't follow itself", "its own name");
                    mistakes.push(mistake.help("take it out"));
                    continue;
                }
                let links = match &follow.by {
                    Some(by) => ways(&packs[at].rules[rule_at], root, by, &scopes[at], mistakes),
                    None => Vec::new(),
                };
                follows.push(Follow { rule: root.id.clone(), links });
            }
            linked.push((at, rule_at, follows));
        }
    }
    for (pack, rule, follows) in linked {
        packs[pack].rules[rule].follows = follows;
    }
    for (pack, rule, follow) in explained {
        packs[pack].rules[rule].follows.push(follow);
    }
    circles(packs, mistakes);
}

fn unknown_root(files: &[PackFile], packs: &[Pack], pack: &str, follow: &super::file::FollowFile, mistakes: &mut Mistakes) {
    let name = &follow.rule.value;
    let (of_pack, of_name) = name.split_once('/').unwrap_or((pack, name));
    let Some(file) = files.iter().find(|file| file.name.value == of_pack) else {
        // A rule of a pack that this run does not use explains nothing here.
        if super::library::builtin_names().any(|known| known == of_pack) {
            return;
        }
        let mistake = Mistake::error("unknown-rule", follow.rule.span, format!("no pack `{of_pack}`"), "unknown pack");
        mistakes.push(mistake.meant(suggestion(of_pack, super::library::builtin_names())));
        return;
    };
    if file.rules.iter().any(|rule| rule.name.value == of_name) {
        return;
    }
    let near = suggestion(of_name, packs.iter().filter(|known| known.name == of_pack).flat_map(|pack| pack.rules.iter().filter_map(|rule| rule.id.split_once('/').map(|(_, name)| name))));
    let mistake = Mistake::error("unknown-rule", follow.rule.span, format!("no rule `{name}`"), "unknown rule");
    mistakes.push(if near.is_some() { mistake.meant(near) } else { mistake.help("`rollbook list rules` prints all of them") });
}

/// The way `by`, checked for every pair of variants.
fn ways(rule: &Rule, root: &Rule, by: &syntax::Clause, scope: &Scope, mistakes: &mut Mistakes) -> Vec<Link> {
    let (Body::Records { variants, .. }, Body::Records { variants: root_variants, .. }) = (&rule.body, &root.body) else {
        let mistake = Mistake::error("wrong-kind", by.span, "a rule about the whole has no records to follow", "a way between records");
        mistakes.push(mistake.help("leave `by` out"));
        return Vec::new();
    };
    let mut links = Vec::new();
    for (at, variant) in variants.iter().enumerate() {
        for (root_at, root_variant) in root_variants.iter().enumerate() {
            let mut checker = Checker::new(scope, mistakes);
            for slot in 0..variant.frame.len() {
                checker.lend(&variant.frame[slot]);
            }
            let mut lent = Vec::new();
            for slot in &root_variant.each.slots {
                lent.extend(checker.lend(&root_variant.frame[slot.0 as usize]).map(|here| (*slot, here)));
            }
            let Some(clause) = checker.clause(by, true) else { continue };
            let frame = std::mem::take(&mut checker.frame);
            let reached = lent.iter().map(|(_, here)| *here).chain(clause.slots.iter().copied()).collect();
            let way = Clause { slots: reached, condition: clause.condition.clone() };
            if joins::order(&variant.tuple(), &way).is_err() {
                let message = format!("this way does not lead from the records of `{}` to those of `{}`", rule.id, root.id);
                let help = "join both ends by equalities; the variables of `each` are known here, those of `without` are not";
                mistakes.push(Mistake::error("not-joined", by.span, message, "one end hangs loose").help(help));
                continue;
            }
            links.push(Link { variant: at, root_variant: root_at, frame, lent, clause });
        }
    }
    links
}

/// Rules that follow one another in a circle have no root.
fn circles(packs: &[Pack], mistakes: &mut Mistakes) {
    let rules: Vec<&Rule> = packs.iter().flat_map(|pack| &pack.rules).collect();
    for rule in &rules {
        let mut way: Vec<&Rule> = vec![rule];
        let mut stack: Vec<(&Rule, usize)> = vec![(rule, 0)];
        while let Some((at, next)) = stack.pop() {
            way.truncate(stack.len() + 1);
            if let Some(follow) = at.follows.get(next) {
                stack.push((at, next + 1));
                if follow.rule == rule.id {
                    let names: Vec<&str> = way.iter().map(|rule| &*rule.id).chain([&*rule.id]).collect();
                    // Every rule of the circle finds it; the first by name tells.
                    if way.iter().all(|other| rule.id <= other.id) {
                        let message = format!("rules follow one another in a circle: {}", names.join(" -> "));
                        mistakes.push(Mistake::error("circle", rule.span, message, "comes back to itself").help("one of them is the root; take its `follows` out"));
                    }
                    return;
                }
                if let Some(other) = rules.iter().find(|other| other.id == follow.rule)
                    && !way.iter().any(|known| known.id == other.id)
                {
                    way.push(other);
                    stack.push((other, 0));
                }
            }
        }
    }
}
