//! Fix files, through the program as a person runs it: what is written, what is left out, and what is never written over.
use crate::program::{Printed, program};
use std::fs;
use std::path::{Path, PathBuf};

/// Runs `rollbook validate` in a folder: exit code, standard output from `Fix files` on, standard error.
fn validate_in(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Printed { code, out, error } = program([&["validate", "--date", "2026-11-22"], arguments].concat()).within(folder).run();
    let told = out.find("Fix files").map_or(String::new(), |at| out[at..].to_owned());
    (code, told, error)
}

fn validate(arguments: &[&str]) -> (i32, String, String) {
    validate_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments)
}

/// A folder that is not there yet.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixes").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    path
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

const PACK: &str = r#"
[pack]
name = "demo"
title = "a demo"
version = "1.0.0"

[[rule]]
name    = "no-email"
title   = "a student has no email"
each    = 's'
message = '{s.id} has no email'
"#;

/// Students without an email, in a pack of a district, and rows of students.
fn demo(folder: &Path, rows: &str) -> String {
    fs::create_dir_all(folder.join("data")).expect("a folder");
    let fix = r#"
[[fix]]
name    = "emails"
title   = "addresses to upload"
rules   = ["no-email"]
file    = "emails.csv"
columns = { Id = '{s.id}', Email = '{s.username}@maple.example' }
help    = "Upload it under Tools."
"#;
    let pack = PACK.replace("'s'", "'student s where s.email is missing'");
    fs::write(folder.join("demo.toml"), format!("{pack}{fix}")).expect("a pack");
    let students = format!("School_id,Student_id,Last_name,First_name,Username,Student_email\n{rows}");
    let files = [
        ("students", students.as_str()),
        ("schools", "School_id,School_name\n1,Maple\n"),
        ("teachers", "School_id,Teacher_id,Last_name,First_name\n1,T1,Moss,Ed\n"),
        ("sections", "School_id,Section_id,Teacher_id,Name\n1,X1,T1,Homeroom\n"),
        ("enrollments", "School_id,Section_id,Student_id\n1,X1,9\n"),
    ];
    for (name, text) in files {
        fs::write(folder.join(format!("data/{name}.csv")), text).expect("rows");
    }
    folder.join("demo.toml").to_str().expect("UTF-8").to_owned()
}

fn run(at: &Path, pack: &str, more: &[&str]) -> (i32, String, String) {
    validate_in(at, &[&["data", "--no-config", "--pack", pack, "--fixes", "out"], more].concat())
}

#[test]
fn the_district_gets_the_upload_of_the_tool_and_nothing_else() {
    let out = folder("district");
    let shown = out.to_str().expect("UTF-8");
    let (code, told, _) = validate(&["examples/district", "--fixes", shown]);
    assert_eq!(code, 1);
    assert!(told.contains("wrote 4 rows to"), "{told}");
    insta::assert_snapshot!(text(&out.join("set-unique-ids.csv")));
    insta::assert_snapshot!(text(&out.join("index.csv")));
    // A second run writes the same, over what it wrote itself.
    let (first, index) = (text(&out.join("set-unique-ids.csv")), text(&out.join("index.csv")));
    assert_eq!(validate(&["examples/district", "--fixes", shown, "--threads", "1"]).0, 1);
    assert_eq!((first, index), (text(&out.join("set-unique-ids.csv")), text(&out.join("index.csv"))));
}

#[test]
fn suspicions_are_written_only_when_asked_for() {
    let out = folder("board");
    let shown = out.to_str().expect("UTF-8");
    let (_, told, _) = validate(&["examples/board", "--fixes", shown]);
    assert!(told.contains("it is only likely"), "{told}");
    assert_eq!(text(&out.join("contacts-to-pull.csv")).lines().count(), 2);
    let (_, told, _) = validate(&["examples/board", "--fixes", shown, "--fixes-likely"]);
    assert!(!told.contains("it is only likely"), "{told}");
    assert_eq!(text(&out.join("contacts-to-pull.csv")).lines().count(), 3);
}

#[test]
fn rows_that_contradict_one_another_are_left_out_both() {
    let at = folder("contradicted");
    let pack = demo(&at, "1,7,Chen,Mei,mchen,\n1,8,Chen,Min,mchen,\n1,9,Roy,Al,aroy,\n1,5,Lund,Cy,,\n");
    let (code, told, error) = run(&at, &pack, &[]);
    assert_eq!((code, error.as_str()), (1, ""));
    insta::assert_snapshot!(told);
    assert_eq!(text(&at.join("out/emails.csv")), "Id,Email\n9,aroy@maple.example\n");
    insta::assert_snapshot!(text(&at.join("out/index.csv")));
}

/// Two fixes write to one file: a column that only one of them keeps filled may be empty in rows of the other.
#[test]
fn what_is_empty_is_no_value_in_common() {
    let at = folder("empty-cells");
    let pack = demo(&at, "1,7,Chen,Mei,,\n1,8,Chen,Min,,\n1,9,Roy,Al,aroy,\n");
    let other = r#"
[[fix]]
name    = "ids"
rules   = ["no-email"]
file    = "emails.csv"
columns = { Id = '{s.id}', Email = '{s.phone}' }
key     = ["Id"]
when    = [{ holds = 's.username is missing', otherwise = 'it has an address' }]
"#;
    let text_of = fs::read_to_string(&pack).expect("a pack");
    fs::write(&pack, text_of + other).expect("a pack");
    let (code, told, error) = run(&at, &pack, &[]);
    assert_eq!((code, error.as_str()), (1, ""), "{told}");
    assert_eq!(text(&at.join("out/emails.csv")), "Id,Email\n7,\n8,\n9,aroy@maple.example\n");
}

/// The order of rows changes no byte, not even of the list.
#[test]
fn the_order_of_rows_does_not_matter() {
    let rows = ["1,7,Chen,Mei,mchen,\n", "1,8,Chen,Min,mchen,\n", "1,9,Roy,Al,aroy,\n", "1,5,Lund,Cy,,\n", "1,4,Ba,Io,ioba,\n"];
    let read = |at: &Path| (text(&at.join("out/emails.csv")), text(&at.join("out/index.csv")));
    let (one, other) = (folder("order-1"), folder("order-2"));
    let pack = demo(&one, &rows.concat());
    let (_, told, _) = run(&one, &pack, &[]);
    let pack = demo(&other, &rows.iter().rev().copied().collect::<String>());
    let (_, again, _) = run(&other, &pack, &["--threads", "1"]);
    assert_eq!(told, again);
    assert_eq!(read(&one), read(&other));
}

#[test]
fn a_file_of_an_earlier_run_that_has_no_rows_now_is_taken_away() {
    let at = folder("stale");
    let pack = demo(&at, "1,9,Roy,Al,aroy,\n");
    run(&at, &pack, &[]);
    assert!(at.join("out/emails.csv").exists());
    demo(&at, "1,9,Roy,Al,aroy,aroy@maple.example\n");
    let (code, told, error) = run(&at, &pack, &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{told}");
    assert!(!at.join("out/emails.csv").exists());
    assert!(told.contains("took away out/emails.csv, which an earlier run wrote: it has no rows now"), "{told}");
    assert_eq!(text(&at.join("out/index.csv")).lines().count(), 1);
}

#[test]
fn what_somebody_else_wrote_is_never_written_over() {
    let at = folder("foreign");
    let pack = demo(&at, "1,9,Roy,Al,aroy,\n");
    let out = at.join("out");
    fs::create_dir_all(&out).expect("a folder");
    fs::write(out.join("emails.csv"), "mine\n").expect("a file");
    let (code, _, error) = run(&at, &pack, &[]);
    assert_eq!(code, 2);
    assert_eq!(
        error,
        "error: `out/emails.csv` was not written by this program, and is not written over\n  help: move it away, or name another folder\n"
    );
    assert_eq!(text(&out.join("emails.csv")), "mine\n");
    fs::remove_file(out.join("emails.csv")).expect("a file");
    assert_eq!(run(&at, &pack, &[]).0, 1);
    // A row that a person took out by hand stays out until the person decides.
    fs::write(out.join("emails.csv"), "Id,Email\n").expect("a file");
    let (code, _, error) = run(&at, &pack, &[]);
    assert_eq!(code, 2);
    assert!(error.contains("was changed since it was written"), "{error}");
    fs::remove_file(out.join("emails.csv")).expect("a file");
    fs::write(out.join("index.csv"), "a,b\n").expect("a file");
    let (code, _, error) = run(&at, &pack, &[]);
    assert_eq!(code, 2);
    assert!(error.contains("index.csv` was not written by this program"), "{error}");
}

#[test]
fn the_data_is_never_written_to() {
    let at = folder("data");
    let pack = demo(&at, "1,9,Roy,Al,aroy,\n");
    let data = at.join("data");
    let data = data.to_str().expect("UTF-8");
    for out in [data.to_owned(), format!("{data}/fixes"), format!("{data}/../data/fixes/new")] {
        let (code, _, error) = validate(&[data, "--no-config", "--pack", &pack, "--fixes", &out]);
        assert_eq!(code, 2, "{error}");
        assert!(error.contains("is inside of what is read"), "{error}");
    }
    let (code, _, error) = validate(&[data, "--no-config", "--pack", &pack, "--fixes", &format!("{data}/students.csv")]);
    assert_eq!(code, 2);
    assert!(error.contains("is a file"), "{error}");
    assert_eq!(fs::read_dir(data).expect("a folder").count(), 5);
}

#[test]
fn nothing_is_written_when_the_data_is_incomplete() {
    let at = folder("incomplete");
    let pack = demo(&at, "1,9,Roy,Al,aroy,\n1,\"8,Chen,Min,mchen,\n");
    let (code, _, error) = run(&at, &pack, &[]);
    assert_eq!(code, 3, "{error}");
    assert!(error.contains("no fix file was written, since the data is incomplete"), "{error}");
    assert!(!at.join("out").exists());
    assert!(!error.contains("still there"), "{error}");
    // What an earlier run wrote looks ready to upload.
    demo(&at, "1,9,Roy,Al,aroy,\n");
    assert_eq!(run(&at, &pack, &[]).0, 1);
    let written = text(&at.join("out/emails.csv"));
    demo(&at, "1,9,Roy,Al,aroy,\n1,\"8,Chen,Min,mchen,\n");
    let (code, _, error) = run(&at, &pack, &[]);
    assert_eq!(code, 3, "{error}");
    assert!(error.contains("out/emails.csv is still there from an earlier run of 20"), "{error}");
    assert!(error.contains("so don't upload it now"), "{error}");
    assert_eq!(text(&at.join("out/emails.csv")), written);
}

#[test]
fn lines_for_programs_stand_alone() {
    let at = folder("jsonl");
    let pack = demo(&at, "1,9,Roy,Al,aroy,\n");
    let (code, told, error) = run(&at, &pack, &["--format", "jsonl"]);
    assert_eq!((code, told.as_str()), (1, ""));
    assert!(error.contains("wrote 1 row to out/emails.csv"), "{error}");
}

/// A fix may read a column that no layout knows, and that its rule has no use for.
#[test]
fn a_fix_reads_columns_that_its_rule_does_not() {
    let at = folder("own-columns");
    let pack = demo(&at, "");
    let header = "School_id,Student_id,Last_name,First_name,Username,Student_email,Home Phone,Ready\n";
    fs::write(at.join("data/students.csv"), format!("{header}1,9,Roy,Al,aroy,,555-0109,yes\n1,8,Chen,Min,mchen,,555-0108,no\n"))
        .expect("rows");
    let columns = r#"Email = '{s."home phone"}' }"#;
    let when = r#"when = [{ holds = 's."Ready" = "yes"', otherwise = 'it is not ready' }]"#;
    let rule = text(Path::new(&pack)).replace("Email = '{s.username}@maple.example' }", &format!("{columns}\n{when}"));
    fs::write(&pack, rule).expect("a pack");
    let (code, told, error) = run(&at, &pack, &[]);
    assert_eq!((code, error.as_str()), (1, ""), "{told}");
    assert_eq!(text(&at.join("out/emails.csv")), "Id,Email\n9,555-0109\n");
    assert!(told.contains("it is not ready"), "{told}");
}

#[test]
fn packs_without_a_fix_say_so() {
    let at = folder("none");
    demo(&at, "1,9,Roy,Al,aroy,\n");
    let (code, _, error) = run(&at, "roster", &[]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(error);
}

#[test]
fn a_file_beside_the_one_that_is_written_stays() {
    let out = folder("beside");
    fs::create_dir_all(&out).expect("a folder");
    let (sheet, theirs) = (out.join("forecast.csv"), out.join("forecast.csv.new"));
    fs::write(&theirs, "somebody's own").expect("a file");
    fs::write(&sheet, "an older one").expect("a file");
    let arguments = ["forecast", "examples/board", "--out", sheet.to_str().expect("UTF-8")];
    let Printed { code, error, .. } = program(arguments).run();
    assert_eq!(code, 1, "{error}");
    assert_eq!(text(&theirs), "somebody's own");
    assert!(text(&sheet).starts_with("\u{feff}platform,sync"));
    assert_eq!(fs::read_dir(&out).expect("a folder").count(), 2, "nothing else is left");
}

/// A rule of a district may speak of its own column of passwords; what the column holds is told nowhere but in the file that was asked for.
#[test]
fn passwords_are_told_nowhere() {
    let at = folder("passwords");
    let pack = demo(&at, "");
    let header = "School_id,Student_id,Last_name,First_name,Username,Student_email,Temp_Pass,shipping\n";
    let rows = "1,9,Roy,Al,aroy,,S3cret1,by post\n1,8,Chen,Min,mchen,,,by post\n";
    fs::write(at.join("data/students.csv"), format!("{header}{rows}")).expect("rows");
    let message = "'{s.id} has no email, pw {s.\"Temp_Pass\" | upper}, {s.\"shipping\"}'";
    let more = "help = 'use {s.\"Temp_Pass\" or s.id}'\nlabel.s.email = 'not {s.\"temp pass\"}'";
    let rule = text(Path::new(&pack)).replace("'{s.id} has no email'", &format!("{message}\n{more}"));
    fs::write(&pack, &rule).expect("a pack");
    for more in [&[][..], &["--plain"], &["--format", "jsonl"]] {
        let arguments = ["validate", "data", "--no-config", "--pack", &pack, "--fixes", "out"];
        let printed = program([&arguments[..], more].concat()).within(&at).run();
        assert_eq!(printed.code, 1, "{}", printed.error);
        let told = printed.all();
        assert!(told.contains("9 has no email, pw •••, by post") && told.contains("8 has no email, pw (missing), by post"), "{told}");
        assert!(told.contains("use •••") && told.contains("not •••") && told.contains("use 8"), "{told}");
        assert!(!told.to_lowercase().contains("s3cret1"), "{told}");
    }
    let index = text(&at.join("out/index.csv"));
    assert!(index.contains("9 has no email, pw •••") && !index.to_lowercase().contains("s3cret1"), "{index}");
    let told = program(["lint", &pack]).within(&at).run().all();
    assert!(told.contains("the column `Temp_Pass` seems to hold passwords, which are never shown"), "{told}");
}

/// Of a damaged row nothing is shown from a column of passwords on, whatever it is called.
#[test]
fn excerpts_of_damaged_rows_end_before_passwords() {
    let at = folder("excerpts");
    let pack = demo(&at, "");
    for (name, hidden) in [("Pwd", true), ("Student_Pin", true), ("Mot de passe", true), ("Token", true), ("pinned", false)] {
        let header = format!("School_id,Student_id,Last_name,First_name,Username,{name},Student_email\n");
        fs::write(at.join("data/students.csv"), format!("{header}1,9,Roy,Al,aroy,S3cret1,a@b.example,more\n")).expect("rows");
        let told = program(["validate", "data", "--no-config", "--pack", &pack]).within(&at).run().all();
        assert!(told.contains("1,9,Roy,Al,aroy"), "{told}");
        assert_eq!(told.contains("S3cret1"), !hidden, "{name}: {told}");
    }
}

/// In a row that is torn a password may stand in any column; where the file has passwords, rules tell no value of such a row.
#[test]
fn no_value_of_a_torn_row_is_told_where_passwords_are() {
    let at = folder("torn");
    let pack = demo(&at, "");
    let rule =
        text(Path::new(&pack)).replace("'{s.id} has no email'", "'{s.id}, called {s.username}, has no email'\nlabel.s.username = 'his'");
    fs::write(&pack, &rule).expect("a pack");
    for (name, hidden) in [("Pwd", true), ("Locker", false)] {
        let header = format!("School_id,Student_id,Last_name,First_name,Username,{name},Student_email\n");
        fs::write(at.join("data/students.csv"), format!("{header}1,9,Roy,aroy,S3cret1,by post\n")).expect("rows");
        for more in [&[][..], &["--plain"], &["--format", "jsonl"]] {
            let arguments = ["validate", "data", "--no-config", "--pack", &pack, "--limit", "0"];
            let told = program([&arguments[..], more].concat()).within(&at).run().all();
            assert!(told.contains("has no email") && told.contains("read/ragged-row"), "{told}");
            assert_eq!(told.contains("called S3cret1,"), !hidden, "{name}: {told}");
            assert_eq!(told.contains("•••, called •••, has no email"), hidden, "{name}: {told}");
            assert_eq!(told.contains("S3cret1"), !hidden, "{name}: {told}");
        }
    }
}

#[test]
fn no_password_is_shown_that_stands_further_left_than_its_column() {
    let at = folder("left");
    let pack = demo(&at, "");
    let header = "School_id,Student_id,Last_name,First_name,Grade,Password";
    let mut files: Vec<String> = ["\t", ";", "|", ":", "^", "~", " "]
        .map(|separator| format!("{header}\n7,102,Roy,Bob,4,abc\n{}\n", ["7", "101", "Lane", "Ann", "3", "Tulip9xx"].join(separator)))
        .to_vec();
    files.push(format!("{header}\n7,102,Roy,Bob,4,abc\n7,102,Lane,3,Tulip9xx\n"));
    files.push(format!("{header}\n7,102,Roy,Bob,4,abc\n7;101;Lane;Ann;Tulip9xx,x\n"));
    files.push(format!("{header},7,101,Lane,Ann,3,Tulip9xx,7,102,Roy,Bob,3,Tulip9xx\n"));
    for file in files {
        fs::write(at.join("data/students.csv"), &file).expect("rows");
        for more in [&[][..], &["--format", "jsonl"]] {
            let arguments = ["validate", "data", "--no-config", "--pack", &pack, "--limit", "0"];
            let told = program([&arguments[..], more].concat()).within(&at).run().all();
            assert!(told.contains("students.csv") && !told.contains("Tulip9xx"), "{file}: {told}");
        }
    }
}

/// Data with a damaged row, and what is wrong in it all the same, which no repair of that row would mend.
#[test]
fn damage_explains_nothing_but_what_it_may_have_caused() {
    let at = folder("beside");
    demo(&at, "");
    let head = "School_id,Student_id,Last_name,First_name,Grade";
    let long = "2025101000000010";
    let cases = [
        (
            "another column's text is no id",
            format!("{head}\n1,101,Lane101,Ann,3,x\n1,102,Roy,Bob,3\n"),
            "School_id,Section_id,Student_id\n1,X1,101\n1,X1,102\n1,X1,1\n1,X1,3\n".to_owned(),
            &["student 1 is not among", "student 3 is not among"][..],
        ),
        (
            "nor in the row that names it",
            format!("{head}\n1,101,Lane,Ann,3\n1,1,Roy,Bob,3\n"),
            "School_id,Section_id,Student_id\n1,X1,101,x\n".to_owned(),
            &["student 1 of school 1 is in no section"],
        ),
        (
            "long ids are alike",
            format!("{head}\n1,{long}1,Lane,Ann,3,x\n1,{long}2,Roy,Bob,3\n1,{long}3,Hale,Eve,3\n"),
            format!("School_id,Section_id,Student_id\n1,X1,{long}1\n1,X1,{long}2\n1,X1,{long}3\n1,X1,20251010000000999\n"),
            &["student 20251010000000999 is not among"],
        ),
        (
            "all rows are short, and nothing has moved",
            format!("{head},DOB,Username\n1,101,,Ann,3,2017-01-15\n1,102,Roy,Bob,3,2017-01-15\n1,102,Hale,Eve,3,2017-01-15\n"),
            "School_id,Section_id,Student_id\n1,X1,101\n1,X1,102\n1,X1,999\n".to_owned(),
            &["101 has no complete name", "2 students have the id 102", "student 999 is not among"],
        ),
        (
            "the last cell is missing",
            format!("{head},Student_email\n1,101,Lane,Ann,3,lane@maple.example\n777,102,Roy,Bob,3\n"),
            "School_id,Section_id,Student_id\n1,X1,101\n1,X1,102\n".to_owned(),
            &["school 777 is not among"],
        ),
    ];
    for (name, students, enrollments, messages) in cases {
        fs::write(at.join("data/students.csv"), &students).expect("rows");
        fs::write(at.join("data/enrollments.csv"), &enrollments).expect("rows");
        let told = program(["validate", "data", "--no-config", "--format", "jsonl"]).within(&at).run().all();
        assert!(told.contains("read/ragged-row"), "{name}: {told}");
        for message in messages {
            let line = told.lines().find(|line| line.contains(message) && line.contains("roster/"));
            let line = line.unwrap_or_else(|| panic!("{name}: {message}: {told}"));
            assert!(!line.contains("\"follows\":\""), "{name}: {line}");
        }
    }
}

#[test]
fn a_short_row_of_a_small_table_loses_no_table() {
    let at = folder("small");
    demo(&at, "");
    fs::write(at.join("data/schools.csv"), "School_id,School_name,School_number,Principal\n1,Maple,1\n").expect("rows");
    fs::write(at.join("data/students.csv"), "School_id,Student_id,Last_name,First_name\n1,9,Roy,Ann\n999,10,Lane,Bob\n").expect("rows");
    let told = program(["validate", "data", "--no-config", "--format", "jsonl"]).within(&at).run().all();
    let line = told.lines().find(|line| line.contains("school 999 is not among")).expect("the school is told");
    assert!(told.contains("read/ragged-row") && !line.contains("\"follows\":\""), "{line}");
}
