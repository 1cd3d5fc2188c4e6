//! The documents say what the program does: rules, coverage, commands, words of the language.
use crate::program::rollbook;
use rollbook::finding::Mistakes;
use rollbook::language::functions::{Argument, FUNCTIONS, Given, function};
use rollbook::model::{NOUNS, day};
use rollbook::pack::{self, BUILTIN, Overrides, Pack, PackFile};
use rollbook::report::{Style, mistakes};
use rollbook::roster::CHECKS;
use rollbook::source::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn document(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn builtin() -> (Vec<Pack>, Vec<PackFile>) {
    let (mut sources, mut found) = (Sources::default(), Mistakes::default());
    let files: Vec<PackFile> = BUILTIN
        .iter()
        .map(|(name, text)| {
            let id = sources.add(format!("rules/{name}.toml"), *text);
            pack::read(&sources, id, &mut found)
        })
        .collect();
    let files = pack::order(files, &mut found);
    let packs = pack::compile(&files, &Overrides::default(), &sources, &mut found);
    let style = Style { color: false, plain: true, unicode: true, width: 120 };
    assert!(!found.any_error(), "{}", mistakes(&found.sorted(), &sources, &style));
    (packs, files)
}

#[test]
fn rules_are_those_of_the_packs() {
    let (packs, files) = builtin();
    let now = pack::reference(&packs, &files);
    if std::env::var_os("ROLLBOOK_UPDATE").is_some() {
        fs::write(path("docs/rules.md"), &now).expect("docs/rules.md");
    }
    let then = document("docs/rules.md");
    let same = then.lines().zip(now.lines()).take_while(|(then, now)| then == now).count();
    assert!(
        then == now,
        "docs/rules.md is stale from line {} on:\n  it has {:?}\n  not    {:?}\n\nUpdate it: ROLLBOOK_UPDATE=1 cargo test --test main docs\n",
        same + 1,
        then.lines().nth(same).unwrap_or_default(),
        now.lines().nth(same).unwrap_or_default(),
    );
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn coverage_is_what_rules_cover() {
    let (packs, _) = builtin();
    let mut covered: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let of_rules = || packs.iter().flat_map(|pack| &pack.rules).map(|rule| (&*rule.id, &rule.reference.covers));
    let of_messages = || packs.iter().flat_map(|pack| &pack.messages).map(|message| (&*message.id, &message.reference.covers));
    for (name, covers) in of_rules().chain(of_messages()) {
        for id in covers {
            covered.entry(id).or_default().insert(name);
        }
    }
    let syncs = || packs.iter().flat_map(|pack| &pack.syncs);
    for sync in syncs() {
        for id in &sync.covers {
            covered.entry(id).or_default().insert(&sync.id);
        }
    }
    let text = document("docs/coverage.md");
    let mut rows: BTreeMap<&str, &str> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, _, rules] = cells.as_slice() else { continue };
        if id.contains('-') && id.chars().next().is_some_and(|letter| letter.is_ascii_uppercase()) && rows.insert(id, rules).is_some() {
            wrong.push(format!("{id} stands there twice"));
        }
    }
    let mut known: BTreeSet<&str> = of_rules().chain(of_messages()).map(|(name, _)| name).collect();
    known.extend(syncs().map(|sync| &*sync.id));
    for (id, rules) in &rows {
        let named: BTreeSet<&str> = quoted(rules).filter(|word| word.contains('/') && !word.starts_with("read/")).collect();
        let really = covered.get(id).cloned().unwrap_or_default();
        wrong.extend(named.difference(&known).map(|rule| format!("{id}: there is no rule {rule}")));
        // What stands after a semicolon is an explanation and may name rules besides.
        let (list, _) = rules.split_once(';').unwrap_or((rules, ""));
        let listed: BTreeSet<&str> = quoted(list).filter(|word| word.contains('/') && !word.starts_with("read/")).collect();
        wrong.extend(listed.difference(&really).map(|rule| format!("{id}: {rule} does not say that it covers it")));
        wrong.extend(really.difference(&named).map(|rule| format!("{id}: {rule} covers it, and is not named")));
        if named.is_empty() && !rules.starts_with("not yet: ") && !rules.starts_with("no rule") {
            wrong.push(format!("{id} has no rule and no reason: begin it with `not yet: ` or `no rule`"));
        }
    }
    wrong.extend(covered.keys().filter(|id| !rows.contains_key(*id)).map(|id| format!("{id} is covered and has no row")));
    for check in quoted(&text).filter(|word| word.starts_with("read/") && !word.ends_with('*')) {
        if !CHECKS.iter().any(|known| known.id == check) {
            wrong.push(format!("there is no check {check}"));
        }
    }
    assert!(wrong.is_empty(), "\n\ndocs/coverage.md:\n{}\n", wrong.join("\n"));
}

#[test]
fn commands_of_the_readme_exist() {
    let readme = document("README.md");
    let help = |arguments: &[&str]| {
        let printed = rollbook([arguments, &["--help"]].concat());
        (printed.code == 0).then_some(printed.out)
    };
    let mut seen = 0;
    for line in readme.lines().map(str::trim) {
        let line = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("rollbook "));
        let Some(mut words) = line.map(str::split_whitespace) else { continue };
        let Some(command) = words.next() else { continue };
        let Some(usage) = help(&[command]) else { panic!("README.md: there is no command `{command}`") };
        seen += 1;
        for option in words.filter(|word| word.starts_with("--")) {
            let option = option.split_once('=').map_or(option, |(option, _)| option);
            assert!(usage.contains(option), "README.md: {command} has no option {option}");
        }
    }
    assert!(seen > 5, "the README shows {seen} commands");
}

#[test]
fn output_in_the_readme_is_real() {
    let commands = [
        &["validate", "examples/district", "--limit", "0", "--date", "2026-11-22", "--color", "never"][..],
        &["accounts", "examples/board", "--explain", "80524", "--color", "never"],
        &["log", "examples/district/import-log.txt", "--with", "examples/district", "--date", "2026-11-22", "--color", "never"],
    ];
    let printed: Vec<String> = commands.iter().map(|arguments| rollbook(*arguments).out).collect();
    for block in document("README.md").split("```text\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        let real = printed.iter().any(|printed| printed.contains(block.trim_end()));
        assert!(real, "README.md shows what none of these prints: {commands:?}\n\n{block}");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    let docs = fs::read_dir(path("docs")).expect("docs").map(|entry| entry.expect("an entry").path());
    for file in
        docs.filter(|file| file.extension().is_some_and(|extension| extension == "md")).chain([path("README.md"), path("CHANGELOG.md")])
    {
        let text = fs::read_to_string(&file).expect("a document");
        // What stands between backticks, or between fences, is code, and may hold a pattern.
        let unfenced = text.split("```").step_by(2).flat_map(str::lines);
        let prose: String = unfenced.flat_map(|line| line.split('`').step_by(2).chain(["\n"])).collect();
        for target in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !file.with_file_name(target).exists() {
                wrong.push(format!("{}: {target} is not there", file.file_name().unwrap_or_default().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n\n{}\n", wrong.join("\n"));
}

/// The part of a document under a heading.
fn section<'t>(text: &'t str, heading: &str) -> &'t str {
    let rest = text.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_else(|| panic!("no section `{heading}`"));
    rest.split("\n## ").next().unwrap_or(rest)
}

#[test]
fn nouns_and_functions_of_the_reference_exist() {
    let text = document("docs/language.md");
    // The paragraph that begins `A noun is a kind of record:` names all of them.
    let paragraph = section(&text, "Nouns and fields").split("\n\n").find(|part| part.contains("A noun is")).expect("a paragraph on nouns");
    let named: BTreeSet<&str> = quoted(paragraph.split("A layout").next().unwrap_or_default()).collect();
    let real: BTreeSet<&str> = NOUNS.iter().map(|noun| noun.name).collect();
    assert_eq!(named, real, "the nouns of docs/language.md, and those of the program");

    let table = section(&text, "Functions");
    let calls = table.lines().filter_map(|line| line.strip_prefix("| `")).map(|line| line.split(" | ").next().unwrap_or_default());
    let named: BTreeSet<String> = calls
        .flat_map(|cell| cell.split(", "))
        .filter_map(|call| call.trim_matches(['`', ' ']).split([' ', '`']).next().map(str::to_owned))
        .collect();
    let real: BTreeSet<String> = FUNCTIONS.iter().map(|function| function.name.to_owned()).collect();
    assert_eq!(named, real, "the functions of docs/language.md, and those of the program");
}

#[test]
fn examples_of_functions_are_true() {
    let today = day("2026-11-22").expect("a day");
    for known in FUNCTIONS {
        let (call, from, to) = known.example;
        let mut words = call.splitn(2, ' ');
        assert_eq!(words.next(), Some(known.name), "the example of `{}` shows another function", known.name);
        let mut rest = words.next().unwrap_or_default().trim();
        let mut given = Vec::new();
        for argument in known.arguments {
            let end;
            match argument {
                Argument::Text => {
                    end = rest[1..].find('"').expect("a closing quote") + 2;
                    given.push(Given::Text(rest[1..end - 1].to_owned()));
                }
                Argument::Number => {
                    end = rest.find(' ').unwrap_or(rest.len());
                    given.push(Given::Number(rest[..end].parse().expect("a number")));
                }
            }
            rest = rest[end..].trim_start();
        }
        assert!(rest.is_empty(), "the example of `{}` has too many arguments: {rest}", known.name);
        let result = function(known.name).expect("found by its name").apply(from, &given, today);
        assert_eq!(result.as_deref(), Some(to), "{from} | {call}");
    }
}

#[test]
fn messages_of_built_in_rules_are_sentences_without_a_capital_and_a_stop() {
    let (packs, _) = builtin();
    let mut wrong = Vec::new();
    for rule in packs.iter().flat_map(|pack| &pack.rules) {
        let message = rule.reference.message.as_str();
        let first = message.chars().next();
        if !first.is_some_and(|letter| letter.is_lowercase() || letter == '{' || letter.is_ascii_digit()) {
            wrong.push(format!("{} does not begin in lower case: {message}", rule.id));
        }
        if message.ends_with(['.', '!', ' ']) {
            wrong.push(format!("{} ends in a stop: {message}", rule.id));
        }
        if message.contains(['\n', '\r']) {
            wrong.push(format!("{} has a line break", rule.id));
        }
        if rule.reference.help.as_deref().is_none_or(str::is_empty) {
            wrong.push(format!("{} says not what to do", rule.id));
        }
    }
    assert!(wrong.is_empty(), "\n\n{}\n", wrong.join("\n"));
}
