//! What is not wrong, but probably not meant: definitions that nobody uses, rules without tests.
use super::file::{NamingFile, PackFile};
use super::naming::Naming;
use super::rule::{Body, Pack};
use crate::finding::{Mistake, Mistakes, Severity};
use crate::language::form::Piece;
use crate::language::log::Messages;
use crate::language::reason::exclude;
use crate::language::scope::Scope;
use crate::model::{FieldRef, HIDDEN, is_secret};
use crate::naming::Proof;
use crate::source::Span;

/// Rules that no test shows to find something and to leave something alone, and what can be proved of naming schemas; `packs` are all that were checked
/// together. For `rollbook lint`; a run does not ask.
pub fn lint(file: &PackFile, packs: &[Pack], mistakes: &mut Mistakes) {
    // What a broken pack lacks is told when it is right: its tests can't run yet, and a word that is misspelt is not used.
    if mistakes.any_error_in(file.name.span.text) {
        return;
    }
    untested_namings(file, mistakes);
    namings(file, packs, mistakes);
    untested_merges(file, mistakes);
    untested_fixes(file, mistakes);
    untested_syncs(file, mistakes);
    messages(file, packs, mistakes);
    passwords(file, packs, mistakes);
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

/// Texts that speak of a column whose header says that it holds passwords.
fn passwords(file: &PackFile, packs: &[Pack], mistakes: &mut Mistakes) {
    for written in &file.rules {
        let id = format!("{}/{}", file.name.value, written.name.value);
        let Some(rule) = packs.iter().flat_map(|pack| &pack.rules).find(|rule| *rule.id == *id) else { continue };
        let Body::Records { variants, .. } = &rule.body else { continue };
        let of_rule = |span: Option<Span>| span.unwrap_or(written.name.span);
        let mut told: Vec<(Span, String)> = Vec::new();
        for variant in variants {
            let message = std::iter::once((of_rule(written.message.as_ref().map(|text| text.span)), &variant.message));
            let help = variant.help.iter().map(|help| (of_rule(written.help.as_ref().map(|text| text.span)), help));
            let labels = variant.labels.iter().enumerate();
            let labels = labels.map(|(nth, label)| (of_rule(written.labels.get(nth).map(|(_, _, text)| text.span)), &label.text));
            for (span, text) in message.chain(help).chain(labels) {
                let columns = text.pieces.iter().flat_map(|piece| if let Piece::Value(columns) = piece { columns.as_slice() } else { &[] });
                for column in columns {
                    column.expr.fields(&mut |field| {
                        if let FieldRef::Header(header) = field
                            && is_secret(header)
                            && !told.contains(&(span, header.clone()))
                        {
                            told.push((span, header.clone()));
                        }
                    });
                }
            }
        }
        for (span, header) in told {
            let message = format!("the column `{header}` seems to hold passwords, which are never shown: the text will say {HIDDEN}");
            let mistake = Mistake::warning("secret", span, message, "a password");
            mistakes.push(mistake.help("leave the column out of the text"));
        }
    }
}

/// What can be proved of the schemas of a pack. What is only good to know is not told here.
fn namings(file: &PackFile, packs: &[Pack], mistakes: &mut Mistakes) {
    let all = || packs.iter().flat_map(|pack| &pack.namings);
    for written in &file.namings {
        let id = format!("{}/{}", file.name.value, written.name.value);
        let Some(naming) = all().find(|naming| *naming.id == *id) else { continue };
        // Whoever lacks a value is told by the rules that block.
        let meant = |proof: &Proof| proof.code == "name-missing" && !naming.blocked.is_empty();
        for proof in naming.schema.proofs(naming.noun()).iter().filter(|proof| proof.severity >= Severity::Warning && !meant(proof)) {
            let (span, label) = (place(proof, written), proof.code.replace('-', " "));
            let make = if proof.severity >= Severity::Error { Mistake::error } else { Mistake::warning };
            mistakes.push(make(proof.code, span, proof.message.clone(), label).help(proof.help.clone()));
        }
        let other = all().take_while(|other| other.id != naming.id).find(|other| share_people(other, naming));
        if let Some(other) = other {
            let message =
                format!("{} and this schema can make two accounts of the group `{}` for one {}", other.id, naming.group, noun(naming));
            let mistake = Mistake::warning("same-people", written.name.span, message, "the same people");
            let help = "let their `for` exclude one another, such as `s.grade in [..]` here and `s.grade not in [..]` there, or give one another `group`";
            mistakes.push(mistake.help(help));
        }
    }
}

fn noun(naming: &Naming) -> &'static str {
    naming.noun().get().name
}

/// Whether one person can be among those of both schemas, and gets an account of the same group from each.
fn share_people(one: &Naming, other: &Naming) -> bool {
    one.noun() == other.noun() && one.group == other.group && !exclude(&one.people.condition, &other.people.condition)
}

/// Where a proof is told: at its candidate, at its field, or at the name of the schema.
fn place(proof: &Proof, written: &NamingFile) -> Span {
    let candidate = proof.candidate.and_then(|at| written.candidates.get(at)).map(|template| template.span);
    let field = proof.field.and_then(|at| written.fields.get(at));
    let field = field.map(|field| field.value.as_ref().map_or(field.name.span, |value| value.span));
    candidate.or(field).unwrap_or(written.name.span)
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

/// Merges that no test shows to join and to keep apart.
fn untested_merges(file: &PackFile, mistakes: &mut Mistakes) {
    for merge in &file.merges {
        let tests = || file.merge_tests.iter().filter(|test| test.merge.value == merge.name.value);
        let finds = tests().any(|test| !test.expect.is_empty());
        if !finds || tests().all(|test| !test.expect.is_empty()) {
            let name = &merge.name.value;
            let message = format!("the merge `{name}` is not shown by tests to join and to keep apart");
            let (label, help) = if finds {
                ("no test that finds nothing", "add a [[test]] of people who are alike and are not one, with `expect = []`".to_owned())
            } else {
                ("no test that finds something", format!("add a [[test]] with `merge = \"{name}\"`, and the records that are one"))
            };
            mistakes.push(Mistake::warning("untested-merge", merge.name.span, message, label).help(help));
        }
    }
}

/// Fixes that no test shows to write rows, and to leave some out where something must hold.
fn untested_fixes(file: &PackFile, mistakes: &mut Mistakes) {
    for fix in &file.fixes {
        let rows = || file.fix_tests.iter().filter(|test| test.fix.value == fix.name.value).flat_map(|test| &test.expect);
        let writes = rows().any(|row| row.left_out.is_none());
        let leaves = fix.when.is_empty() || rows().any(|row| row.left_out.is_some());
        let name = &fix.name.value;
        let (label, help) = match (writes, leaves) {
            (true, true) => continue,
            (false, _) => ("no test with a row", format!("add a [[test]] with `fix = \"{name}\"`, records, and the rows that are written")),
            (true, false) => (
                "no test that leaves one out",
                "add a [[test]] of a finding for which `when` does not hold: `expect = [{ left_out = \"...\" }]`".to_owned(),
            ),
        };
        let message = format!("the fix `{name}` is not shown by tests to write rows and to leave some out");
        mistakes.push(Mistake::warning("untested-fix", fix.name.span, message, label).help(help));
    }
}

/// Syncs that no test shows at work.
fn untested_syncs(file: &PackFile, mistakes: &mut Mistakes) {
    for sync in &file.syncs {
        let name = &sync.name.value;
        if !file.sync_tests.iter().any(|test| test.sync.value == *name) {
            let message = format!("the sync `{name}` is not shown by tests");
            let help = format!("add a [[test]] with `sync = \"{name}\"`, records and accounts, and what becomes of them");
            mistakes.push(Mistake::warning("untested-sync", sync.name.span, message, "no test").help(help));
        }
    }
}

/// Messages that no test shows, and texts that a rule or message finds besides the one that quotes them.
fn messages(file: &PackFile, packs: &[Pack], mistakes: &mut Mistakes) {
    for message in &file.messages {
        if !file.log_tests.iter().any(|test| !test.rule && test.of.value == message.name.value) {
            let name = &message.name.value;
            let mistake =
                Mistake::warning("untested-message", message.name.span, format!("the message `{name}` is not shown by tests"), "no test");
            mistakes.push(
                mistake.help(format!("add a [[test]] with `message = \"{name}\"`, `log`, and the values of the lines that it knows")),
            );
        }
    }
    let rules = packs.iter().flat_map(|pack| pack.rules.iter().map(|rule| (&rule.id, &rule.wordings, &rule.reference.vendor)));
    let messages =
        packs.iter().flat_map(|pack| pack.messages.iter().map(|message| (&message.id, &message.wordings, &message.reference.vendor)));
    let all: Vec<_> = rules.chain(messages).filter(|(_, wordings, _)| !wordings.is_empty()).collect();
    let Ok(ready) = Messages::new(all.iter().flat_map(|(_, wordings, _)| wordings.iter()).collect()) else { return };
    let owners: Vec<usize> = all.iter().enumerate().flat_map(|(at, (_, wordings, _))| wordings.iter().map(move |_| at)).collect();
    // Names of placeholders don't matter: a text that several quote has one wording.
    let bare = |text: &str| -> String {
        let mut inside = false;
        let keep = |letter: &char| {
            inside = matches!(letter, '{' | '[') || (inside && !matches!(letter, '}' | ']'));
            !inside && letter.is_alphanumeric()
        };
        text.chars().filter(keep).collect::<String>().to_lowercase()
    };
    let own = file
        .rules
        .iter()
        .map(|rule| (&rule.name.value, &rule.wordings))
        .chain(file.messages.iter().map(|message| (&message.name.value, &message.wordings)));
    for (name, written) in
        own.flat_map(|(name, wordings)| wordings.iter().filter(|written| !written.pattern).map(move |written| (name, written)))
    {
        let id = format!("{}/{name}", file.name.value);
        let text = &written.wording.text;
        let mut others: Vec<usize> = ready.look(text.as_bytes()).iter().filter(|hit| hit.whole).map(|hit| owners[hit.wording]).collect();
        others.retain(|at| **all[*at].0 != *id && !all[*at].2.iter().any(|quoted| bare(quoted) == bare(text)));
        others.dedup();
        if let Some(other) = others.first() {
            let mistake = Mistake::warning(
                "claimed-twice",
                written.text.span(),
                format!("{} finds this text too, and does not quote it", all[*other].0),
                "known by two",
            );
            mistakes
                .push(mistake.help("make the other's text or pattern say more; if both are the reason of this message, quote it in both"));
        }
    }
}

/// Definitions of the pack that no rule of it uses. A pack that others build on may define for them, so only what the pack itself could use is told.
pub(super) fn unused(file: &PackFile, scope: &Scope, mistakes: &mut Mistakes) {
    if mistakes.any_error_in(file.name.span.text) {
        return;
    }
    // A pack without rules and schemas is there for others to use.
    if file.rules.is_empty() && file.exceptions.is_empty() && file.namings.is_empty() && file.merges.is_empty() && file.syncs.is_empty() {
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
    // Nicknames are read by `nearly` and by scores, here or in the packs that require this one.
    for list in file.lists.iter().filter(|list| list.name.value != "nicknames") {
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
