//! The language of layouts: what each of its words makes of a row.
use super::{Folder, input, texts};
use rollbook::finding::Mistakes;
use rollbook::model::NOUNS;
use rollbook::roster::{Dataset, Layouts, ReadOptions, Role, Survey, Wanted};
use rollbook::source::Sources;

/// Reads `csv` as `data.csv` in a layout of one file, whose table goes on with `file`.
fn with(file: &str, csv: &str) -> Dataset {
    let text = format!("[layout]\nname = 'own'\ntitle = 'our own'\n[[file]]\nname = 'data.csv'\n{file}");
    let (mut layouts, mut mistakes) = (Layouts::builtin(), Mistakes::default());
    layouts.add(&mut Sources::default(), "own.toml", &text, &mut mistakes);
    assert!(mistakes.is_empty(), "{:?}", mistakes.sorted());
    let folder = Folder::with(&[("data.csv", csv.as_bytes())]);
    let mut input = input(Role::Roster, &folder.path().join("data.csv"));
    input.layout = Some("own".to_owned());
    Survey::new(&[input], &layouts).expect("a file of the layout").read(&Wanted::everything(), &ReadOptions::default())
}

fn rules(data: &Dataset) -> Vec<&str> {
    data.findings().iter().map(|finding| &*finding.rule).collect()
}

#[test]
fn every_built_in_layout_can_be_read() {
    let names: Vec<String> = Layouts::builtin().iter().map(|layout| layout.name.clone()).collect();
    assert!(names.len() >= 14, "{names:?}");
    for name in names {
        assert!(Layouts::builtin().get(&name).is_some_and(|layout| layout.name == name), "{name} is listed under another name");
    }
}

#[test]
fn parts_of_a_cell() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("{ column = 'x', before = ',' }", "\"Chen, Mei Lin\"\n\"Ada\"", &["Chen", ""]),
        ("{ column = 'x', after = ',' }", "\"Chen, Mei Lin\"\n\"Ada,\"", &["Mei Lin", ""]),
        ("{ column = 'x', word = 1 }", "Ruth Maria Adler\n Ruth", &["Ruth", "Ruth"]),
        ("{ column = 'x', word = -1 }", "Ruth Maria Adler\nRuth", &["Adler", ""]),
        ("{ column = 'x', word = 2 }", "Ruth Maria Adler\nRuth", &["Maria", ""]),
        ("{ column = 'x', first = true, separator = ';' }", "a;b\n;c", &["a", "c"]),
        ("{ column = 'x', map = { null = '', ms = '101' } }", "NULL\nMS\nhs", &["", "101", "hs"]),
        ("[{ column = 'x', after = ',' }, { value = 'nobody' }]", "\"Chen, Mei\"\nChen", &["Mei", "nobody"]),
    ];
    for (source, rows, expected) in cases {
        let data = with(&format!("[[file.record]]\nnoun = 'student'\n[file.record.fields]\nid = 'y'\nfirst_name = {source}\n"), &{
            let rows: Vec<String> = rows.lines().map(|row| format!("1,{row}")).collect();
            format!("y,x\n{}\n", rows.join("\n"))
        });
        assert_eq!(texts(&data, "student", "first_name"), *expected, "{source}");
    }
}

#[test]
fn a_wide_row_becomes_several_records() {
    let file = "[[file.record]]\nnoun = 'guardianship'\neach-column = ['Mother', 'Father']\n[file.record.fields]\n\
                contact_id = { each = 'value' }\nstudent_id = 'Pupil'\nrelationship = { each = 'header' }\n\
                [[file.record]]\nnoun = 'enrollment'\neach-item = 'Classes'\nseparator = '|'\n[file.record.fields]\n\
                section_id = { each = 'value' }\nstudent_id = 'Pupil'\n";
    let data = with(file, "Pupil,Mother,Father,Classes\n1,m1,f1,A | B\n2,,f2,B\n");
    assert_eq!(texts(&data, "guardianship", "contact_id"), ["m1", "f1", "f2"]);
    assert_eq!(texts(&data, "guardianship", "relationship"), ["Mother", "Father", "Father"]);
    assert_eq!(texts(&data, "enrollment", "section_id"), ["A", "B", "B"]);
    assert_eq!(texts(&data, "enrollment", "student_id"), ["1", "1", "2"]);
}

#[test]
fn a_file_without_a_header() {
    let file =
        "headless = true\nheader = ['id', 'name']\n[[file.record]]\nnoun = 'school'\n[file.record.fields]\nid = 'id'\nname = 'name'\n";
    let data = with(file, "\n101,Maple\n102,Birch\n");
    assert_eq!(texts(&data, "school", "id"), ["101", "102"]);
    assert_eq!(texts(&data, "school", "name"), ["Maple", "Birch"]);
    assert_eq!(data.record(super::id("school"), rollbook::model::Epoch::Today, 1, &[]).line, 3);
    assert!(data.findings().is_empty(), "{:?}", data.findings());
}

#[test]
fn a_header_where_the_format_has_none_is_no_record() {
    let file = "headless = true\nheader = ['Code', 'Full Name']\n[[file.record]]\nnoun = 'staff'\n[file.record.fields]\nid = 'Code'\nfirst_name = 'Full Name'\n";
    let data = with(file, "code,FULL_NAME\nADL,Ruth\n");
    assert_eq!(texts(&data, "staff", "id"), ["ADL"]);
    assert_eq!(rules(&data), ["read/unexpected-header"]);
    let data = with(file, "Code;Ruth\nADL;Ann\n");
    assert_eq!(texts(&data, "staff", "id"), ["Code", "ADL"]);
    assert_eq!(rules(&data), ["read/wrong-separator"]);
    assert!(data.findings()[0].place.as_ref().is_some_and(|place| place.excerpt.is_none()), "a row may hold a password");
}

#[test]
fn a_required_column_that_is_missing_is_told_where_the_name_speaks_for_the_format() {
    let text = "[layout]\nname = 'own'\ntitle = 'our own'\n[[file]]\nname = 'pupils*.csv'\nrequired = true\n\
                columns = ['Pupil No', 'Pupil Name']\n[[file.record]]\nnoun = 'student'\n[file.record.fields]\n\
                id = 'Pupil No'\nfirst_name = 'Pupil Name'\ngrade = 'Year'\nemail = 'Mail'\nbirth_date = 'Born'\n";
    let (mut layouts, mut mistakes) = (Layouts::builtin(), Mistakes::default());
    layouts.add(&mut Sources::default(), "own.toml", text, &mut mistakes);
    let look = |header: &str| {
        let folder = Folder::with(&[("pupils-2026.csv", format!("{header}\n1,Ada,3,a@fern.example,2016-09-01\n").as_bytes())]);
        Survey::new(&[input(Role::Roster, folder.path())], &layouts)
    };
    let survey = look("Pupil Nr,Pupil Name,Year,Mail,Born").expect("recognised by its name and most of its columns");
    assert_eq!(survey.layouts()[0].layout, "own");
    assert_eq!(survey.findings().iter().map(|finding| &*finding.rule).collect::<Vec<_>>(), ["read/missing-column"]);
    assert!(look("Nr,Name,Jahr,Mail,Born").is_err(), "the name alone proves nothing");
}

#[test]
fn what_cells_must_be() {
    let file = "header = ['id', 'kind', 'day', 'terms', 'school']\nkey = 'id'\n[file.values]\ndate = ['day']\n[file.empty]\nrequired = ['kind', 'day']\n\
                [file.refers]\nschool = 'schools.csv'\nterms = { each = 'terms.csv' }\n";
    let data = with(file, "id,kind,day,terms,school\n1,,2026-09-01,\"a,b\",9\n2,,2026-09-01,,9\n3,x,9/1/2026,a,\n");
    let all = |field: &str| texts(&data, "value", field);
    let values: Vec<String> = (0..all("form").len())
        .map(|at| [&all("column")[at], &all("form")[at], &all("target")[at], &all("text")[at]].map(String::as_str).join(" "))
        .collect();
    assert_eq!(
        values,
        [
            "day date  2026-09-01",
            "day date  9/1/2026",
            "kind required  ",
            "school reference schools.csv 9",
            "terms reference terms.csv a",
            "terms reference terms.csv b",
            "terms reference terms.csv a",
        ]
    );
    assert_eq!(texts(&data, "row", "id"), ["1", "2", "3"]);
    assert!(NOUNS.iter().filter(|noun| noun.technical).all(|noun| ["declaration", "row", "value"].contains(&noun.name)));
}

#[test]
fn headers_that_are_laid_down() {
    let file = "header = ['id', 'name', 'type']\ncolumns = ['id']\nknown = ['metadata.*']\n[[file.record]]\nnoun = 'school'\n[file.record.fields]\nid = 'id'\n";
    let cases: &[(&str, &[&str])] = &[
        ("id,name,type", &[]),
        ("id,name,type,metadata.x", &[]),
        ("id,type,name", &["read/column-order"]),
        ("id,metadata.x,name,type", &["read/column-order"]),
        ("id,type", &["read/column-left-out"]),
        ("name,type", &["read/missing-column"]),
        ("id,name,type,more", &["read/unknown-column"]),
        ("id,name,name,type", &["read/duplicate-column"]),
    ];
    for (header, expected) in cases {
        let row = vec!["1"; header.split(',').count()].join(",");
        assert_eq!(rules(&with(file, &format!("{header}\n{row}\n"))), *expected, "{header}");
    }
}
