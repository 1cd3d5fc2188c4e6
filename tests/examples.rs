//! The districts of `examples/`, through the program as a person runs it.
use crate::program::{Printed, rollbook};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn validate(folder: &str, more: &[&str]) -> String {
    let Printed { code, out, error } = rollbook([&["validate", folder, "--date", "2026-11-22"], more].concat());
    assert_eq!(code, 1, "{error}");
    out
}

/// One value of every line of `--format jsonl`.
fn of_each(jsonl: &str, key: &str) -> Vec<String> {
    let value = |line: &str| {
        let finding: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        finding[key].as_str().expect("a text").to_owned()
    };
    jsonl.lines().map(value).collect()
}

/// Copies a folder; the rows of its CSV files come in another order, the headers stay.
fn shuffled(from: &Path, to: &Path, seed: u64) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            shuffled(&path, &target, seed);
        } else if path.extension().is_some_and(|extension| extension == "csv") {
            let text = fs::read_to_string(&path).expect("UTF-8");
            let mut lines: Vec<&str> = text.lines().collect();
            assert!(lines.iter().all(|line| line.matches('"').count() % 2 == 0), "a quoted cell holds a line break");
            let mut state = seed;
            for at in (2..lines.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let other = 1 + usize::try_from(state >> 33).expect("31 bits") % at;
                lines.swap(at, other);
            }
            fs::write(target, lines.join("\n") + "\n").expect("a file");
        } else {
            fs::copy(&path, target).expect("a copy");
        }
    }
}

fn temporary(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    path
}

#[test]
fn a_district() {
    insta::assert_snapshot!(validate("examples/district", &["--threads", "2"]));
}

#[test]
fn the_evening_before_the_first_sync() {
    insta::assert_snapshot!(validate("examples/first-sync", &["--threads", "2"]));
}

#[test]
fn a_board_with_parent_accounts() {
    insta::assert_snapshot!(validate("examples/board", &["--threads", "2"]));
}

#[test]
fn a_layout_of_ones_own() {
    insta::assert_snapshot!(validate("examples/own-layout", &["--threads", "2"]));
}

#[test]
fn every_rule_of_a_vendor_finds_something() {
    let list = rollbook(["list", "rules"]).out;
    let cases: &[(&str, usize, &[&str])] =
        &[("mylexia/", 40, &["examples/district", "examples/first-sync"]), ("edsembli-connect/", 25, &["examples/board"])];
    for (pack, least, folders) in cases {
        let rules: BTreeSet<&str> =
            list.lines().filter_map(|line| line.split_whitespace().next()).filter(|id| id.starts_with(pack)).collect();
        assert!(rules.len() > *least, "{list}");
        let found: BTreeSet<String> =
            folders.iter().flat_map(|folder| of_each(&validate(folder, &["--format", "jsonl"]), "rule")).collect();
        // What is one to one is contradicted by a wrong decision only.
        let needs_a_mistake = ["mylexia/exception-is-somebody-contradicted"];
        // No export remembers who was gone before yesterday; tests/snapshot.rs has a year of evenings.
        let needs_memory = ["mylexia/returns-under-new-id"];
        // The rosters of the examples write ids and grades as all their destinations take them.
        let needs_other_forms = ["mylexia/grade-not-taken", "mylexia/student-id-form"];
        let known =
            |rule: &&str| found.contains(*rule) || [&needs_a_mistake[..], &needs_memory, &needs_other_forms].concat().contains(rule);
        let silent: Vec<&&str> = rules.iter().filter(|rule| !known(rule)).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }
}

#[test]
fn threads_change_nothing() {
    for more in [&["--threads"][..], &["--format", "jsonl", "--threads"], &["--limit", "0", "--threads"]] {
        let [one, two, four] = ["1", "2", "4"].map(|threads| validate("examples/district", &[more, &[threads]].concat()));
        assert_eq!(one, two);
        assert_eq!(one, four);
    }
}

#[test]
fn row_order_changes_no_finding() {
    let fingerprints = |folder: &str| -> Vec<String> {
        let mut all = of_each(&validate(folder, &["--format", "jsonl"]), "fingerprint");
        all.sort();
        all
    };
    for example in ["district", "board"] {
        let from = format!("examples/{example}");
        let expected = fingerprints(&from);
        for seed in 1..=5 {
            let folder = temporary(&format!("shuffled-{example}-{seed}"));
            shuffled(&Path::new(env!("CARGO_MANIFEST_DIR")).join(&from), &folder, seed);
            assert_eq!(expected, fingerprints(folder.to_str().expect("UTF-8")), "{example}, seed {seed}");
        }
    }
}
