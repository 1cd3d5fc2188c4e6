//! `rollbook accounts`, as a person runs it.
use crate::program::{self, Printed, rollbook};
use std::fs;
use std::path::{Path, PathBuf};

/// `rollbook accounts examples/board` with more arguments: exit code, standard output, standard error.
fn board(more: &[&str]) -> (i32, String, String) {
    rollbook([&["accounts", "examples/board", "--date", "2026-11-22"], more].concat()).parts()
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    program::folder(&format!("accounts-{name}"))
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn a_board() {
    let (code, text, _) = board(&["--limit", "4"]);
    assert_eq!(code, 1, "somebody is blocked");
    insta::assert_snapshot!(text);
    assert_eq!(board(&["--limit", "4", "--threads", "1"]).1, text);
}

#[test]
fn without_drawing() {
    insta::assert_snapshot!(board(&["--plain", "--group", "parents", "--school", "101", "--limit", "2"]).1);
}

#[test]
fn why_this_name() {
    let told: Vec<String> = ["80524", "80569", "7198", "40513"].map(|id| board(&["--explain", id]).1).into();
    insta::assert_snapshot!(told.concat());
}

#[test]
fn another_schema_before_it_is_saved() {
    let (code, text, _) = board(&["--as-if", "examples/board/parents-by-name.toml"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(text);
}

#[test]
fn everything_on_everybody() {
    let folder = folder("out");
    let csv = folder.join("accounts.csv");
    let (code, _, told) = board(&["--out", shown(&csv)]);
    assert_eq!((code, told.trim_end()), (1, format!("125 accounts written to {}", shown(&csv)).as_str()));
    let text = fs::read_to_string(&csv).expect("a file");
    let blocked: Vec<&str> = text.lines().filter(|line| line.contains(",blocked,")).collect();
    insta::assert_snapshot!(format!("{}\n{}", text.lines().next().expect("a header"), blocked.join("\n")));
    let jsonl = folder.join("accounts.jsonl");
    board(&["--out", shown(&jsonl)]);
    let lines = fs::read_to_string(&jsonl).expect("a file");
    let people: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(people.len(), 125);
    let dana = people.iter().find(|person| person["id"] == "7165").expect("Dana Okafor");
    assert_eq!((&dana["state"], &dana["username"]), (&"name differs from schema".into(), &"dana.okafor@tamarack.example".into()));
    let xlsx = folder.join("accounts.xlsx");
    board(&["--out", shown(&xlsx)]);
    assert!(fs::read(&xlsx).expect("a file").starts_with(b"PK"), "no workbook");
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 3, "something was left beside the files");
}

#[test]
fn the_shape_of_a_layout() {
    let folder = folder("shape");
    let path = folder.join("import.csv");
    board(&["--group", "parents", "--out", shown(&path), "--as", "edsembli-connect"]);
    insta::assert_snapshot!(fs::read_to_string(&path).expect("a file"));
}

#[test]
fn the_ledger_keeps_names() {
    let folder = folder("ledger");
    let ledger = folder.join("names.csv");
    let (_, before, _) = board(&["--ledger", shown(&ledger)]);
    assert!(!ledger.exists(), "only --commit writes");
    let (_, _, told) = board(&["--ledger", shown(&ledger), "--commit"]);
    assert!(told.contains("names in the ledger"), "{told}");
    let first = fs::read_to_string(&ledger).expect("a ledger");
    assert!(first.contains("fosterman"), "{first}");
    let (_, after, _) = board(&["--ledger", shown(&ledger)]);
    let names = |text: &str| {
        text.split_whitespace()
            .filter(|word| word.contains("fosterman") || word.contains("yusuf287"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&before), names(&after));
    board(&["--ledger", shown(&ledger), "--commit"]);
    assert_eq!(fs::read_to_string(&ledger).expect("a ledger"), first, "a second commit on the same day changes nothing");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&ledger).expect("a ledger").permissions().mode() & 0o077, 0);
    }
    fs::write(&ledger, "scope,field,name,holder,given,last_seen\nx,y,\"cut o").expect("a file");
    let (code, _, told) = board(&["--ledger", shown(&ledger), "--commit"]);
    assert_eq!(code, 2);
    insta::with_settings!({ filters => vec![(r"`[^`]*names\.csv`", "`names.csv`")] }, { insta::assert_snapshot!(told) });
}

#[test]
fn passwords_are_for_one_file() {
    let folder = folder("passwords");
    let pack = folder.join("schemas.toml");
    fs::write(
        &pack,
        r#"
[pack]
name     = "ours"
version  = "1.0.0"
title    = "our schemas"
requires = { packs = ["targets"] }

[[naming]]
name     = "students"
title    = "usernames"
group    = "Students"
for      = 'student s'
template = '{s.id | lower}'
field    = "username"
record   = { kind = "student" }
password = { words = 2, digits = 2, symbols = 1, length = "10..24", list = "password-words", must_change = true }
"#,
    )
    .expect("a file");
    let path = folder.join("passwords.csv");
    let arguments = ["--no-config", "--pack", shown(&pack), "--passwords", shown(&path)];
    let run = || rollbook([&["accounts", "examples/board/connect", "--date", "2026-11-22"], arguments.as_slice()].concat());
    let Printed { out, error: told, .. } = run();
    let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{told}"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 59);
    let mut passwords: Vec<&str> = rows.iter().map(|row| &row[3]).collect();
    for password in &passwords {
        let count = |of: fn(char) -> bool| password.chars().filter(|letter| of(*letter)).count();
        assert!((10..=24).contains(&password.chars().count()), "{password}");
        assert!(count(|letter| letter.is_ascii_digit()) >= 2 && count(|letter| letter.is_ascii_punctuation()) == 1, "{password}");
        assert!(!out.contains(*password) && !told.contains(*password), "a password was printed");
    }
    passwords.sort_unstable();
    passwords.dedup();
    assert!(passwords.len() > 50, "passwords repeat");
    assert!(rows.iter().all(|row| &row[4] == "yes"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(run().code, 2, "a file that is there is not written over");
    assert_eq!(fs::read_to_string(&path).expect("a file"), text);
}

#[test]
fn what_can_not_be_done_is_said() {
    let cases: &[&[&str]] = &[
        &["accounts", "examples/board", "--group", "parnets"],
        &["accounts", "examples/board", "--explain", "nobody"],
        &["accounts", "examples/board", "--out", "accounts.doc"],
        &["accounts", "examples/board", "--out", "none/such/accounts.csv"],
        &["accounts", "examples/board", "--out", "x.csv", "--as", "edsembli"],
        &["accounts", "examples/board", "--out", "x.csv", "--as", "clever"],
        &["accounts", "examples/board", "--commit"],
        &["accounts", "examples/board", "--as-if", "none.toml"],
        &["accounts", "examples/board", "--as-if", "rules/roster.toml"],
        &["accounts", "examples/board", "--passwords", "none/such/passwords.csv"],
        &["accounts", "examples/district"],
        &["accounts", "examples/board", "--commit", "--group", "parents"],
    ];
    let mut told = String::new();
    for case in cases {
        let Printed { code, error, .. } = rollbook(*case);
        told.push_str(&format!("$ rollbook {}\n{error}exit code {code}\n\n", case.join(" ")));
    }
    insta::assert_snapshot!(told);
}

/// A copy of the example board in a folder of its own.
fn copied(name: &str) -> PathBuf {
    program::copied("examples/board", &format!("accounts-{name}"))
}

/// `rollbook accounts` on a copy: exit code and standard error.
fn on(folder: &Path, more: &[&str]) -> (i32, String) {
    let Printed { code, error, .. } = rollbook([&["accounts", shown(folder), "--date", "2026-11-22"], more].concat());
    (code, error)
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let board = copied("inputs");
    let ledger = board.join("names.csv");
    assert_eq!(on(&board, &["--ledger", shown(&ledger), "--commit"]).0, 1);
    for file in ["connect/students.csv", "yesterday/contacts.csv", "names.csv"] {
        let path = board.join(file);
        let before = fs::read(&path).expect("a file");
        let (code, told) = on(&board, &["--out", shown(&path), "--ledger", shown(&ledger)]);
        assert_eq!(code, 2, "{file}: {told}");
        assert_eq!(fs::read(&path).expect("a file"), before, "{file} was written over");
    }
    assert_eq!(on(&board, &["--out", shown(&board.join("accounts.csv")), "--ledger", shown(&ledger)]).0, 1);
}

#[test]
fn nothing_is_written_when_something_is_missing() {
    type Damage = fn(&Path);
    let header_only = |path: &Path| {
        let text = fs::read_to_string(path).expect("a file");
        fs::write(path, format!("{}\n", text.lines().next().expect("a header"))).expect("a file");
    };
    let renamed = |path: &Path| {
        let text = fs::read_to_string(path).expect("a file");
        fs::write(path, text.replacen("Person ID", "Reference", 1)).expect("a file");
    };
    let cut = |path: &Path| {
        let text = fs::read(path).expect("a file");
        fs::write(path, &text[..text.len() - 40]).expect("a file");
    };
    let removed = |path: &Path| fs::remove_file(path).expect("a file");
    let cases: [(&str, &str, Damage); 4] = [
        ("accounts without a row", "accounts.csv", header_only),
        ("accounts that can't be tied to people", "accounts.csv", renamed),
        ("accounts that are cut off", "accounts.csv", cut),
        ("no accounts", "accounts.csv", removed),
    ];
    for (what, file, damage) in cases {
        let board = copied("missing");
        damage(&board.join("connect").join(file));
        let (ledger, out) = (board.join("names.csv"), board.join("out.csv"));
        let writing = ["--ledger", shown(&ledger), "--commit", "--out", shown(&out)];
        let (code, told) = on(&board, &writing);
        assert_eq!(code, 3, "{what}: {told}");
        assert!(told.contains("nothing was written for --out and --commit"), "{what}: {told}");
        assert!(!ledger.exists() && !out.exists(), "{what}: something was written");
    }
    let board = copied("new");
    fs::remove_file(board.join("connect/accounts.csv")).expect("a file");
    assert_ne!(on(&board, &["--all-new", "--out", shown(&board.join("out.csv"))]).0, 3);
}

#[test]
fn who_has_left_keeps_the_name() {
    let board = copied("left");
    let ledger = board.join("names.csv");
    let students = board.join("connect/students.csv");
    let text = fs::read_to_string(&students).expect("a file");
    let without: Vec<&str> = text.lines().filter(|line| !line.contains("Abernathy")).collect();
    fs::write(&students, without.join("\n") + "\n").expect("a file");
    on(&board, &["--ledger", shown(&ledger), "--commit"]);
    let names = fs::read_to_string(&ledger).expect("a ledger");
    assert!(names.contains("rabernathy321,account "), "{names}");
}
