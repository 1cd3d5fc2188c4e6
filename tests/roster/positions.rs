//! Physical lines and record numbers, after everything that shifts them.
use super::{Folder, field, id, read};
use rollbook::model::Epoch;

/// Rows of `students.csv` after its header, and for each student: id, line, record.
type Case<'a> = (&'a str, &'a [u8], &'a [(&'a str, u64, u64)]);

const CASES: &[Case<'_>] = &[
    ("LF", b"s,1,L,F\ns,2,L,F\n", &[("1", 2, 1), ("2", 3, 2)]),
    ("CRLF", b"s,1,L,F\r\ns,2,L,F\r\n", &[("1", 2, 1), ("2", 3, 2)]),
    ("lone CR", b"s,1,L,F\rs,2,L,F\r", &[("1", 2, 1), ("2", 3, 2)]),
    ("no line end at the end", b"s,1,L,F\ns,2,L,F", &[("1", 2, 1), ("2", 3, 2)]),
    ("blank lines", b"\n\ns,1,L,F\n\ns,2,L,F\n\n", &[("1", 4, 1), ("2", 6, 2)]),
    ("blank lines with CRLF", b"\r\n\r\ns,1,L,F\r\n\r\ns,2,L,F\r\n", &[("1", 4, 1), ("2", 6, 2)]),
    ("a row of commas is a record without a student", b"s,1,L,F\n,,,\ns,2,L,F\n", &[("1", 2, 1), ("2", 4, 3)]),
    ("a quoted line break", b"s,1,\"L\nM\",F\ns,2,L,F\n", &[("1", 2, 1), ("2", 4, 2)]),
    ("a quoted CRLF", b"s,1,\"L\r\nM\",F\r\ns,2,L,F\r\n", &[("1", 2, 1), ("2", 4, 2)]),
    ("a quoted lone CR", b"s,1,\"L\rM\",F\ns,2,L,F\n", &[("1", 2, 1), ("2", 4, 2)]),
    ("two quoted breaks and a blank line", b"s,1,\"L\n\nM\",F\n\ns,2,L,F\n", &[("1", 2, 1), ("2", 6, 2)]),
    ("quotes around everything", b"\"s\",\"1\",\"L\",\"F\"\n\"s\",\"2\",\"L\",\"F\"\n", &[("1", 2, 1), ("2", 3, 2)]),
    ("doubled quotes", b"s,1,\"L \"\"M\"\"\",F\ns,2,L,F\n", &[("1", 2, 1), ("2", 3, 2)]),
    ("an unclosed quote", b"s,1,\"L,F\ns,2,L,F\n", &[("1", 2, 1), ("2", 3, 2)]),
    ("an unclosed quote before a closed one", b"s,1,\"L,F\ns,2,\"L\",F\ns,3,L,F\n", &[("1", 2, 1), ("2", 3, 2), ("3", 4, 3)]),
    ("too few and too many cells", b"s,1,L\ns,2,L,F,x\ns,3,L,F\n", &[("1", 2, 1), ("2", 3, 2), ("3", 4, 3)]),
    ("mixed line ends", b"s,1,L,F\r\ns,2,L,F\rs,3,L,F\n", &[("1", 2, 1), ("2", 3, 2), ("3", 4, 3)]),
];

#[test]
fn lines_and_records() {
    for (name, rows, wanted) in CASES {
        for mark in [&b""[..], b"\xef\xbb\xbf"] {
            let mut bytes = mark.to_vec();
            bytes.extend_from_slice(b"School_id,Student_id,Last_name,First_name\n");
            bytes.extend_from_slice(rows);
            let folder = Folder::with(&[("students.csv", &bytes)]);
            let data = read(&folder.path().join("students.csv"));
            let table = data.table(id("student"), Epoch::Today).expect("students");
            let found: Vec<(String, u64, u64)> = (0..table.len() as u32)
                .map(|row| data.record(id("student"), Epoch::Today, row, &[]))
                .map(|record| (record.id, record.line, record.record))
                .collect();
            let wanted: Vec<(String, u64, u64)> = wanted.iter().map(|(id, line, record)| ((*id).to_owned(), *line, *record)).collect();
            assert_eq!(found, wanted, "{name}");
        }
    }
}

#[test]
fn cells_know_their_column() {
    let rows = b"Student_id,School_id,Password,Last_name,First_name,Locker No\n7,s1,secret,\"O\"\"Hara\",Al,12\n";
    let folder = Folder::with(&[("students.csv", rows)]);
    let data = read(&folder.path().join("students.csv"));
    let locker = rollbook::roster::FieldRef::Header("locker_no".to_owned());
    let wanted = [locker, field("student", "password"), field("student", "last_name"), field("student", "id"), field("student", "grade")];
    let record = data.record(id("student"), Epoch::Today, 0, &wanted);
    let cells: Vec<_> = record.cells.iter().map(|cell| (&cell.field[..], &cell.column[..], &cell.letter[..], &cell.value[..])).collect();
    assert_eq!(
        cells,
        [
            ("id", "Student_id", "A", "7"),
            ("password", "Password", "C", ""),
            ("last_name", "Last_name", "D", "O\"Hara"),
            ("locker_no", "Locker No", "F", "12"),
            ("grade", "", "", ""),
        ]
    );
    assert_eq!(data.missing_reason(id("student"), Epoch::Today, &field("student", "grade")), "`students.csv` has no column for `grade`");
    assert_eq!(data.missing_reason(id("account"), Epoch::Today, &field("account", "id")), "no source supplies `account`");
}

#[test]
fn records_are_found_again_in_a_long_file() {
    // More than one chunk, with line breaks in quotes at every third row, so that chunks begin in the middle of a cell.
    let mut text = String::from("School_id,Student_id,Last_name,First_name\n");
    let mut line = 2;
    let mut wanted = Vec::new();
    for number in 0..120_000_u64 {
        wanted.push((number.to_string(), line, number + 1));
        if number % 3 == 0 {
            text.push_str(&format!(
                "school-{},{number},\"a long last name, first line\nsecond line of \"\"{number}\"\"\nthird\",First name {number}\n",
                number % 7
            ));
            line += 3;
        } else {
            text.push_str(&format!("school-{},{number},Last name of this student,First name {number}\r\n", number % 7));
            line += 1;
        }
    }
    let folder = Folder::with(&[("students.csv", text.as_bytes())]);
    let path = folder.path().join("students.csv");
    let mut seen = Vec::new();
    for threads in [1, 2, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let data = pool.install(|| read(&path));
        assert_eq!(data.table(id("student"), Epoch::Today).expect("students").len(), wanted.len());
        for (row, (student, line, record)) in wanted.iter().enumerate().step_by(997) {
            let found = data.record(id("student"), Epoch::Today, row as u32, &[field("student", "first_name")]);
            assert_eq!((&found.id, found.line, found.record), (student, *line, *record));
            assert_eq!(found.cells[0].value, format!("First name {student}"));
        }
        seen.push((super::texts(&data, "student", "last_name"), super::lines(&data)));
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "the number of threads shows");
}
