//! Damaged files: what is said, and that nothing is lost.
use super::{Folder, lines, read, texts};

const HEAD: &str = "School_id,Student_id,Last_name,First_name\n";

/// Reads `students.csv` alone, from this header and these rows.
fn students(rows: &[u8]) -> (Vec<String>, Vec<String>, bool) {
    let mut bytes = HEAD.as_bytes().to_vec();
    bytes.extend_from_slice(rows);
    let folder = Folder::with(&[("students.csv", &bytes)]);
    let data = read(&folder.path().join("students.csv"));
    (lines(&data), texts(&data, "student", "id"), data.incomplete().is_empty())
}

#[test]
fn rows() {
    type Case<'a> = (&'a [u8], &'a [&'a str], &'a [&'a str], bool);
    let cases: &[Case<'_>] = &[
        (b"s,1,L,F\n", &[], &["1"], true),
        (
            b"s,1,L\ns,2,L,F\ns,3\n",
            &[
                "read/ragged-row students.csv:2:6 (2) 2 rows of `students.csv` have fewer cells than the header, on lines 2 and 4; the first has 3 instead of 4",
            ],
            &["1", "2", "3"],
            true,
        ),
        (
            b"s,1,L,F,x\n",
            &["read/ragged-row students.csv:2:9 (1) 1 row of `students.csv` has more cells than the header: 5 instead of 4"],
            &["1"],
            true,
        ),
        (b"s,1,L,F\n\n,,,\n", &["read/blank-row students.csv:3:1 (2) 2 rows of `students.csv` are blank, on lines 3 and 4"], &["1"], true),
        (
            b"s,1,\"L,F\ns,2,L,F\n",
            &["read/unclosed-quote students.csv:2:5 (1) 1 quote in `students.csv` is opened and never closed, in `Last_name`"],
            &["1", "2"],
            false,
        ),
        (
            b"s,1,L,F\ns,2,\"L\" x,F\ns,3,L\"M,F\n",
            &[
                "read/stray-quote students.csv:3:7 (2) 2 cells in `students.csv` have a quote where none belongs, on lines 3 and 4; the first is in `Last_name`",
            ],
            &["1", "2", "3"],
            true,
        ),
        (
            b"s,1,\"\xc3\xa9\nM\xfcller\",F\n",
            &[
                "read/line-break students.csv:2:7 (1) 1 cell in `students.csv` holds a line break, in `Last_name`",
                "read/not-utf-8 students.csv:3:2 (1) 1 cell in `students.csv` has bytes that are not UTF-8: 0xFC in `Last_name`",
            ],
            &["1"],
            true,
        ),
        (b"s,1,L\0M,F\n", &["read/nul-byte students.csv:2:6 (1) 1 cell in `students.csv` has a NUL byte, in `Last_name`"], &["1"], true),
        (
            b"s,1,L,F\ns,2,",
            &["read/cut-off students.csv:3:5 (1) `students.csv` ends in the middle of a row: 3 of 4 cells, and no line end"],
            &["1"],
            false,
        ),
        (b"", &["read/no-rows students.csv (1) `students.csv` has a header and no rows"], &[], true),
    ];
    for (rows, findings, ids, complete) in cases {
        let (found, kept, verdict) = students(rows);
        assert_eq!(found, *findings, "{}", String::from_utf8_lossy(rows));
        assert_eq!(kept, *ids, "{}", String::from_utf8_lossy(rows));
        assert_eq!(verdict, *complete, "{}", String::from_utf8_lossy(rows));
    }
}

#[test]
fn counts_are_exact_and_places_few() {
    let rows = "s,1,L\n".repeat(300_000);
    let (found, kept, _) = students(rows.as_bytes());
    assert_eq!(
        found,
        [
            "read/ragged-row students.csv:2:6 (300000) 300,000 rows of `students.csv` have fewer cells than the header, on lines 2, 3, 4, 5, 6 and more; the first has 3 instead of 4"
        ]
    );
    // The rows are equal in every column: one student.
    assert_eq!(kept.len(), 1);
}

#[test]
fn a_long_cell_is_reported() {
    let rows = format!("s,1,\"{}\",F\n", "x\n".repeat(600_000));
    let (found, kept, complete) = students(rows.as_bytes());
    assert_eq!(
        found,
        [
            "read/too-long-cell students.csv:2:6 (1) 1 cell in `students.csv` is longer than 1 MiB, in `Last_name`",
            "read/line-break students.csv:2:7 (1) 1 cell in `students.csv` holds a line break, in `Last_name`",
        ]
    );
    assert_eq!((kept.len(), complete), (1, false));
}

#[test]
fn files() {
    let schools = b"School_id,School_name,School_number\n1,A,1\n";
    let folder = Folder::with(&[
        ("schools.csv", schools),
        ("students.csv", b""),
        ("teachers.csv", b"School_id;Teacher_id;Last_name;First_name\n1;2;3;4\n"),
        ("sections.csv", b"\xff\xfeS\0"),
        ("enrollments.csv", b"school_id,Section_id,Student_id,Student id,Locker\n1,2,3,4,5\n"),
        ("notes.csv", b"a,b\n"),
    ]);
    std::fs::create_dir(folder.path().join("staff.csv")).expect("a folder called like a file");
    let data = read(folder.path());
    let found = lines(&data);
    let wanted = [
        "read/unreadable staff.csv (1) `staff.csv` can't be read: it is not a regular file",
        "read/unknown-file notes.csv (1) `notes.csv` is not part of Clever SIS CSV and was not read",
        "read/empty-file students.csv (1) `students.csv` is empty: not even a header",
        "read/wrong-separator teachers.csv:1:10 (1) `teachers.csv` is separated by semicolons, not by commas",
        "read/wrong-encoding sections.csv (1) `sections.csv` is in UTF-16 LE, as its byte order mark says, not in UTF-8",
        "read/no-known-column sections.csv:1:1 (1) `sections.csv` has none of the columns that it should have: `School_id`, `Section_id` and `Teacher_id`",
        "read/unusual-header enrollments.csv:1:1 (1) `enrollments.csv` has the header `school_id` where the format writes `School_id`",
        "read/duplicate-column enrollments.csv:1:33 (1) `enrollments.csv` has two columns of one name: `Student_id` (C) and `Student id` (D)",
        "read/unknown-column enrollments.csv:1:44 (1) `enrollments.csv` has a column that the format does not know: `Locker`",
    ];
    for line in wanted {
        assert!(found.iter().any(|known| known == line), "{line}\nnot in\n{}", found.join("\n"));
    }
    assert_eq!(found.len(), wanted.len(), "{}", found.join("\n"));
    assert_eq!(data.incomplete().len(), 3);
}

#[test]
fn missing_files_and_columns() {
    let folder = Folder::with(&[
        ("schools.csv", b"School_id,School_name\n1,A\n"),
        ("students.csv", b"School_id,Studnt_id,Last_name,First_name\n1,2,3,4\n"),
    ]);
    let data = read(folder.path());
    let found = lines(&data);
    assert!(
        found.contains(&"read/missing-column students.csv:1:11 (1) `students.csv` has no column `Student_id`".to_owned()),
        "{found:#?}"
    );
    assert!(
        found.contains(&"read/missing-file teachers.csv (1) `teachers.csv` is not there, and Clever SIS CSV requires it".to_owned()),
        "{found:#?}"
    );
    let help =
        data.findings().iter().find(|finding| finding.rule.as_ref() == "read/missing-column").and_then(|finding| finding.help.clone());
    assert_eq!(help.as_deref(), Some("if `Studnt_id` is meant, rename it to `Student_id`; otherwise add the column to the export"));
}

#[test]
fn no_password_gets_into_an_excerpt() {
    let rows = "School_id,Student_id,Last_name,First_name,Password\n1,2,3,4,hunter2,x\n1,3,3,4,\"hunter2\n1,4,3,hunter2\n";
    let folder = Folder::with(&[("students.csv", rows.as_bytes())]);
    let data = read(&folder.path().join("students.csv"));
    assert_eq!(data.findings().len(), 3, "{:#?}", lines(&data));
    let shown = format!(
        "{:?}",
        data.findings().iter().filter(|finding| finding.rule.as_ref() != "read/ragged-row" || finding.count == 9).collect::<Vec<_>>()
    );
    assert!(!shown.contains("hunter2"), "{shown}");
}
