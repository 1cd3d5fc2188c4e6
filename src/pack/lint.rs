//! What is not wrong, but probably not meant: definitions that nobody uses, rules without tests.
use super::file::PackFile;
use crate::finding::{Mistake, Mistakes};
use crate::language::scope::Scope;

/// Rules that no test shows to find something and to leave something alone. For `rollbook lint`; a run does not ask.
pub fn lint(file: &PackFile, mistakes: &mut Mistakes) {
    // What a broken pack lacks is told when it is right: its tests can't run yet, and a word that is misspelt is not used.
    if mistakes.any_error_in(file.name.span.text) {
        return;
    }
    untested_namings(file, mistakes);
    let rules = file.rules.iter().map(|rule| (rule.name.value.clone(), rule.name.span));
    let populations = file.exceptions.iter().filter(|exception| exception.expect.is_some());
    let populations = populations.map(|exception| (format!("{}-population", exception.name.value), exception.name.span));
    for (name, span) in rules.chain(populations) {
        let tests = || file.tests.iter().filter(|test| test.rule.value == name);
        let finds = tests().any(|test| !test.expect.is_empty());
        let leaves = tests().any(|test| test.expect.is_empty());
        let label = match (finds, leaves) {
            (true, true) => continue,
            (false, false) => "no test",
            (false, true) => "no test that finds something",
            (true, false) => "no test that finds nothing",
        };
        let message = format!("the rule `{name}` is not shown by tests to find and to leave alone");
        let help = if finds { "add a [[test]] of the near miss, with `expect = []`" } else { "add a [[test]] with rows that it must find" };
        mistakes.push(Mistake::warning("untested-rule", span, message, label).help(help));
    }
}

/// Schemas that no test shows at work.
fn untested_namings(file: &PackFile, mistakes: &mut Mistakes) {
    for naming in &file.namings {
        if !file.naming_tests.iter().any(|test| test.naming.value == naming.name.value) {
            let message = format!("the schema `{}` is not shown by tests", naming.name.value);
            let mistake = Mistake::warning("untested-naming", naming.name.span, message, "no test");
            mistakes.push(
                mistake.help(format!("add a [[test]] with `naming = \"{}\"`, people, and the names that they get", naming.name.value)),
            );
        }
    }
}

/// Definitions of the pack that no rule of it uses. A pack that others build on may define for them, so only what the pack itself could use is told.
pub(super) fn unused(file: &PackFile, scope: &Scope, mistakes: &mut Mistakes) {
    if mistakes.any_error_in(file.name.span.text) {
        return;
    }
    let mut tell = |what: &str, name: &str, span| {
        let message = format!("the {what} `{name}` is used by no rule");
        mistakes.push(Mistake::warning("unused", span, message, "unused").help("use it or take it out"));
    };
    for class in scope.classes.iter().filter(|class| class.own && !class.used.get()) {
        tell("class", &class.name, class.span);
    }
    for derived in scope.derived.iter().filter(|derived| derived.own && !derived.used.get()) {
        tell("derived field", &derived.name, derived.span);
    }
    for list in &file.lists {
        if let Some(named) = scope.lists.get(&list.name.value)
            && !named.used.get()
        {
            tell("list", &list.name.value, list.name.span);
        }
    }
    for (name, _) in &file.settings {
        if let Some(named) = scope.settings.get(&name.value)
            && !named.used.get()
        {
            tell("setting", &name.value, name.span);
        }
    }
}
