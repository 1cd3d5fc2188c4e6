//! How fast each format is read, beside the csv crate, which only splits. See `benches/README.md`.
#![allow(clippy::print_stdout)]
#[path = "../tests/workbooks.rs"]
#[allow(dead_code, reason = "the tests make more of it")]
mod workbooks;

use rollbook::model::{Epoch, noun};
use rollbook::roster::{Layouts, ReadOptions, Survey, Wanted};
use std::time::{Duration, Instant};

const USAGE: &str = "usage: cargo bench --bench formats -- STUDENTS [--threads 1] [--runs 5]";
const HEADER: &str =
    "School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,Grade,Gender,DOB,Student_email,Home_language";
/// As many as a sheet of an old workbook has, the header among them.
const XLS_ROWS: usize = 65_536;
/// The other files without which an archive is no roster.
const OTHERS: [(&str, &str); 4] = [
    ("schools.csv", "School_id,School_name,School_number\n100,Fern Hill,0100\n"),
    ("teachers.csv", "School_id,Teacher_id,Last_name,First_name,Teacher_email\n100,T1,Hale,Ruth,ruth.hale@mapleridge.example\n"),
    ("sections.csv", "School_id,Section_id,Teacher_id,Name\n100,1,T1,Reading 3\n"),
    ("enrollments.csv", "School_id,Section_id,Student_id\n100,1,S0000000\n"),
];
const FIRST: [&str; 12] = ["Ada", "Nils", "Zoé", "Ruth", "Tomás", "Ida", "Mei", "Omar", "Lena", "Jonas", "Priya", "Kofi"];
const LAST: [&str; 10] = ["Okafor", "Lindqvist", "Moreau", "Hale", "Núñez", "Berg", "Tanaka", "Haddad", "Novak", "Mensah"];

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let Some(students) = arguments.next() else { return println!("{USAGE}") };
    let students: usize = students.parse().expect(USAGE);
    let (mut threads, mut runs) = (1, 5);
    while let Some(option) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok()).expect(USAGE);
        match option.as_str() {
            "--threads" => threads = value,
            "--runs" => runs = value,
            _ => panic!("{USAGE}"),
        }
    }
    let csv = roster(students);
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(csv.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    // All letters of the names have the same number in Windows-1252 and in Unicode.
    let windows: Vec<u8> = csv.chars().map(|letter| letter as u8).collect();
    let typed = workbooks::typed(&csv);
    let formats: [(&str, &str, Vec<u8>); 7] = [
        ("CSV, UTF-8", "students.csv", csv.clone().into_bytes()),
        ("CSV, UTF-16", "students.csv", utf16),
        ("CSV, Windows-1252", "students.csv", windows),
        ("CSV in gzip", "students.csv.gz", workbooks::gzip(&csv)),
        ("CSV in zip", "export.zip", workbooks::zip(OTHERS.into_iter().chain([("students.csv", csv.as_str())]))),
        ("XLSX", "students.xlsx", workbooks::xlsx(&[("students", &typed)])),
        ("XLS", "students.xls", workbooks::xls("students", &typed[..typed.len().min(XLS_ROWS)])),
    ];
    println!("{students} students, {threads} threads, the best of {runs} runs\n");
    println!("{:26} {:>8} {:>9} {:>8} {:>8} {:>12} {:>10}", "", "MB", "rows", "ms", "MB/s", "rows/s", "x csv");
    let time = best(runs, || (), |()| assert_eq!(split(csv.as_bytes()), students));
    let a_row = time.as_secs_f64() / students as f64;
    tell("csv crate, splitting only", csv.len(), students, time, a_row);
    let layouts = Layouts::builtin();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    for (format, name, bytes) in &formats {
        let rows = if *format == "XLS" { students.min(XLS_ROWS - 1) } else { students };
        let time = pool.install(|| best(runs, || bytes.clone(), |bytes| assert_eq!(read(name, bytes, &layouts), rows, "{format}")));
        tell(format, bytes.len(), rows, time, a_row);
    }
}

/// A roster as Clever takes it.
fn roster(students: usize) -> String {
    let mut csv = format!("{HEADER}\n");
    for at in 0..students {
        let (first, last) = (FIRST[at * 7 % FIRST.len()], LAST[at * 3 % LAST.len()]);
        let (school, grade, gender) = (at % 150 + 100, at % 12 + 1, ["F", "M", "X"][at % 3]);
        let (month, day, year) = (at % 12 + 1, at % 28 + 1, 2020 - grade);
        csv += &format!(
            "{school},S{at:07},{at},{},{last},,{first},{grade},{gender},{month:02}/{day:02}/{year},s{at}@mapleridge.example,English\n",
            9_000_000 + at
        );
    }
    csv
}

/// Splits into cells, and does nothing with them: the yardstick.
fn split(bytes: &[u8]) -> usize {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).expect("a record") {
        rows += 1;
    }
    rows
}

/// Reads all columns, as `rollbook` would: recognised, decoded, split, checked, numbered.
fn read(name: &str, bytes: Vec<u8>, layouts: &Layouts) -> usize {
    let survey = Survey::of_bytes(name, bytes, layouts).expect("a roster");
    let data = survey.read(&Wanted::everything(), &ReadOptions::default());
    data.table(noun("student").expect("a noun"), Epoch::Today).map_or(0, rollbook::roster::Table::len)
}

fn best<T>(runs: usize, ready: impl Fn() -> T, work: impl Fn(T)) -> Duration {
    let once = || {
        let input = ready();
        let began = Instant::now();
        work(input);
        began.elapsed()
    };
    (0..runs).map(|_| once()).min().unwrap_or_default()
}

/// `a_row`: what the csv crate takes for one, in seconds.
fn tell(what: &str, bytes: usize, rows: usize, time: Duration, a_row: f64) {
    let (megabytes, seconds) = (bytes as f64 / 1e6, time.as_secs_f64());
    let times = seconds / rows as f64 / a_row;
    println!(
        "{what:26} {megabytes:8.1} {rows:9} {:8.0} {:8.0} {:12.0} {times:10.1}",
        seconds * 1e3,
        megabytes / seconds,
        rows as f64 / seconds
    );
}
