//! `rollbook snapshot`, as a person runs it every evening; and the law that a snapshot tells what the export told that it was made of.
use crate::program::{self, program};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Exit code, standard output, standard error.
fn rollbook(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    program(arguments).within(folder).run().parts()
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    program::folder(&format!("snapshot-{name}"))
}

fn copied(example: &str, name: &str) -> PathBuf {
    program::copied(&format!("examples/{example}"), &format!("snapshot-{name}"))
}

/// What must not depend on how the previous data is given: rule, fingerprint, message and help of every finding of a pack, and how it was counted.
fn told(folder: &Path, arguments: &[&str]) -> Vec<[String; 4]> {
    let (code, out, error) = rollbook(folder, &[&["validate"], arguments, &["--date", "2026-11-22", "--format", "jsonl"]].concat());
    assert!(code < 2, "{error}");
    let finding = |line: &str| {
        let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
        ["rule", "fingerprint", "message", "help"].map(|key| finding[key].as_str().unwrap_or_default().to_owned())
    };
    out.lines().map(finding).filter(|[rule, ..]| !rule.starts_with("read/")).collect()
}

/// The text of a file in a snapshot.
fn member(snapshot: &Path, name: &str) -> Option<String> {
    let mut archive = zip::ZipArchive::new(fs::File::open(snapshot).expect("a snapshot")).expect("a zip archive");
    let mut text = String::new();
    archive.by_name(name).ok()?.read_to_string(&mut text).expect("UTF-8");
    Some(text)
}

const PACKS: [&str; 9] =
    ["roster", "clever", "clever-oneroster", "classlink", "oneroster", "sds", "mylexia", "edsembli-connect", "targets"];

fn all_packs() -> Vec<&'static str> {
    PACKS.iter().flat_map(|pack| ["--pack", pack]).collect()
}

#[test]
fn a_snapshot_tells_what_the_export_tells() {
    let cases: [(&str, [&[&str]; 3]); 2] = [
        (
            "district",
            [
                &["yesterday/clever", "--accounts", "yesterday/mylexia-students.csv", "--accounts", "yesterday/mylexia-staff.csv"],
                &["clever", "--accounts", "mylexia-students.csv", "--accounts", "mylexia-staff.csv"],
                &[
                    "--previous",
                    "yesterday/clever",
                    "--previous",
                    "yesterday/mylexia-students.csv",
                    "--previous",
                    "yesterday/mylexia-staff.csv",
                ],
            ],
        ),
        ("board", [&["yesterday"], &["connect"], &["--previous", "yesterday"]]),
    ];
    for (example, [yesterday, today, previous]) in cases {
        let folder = copied(example, &format!("same-{example}"));
        let packs = all_packs();
        let (code, _, error) = rollbook(&folder, &[&["snapshot"], yesterday, &packs, &["--date", "2026-11-21", "--no-config"]].concat());
        assert_eq!(code, 0, "{error}");
        for config in [&["--no-config"][..], &[]] {
            let today = [today, &packs, config].concat();
            let raw = told(&folder, &[&today, previous].concat());
            let kept = told(&folder, &[&today[..], &["--previous", "snapshots"]].concat());
            assert!(raw.len() > 20);
            assert_eq!(raw, kept, "{example}");
            if config.len() == 1 {
                assert!(told(&folder, &today).len() < raw.len(), "nothing was compared");
            }
        }
    }
}

/// Rules that compare in every way, and show nothing of what they compare, so that all of it is hashed.
const COMPARING: &str = r#"
[pack]
name = "comparing"
version = "1.0.0"
title = "comparisons"

[[rule]]
name = "another-email"
title = "another email"
severity = "warning"
each = 'student s'
with = 'previous student p where p.id = s.id and p.email != s.email'
message = 's'

[[rule]]
name = "email-of-contact"
title = "an email of a contact was a student's"
severity = "warning"
each = 'contact c'
with = 'previous student p where p.email = c.email'
message = 'c'

[[rule]]
name = "login-was-email"
title = "a login was an email"
severity = "warning"
each = 'account a'
with = 'previous student p where p.email = a.username'
message = 'a'

[[rule]]
name = "changed"
title = "changed"
severity = "warning"
each = 'student s where changed(s.birth_date) or changed(s.last_name) or changed(s.phone)'
message = 's'

[[rule]]
name = "unchanged"
title = "unchanged"
severity = "warning"
each = 'student s where not changed(s.birth_date) and not changed(s.first_name)'
message = 's'

[[rule]]
name = "lost"
title = "lost"
severity = "warning"
each = 'student s where s.phone is missing'
with = 'previous student p where p.id = s.id and p.phone is present'
message = 's'

[[rule]]
name = "born-with"
title = "somebody was born on the same day"
severity = "warning"
each = 'student s'
without = 'previous student p where p.birth_date = s.birth_date and p.id != s.id'
message = 's'

[[rule]]
name = "number-was-an-id"
title = "a number was a state's"
severity = "warning"
each = 'student s'
with = 'previous student p where p.number = s.state_id'
message = 's'

[[rule]]
name = "twins-then"
title = "two had one name"
severity = "warning"
each = 'previous student p'
with = 'previous student q where q.first_name = p.first_name and q.id != p.id'
message = 'p'

[[rule]]
name = "moved"
title = "moved"
severity = "warning"
when = 'count of (previous student p where count of (student s where s.street = p.street) = 0) > 0'
message = 'moved'

[[rule]]
name = "not-for-long"
title = "back"
severity = "warning"
each = 'student s'
with = 'earlier student e where e.email = s.email and e.last_seen | days < 30'
message = 's'
"#;

fn cell(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(values)
}

/// A student as a row: few values, written in many ways, so that equal ones meet.
fn student() -> impl Strategy<Value = String> {
    let emails = cell(&["", "ana@x.example", "ANA@x.example", " bo@x.example", "bo@x.example", "cy@x.example"]);
    let dates = cell(&["", "2014-03-02", "3/2/2014", "03/02/2014", "2014-02-30", "soon", "soon ", "2015-01-01"]);
    let names = cell(&["", "Ana", "ANA", "Aña", "O'Neil", "oneil", "---", "--", "Bo"]);
    let phones = cell(&["", "1-555-010-0001", "(555) 010-0001", "none", "n/a", "5550100002"]);
    let numbers = cell(&["", "7", "07", "8", "a", "A"]);
    let streets = cell(&["", "1 Elm St", "1 elm st", "2 Oak Ave, \"B\""]);
    (emails, dates, (names.boxed(), cell(&["Lee", "LEE", "Ng", ""])), phones, (numbers, cell(&["7", "07", "", "8"])), streets).prop_map(
        |(email, born, (first, last), phone, (number, state), street)| {
            format!("{email},{born},{first},{last},{phone},{number},{state},\"{}\"", street.replace('"', "\"\""))
        },
    )
}

fn roster(folder: &Path, students: &[(u8, String)], others: &[(String, String)]) {
    fs::create_dir_all(folder).expect("a folder");
    let mut text = String::from("id,email,birth_date,first_name,last_name,phone,number,state_id,street\n");
    for (id, row) in students {
        let _ = writeln!(text, "{id},{row}");
    }
    fs::write(folder.join("student.csv"), text).expect("a file");
    let (mut contacts, mut accounts) = (String::from("id,student_id,email\n"), String::from("ref_id,kind,username\n"));
    for (at, (email, login)) in others.iter().enumerate() {
        let _ = writeln!(contacts, "c{at},{at},{email}");
        let _ = writeln!(accounts, "a{at},student,{login}");
    }
    fs::write(folder.join("contact.csv"), contacts).expect("a file");
    fs::write(folder.join("account.csv"), accounts).expect("a file");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whatever_was_compared_is_compared_alike(
        yesterday in proptest::collection::vec((0u8..9, student()), 0..9),
        today in proptest::collection::vec((0u8..9, student()), 1..9),
        others in proptest::collection::vec((cell(&["ana@X.example", "bo@x.example", ""]).prop_map(str::to_owned), cell(&["Ana@x.example ", "cy@x.example", "zz"]).prop_map(str::to_owned)), 1..4),
    ) {
        let folder = folder("law");
        fs::write(folder.join("comparing.toml"), COMPARING).expect("a pack");
        roster(&folder.join("yesterday"), &yesterday, &others);
        roster(&folder.join("today"), &today, &others);
        let packs: Vec<&str> = all_packs().into_iter().chain(["--pack", "comparing.toml"]).collect();
        for packs in [&["--pack", "comparing.toml"][..], &packs] {
            let _ = fs::remove_dir_all(folder.join("snapshots"));
            let (code, out, error) = rollbook(&folder, &[&["snapshot", "yesterday", "--layout", "rollbook", "--date", "2026-11-21"], packs].concat());
            prop_assert_eq!(code, 0, "{}", error);
            if packs.len() == 2 {
                let hashed = "email, first_name, last_name, birth_date, phone";
                prop_assert!(out.contains("as hashes: ") && hashed.split(", ").all(|field| out.split("as hashes: ").nth(1).is_some_and(|rest| rest.contains(field))), "{}", out);
            }
            let today = [&["today", "--layout", "rollbook", "--layout", "previous=rollbook"][..], packs].concat();
            let raw = told(&folder, &[&today[..], &["--previous", "yesterday"]].concat());
            let kept = told(&folder, &[&today[..], &["--previous", "snapshots"]].concat());
            prop_assert_eq!(raw, kept);
        }
    }
}

/// A district of some students, from yesterday's example, that sends its files every evening.
fn evenings(name: &str) -> PathBuf {
    let folder = copied("district", name);
    fs::write(
        folder.join("rollbook.toml"),
        r#"packs = ["roster", "clever", "mylexia"]
[sources.roster]
path = "clever"
[sources.accounts]
path = ["mylexia-students.csv", "mylexia-staff.csv"]
[sources.previous]
path = "snapshots"
[snapshots]
keep-days = 3
remember-days = 400
"#,
    )
    .expect("a configuration");
    folder
}

/// Takes the rows that hold a text out of today's students, or puts them back.
fn without(folder: &Path, text: &str) -> String {
    let path = folder.join("clever/students.csv");
    let all = fs::read_to_string(&path).expect("a file");
    let (gone, left): (Vec<&str>, Vec<&str>) = all.lines().partition(|line| line.contains(text));
    assert!(!gone.is_empty() && left.len() > 10);
    fs::write(&path, left.join("\n") + "\n").expect("a file");
    all
}

fn rules(folder: &Path, date: &str) -> String {
    let (_, out, _) = rollbook(folder, &["validate", "--date", date, "--format", "jsonl"]);
    out
}

#[test]
fn evening_after_evening() {
    let folder = evenings("evenings");
    // The first evening has nothing to compare with, and says so.
    let (_, _, error) = rollbook(&folder, &["validate", "--date", "2026-01-05"]);
    assert_eq!(error, "no snapshot in ./snapshots is from before 2026-01-05, so there is nothing to compare with yet\n");
    let (code, first, _) = rollbook(&folder, &["snapshot", "--date", "2026-01-05"]);
    assert_eq!(code, 0);
    let print = regex(&first);
    // Hashes of another key pack a little better or worse.
    let size = first.split(".zip (").nth(1).and_then(|rest| rest.split(')').next()).expect("a size");
    insta::assert_snapshot!(first.replace(&print, "PRINT").replace(size, "SIZE"));

    // A student leaves: told once, then remembered.
    let all = without(&folder, "300115");
    rollbook(&folder, &["snapshot", "--date", "2026-01-06"]);
    let remembered = member(&folder.join("snapshots/2026-01-06.zip"), "earlier/student.csv").expect("a file");
    assert!(remembered.lines().count() == 2 && remembered.contains("300115") && remembered.contains("2026-01-05"), "{remembered}");
    let (_, same, _) = rollbook(&folder, &["snapshot", "--date", "2026-01-06"]);
    assert!(same.contains("students that are gone         1"), "{same}");

    // Ten months later the snapshots of January are gone, and the student is not forgotten.
    rollbook(&folder, &["snapshot", "--date", "2026-11-02"]);
    let (_, later, _) = rollbook(&folder, &["snapshot", "--date", "2026-11-20"]);
    assert!(later.ends_with("Removed the snapshot of 2026-11-02, which is older than 3 days.\n"), "{later}");
    assert_eq!(fs::read_dir(folder.join("snapshots")).expect("a folder").count(), 1);
    fs::write(folder.join("clever/students.csv"), &all).expect("a file");
    let back = rules(&folder, "2026-11-22");
    assert!(back.contains("clever/back-after-long-absence") && back.contains("mylexia/returns-under-new-id"), "{back}");
    assert!(back.contains("is back after 321 days"), "{back}");
    // Once back, nobody is remembered as gone.
    rollbook(&folder, &["snapshot", "--date", "2026-11-22"]);
    assert!(!rules(&folder, "2026-11-23").contains("clever/back-after-long-absence"));
    assert_eq!(member(&folder.join("snapshots/2026-11-22.zip"), "earlier/student.csv").expect("a file").lines().count(), 1);
    // After 400 days they are forgotten.
    without(&folder, "300115");
    rollbook(&folder, &["snapshot", "--date", "2026-11-23"]);
    rollbook(&folder, &["snapshot", "--date", "2028-01-01"]);
    assert_eq!(member(&folder.join("snapshots/2028-01-01.zip"), "earlier/student.csv").expect("a file").lines().count(), 1);
}

/// The fingerprint of the key in what `snapshot` prints.
fn regex(out: &str) -> String {
    let at = out.find("alone (").expect("a new key") + "alone (".len();
    out[at..at + 16].to_owned()
}

#[test]
fn the_key() {
    let folder = evenings("key");
    // Rules that show nothing of what they compare, so that all of it hangs on the key.
    fs::write(folder.join("comparing.toml"), COMPARING).expect("a pack");
    let config = fs::read_to_string(folder.join("rollbook.toml")).expect("a configuration");
    let packs = config.replace(r#"packs = ["roster", "clever", "mylexia"]"#, r#"packs = ["roster", "comparing.toml"]"#);
    fs::write(folder.join("rollbook.toml"), packs).expect("a configuration");
    rollbook(&folder, &["snapshot", "--date", "2026-11-21"]);
    let key = folder.join("snapshot.key");
    let text = fs::read_to_string(&key).expect("a key");
    assert_eq!(text.trim().len(), 64);
    #[cfg(unix)]
    for path in [key.clone(), folder.join("snapshots/2026-11-21.zip")] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path).expect("a file").permissions().mode() & 0o777, 0o600);
    }
    let with = rules(&folder, "2026-11-22");
    for (other, words) in [(Some("0".repeat(64)), "is not the one"), (None, "is not there"), (Some("a key".to_owned()), "is no key")] {
        match other {
            Some(other) => fs::write(&key, other).expect("a file"),
            None => fs::remove_file(&key).expect("a file"),
        }
        let (code, out, _) = rollbook(&folder, &["validate", "--date", "2026-11-22", "--limit", "1"]);
        assert_eq!(code, 1);
        assert!(out.contains("read/other-snapshot-key") && out.contains(words), "{out}");
        assert!(out.contains("can't be compared without its key"), "{out}");
        let without = rules(&folder, "2026-11-22");
        let findings =
            |text: &str| text.lines().filter(|line| !line.contains("read/other-snapshot-key")).map(str::to_owned).collect::<Vec<_>>();
        // Nothing new is told: what can't be compared is not told as changed.
        let fingerprint = |line: &String| line.split("\"fingerprint\":\"").nth(1).map(|rest| rest[..32].to_owned());
        let known: Vec<_> = findings(&with).iter().map(fingerprint).collect();
        assert!(findings(&without).iter().all(|line| known.contains(&fingerprint(line))), "{without}");
    }
    // What another key hashed is not carried on, and is told.
    fs::write(&key, "1".repeat(64)).expect("a file");
    let (code, out, _) = rollbook(&folder, &["snapshot", "--date", "2026-11-22"]);
    assert_eq!(code, 0);
    assert!(out.contains("What the snapshot before kept as hashes was made with another key, and is not carried on."), "{out}");
    // The key never stands beside what it protects.
    fs::write(
        folder.join("rollbook.toml"),
        "packs = [\"roster\", \"clever\"]\n[sources.roster]\npath = \"clever\"\n[snapshots]\nkey = \"snapshots/key\"\n",
    )
    .expect("a file");
    let (code, _, error) = rollbook(&folder, &["snapshot", "--date", "2026-11-22", "--anyway"]);
    assert_eq!(code, 2);
    assert!(error.starts_with("error: the key `./snapshots/key` would stand in the folder of the snapshots"), "{error}");
}

#[test]
fn nothing_secret_and_no_hashed_value_is_kept() {
    let folder = evenings("private");
    let students = fs::read_to_string(folder.join("clever/students.csv")).expect("a file");
    let mut lines: Vec<String> = students.lines().map(|line| format!("{line},hunter2secret")).collect();
    lines[0] = lines[0].replace("hunter2secret", "Password");
    fs::write(folder.join("clever/students.csv"), lines.join("\n") + "\n").expect("a file");
    rollbook(&folder, &["snapshot", "--date", "2026-11-21"]);
    let snapshot = folder.join("snapshots/2026-11-21.zip");
    let kept = member(&snapshot, "student.csv").expect("a file");
    assert!(!kept.contains("hunter2secret") && kept.contains("hash:"));
    // Whether a student's gender is there is all that is asked of it.
    let at = kept.lines().next().expect("a header").split(',').position(|name| name == "gender").expect("a column");
    let genders = || kept.lines().skip(1).filter_map(|line| line.split(',').nth(at));
    assert!(genders().all(|gender| gender.is_empty() || gender.starts_with("hash:")), "{kept}");
    assert!(genders().any(|gender| gender.starts_with("hash:")));
    // What is told of it says that there is no more.
    let mut text = fs::read_to_string(folder.join("clever/students.csv")).expect("a file");
    text = text.replace("robrien39", "robrien40");
    fs::write(folder.join("clever/students.csv"), text).expect("a file");
    let out = rules(&folder, "2026-11-22");
    assert!(!out.contains("hash:"), "{out}");
}

#[test]
fn damage_is_told_and_nothing_half_is_used() {
    let folder = evenings("damage");
    rollbook(&folder, &["snapshot", "--date", "2026-11-21"]);
    let path = folder.join("snapshots/2026-11-21.zip");
    let whole = fs::read(&path).expect("a snapshot");
    let place = whole.windows(11).position(|window| window == b"student.csv").expect("a name");
    let mut flipped = whole.clone();
    flipped[place + 60] ^= 0x20;
    for (bytes, words) in [(&whole[..whole.len() / 2], "cut"), (&flipped[..], "damaged"), (&[][..], "it is empty")] {
        fs::write(&path, bytes).expect("a file");
        let (code, out, _) = rollbook(&folder, &["validate", "--date", "2026-11-22", "--limit", "1"]);
        assert_eq!(code, 3, "{out}");
        assert!(out.contains("read/damaged-snapshot") && out.contains(words), "{out}");
        assert!(!out.contains("clever/student-id-changed ("), "{out}");
        // Nor is it carried on.
        let (code, _, error) = rollbook(&folder, &["snapshot", "--date", "2026-11-22"]);
        assert_eq!(code, 3, "{error}");
    }
    // A file that was put in the place of another, in a whole archive.
    let mut archive = zip::ZipWriter::new(fs::File::create(&path).expect("a file"));
    let old = zip::ZipArchive::new(std::io::Cursor::new(&whole)).expect("an archive");
    for name in old.file_names().map(|name| name.expect("a name").to_string()).collect::<Vec<_>>() {
        let mut text = String::new();
        zip::ZipArchive::new(std::io::Cursor::new(&whole))
            .expect("an archive")
            .by_name(&name)
            .expect("a file")
            .read_to_string(&mut text)
            .expect("UTF-8");
        archive.start_file(&name, zip::write::SimpleFileOptions::default()).expect("a file");
        let text = if name == "section.csv" { text.lines().take(3).fold(String::new(), |all, line| all + line + "\n") } else { text };
        std::io::Write::write_all(&mut archive, text.as_bytes()).expect("a file");
    }
    archive.finish().expect("an archive");
    let (code, out, _) = rollbook(&folder, &["validate", "--date", "2026-11-22", "--limit", "1"]);
    assert_eq!(code, 3);
    assert!(out.contains("can't be used: `section.csv` is not what its checksum"), "{out}");
}

#[test]
fn data_that_was_cut_short_is_no_baseline() {
    let folder = evenings("short");
    rollbook(&folder, &["snapshot", "--date", "2026-11-20"]);
    let students = folder.join("clever/students.csv");
    let all = fs::read_to_string(&students).expect("a file");
    // In the middle of a row, which the reader sees.
    fs::write(&students, &all[..all.len() - 20]).expect("a file");
    let (code, out, error) = rollbook(&folder, &["snapshot", "--date", "2026-11-21"]);
    assert_eq!((code, out.as_str()), (3, ""), "{error}");
    insta::assert_snapshot!(error);
    // And between rows, which only the snapshot before tells.
    fs::write(&students, all.lines().take(12).fold(String::new(), |all, line| all + line + "\n")).expect("a file");
    let (code, _, error) = rollbook(&folder, &["snapshot", "--date", "2026-11-21"]);
    assert_eq!(code, 3);
    assert!(error.starts_with("incomplete: there are 10 students, and on 2026-11-20 there were"), "{error}");
    assert!(!folder.join("snapshots/2026-11-21.zip").exists());
    let (code, _, error) = rollbook(&folder, &["snapshot", "--date", "2026-11-21", "--anyway"]);
    assert_eq!(code, 0);
    assert!(error.starts_with("incomplete, and kept all the same: there are 10 students"), "{error}");
    assert!(member(&folder.join("snapshots/2026-11-21.zip"), "manifest.toml").expect("a file").contains("incomplete = true"));
}

#[test]
fn threads_change_no_byte() {
    let folder = evenings("threads");
    let bytes = |threads: &str| {
        rollbook(&folder, &["snapshot", "--date", "2026-11-21", "--threads", threads]);
        fs::read(folder.join("snapshots/2026-11-21.zip")).expect("a snapshot")
    };
    assert_eq!(bytes("1"), bytes("4"));
}

#[test]
fn what_later_rules_need_in_clear_is_skipped_not_guessed() {
    let folder = folder("later");
    fs::write(folder.join("one.toml"), COMPARING).expect("a pack");
    let shorter = COMPARING
        .replace("name = \"comparing\"", "name = \"computing\"")
        .replace("p.email != s.email", "p.email | before \"@\" != s.email | before \"@\"");
    fs::write(folder.join("two.toml"), shorter).expect("a pack");
    let rows = [(1, "ana@x.example,2014-03-02,Ana,Lee,,7,7,".to_owned())];
    roster(&folder.join("today"), &rows, &[("ana@x.example".to_owned(), "z".to_owned())]);
    rollbook(&folder, &["snapshot", "today", "--layout", "rollbook", "--date", "2026-11-21", "--pack", "one.toml"]);
    let (code, out, _) = rollbook(
        &folder,
        &["validate", "today", "--layout", "rollbook", "--date", "2026-11-22", "--pack", "two.toml", "--previous", "snapshots"],
    );
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("computing/another-email"), "{out}");
    insta::assert_snapshot!(out);
}

/// What stood there for the day may be the better one; and data is never written to.
#[test]
fn a_second_snapshot_of_a_day() {
    let folder = folder("second");
    let data = program::copied("examples/week/before/clever", "snapshot-second/data");
    let students = fs::read_to_string(data.join("students.csv")).expect("a file");
    let header = students.lines().next().expect("a header");
    let fixed = ["snapshot", "data", "--no-config", "--pack", "clever", "--pack", "roster", "--date", "2026-11-22", "--to"];
    let (code, _, error) = rollbook(&folder, &[&fixed[..], &["kept"]].concat());
    assert_eq!(code, 0, "{error}");
    let kept = fs::read(folder.join("kept/2026-11-22.zip")).expect("a snapshot");
    fs::write(data.join("students.csv"), format!("{header}\n")).expect("a file");
    let (code, _, error) = rollbook(&folder, &[&fixed[..], &["kept"]].concat());
    assert!(code == 3 && error.contains("there are no students, and on 2026-11-22 there were 30"), "{code}: {error}");
    assert_eq!(fs::read(folder.join("kept/2026-11-22.zip")).expect("a snapshot"), kept);
    let (code, _, error) = rollbook(&folder, &[&fixed[..], &["kept", "--anyway"]].concat());
    assert_eq!(code, 0, "{error}");
    let (code, _, error) = rollbook(&folder, &[&fixed[..], &["data"]].concat());
    assert!(code == 2 && error.contains("the data is never written to"), "{code}: {error}");
    assert!(!data.join("2026-11-22.zip").exists());
    // Inside of the data it would be listed with it, and read where nothing else is there.
    for (inside, source) in [("data/kept", "data"), ("data/kept/deep", "data"), ("snapshots", ".")] {
        let (code, _, error) = rollbook(&folder, &[&["snapshot", source], &fixed[2..], &[inside]].concat());
        assert!(code == 2 && error.contains(&format!("error: `{inside}` is inside of what is read")), "{code}: {error}");
        let beside = if source == "." { "../snapshots" } else { "snapshots" };
        assert!(error.contains(&format!("keep them beside it, with --to {beside} ")), "{error}");
        assert!(!folder.join(inside).exists());
    }
}
