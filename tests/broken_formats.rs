//! Data in other encodings, archives and spreadsheets: what the whole program says of it, as snapshots to be read like those of [`broken_data`](crate::broken_data).
#[cfg(unix)]
use crate::broken_data::link;
use crate::broken_data::{Case, ENROLLMENTS, SCHOOLS, STUDENTS, every_file};
use crate::roster::{id, texts};
use crate::workbooks::Put::{D, E, N, T, Z};
use crate::workbooks::{gzip, typed, xls, xls_cut_in_a_far_cell, xlsx, zip};
use rollbook::model::Epoch;
use rollbook::roster::{Layouts, ReadOptions, Survey, Wanted};
use std::collections::BTreeSet;
use std::fs;

/// Windows-1252, for letters that it has.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        '’' => 0x92,
        '€' => 0x80,
        letter => u8::try_from(u32::from(letter)).expect("a letter of Latin-1"),
    };
    text.chars().map(byte).collect()
}

fn utf16_be(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
}

fn encodings() -> Vec<Case> {
    let head = "School_id,Student_id,Last_name,First_name,Grade\n";
    let many: String = (0..4000).map(|at| format!("10,{},Okafor,Ada,3\n", 1000 + at)).collect();
    vec![
        every_file("utf-16-be-all", 1, utf16_be),
        Case::district("utf-16-of-odd-length", 3).with("students.csv", [&utf16_be(STUDENTS)[..], b"\0"].concat()),
        Case::district("utf-16-with-short-rows", 1)
            .with("students.csv", utf16_be(&format!("{STUDENTS}10,504,Łukasiewicz,Jan\n10,505,Σ,Eleni,3,\n"))),
        Case::district("windows-1252-punctuation", 0).with("students.csv", windows_1252(&STUDENTS.replace("Okafor", "O’Kafor"))),
        Case::district("windows-1252-in-the-header", 0)
            .with("students.csv", windows_1252(&STUDENTS.replace("Grade", "Grade,Prénom usuel").replace(",3\n", ",3,Zoé\n"))),
        // What is looked at first is ASCII; the letter comes late.
        Case::district("windows-1252-far-down", 0).with(
            "students.csv",
            windows_1252(&format!("{head}{many}10,501,Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zoé,3\n")),
        ),
        Case::district("windows-1252-and-short-rows", 1).with("students.csv", windows_1252(&format!("{STUDENTS}10,504,Müller\n"))),
        Case::district("two-encodings-in-one-file", 1)
            .with("students.csv", [STUDENTS.as_bytes(), b"10,504,M\xfcller,J\xf6rg,3\n"].concat()),
        Case::district("an-encoding-of-dos", 1).with(
            "students.csv",
            [head.as_bytes(), b"10,501,M\x81ller,Andr\x82,3\n10,502,Bj\x94rk,Zo\x82,3\n10,503,M\x81ller,Ren\x82,3\n"].concat(),
        ),
        Case::district("mojibake", 0).with("students.csv", STUDENTS.replace("Zoé", "ZoÃ©").replace("Okafor", "Oâ€™Kafor")),
        Case::district("letters-lost-before", 0).with("students.csv", STUDENTS.replace("Zoé", "Zo\u{fffd}")),
        Case::district("a-web-page-called-csv", 3).with("students.csv", "<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n"),
    ]
}

fn separators() -> Vec<Case> {
    let semicolons = |text: &str| text.replace(',', ";");
    vec![
        Case::district("semicolons-and-commas-in-cells", 1).with(
            "students.csv",
            semicolons(STUDENTS)
                .replace("Okafor;Ada", "Okafor, Jr.;Ada")
                .replace("Grade", "Grade;Weighted_gpa")
                .replace(";3\n", ";3;3,5\n"),
        ),
        Case::district("semicolons-and-short-rows", 1)
            .with("students.csv", semicolons(&format!("{STUDENTS}10,504,Berg\n10,505,\"Lund\"x,Ida,3\n"))),
        Case::district("excel-says-the-separator", 1).with("students.csv", format!("sep=;\r\n{}", semicolons(STUDENTS))),
        Case::district("vertical-bars", 1).with("students.csv", STUDENTS.replace(',', "|")),
        Case::district("tabs-and-their-extension", 1).without("students.csv").with("students.tsv", STUDENTS.replace(',', "\t")),
        Case::district("titles-above-the-header", 1)
            .with("students.csv", format!("Fern Hill Schools\nStudents on 2026-11-20\n\n{STUDENTS}10,504,,Ida,3\n")),
    ]
}

/// Students with these ids, in their order.
fn many(ids: &mut dyn Iterator<Item = u32>) -> String {
    ids.fold("School_id,Student_id,Last_name,First_name,Grade\n".to_owned(), |text, id| format!("{text}10,{id},Okafor,Ada,3\n"))
}

fn below(folder: &str, files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    files.into_iter().map(|(name, bytes)| (format!("{folder}/{name}"), bytes)).collect()
}

fn archives() -> Vec<Case> {
    let district = || Case::district("", 0).files();
    let one = || Case::one("", 0).files();
    let damaged = || Case::district("", 0).students("10,501,Okafor,Ada,3\n10,502,Lindqvist\n").files();
    let nested = zip([("inner.zip", zip(one()))]);
    vec![
        Case::new("zip", 0).with("package.zip", zip(one())).at("package.zip"),
        Case::new("zip-of-a-folder", 1).with("export.zip", zip(below("export/2026", damaged()))).at("export.zip"),
        // `é` and `è` begin with the same byte, and a folder is no shorter for it.
        Case::new("zip-of-folders-alike-to-the-byte", 1)
            .with(
                "export.zip",
                zip(below("é", damaged()).into_iter().chain([("è/staff.csv".to_owned(), b"School_id,Staff_id\n".to_vec())])),
            )
            .at("export.zip"),
        Case::new("zip-alone-in-a-folder", 1).with("export.zip", zip(damaged())),
        Case::new("zip-of-a-folder-where-none-may-be", 1).with("package.zip", zip(below("pkg", one()))).at("package.zip"),
        Case::new("zip-of-two-folders-where-none-may-be", 1)
            .with("package.zip", zip(below("a", one().split_off(3)).into_iter().chain(below("b", one()[..3].to_vec()))))
            .at("package.zip"),
        // The library that packs refuses this; others do not.
        Case::new("zip-with-a-file-twice", 1)
            .with("export.zip", {
                let again = ("studentz.csv".to_owned(), STUDENTS.replace("Ada", "Ida").into_bytes());
                let mut bytes = zip(district().into_iter().chain([again]));
                let places: Vec<usize> =
                    bytes.windows(12).enumerate().filter(|(_, name)| name == b"studentz.csv").map(|(at, _)| at).collect();
                places.into_iter().for_each(|at| bytes[at + 7] = b's');
                bytes
            })
            .at("export.zip"),
        Case::district("zip-beside-the-files", 0).with("backup.zip", zip(damaged())),
        Case::new("zip-without-tables", 3).with("export.zip", zip([("readme.txt", "hello")])).at("export.zip"),
        Case::new("zip-in-a-zip", 3).with("export.zip", nested).at("export.zip"),
        Case::new("zip-in-a-zip-in-a-folder", 3).with("export.zip", zip([("inner.zip", zip(one()))])),
        Case::new("zip-with-a-path-that-leads-out", 0)
            .with("export.zip", zip(district().into_iter().chain([("../../etc/staff.csv".to_owned(), b"School_id,Staff_id\n".to_vec())])))
            .at("export.zip"),
        Case::new("zip-cut-off", 3).with("export.zip", &zip(one())[..900]).at("export.zip"),
        Case::new("zip-with-a-damaged-file", 3)
            .with("export.zip", {
                let mut bytes = zip(district());
                let at = bytes.windows(12).position(|name| name == b"students.csv").expect("the file") + 20;
                bytes[at] ^= 0xff;
                bytes
            })
            .at("export.zip"),
        Case::new("zip-made-to-fill-the-memory", 3)
            .with("export.zip", zip(district().into_iter().chain([("staff.csv".to_owned(), vec![b','; 80 << 20])])))
            .at("export.zip"),
        Case::new("file-in-a-zip", 1).with("export.zip", zip(damaged())).at("export.zip/students.csv"),
        Case::new("file-that-is-not-in-the-zip", 2).with("export.zip", zip(damaged())).at("export.zip/pupils.csv"),
        Case::new("gzip", 1).with("students.csv.gz", gzip(&damaged()[4].1)).at("students.csv.gz"),
        Case::district("gzip-among-the-files", 0).without("students.csv").with("students.csv.gz", gzip(STUDENTS)),
        Case::district("gzip-cut-off", 3).without("students.csv").with("students.csv.gz", &gzip(STUDENTS.repeat(50))[..40]),
        Case::district("gzip-beside-its-file", 0).with("students.csv.gz", gzip(ENROLLMENTS)),
        Case::new("standard-input", 1).piped(&damaged()[4].1),
        Case::new("standard-input-zipped", 0).piped(zip(one())),
        Case::new("standard-input-gzipped", 1).piped(gzip(&damaged()[4].1)),
        Case::new("standard-input-empty", 3).piped(""),
        Case::new("standard-input-of-no-known-form", 2).piped("Day,Dish\nMonday,Soup\n"),
    ]
}

fn workbooks() -> Vec<Case> {
    let students = typed(STUDENTS);
    let book = |sheets: &[(&str, &str)]| {
        let rows: Vec<(&str, Vec<Vec<_>>)> = sheets.iter().map(|(name, csv)| (*name, typed(csv))).collect();
        xlsx(&rows.iter().map(|(name, rows)| (*name, &rows[..])).collect::<Vec<_>>())
    };
    let all: Vec<(String, String)> = Case::district("", 0)
        .files()
        .into_iter()
        .map(|(name, bytes)| (name.replace(".csv", ""), String::from_utf8(bytes).expect("UTF-8")))
        .collect();
    let sheets: Vec<(&str, &str)> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let odd = vec![
        vec![T("Students of Fern Hill")],
        vec![T("20 November 2026")],
        vec![],
        vec![T("School_id"), T("Student_id"), T("Last_name"), T("First_name"), T("Grade"), T("DOB"), T("Student_zip"), T("Student_number")],
        vec![N(10.0), N(501.0), T("Okafor"), T("Ada"), N(3.0), D(42_614.0), Z(2138.0, "00000"), Z(12_345_678.0, "000-00-0000")],
        vec![N(10.0), N(502.0), T("Lindqvist, Jr."), T("Nils \"Nisse\""), N(3.0), D(42_615.5), Z(2139.0, "00000"), N(7.25)],
        vec![],
        vec![N(10.0), N(503.0), T("Moreau\nDubois"), T("Zoé"), N(3.0), T("2016-09-03"), T("02140"), E, T("a remark")],
        vec![N(10.0), N(504.0), E, T("Ida"), N(3.0)],
    ];
    let header = vec![T("School_id"), T("Student_id"), T("Last_name"), T("First_name"), T("Grade")];
    let person = |school, id| vec![school, id, T("Okafor"), T("Ada"), N(3.0)];
    let stripped: Vec<Vec<_>> = [header.clone()]
        .into_iter()
        .chain((0..9).map(|at| person(N(10.0), N(120_417.0 + f64::from(at)))))
        .chain([person(N(10.0), N(4_417.0))])
        .collect();
    let mixed = vec![header.clone(), person(T("010"), T("00417")), person(N(10.0), N(418.0)), person(N(10.0), N(12_345.0))];
    let rounded = vec![header.clone(), person(N(10.0), N(9_876_543_210_987_654.0)), person(N(10.0), T("#REF!"))];
    let workbook = |rows: &[Vec<_>]| xlsx(&[("Sheet1", rows)]);
    vec![
        Case::district("workbook-among-the-files", 0).without("students.csv").with("students.xlsx", workbook(&students)),
        Case::new("workbook-of-all-tables", 0).with("roster.xlsx", book(&sheets)).at("roster.xlsx"),
        Case::new("workbook-without-a-table", 3).with("roster.xlsx", book(&sheets[..3])).at("roster.xlsx"),
        Case::new("workbook-as-typed", 1).with("students.xlsx", workbook(&odd)).at("students.xlsx"),
        Case::new("workbook-with-zeros-lost", 0).with("students.xlsx", workbook(&stripped)).at("students.xlsx"),
        Case::new("workbook-with-some-zeros-lost", 0).with("students.xlsx", workbook(&mixed)).at("students.xlsx"),
        Case::new("workbook-with-long-numbers", 1).with("students.xlsx", workbook(&rounded)).at("students.xlsx"),
        Case::new("workbook-first-sheet", 0)
            .with("students.xlsx", book(&[("List", STUDENTS), ("Notes", "Remember,this\n")]))
            .at("students.xlsx"),
        Case::new("workbook-named-sheet", 0)
            .with("lists.xlsx", book(&[("Notes", "Remember,this\n"), ("students", STUDENTS)]))
            .at("lists.xlsx/students"),
        Case::new("workbook-sheet-that-is-not-there", 2)
            .with("lists.xlsx", book(&[("Notes", "a,b\n"), ("students", STUDENTS)]))
            .at("lists.xlsx/staff"),
        Case::new("workbook-empty", 3).with("students.xlsx", workbook(&[])).at("students.xlsx"),
        Case::district("workbook-damaged", 3).without("students.csv").with("students.xlsx", &workbook(&students)[..700]),
        Case::district("workbook-beside-its-file", 0).with("students.xlsx", workbook(&students)),
        Case::new("workbook-in-a-zip", 0)
            .with("export.zip", zip([("schools.csv", SCHOOLS.as_bytes()), ("students.xlsx", &workbook(&students))]))
            .at("export.zip/students.xlsx"),
        // The title is the word of a header.
        Case::district("workbook-with-a-title-and-an-empty-column", 1).without("students.csv").with(
            "students.xlsx",
            workbook(
                &[&[vec![E, E, T("Title")], vec![]], &students.iter().map(|row| [&[E], &row[..]].concat()).collect::<Vec<_>>()[..]]
                    .concat(),
            ),
        ),
        Case::district("workbook-below-thirty-titles", 1)
            .without("students.csv")
            .with("students.xlsx", workbook(&[&vec![vec![T("Filter: all grades")]; 30], &students[..]].concat())),
        Case::district("web-page-called-a-workbook", 3)
            .without("students.csv")
            .with("students.xls", "<html><body><table><tr><td>School_id</td></tr></table></body></html>"),
        Case::district("csv-called-a-workbook", 3).without("students.csv").with("students.xlsx", STUDENTS),
        Case::new("workbook-with-a-password", 3)
            .with(
                "students.xlsx",
                [&xls("Sheet1", &[])[..], &"EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat(),
            )
            .at("students.xlsx"),
        Case::new("workbook-with-a-cell-far-away", 3)
            .with("students.xlsx", workbook(&[[vec![E; 16_383], vec![T("x")]].concat()]))
            .at("students.xlsx"),
        Case::new("old-workbook", 1).with("students.xls", xls("Sheet1", &odd)).at("students.xls"),
        Case::district("old-workbook-damaged", 3).without("students.csv").with("students.xls", &xls("Sheet1", &students)[..1800]),
    ]
}

/// What a spreadsheet or a hand did to rows and headers: one cause, one finding.
fn handwork() -> Vec<Case> {
    vec![
        Case::district("one-blank-school-row", 0).with("schools.csv", format!("{SCHOOLS},,\n")),
        Case::district("a-school-row-without-id", 1).with("schools.csv", format!("{SCHOOLS},Oak Lane,011\n")),
        Case::district("a-header-renamed", 1).with("enrollments.csv", ENROLLMENTS.replace("Student_id", "Pupil number")),
        Case::district("comma-at-every-end-and-in-the-header", 0).with("students.csv", STUDENTS.replace('\n', ",,\n")),
        Case::district("a-value-torn-in-a-column-of-passwords", 1)
            .with("students.csv", STUDENTS.replace("Grade", "Grade,Password").replace(",3\n", ",3,one, two\n")),
        Case::district("", 0)
            .files()
            .into_iter()
            .fold(Case::new("folder-in-a-folder", 0), |case, (name, bytes)| case.with(&format!("export/{name}"), bytes)),
        Case::district("", 0).files().into_iter().fold(
            Case::new("a-roster-beside-the-accounts", 2).with(
                "accounts/mylexia-students.csv",
                "Last Name,First Name,Username,RefID,Grade,School\nOkafor,Ada,aokafor,501,3,Fern Hill\n",
            ),
            |case, (name, bytes)| case.with(&format!("clever/{name}"), bytes),
        ),
    ]
}

#[cfg(unix)]
fn links() -> Vec<Case> {
    vec![
        Case::district("link-out-of-the-folder", 3).without("students.csv").then(|folder| {
            fs::write(folder.with_extension("elsewhere"), STUDENTS).expect("a file");
            let target = folder.with_extension("elsewhere");
            link(target.to_str().expect("UTF-8"), &folder.join("students.csv"));
        }),
        Case::district("link-within-the-folder", 0)
            .without("students.csv")
            .with("data/pupils.txt", STUDENTS)
            .then(|folder| link("data/pupils.txt", &folder.join("students.csv"))),
    ]
}

#[cfg(not(unix))]
fn links() -> Vec<Case> {
    Vec::new()
}

/// Folders and names as people leave them.
fn folders() -> Vec<Case> {
    let renamed = |case: Case, to: fn(&str) -> String| {
        let files: Vec<(String, Vec<u8>)> = case.files().into_iter().map(|(name, bytes)| (to(&name), bytes)).collect();
        files.into_iter().fold(Case::new(case.name, case.code), |case, (name, bytes)| case.with(&name, bytes))
    };
    vec![
        renamed(Case::district("names-with-the-day", 0), |name| format!("2026-11-22_{name}")),
        renamed(Case::district("names-of-a-second-download", 0), |name| name.replace(".csv", " (1).csv")),
        renamed(Case::one("names-with-an-end-and-no-manifest", 3), |name| name.replace("manifest", "notes").replace(".csv", "_old.csv")),
        // Columns of the format are missing, so a name that only resembles one of its own proves nothing.
        Case::new("columns-that-resemble-a-format", 2).with(
            "sample_users.csv",
            "sourcedId,status,username,givenName,familyName,email,role,orgs\n1,active,aokafor,Ada,Okafor,,student,10\n",
        ),
        Case::district("a-name-with-the-day", 3).without("enrollments.csv").with("2026-11-22_enrollments.csv", ENROLLMENTS),
        Case::district("a-file-in-an-archive-of-its-own", 3)
            .without("students.csv")
            .with("students.zip", zip([("students.csv", STUDENTS)])),
        Case::new("a-folder-of-folders", 2).with("2026/november/22/students.csv", STUDENTS).with("2026/november/21/students.csv", STUDENTS),
        ["monday", "tuesday"].into_iter().fold(Case::new("the-same-export-of-two-days", 2), |case, day| {
            Case::district("", 0).files().into_iter().fold(case, |case, (name, bytes)| case.with(&format!("{day}/{name}"), bytes))
        }),
        Case::new("the-same-export-of-two-days-in-a-zip", 2)
            .with("export.zip", zip(["monday", "tuesday"].into_iter().flat_map(|day| below(day, Case::one("", 0).files()))))
            .at("export.zip"),
        // The same people in another order and other sections; and one export whose files are in two folders.
        Case::new("an-export-and-the-next-one-in-another-order", 2)
            .with("fall/students.csv", many(&mut (1000..5500)))
            .with("fall/sections.csv", "School_id,Section_id,Teacher_id\n10,S1,T1\n")
            .with("spring/students.csv", many(&mut (1000..5500).rev()))
            .with("spring/sections.csv", "School_id,Section_id,Teacher_id\n10,S9,T1\n"),
        Case::new("an-export-in-two-folders", 1)
            .with("people/schools.csv", SCHOOLS)
            .with("people/students.csv", STUDENTS)
            .with("people/teachers.csv", "School_id,Teacher_id,Last_name,First_name\n10,T1,Hale,Ruth\n")
            .with("classes/schools.csv", SCHOOLS)
            .with("classes/sections.csv", "School_id,Section_id,Teacher_id,Name\n10,S1,T1,Reading 3\n")
            .with("classes/enrollments.csv", ENROLLMENTS),
        // Each school its own folder: the same school may stand in both.
        Case::new("a-folder-for-each-grade", 3)
            .with("three/schools.csv", SCHOOLS)
            .with("three/students.csv", STUDENTS)
            .with("four/schools.csv", SCHOOLS)
            .with("four/students.csv", STUDENTS.replace("50", "60").replace(",3\n", ",4\n")),
        Case::new("two-exports-in-one-folder", 2)
            .with("clever/schools.csv", SCHOOLS)
            .with("clever/students.csv", STUDENTS)
            .with("older/students.csv", "School_id,Student_id,Last_name,First_name\n10,501,Okafor,Ada\n"),
    ]
}

fn cases() -> Vec<Case> {
    [encodings(), separators(), archives(), workbooks(), handwork(), folders(), links()].into_iter().flatten().collect()
}

/// What `inspect` shows, and how it ends.
fn inspections() -> Vec<Case> {
    let semicolons = STUDENTS.replace(',', ";").replace("Grade", "Klasse");
    vec![
        Case::district("inspect-a-folder", 0)
            .with("sections.csv", "School_id,Section_id,Teacher_id,Name,Locker\n10,S1,T1,Reading 3,\n\n11,S2,T1,,7\n"),
        Case::district("inspect-plain", 0).asked(&["--plain"]),
        Case::district("inspect-as-lines", 0).asked(&["--format", "jsonl"]),
        Case::new("inspect-a-zip", 0).with("package.zip", zip(Case::one("", 0).files())).at("package.zip"),
        Case::new("inspect-a-workbook", 0).with("students.xlsx", xlsx(&[("Sheet1", &typed(STUDENTS))])).at("students.xlsx"),
        Case::district("inspect-damaged", 3)
            .without("teachers.csv")
            .with("students.csv", windows_1252(&semicolons))
            .with("enrollments.csv", "School_id,Section_id\n10,S1\n"),
        Case::new("inspect-nothing-known", 2).with("menu.csv", "Day,Dish\nMonday,Soup\n"),
        // The format writes NULL for nothing.
        Case::new("inspect-a-format-with-a-word-for-nothing", 0)
            .with(
                "students.csv",
                "local_id,school_local_id,full_name,login_name,date_of_birth\n1,M,\"Lee, Ann\",NULL,NULL\n2,M,\"Ray, Sam\",sray,null\n",
            )
            .at("students.csv"),
        Case::new("inspect-standard-input", 0).piped(STUDENTS),
    ]
}

#[test]
fn every_inspection_is_as_read() {
    for case in inspections() {
        let (code, text) = case.command("inspect");
        insta::with_settings!({ snapshot_path => "snapshots/formats", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(case.name, format!("{text}\n[exit code {code}]"));
        });
        assert_eq!(code, case.code, "{}", case.name);
    }
}

#[test]
fn every_report_is_as_read() {
    let mut codes = Vec::new();
    for case in cases() {
        let (code, text) = case.run();
        insta::with_settings!({ snapshot_path => "snapshots/formats", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(case.name, format!("{text}\n[exit code {code}]"));
        });
        if code != case.code {
            codes.push(format!("{}: {code}, not {}", case.name, case.code));
        }
    }
    assert!(codes.is_empty(), "exit codes:\n{}", codes.join("\n"));
}

#[test]
fn every_case_has_its_name_and_every_snapshot_its_case() {
    let names: Vec<&str> = cases().iter().chain(&inspections()).map(|case| case.name).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), distinct.len(), "a name is there twice");
    for entry in fs::read_dir("tests/snapshots/formats").expect("snapshots") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let stem = name.trim_end_matches(".new").trim_end_matches(".snap");
        assert!(distinct.contains(stem), "the snapshot `{stem}` has no case");
    }
}

/// The library that reads old workbooks takes what is missing for zeros, and makes room for all places up to the last cell: 128 GiB here.
#[test]
fn a_cell_that_is_cut_off_is_looked_at_like_any_other() {
    let survey =
        Survey::of_bytes("students.xls", xls_cut_in_a_far_cell("Sheet1", &typed("School_id,Student_id\n10,501\n")), &Layouts::builtin());
    let error = survey.expect_err("a damaged workbook");
    assert!(error.message.ends_with("it is no workbook, or a damaged one"), "{}", error.message);
}

#[test]
fn a_workbook_gives_what_was_typed() {
    let rows = vec![
        vec![T("School_id"), T("Student_id"), T("Last_name"), T("First_name"), T("DOB"), T("Student_zip"), T("Student_number")],
        vec![N(10.0), T("00501"), T("Berg, \"Jr.\""), T("Ida\nMaria"), D(42_614.0), Z(2138.0, "00000"), Z(12_345_678.0, "000-00-0000")],
        vec![N(10.0), N(502.0), T("Lund"), T("Nils"), T("9/1/2016"), T("02139"), N(0.1 + 0.2)],
        vec![],
        vec![N(10.0), N(123_456_789_012.0), T("Moreau"), T("Zoé"), E, N(2140.0), N(7.0)],
    ];
    let read = |name: &str, bytes: Vec<u8>| {
        Survey::of_bytes(name, bytes, &Layouts::builtin()).expect("students").read(&Wanted::everything(), &ReadOptions::default())
    };
    let new = read("students.xlsx", xlsx(&[("Sheet1", &rows)]));
    let old = read("students.xls", xls("Sheet1", &rows));
    for data in [&new, &old] {
        assert_eq!(texts(data, "student", "id"), ["00501", "502", "123456789012"]);
        assert_eq!(texts(data, "student", "last_name"), ["Berg, \"Jr.\"", "Lund", "Moreau"]);
        assert_eq!(texts(data, "student", "first_name"), ["Ida\nMaria", "Nils", "Zoé"]);
        assert_eq!(texts(data, "student", "birth_date"), ["2016-09-01", "9/1/2016", ""]);
    }
    assert_eq!(texts(&new, "student", "number"), ["012-34-5678", "0.3", "7"]);
    assert_eq!(texts(&new, "student", "zip"), ["02138", "02139", "2140"]);
    let place = new.record(id("student"), Epoch::Today, 2, &[]);
    assert_eq!((place.line, place.record), (5, 3), "a line break in a cell is no row");
}
