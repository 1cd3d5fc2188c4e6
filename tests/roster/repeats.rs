//! Yesterday's rows that today has too are taken over from there: what is read must be the same as without today.
use super::{Folder, field, id, input, line};
use proptest::prelude::*;
use proptest::sample::Index;
use rollbook::model::Epoch;
use rollbook::roster::{Dataset, Layouts, ReadOptions, Role, Survey, Wanted};

/// Rows as a file may have them: whole ones, the second and third contact of a child, quotes, line breaks, blank and damaged rows.
const ROWS: [&str; 14] = [
    "1,s1,Ana,Bright,Mother,m@maple.example\n",
    "1,s1,Ana,Bright,Father,f@maple.example\n",
    "1,s2,Ana,Bright,,\n",
    "2,s3,Bo,Clay,Mother,c@maple.example\r\n",
    "2,s4,\"Cy\",\"Dunn, jr\",,\n",
    "2,s5,\"Di\nAnn\",East,Mother,e@maple.example\n",
    "2,s6,\"E \"\"Z\"\"\",Frost,Mother,z@maple.example\n",
    "3,s7,Finn,Gray\n",
    "3,s8,Gil,Hale,Aunt,h@maple.example,more\n",
    ",,,,,\n",
    "\n",
    "3,s9,Hal,Irwin,Uncle,i@maple.example\n",
    "3,s10,Ida,Jones,\"Mother,j@maple.example\n",
    "3,s11,Jo,Kerr, ,k@maple.example\n",
];

#[derive(Clone, Debug)]
enum Edit {
    Drop(Index),
    Insert(Index, usize),
    Move(Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        any::<Index>().prop_map(Edit::Drop),
        (any::<Index>(), 0..ROWS.len()).prop_map(|(at, row)| Edit::Insert(at, row)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Edit::Move(from, to)),
    ]
}

fn edited(rows: &[usize], edits: &[Edit]) -> Vec<usize> {
    let mut rows = rows.to_vec();
    for edit in edits {
        match edit {
            Edit::Drop(at) if !rows.is_empty() => drop(rows.remove(at.index(rows.len()))),
            Edit::Insert(at, row) => rows.insert(at.index(rows.len() + 1), *row),
            Edit::Move(from, to) if !rows.is_empty() => {
                let row = rows.remove(from.index(rows.len()));
                rows.insert(to.index(rows.len() + 1), row);
            }
            _ => {}
        }
    }
    rows
}

fn file(rows: &[usize], closed: bool) -> String {
    let mut text = String::from("School_id,Student_id,First_name,Last_name,Contact_relationship,Contact_email\n");
    rows.iter().for_each(|row| text.push_str(ROWS[*row]));
    if !closed && text.ends_with('\n') {
        text.pop();
    }
    text
}

/// All that was read of yesterday: records with their places, and what is wrong with the file.
fn yesterday(data: &Dataset) -> Vec<String> {
    let mut told = Vec::new();
    for noun in ["student", "contact", "guardianship"] {
        let Some(table) = data.table(id(noun), Epoch::Previous) else { continue };
        for row in 0..table.len() as u32 {
            let fields: Vec<_> = id(noun).get().fields.iter().map(|known| field(noun, known.name)).collect();
            let record = data.record(id(noun), Epoch::Previous, row, &fields);
            let cells: Vec<&str> =
                fields.iter().map(|name| table.column(name).map_or("", |column| data.symbols().text(column[row as usize]))).collect();
            told.push(format!("{noun} {} at {}:{} {cells:?}", record.id, record.line, record.record));
        }
    }
    told.extend(
        data.findings().iter().filter(|finding| finding.place.as_ref().is_some_and(|place| &*place.source == "previous")).map(line),
    );
    told
}

fn read(today: Option<&str>, before: &str) -> Vec<String> {
    let folder = Folder::with(&[("before/students.csv", before.as_bytes())]);
    let mut inputs = vec![input(Role::Previous, &folder.path().join("before"))];
    if let Some(today) = today {
        folder.write("today/students.csv", today.as_bytes());
        inputs.insert(0, input(Role::Roster, &folder.path().join("today")));
    }
    inputs.iter_mut().for_each(|input| input.layout = Some("clever".to_owned()));
    let survey = Survey::new(&inputs, &Layouts::builtin()).expect("a known layout");
    yesterday(&survey.read(&Wanted::everything(), &ReadOptions::default()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn today_does_not_show_in_yesterday(
        rows in proptest::collection::vec(0..ROWS.len(), 1..40),
        edits in proptest::collection::vec(edit(), 0..6),
        closed: (bool, bool),
    ) {
        let before = file(&edited(&rows, &edits), closed.1);
        let alone = read(None, &before);
        prop_assert_eq!(read(Some(&file(&rows, closed.0)), &before), alone);
    }
}

#[test]
fn rows_are_found_again_in_a_long_file() {
    // Several chunks; every 50th row changed, every 211th gone, every 307th new, and a long stretch moved.
    let row = |number: usize, name: &str| format!("{},s{number},{name},Name of {number},Mother,mother{number}@maple.example\n", number % 7);
    let today: Vec<String> = (0..20_000).map(|number| row(number, "Ana")).collect();
    let mut before = Vec::new();
    for (number, same) in today.iter().enumerate() {
        match number {
            _ if number % 211 == 0 => {}
            _ if number % 50 == 0 => before.push(row(number, "Bo")),
            _ => before.push(same.clone()),
        }
        if number % 307 == 0 {
            before.push(row(number + 1_000_000, "Cy"));
        }
    }
    before.rotate_left(5_000);
    let header = "School_id,Student_id,First_name,Last_name,Contact_relationship,Contact_email\n";
    let file = |rows: &[String]| header.to_owned() + &rows.concat();
    let before = file(&before);
    assert!(read(Some(&file(&today)), &before) == read(None, &before), "yesterday is not what it is without today");
}
