//! From pack files to checked packs: definitions are put in scope, rules are checked, and rules are linked to those that explain them.
use super::file::{BodyFile, ExceptionFile, PackFile, RuleFile, Setup, Within};
use super::read::{TOGETHER, side_by_side};
use super::rule::{Body, Grouping, Label, Pack, Reference, Rule, Shape, Variant};
use super::{compile_log, definitions, link};
use crate::finding::{Mistake, Mistakes, Severity, suggestion};
use crate::language::check::Checker;
use crate::language::form::{By, Clause, Column, Cond, Frame, Piece, Quantity, Template};
use crate::language::scope::{Scope, Setting};
use crate::language::syntax::{self, Operator};
use crate::model::Type;
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
    let scopes: Vec<Scope> = files.iter().map(|file| definitions::scope(file, files, overrides, mistakes)).collect();
    let both: Vec<(&PackFile, &Scope)> = files.iter().zip(&scopes).collect();
    let pack =
        |(file, scope): &(&PackFile, &Scope), mistakes: &mut Mistakes| PackCompiler { file, scope, sources, overrides, mistakes }.pack();
    let mut packs: Vec<Pack> = side_by_side(&both, 1, mistakes, pack);
    unknown_overrides(files, &packs, overrides, mistakes);
    link::link(files, &scopes, &mut packs, mistakes);
    super::compile_naming::namings(files, &scopes, &mut packs, mistakes);
    super::compile_fix::fixes(files, &scopes, &mut packs, mistakes);
    super::compile_sync::syncs(files, &scopes, &mut packs, sources, mistakes);
    for (file, scope) in files.iter().zip(&scopes) {
        super::lint::unused(file, scope, mistakes);
    }
    packs
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
        let mut names: Vec<&Spanned<String>> = Vec::new();
        let (mut own, mut again): (Vec<&RuleFile>, Vec<&RuleFile>) = Default::default();
        for rule in &file.rules {
            if let Some(other) = names.iter().find(|name| name.value == rule.name.value) {
                let message = format!("two rules have the name `{}`", rule.name.value);
                let mistake = Mistake::error("duplicate-name", rule.name.span, message, "named again").and(other.span, "named here first");
                self.mistakes.push(mistake.help("give one of them another name; the name is what people turn off and suppress"));
                again.push(rule);
                continue;
            }
            names.push(&rule.name);
            own.push(rule);
        }
        let (scope, sources, overrides) = (self.scope, self.sources, self.overrides);
        let rule = |rule: &&RuleFile, mistakes: &mut Mistakes| PackCompiler { file, scope, sources, overrides, mistakes }.rule(rule);
        let mut rules: Vec<Rule> = side_by_side(&own, TOGETHER, self.mistakes, rule).into_iter().flatten().collect();
        // One that is named again is no rule of the pack; its other mistakes are told all the same.
        side_by_side(&again, TOGETHER, self.mistakes, rule);
        for exception in file.exceptions.iter() {
            rules.extend(self.population(exception));
        }
        let merges = super::compile_merge::merges(file, self.scope, (self.overrides, self.sources), &mut rules, self.mistakes);
        for test in &file.tests {
            self.test(test, &rules);
        }
        let messages = compile_log::messages(file, self.scope, self.overrides, self.mistakes);
        compile_log::tests(file, self.mistakes);
        Pack {
            name: file.name.value.clone(),
            version: file.version.clone(),
            title: file.title.clone(),
            judges_parts: file.judges_parts,
            rules,
            namings: Vec::new(),
            merges,
            fixes: Vec::new(),
            platform: None,
            syncs: Vec::new(),
            messages,
            settings: file
                .settings
                .iter()
                .filter_map(|(name, _)| Some((name.value.clone(), self.scope.settings.get(&name.value)?.value.clone())))
                .collect(),
            lists: file.lists.iter().map(|list| (list.name.value.clone(), list.title.clone())).collect(),
        }
    }

    fn severity(&self, id: &str, own: Option<Severity>) -> Option<Severity> {
        severity(self.overrides, id, own)
    }

    fn rule(&mut self, file: &RuleFile) -> Option<Rule> {
        let id: Arc<str> = format!("{}/{}", self.file.name.value, file.name.value).into();
        let mut comparisons = Vec::new();
        let message = file.message.clone().unwrap_or(syntax::Template { pieces: Vec::new(), text: String::new(), span: file.span });
        let (shape, body) = match &file.body {
            BodyFile::Each { each, with, without, per } => {
                let each = self.same_variable(each);
                let grouping = if per.is_empty() { Grouping::None } else { Grouping::Per };
                // One group of all tuples has no key.
                let all = matches!(per.as_slice(), [value] if matches!(&value.value, syntax::Val::Name(word) if word == "all"));
                let per = if all { &[][..] } else { per };
                let variants: Vec<Option<Variant>> =
                    each.iter().map(|each| self.variant(file, &message, each, with, without, (0, per), &[], &mut comparisons)).collect();
                (Shape::Rule, Body::Records { variants: variants.into_iter().collect::<Option<_>>()?, grouping })
            }
            BodyFile::Unique { among, key, within, differ, .. } => {
                let among = self.same_variable(among);
                let variants: Vec<Option<Variant>> = among
                    .iter()
                    .map(|among| {
                        let scoped = self.scoped(among, within, key);
                        self.variant(file, &message, among, &[], &[], (scoped.len() - key.len(), &scoped), differ, &mut comparisons)
                    })
                    .collect();
                (Shape::Unique, Body::Records { variants: variants.into_iter().collect::<Option<_>>()?, grouping: Grouping::Unique })
            }
            BodyFile::When(condition) => {
                let mut checker = Checker::new(self.scope, self.mistakes);
                compile_log::ties(&mut checker, self.scope, &file.wordings);
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
            help: file.help.as_ref().map(|help| help.text.trim().to_owned()),
            message: message.text.clone(),
            vendor: compile_log::texts(&file.wordings, false),
            log: compile_log::texts(&file.wordings, true),
            covers: file.covers.clone(),
            sources: file.sources.clone(),
            text: file.text.clone(),
            outcome,
            comparisons: comparisons.into_iter().map(|(span, by)| (self.sources.slice(span).to_owned(), by)).collect(),
        };
        let title = file.title.clone().unwrap_or_else(|| file.name.value.replace('-', " "));
        let severity = self.severity(&id, file.severity.map(|severity| severity.value));
        let wordings = compile_log::sought(&file.wordings);
        Some(Rule { id, title, severity, shape, body, merge: None, follows: Vec::new(), wordings, reference, span: file.span })
    }

    /// The clauses of a list that speak of one variable; the others are reported, and not checked for a variable that they lack.
    fn same_variable(&mut self, clauses: &[syntax::Clause]) -> Vec<syntax::Clause> {
        let Some((first, rest)) = clauses.split_first() else { return Vec::new() };
        let Some(name) = first.bindings.first().map(|binding| &binding.variable) else { return clauses.to_vec() };
        for clause in rest {
            if let Some(other) = clause.bindings.first().map(|binding| &binding.variable)
                && other.value != name.value
            {
                let message = format!("the clauses of a list share one variable, and this one is `{}`", other.value);
                let mistake =
                    Mistake::error("wrong-variable", other.span, message, "another variable").and(name.span, "the variable of the first");
                self.mistakes.push(mistake.help(format!("call it `{}` here too", name.value)));
            }
        }
        clauses
            .iter()
            .filter(|clause| clause.bindings.first().is_none_or(|binding| binding.variable.value == name.value))
            .cloned()
            .collect()
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
        (within, group): (usize, &[syntax::Value]),
        differ: &[syntax::Value],
        comparisons: &mut Vec<(Span, &'static str)>,
    ) -> Option<Variant> {
        let mut checker = Checker::new(self.scope, self.mistakes);
        let each = checker.clause(each, false)?;
        let with: Vec<Option<Clause>> = with.iter().map(|clause| checker.joined_clause(clause)).collect();
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
        let ties = compile_log::ties(&mut checker, self.scope, &file.wordings);
        let without: Vec<Option<Clause>> = without.iter().map(|clause| checker.joined_clause(clause)).collect();
        let keyed = |columns: Vec<Column>| {
            columns
                .into_iter()
                .map(|column| {
                    let by = exact_or_type(self.scope, &checker.frame, &column);
                    (column, by)
                })
                .collect()
        };
        let (group, differ) = (keyed(group?), keyed(differ?));
        comparisons.append(&mut checker.comparisons);
        let frame = checker.frame;
        Some(Variant {
            frame,
            each,
            with: with.into_iter().collect::<Option<_>>()?,
            without: without.into_iter().collect::<Option<_>>()?,
            group,
            scope: within,
            differ,
            message,
            help,
            labels,
            shown: Vec::new(),
            ties,
        })
    }

    /// `expect` of an exception: the population itself is a finding outside the range.
    fn population(&mut self, file: &ExceptionFile) -> Option<Rule> {
        let (expect, of) = (file.expect?, file.of.as_ref()?);
        let (low, high) = expect.value;
        let id: Arc<str> = format!("{}/{}-population", self.file.name.value, file.name.value).into();
        let mut checker = Checker::new(self.scope, self.mistakes);
        let clause = checker.clause(of, false)?;
        let count =
            |operator, number: u64| Cond::Order(operator, Quantity::Count(Box::new(clause.clone())), Quantity::Number(number as f64));
        let condition = Cond::Or(vec![count(Operator::Less, low), count(Operator::Greater, high)]);
        let help = file.help.as_ref().map(|help| checker.template(help));
        let frame = std::mem::take(&mut checker.frame);
        let plural = frame.first().map_or("records", |binding| binding.noun.get().plural);
        let expected = if low == 0 { format!("at most {high}") } else { format!("{low} to {high}") };
        let words = format!(" {} {plural}, and {expected} are expected", file.name.value.replace('-', " "));
        let message = format!("{{count}}{words}");
        let pieces = vec![Piece::Count, Piece::Text(words)];
        let reference = Reference {
            why: file.why.clone(),
            help: file.help.as_ref().map(|help| help.text.trim().to_owned()),
            message,
            covers: file.covers.clone(),
            sources: file.sources.clone(),
            text: vec![("of", file.text.clone()), ("expect", format!("{low}..{high}"))],
            ..Reference::default()
        };
        let title = file.title.clone().unwrap_or_else(|| format!("an unexpected number of {} {plural}", file.name.value.replace('-', " ")));
        let severity = self.severity(&id, Some(file.severity.map_or(Severity::Warning, |severity| severity.value)));
        let body = Body::Whole { frame, condition, message: Template { pieces }, help };
        let (follows, wordings) = (Vec::new(), Vec::new());
        Some(Rule { id, title, severity, shape: Shape::Population, body, merge: None, follows, wordings, reference, span: file.span })
    }

    /// A test names a rule of this pack, and nouns, variables and settings that exist.
    fn test(&mut self, test: &super::file::TestFile, rules: &[Rule]) {
        setup(&test.setup, self.scope, self.mistakes);
        let pack = &self.file.name.value;
        let Some(rule) = rules.iter().find(|rule| *rule.id == *format!("{pack}/{}", test.rule.value)) else {
            // A rule whose own mistakes were told already is not told again.
            if self.file.rules.iter().any(|rule| rule.name.value == test.rule.value) {
                return;
            }
            let names = self.file.rules.iter().map(|rule| rule.name.value.as_str());
            let near = suggestion(&test.rule.value, names);
            let mistake =
                Mistake::error("unknown-rule", test.rule.span, format!("no rule `{}` in this pack", test.rule.value), "unknown rule");
            self.mistakes.push(if near.is_some() {
                mistake.meant(near)
            } else {
                mistake.help("a test names a [[rule]] or [[unique]] of its own pack")
            });
            return;
        };
        let variables: Vec<&str> = match &rule.body {
            Body::Records { variants, .. } => variants
                .first()
                .map(|variant| variant.tuple().iter().map(|slot| variant.frame[slot.0 as usize].name.as_str()).collect())
                .unwrap_or_default(),
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

/// What a test is given must be known: nouns, settings, lists.
pub(super) fn setup(setup: &Setup, scope: &Scope, mistakes: &mut Mistakes) {
    for given in &setup.given {
        definitions::known_noun(&given.noun, mistakes);
    }
    for (name, _) in &setup.settings {
        if !scope.settings.contains_key(&name.value) {
            let near = suggestion(&name.value, scope.settings.keys().map(String::as_str));
            let mistake = Mistake::error("unknown-setting", name.span, format!("no setting `{}`", name.value), "unknown setting");
            mistakes.push(mistake.meant_or(near, "a test changes what the pack's [settings] have"));
        }
    }
    for (name, _) in &setup.lists {
        if !scope.lists.contains_key(&name.value) {
            let near = suggestion(&name.value, scope.lists.keys().map(String::as_str));
            let mistake = Mistake::error("unknown-list", name.span, format!("no list `{}`", name.value), "unknown list");
            mistakes.push(mistake.meant_or(near, "a test fills what the pack has under [lists]"));
        }
    }
}

pub(super) fn exact_or_type(scope: &Scope, frame: &Frame, column: &Column) -> By {
    let noun = frame[column.slot.0 as usize].noun;
    let mut exact = false;
    if let crate::language::form::Expr::Field(crate::model::FieldRef::Field(field)) = &*column.expr {
        exact = scope.exact.iter().any(|(other, name)| *other == noun && *name == field.of(noun).name);
    }
    if exact || column.kind == Type::Text { By::Bytes } else { By::Type(column.kind) }
}

/// The severity in force: what the district says, or else what the pack says.
pub(super) fn severity(overrides: &Overrides, id: &str, own: Option<Severity>) -> Option<Severity> {
    match overrides.severity.get(id) {
        Some(changed) => changed.value,
        None => Some(own.unwrap_or(Severity::Error)),
    }
}

/// Overrides that change nothing are mistakes of the configuration.
fn unknown_overrides(files: &[PackFile], packs: &[Pack], overrides: &Overrides, mistakes: &mut Mistakes) {
    let pack_is_there = |pack: &str, span: Span, mistakes: &mut Mistakes| {
        let builtin = || super::library::builtin_names();
        // What the reader finds has a severity too, and a pack that this run does not use may be configured all the same.
        if pack != "read" && !builtin().any(|known| known == pack) && !files.iter().any(|file| file.name.value == pack) {
            let mut known: Vec<&str> = files.iter().map(|file| file.name.value.as_str()).collect();
            builtin().for_each(|name| known.push(name));
            let near = suggestion(pack, known);
            let mistake = Mistake::error("unknown-pack", span, format!("no pack `{pack}`"), "changes nothing");
            mistakes.push(if near.is_some() { mistake.meant(near) } else { mistake.help("`rollbook list packs` prints all of them") });
        }
    };
    for ((pack, _), changed) in &overrides.settings {
        pack_is_there(pack, changed.span, mistakes);
    }
    for ((pack, _), changed) in &overrides.lists {
        pack_is_there(pack, changed.span, mistakes);
    }
    for ((pack, _, _), changed) in &overrides.derived {
        pack_is_there(pack, changed.span, mistakes);
    }
    for (id, changed) in &overrides.severity {
        if let Some((pack, _)) = id.split_once('/') {
            pack_is_there(pack, changed.span, mistakes);
        }
        let messages = || packs.iter().flat_map(|pack| pack.messages.iter().map(|message| &*message.id));
        let known = || packs.iter().flat_map(|pack| pack.rules.iter().map(|rule| &*rule.id)).chain(messages());
        let pack_chosen = id.split_once('/').is_none_or(|(pack, _)| packs.iter().any(|known| known.name == pack));
        if pack_chosen && !known().any(|rule| rule == id) {
            let near = suggestion(id, known()).map(str::to_owned);
            let mistake = Mistake::error("unknown-rule", changed.span, format!("no rule `{id}`"), "changes no rule");
            mistakes.push(if near.is_some() {
                mistake.meant(near.as_deref())
            } else {
                mistake.help("`rollbook list rules` prints all of them")
            });
        }
    }
    let find = |pack: &str| files.iter().find(|file| file.name.value == pack);
    for ((pack, name), changed) in &overrides.settings {
        if let Some(file) = find(pack)
            && !file.settings.iter().any(|(known, _)| known.value == *name)
        {
            let near = suggestion(name, file.settings.iter().map(|(known, _)| known.value.as_str()));
            mistakes.push(
                Mistake::error("unknown-setting", changed.span, format!("{pack} has no setting `{name}`"), "changes nothing").meant(near),
            );
        }
    }
    for ((pack, name), changed) in &overrides.lists {
        if let Some(file) = find(pack)
            && !file.lists.iter().any(|list| list.name.value == *name)
        {
            let near = suggestion(name, file.lists.iter().map(|list| list.name.value.as_str()));
            mistakes
                .push(Mistake::error("unknown-list", changed.span, format!("{pack} has no list `{name}`"), "changes nothing").meant(near));
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
