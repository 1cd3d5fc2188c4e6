//! The splitter against the csv crate, and against anything at all.
use super::{Folder, id, read};
use proptest::prelude::*;
use rollbook::model::Epoch;
use rollbook::roster::{Dataset, FieldRef, InlineTable};

const HEADERS: [&str; 3] = ["one", "two", "three"];

/// The same rows through the reader, by their headers.
fn ours(csv: &[u8]) -> Option<Vec<Vec<String>>> {
    let folder = Folder::with(&[("school.csv", csv)]);
    let layouts = rollbook::roster::Layouts::builtin();
    let mut input = super::input(rollbook::roster::Role::Roster, &folder.path().join("school.csv"));
    input.layout = Some("rollbook".to_owned());
    let survey = rollbook::roster::Survey::new(&[input], &layouts).ok()?;
    let data = survey.read(&rollbook::roster::Wanted::everything(), &rollbook::roster::ReadOptions::default());
    let table = data.table(id("school"), Epoch::Today)?;
    let columns: Vec<_> = HEADERS.iter().filter_map(|header| table.column(&FieldRef::Header((*header).to_owned()))).collect();
    Some((0..table.len()).map(|row| columns.iter().map(|column| data.symbols().text(column[row]).to_owned()).collect()).collect())
}

fn theirs(csv: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(csv);
    let rows = reader.records().map(|record| record.expect("UTF-8").iter().map(blank_is_missing).collect());
    rows.filter(|row: &Vec<String>| row.iter().any(|cell| !cell.is_empty())).collect()
}

fn blank_is_missing(cell: &str) -> String {
    if cell.trim().is_empty() { String::new() } else { cell.to_owned() }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z0-9 ]{0,6}",
        2 => "[a-zé,\"\n\r ]{0,8}",
        1 => Just(String::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_input_reads_as_the_csv_crate_reads_it(rows in proptest::collection::vec(proptest::array::uniform3(cell()), 0..12), crlf: bool, all: bool) {
        let style = if all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().quote_style(style).terminator(end).from_writer(Vec::new());
        writer.write_record(HEADERS).expect("a header");
        for row in &rows {
            writer.write_record(row).expect("a row");
        }
        let csv = writer.into_inner().expect("bytes");
        prop_assert_eq!(ours(&csv).unwrap_or_default(), theirs(&csv));
    }

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(prop_oneof![
        6 => any::<u8>(), 6 => Just(b'"'), 6 => Just(b','), 6 => Just(b'\n'), 3 => Just(b'\r'), 1 => Just(0_u8), 6 => Just(b'a'),
    ], 0..200)) {
        let mut csv = b"id,name,one\n".to_vec();
        csv.extend_from_slice(&bytes);
        let folder = Folder::with(&[("school.csv", &csv), ("student.csv", &bytes)]);
        for name in ["school.csv", "student.csv"] {
            let mut input = super::input(rollbook::roster::Role::Roster, &folder.path().join(name));
            input.layout = Some("rollbook".to_owned());
            if let Ok(survey) = rollbook::roster::Survey::new(&[input], &rollbook::roster::Layouts::builtin()) {
                let data = survey.read(&rollbook::roster::Wanted::everything(), &rollbook::roster::ReadOptions::default());
                for word in ["school", "student"] {
                    let rows = data.table(id(word), Epoch::Today).map_or(0, rollbook::roster::Table::len);
                    for row in 0..rows as u32 {
                        prop_assert!(data.record(id(word), Epoch::Today, row, &[super::field(word, "id")]).line > 1);
                    }
                }
            }
        }
    }
}

/// `a` and `b` are headers of a layout too, but a row as wide as the one above it is no header below a title.
#[test]
fn a_row_of_words_that_are_headers_elsewhere_is_data() {
    assert_eq!(ours(b"one,two,three\nb,,a\n").expect("a table"), theirs(b"one,two,three\nb,,a\n"));
}

#[test]
fn inline_tables_read_fields_and_headers() {
    let csv = "id,locker no\n1,12\n2,\n";
    let data = Dataset::inline(&[
        InlineTable { noun: id("student"), epoch: Epoch::Today, csv },
        InlineTable { noun: id("student"), epoch: Epoch::Previous, csv: "id\n9\n" },
    ])
    .expect("two tables");
    let table = data.table(id("student"), Epoch::Today).expect("students");
    let locker = table.column(&FieldRef::Header("Locker_No".to_owned())).expect("a column");
    assert_eq!(locker.iter().map(|sym| data.symbols().text(*sym)).collect::<Vec<_>>(), ["12", ""]);
    assert_eq!(data.table(id("student"), Epoch::Previous).expect("previous students").len(), 1);
    assert!(Dataset::inline(&[InlineTable { noun: id("student"), epoch: Epoch::Today, csv: "id,grade\n1\n" }]).is_err());
    let empty = Dataset::inline(&[InlineTable { noun: id("student"), epoch: Epoch::Today, csv: "id,grade\n" }]).expect("no rows");
    assert_eq!(empty.table(id("student"), Epoch::Today).expect("a table").len(), 0);
}

#[test]
fn symbols_are_one_per_text() {
    let data =
        Dataset::inline(&[InlineTable { noun: id("student"), epoch: Epoch::Today, csv: "id,grade\n1,5\n5,\"5\"\n" }]).expect("a table");
    let table = data.table(id("student"), Epoch::Today).expect("students");
    let grade = table.column(&super::field("student", "grade")).expect("grades");
    let ids = table.column(&super::field("student", "id")).expect("ids");
    assert_eq!((grade[0], grade[0]), (grade[1], ids[1]));
    let symbols = data.symbols();
    assert_eq!(symbols.get("5"), Some(grade[0]));
    assert_eq!(symbols.get("none such"), None);
    let before = symbols.len();
    let many: Vec<_> = std::thread::scope(|scope| {
        let intern = || (0..5000).map(|number| symbols.intern(&format!("later {number}"))).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(intern)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    });
    assert!(many.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(symbols.len(), before + 5000);
    for (number, sym) in many[0].iter().enumerate() {
        assert_eq!(symbols.text(*sym), format!("later {number}"));
        assert!((sym.0 as usize) < symbols.len());
    }
}

#[test]
fn reading_is_the_same_through_a_map_and_through_memory() {
    let csv = "id,name\n1,a\n2,b\n";
    let folder = Folder::with(&[("school.csv", csv.as_bytes())]);
    let mapped = read(&folder.path().join("school.csv"));
    let inline = Dataset::inline(&[InlineTable { noun: id("school"), epoch: Epoch::Today, csv }]).expect("a table");
    assert_eq!(super::texts(&mapped, "school", "name"), super::texts(&inline, "school", "name"));
}
