//! What a pack defines, put in scope: settings, lists, derived fields, comparisons and classes, its own and those of the packs that it requires.
use super::compile::Overrides;
use super::file::PackFile;
use crate::finding::{Mistake, Mistakes, suggestion};
use crate::language::check::{Checker, unknown_noun};
use crate::language::scope::{Class, Derived, Named, Scope, Used};
use crate::language::syntax;
use crate::model::{NounId, noun};
use crate::source::Spanned;
use std::sync::Arc;

/// The definitions of a pack and of those that it requires.
pub(super) fn scope(file: &PackFile, files: &[PackFile], overrides: &Overrides, mistakes: &mut Mistakes) -> Scope {
    let mut scope = Scope { today: overrides.today, ..Scope::default() };
    for required in file.requires.iter().filter(|required| required.value != file.name.value) {
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
    for noun in &file.applies {
        known_noun(noun, mistakes);
    }
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

pub(super) fn known_noun(name: &Spanned<String>, mistakes: &mut Mistakes) -> Option<NounId> {
    let found = noun(&name.value);
    if found.is_none() {
        mistakes.push(unknown_noun(name));
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
                let message = format!("no field `{}` of {}", field.value, noun.get().name);
                let mistake = Mistake::error("unknown-field", field.span, message, "unknown field");
                mistakes.push(mistake.meant_or(near, "`rollbook list nouns` prints the fields"));
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
        class(
            scope,
            mistakes,
            Class {
                name: name.value.clone(),
                noun,
                variable: None,
                conditions: vec![condition.clone()],
                span: name.span,
                used: false.into(),
                own,
            },
        );
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
        let (span, used) = (exception.name.span, Used::default());
        class(
            scope,
            mistakes,
            Class {
                name: exception.name.value.clone(),
                noun,
                variable: variable.clone(),
                conditions: conditions.clone(),
                span,
                used: used.clone(),
                own,
            },
        );
        if let Some(intended) = &exception.intended {
            let conditions = conditions.into_iter().chain([intended.clone()]).collect();
            class(
                scope,
                mistakes,
                Class { name: format!("intended-{}", exception.name.value), noun, variable, conditions, span, used: true.into(), own },
            );
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
