//! Data that are not there: an empty file, an empty folder, a header alone. Every command ends as README says.
use crate::program::{folder, program};
use std::fs;
use std::path::Path;

const STAFF: &str = "School_id,Teacher_id,Last_name,First_name,Teacher_email\n";
const SCHOOLS: &str = "School_id,School_name\n10,Maple Ridge\n";

/// What is empty, the arguments of every command, and the exit codes that it may end with.
const CASES: &[(&str, &[&str], i32)] = &[
    ("an empty file as the roster", &["empty.csv"], 3),
    ("an empty file as the accounts", &["data", "--accounts", "empty.csv"], 3),
    ("an empty file as what was before", &["data", "--previous", "empty.csv"], 3),
    ("an empty folder", &["nothing"], 3),
    ("a page in place of an export", &["data", "--accounts", "picture.csv"], 3),
    ("an archive that is damaged", &["damaged.zip"], 3),
    ("columns of no format", &["other.csv"], 2),
    ("a file that is not there", &["absent.csv"], 2),
];

fn written() -> std::path::PathBuf {
    let root = folder("nothing-to-read");
    let write = |name: &str, bytes: &[u8]| {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    };
    write("empty.csv", b"");
    write("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01");
    write("damaged.zip", b"PK\x03\x04 cut off");
    write("other.csv", b"a,b\n1,2\n");
    write("data/schools.csv", SCHOOLS.as_bytes());
    write("data/teachers.csv", format!("{STAFF}10,T1,Lee,Ana,ana@maple.example\n").as_bytes());
    write("accounts.csv", b"Ref ID,Username,Kind,Status\n");
    write("header/schools.csv", b"School_id,School_name\n");
    write("header/teachers.csv", STAFF.as_bytes());
    fs::create_dir_all(root.join("nothing")).expect("a folder");
    root
}

fn code(root: &Path, command: &[&str], arguments: &[&str]) -> (i32, String) {
    let printed = program(command.iter().chain(arguments)).within(root).run();
    (printed.code, printed.all())
}

#[test]
fn every_command_ends_alike() {
    let root = written();
    let commands: [&[&str]; 6] = [&["validate"], &["forecast"], &["accounts"], &["merge"], &["snapshot"], &["inspect"]];
    let mut wrong = Vec::new();
    for (what, arguments, wanted) in CASES {
        for command in commands {
            // These two look at the roster, or at today, alone.
            let alone = command[0] == "inspect" || (command[0] == "snapshot" && arguments.contains(&"--previous"));
            if alone && arguments.len() > 1 {
                continue;
            }
            let (code, printed) = code(&root, command, arguments);
            if code != *wanted {
                wrong.push(format!("{what}, {command:?}: {code}\n{printed}"));
            }
        }
        let (code, printed) = code(&root, &["log", "data/schools.csv", "--with"], arguments);
        if code != *wanted {
            wrong.push(format!("{what}, log: {code}\n{printed}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A header alone is how an export says that there is nothing: of a whole roster that is nothing to check.
#[test]
fn a_header_alone() {
    let root = written();
    for command in ["validate", "forecast", "snapshot"] {
        let (code, printed) = code(&root, &[command], &["header"]);
        assert_eq!(code, 3, "{command}: {printed}");
    }
}

/// That a platform has no account yet is for a person to say: the export may have failed.
#[test]
fn accounts_without_rows() {
    let root = written();
    let pack = "[pack]\nname = \"own\"\nversion = \"1.0.0\"\ntitle = \"a platform\"\n\n[[sync]]\nname = \"staff\"\nof = 'staff t'\naccount = 'account a where a.ref_id = t.id'\n";
    fs::write(root.join("own.toml"), pack).expect("a pack");
    fs::write(root.join("staff.csv"), "id,first_name\nT1,Ana\n").expect("a file");
    let arguments = ["staff.csv", "--layout", "rollbook", "--accounts", "accounts.csv", "--no-config", "--pack", "own.toml"];
    let (before, printed) = code(&root, &["forecast"], &arguments);
    assert!(before == 3 && printed.contains("--all-new says that there are none yet"), "{before}: {printed}");
    let (then, printed) = code(&root, &["forecast", "--all-new"], &arguments);
    assert!(then == 0 && printed.contains("create"), "{then}: {printed}");
}

/// A report that nobody can read is no clean bill; a reader that goes away has read enough.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_is_lost() {
    for arguments in [&["list", "rules"][..], &["validate", "examples/week/mon/clever", "--no-config", "--fail-on", "never"]] {
        let full = fs::File::options().write(true).open("/dev/full").expect("a device that is full");
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_rollbook"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(full)
            .output()
            .expect("rollbook runs");
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.code() == Some(2) && told.contains("error: the report can't be written: "), "{:?}: {told}", run.status);
    }
}

/// The reader's checks are checks: where nothing is wrong with the files, that is a verdict.
#[test]
fn the_readers_checks_alone() {
    let arguments = ["examples/week/mon/clever", "--no-config", "--rule", "read/"];
    let (code, printed) = code(Path::new(env!("CARGO_MANIFEST_DIR")), &["validate"], &arguments);
    assert!(code == 0 && printed.contains("no findings in"), "{code}: {printed}");
}

/// A check that weighs differently from file to file is counted as it weighs.
#[test]
fn each_finding_by_its_own_severity() {
    let data = crate::program::copied("examples/week/mon/clever", "nothing-severities");
    let students = fs::read_to_string(data.join("students.csv")).expect("a file");
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(students.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(data.join("students.csv"), utf16).expect("a file");
    let teachers = fs::read_to_string(data.join("teachers.csv")).expect("a file").replace("Vega", "V\u{1}ga");
    let teachers: Vec<u8> = teachers.bytes().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect();
    fs::write(data.join("teachers.csv"), teachers).expect("a file");
    let (code, printed) = code(&data, &["validate"], &[".", "--no-config", "--rule", "read/"]);
    assert!(code == 1 && printed.contains("1 error, 1 warning in "), "{code}: {printed}");
}

/// One of two exports of accounts is empty: in their folder, and named by itself. The other is read all the same.
#[test]
fn an_empty_file_beside_others_is_told_and_they_are_read() {
    let root = folder("empty-beside");
    fs::create_dir_all(root.join("data")).expect("a folder");
    fs::create_dir_all(root.join("accounts")).expect("a folder");
    fs::write(root.join("data/schools.csv"), SCHOOLS).expect("a file");
    fs::write(root.join("data/teachers.csv"), format!("{STAFF}10,T1,Lee,Ana,ana@maple.example\n")).expect("a file");
    fs::write(
        root.join("accounts/students.csv"),
        "First Name,Last Name,Username,RefID,Role,Grade,School,Status\nMei,Chen,mchen,1,Student,3,Maple Ridge,Active\n",
    )
    .expect("a file");
    fs::write(root.join("accounts/staff.csv"), "").expect("a file");
    for accounts in [&["--accounts", "accounts"][..], &["--accounts", "accounts/students.csv", "--accounts", "accounts/staff.csv"]] {
        for command in ["validate", "snapshot"] {
            let printed = program([&[command, "data", "--no-config", "--date", "2026-11-22"][..], accounts].concat()).within(&root).run();
            let (code, all) = (printed.code, printed.all());
            assert_eq!(code, 3, "{command} {accounts:?}: {all}");
            assert!(all.contains("`staff.csv` is empty: not even a header"), "{command} {accounts:?}: {all}");
            assert!(command == "snapshot" || all.contains("students.csv  1 record"), "{command} {accounts:?}: {all}");
        }
    }
    let _ = fs::remove_dir_all(&root);
}
