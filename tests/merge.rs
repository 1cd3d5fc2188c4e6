//! Merges over whole rosters: who is one person and who is not; and the laws that hold whatever the order of rows.
use crate::program;
use proptest::prelude::*;
use rollbook::engine::{Merges, Plan, merges};
use rollbook::finding::Mistakes;
use rollbook::model::{Epoch, FieldRef, NounId, noun};
use rollbook::pack::{self, Decision, Overrides, Pack, Part};
use rollbook::report::{Style, mistakes};
use rollbook::roster::{Dataset, InlineTable};
use rollbook::source::{Sources, Spanned};

/// Students of one family and of one school, compared by what a roster has of them.
pub(crate) const STUDENTS: &str = r#"
[pack]
name = "demo"
title = "a demo"
version = "1.0.0"

[[merge]]
name    = "twice"
of      = 'student c'
compare = [
    'student d where d.last_name = c.last_name',
    'student d where d.birth_date = c.birth_date',
    'student d where d.email = c.email',
    'student d where d.number = c.number',
]
same    = [
    'c.first_name = d.first_name and c.last_name = d.last_name and c.birth_date = d.birth_date',
    'c.first_name = d.first_name and c.last_name = d.last_name and c.number = d.number',
    'c.birth_date = d.birth_date and c.number = d.number and c.first_name nearly d.first_name',
    'c.first_name = d.last_name and c.last_name = d.first_name and c.birth_date = d.birth_date',
]
likely  = [
    'c.first_name nearly d.first_name and c.last_name nearly d.last_name and c.birth_date nearly d.birth_date',
    'c.first_name = d.first_name and c.last_name = d.last_name and c.email = d.email',
    'c.first_name = d.first_name and c.birth_date = d.birth_date and c.email = d.email',
]
never   = ['c.birth_date != d.birth_date and not (c.birth_date nearly d.birth_date)', 'c.number != d.number and not (c.number nearly d.number)']
shared  = ["c.last_name", "c.email"]
keeps   = ["c.id"]
"#;

pub(crate) fn compiled(text: &str) -> Vec<Pack> {
    let (mut sources, mut found) = (Sources::default(), Mistakes::default());
    let id = sources.add("demo.toml", text);
    let files = pack::order(vec![pack::read(&sources, id, &mut found)], &mut found);
    let packs = pack::compile(&files, &Overrides::default(), &sources, &mut found);
    let style = Style { color: false, plain: true, unicode: true, width: 120 };
    assert!(!found.any_error(), "{}", mistakes(&found.sorted(), &sources, &style));
    packs
}

pub(crate) fn data(tables: &[(&str, Epoch, &str)]) -> Dataset {
    let tables: Vec<InlineTable<'_>> =
        tables.iter().map(|(name, epoch, csv)| InlineTable { noun: noun(name).expect("a noun"), epoch: *epoch, csv }).collect();
    Dataset::inline(&tables).expect("rows")
}

pub(crate) fn solved<T>(packs: &[Pack], dataset: &Dataset, decisions: &[Decision], look: impl FnOnce(&Merges<'_, '_>) -> T) -> T {
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let plan = Plan::new(packs, &|_| false, &supplies, 0).with_merges().with_decisions(decisions);
    look(&merges(&plan, dataset))
}

/// What was found, in a line: `1=2` is one person, `1~2` perhaps, `!1=2=3` contradicted.
pub(crate) fn found(merges: &Merges<'_, '_>) -> String {
    let mut words = Vec::new();
    for run in merges.runs() {
        assert_eq!(run.skipped(), None);
        for (part, mark, between) in [(Part::Same, "", "="), (Part::Likely, "", "~"), (Part::Contradicted, "!", "=")] {
            for at in 0..run.len(part) {
                let mut ids = run.ids(part, at);
                ids.sort();
                words.push(format!("{mark}{}", ids.join(between)));
            }
        }
    }
    words.sort();
    words.join(" ")
}

/// Each case: what it is about, rows of first name, last name, birth date, number and email, what is found.
const CASES: &[(&str, &[&str], &str)] = &[
    ("the same row twice", &["Ana,Ruiz,2015-03-02,7001,", "Ana,Ruiz,2015-03-02,7001,"], "1=2"),
    ("accents, capitals, hyphens", &["Zoë,Lopez-Garcia,2015-03-02,,", "ZOE,LOPEZ GARCIA,3/2/2015,,"], "1=2"),
    ("three rows, tied by a chain", &["Ana,Ruiz,2015-03-02,,", "Ana,Ruiz,2015-03-02,7001,", "Ana,Ruiz,,7001,"], "1=2=3"),
    ("given name and surname changed places", &["Chen,Mei,2015-03-02,,", "Mei,Chen,2015-03-02,,"], "1=2"),
    ("a nickname under one number", &["William,Hale,2015-03-02,7001,", "Bill,Moss,2015-03-02,7001,"], "1=2"),
    ("a nickname alone is for a person", &["William,Hale,2015-03-02,,", "Bill,Hale,2015-03-02,,"], "1~2"),
    ("day and month changed places", &["Ana,Ruiz,2015-03-02,,", "Ana,Ruiz,2015-02-03,,"], "1~2"),
    ("a letter too many", &["Johnathan,Lund,2014-01-01,,", "Jonathan,Lund,2014-01-01,,"], "1~2"),
    ("a name that changed with an adoption", &["Ana,Ruiz,2015-03-02,,ana@mail.example", "Ana,Lund,2015-03-02,,ana@mail.example"], "1~2"),
    ("brother and sister with a parent's email", &["Ana,Ruiz,2015-03-02,,ruiz@mail.example", "Leo,Ruiz,2017-08-20,,ruiz@mail.example"], ""),
    ("twins with a parent's email", &["Ana,Ruiz,2015-03-02,,ruiz@mail.example", "Leo,Ruiz,2015-03-02,,ruiz@mail.example"], ""),
    ("twins of like names under two numbers", &["Ana,Ruiz,2015-03-02,7001,", "Anna,Ruiz,2015-03-02,7412,"], ""),
    ("twins of like names without a number: for a person", &["Ana,Ruiz,2015-03-02,,", "Anna,Ruiz,2015-03-02,,"], "1~2"),
    ("triplets", &["Ana,Ruiz,2015-03-02,1,", "Eva,Ruiz,2015-03-02,2,", "Leo,Ruiz,2015-03-02,3,"], ""),
    ("father and son of one name", &["Ed,Moss,1985-05-05,,moss@mail.example", "Ed,Moss,2015-03-02,,moss@mail.example"], ""),
    ("namesakes of one birthday under two numbers", &["Ana,Ruiz,2015-03-02,7001,", "Ana,Ruiz,2015-03-02,8222,"], ""),
    (
        "cousins of one name and one grandmother's email",
        &["Ana,Ruiz,2015-03-02,,r@mail.example", "Ana,Ruiz,2012-11-30,,r@mail.example"],
        "",
    ),
    (
        "a step-family: two surnames, one email, one birthday",
        &["Ana,Ruiz,2015-03-02,,h@mail.example", "Mia,Lund,2015-03-02,,h@mail.example"],
        "",
    ),
    ("nothing but a surname", &["Ana,Ruiz,,,", "Ana,Ruiz,,,"], ""),
    ("missing values prove nothing and forbid nothing", &["Ana,Ruiz,2015-03-02,,", "Ana,Ruiz,2015-03-02,7001,"], "1=2"),
    (
        "a third record would tie two numbers together",
        &["Ana,Ruiz,2015-03-02,7001,", "Ana,Ruiz,2015-03-02,,", "Ana,Ruiz,2015-03-02,8222,"],
        "!1=2=3",
    ),
    (
        "what is contradicted leaves others alone",
        &[
            "Ana,Ruiz,2015-03-02,7001,",
            "Ana,Ruiz,2015-03-02,,",
            "Ana,Ruiz,2015-03-02,8222,",
            "Bo,Chen,2014-01-01,,",
            "Bo,Chen,2014-01-01,,",
        ],
        "!1=2=3 4=5",
    ),
    (
        "a merged person and a likely one: the best pair is told",
        &["Bill,Hale,2015-03-02,,", "William,Hale,2015-03-02,,", "William,Hale,2015-03-02,9,"],
        "1~2 2=3",
    ),
];

pub(crate) fn students(rows: &[&str]) -> String {
    let mut csv = "id,first_name,last_name,birth_date,number,email\n".to_owned();
    rows.iter().enumerate().for_each(|(at, row)| csv.push_str(&format!("{},{row}\n", at + 1)));
    csv
}

#[test]
fn who_is_one_person_and_who_is_not() {
    let packs = compiled(STUDENTS);
    for (name, rows, expected) in CASES {
        let dataset = data(&[("student", Epoch::Today, &students(rows))]);
        assert_eq!(solved(&packs, &dataset, &[], found), *expected, "{name}");
        // The other way round it is the same.
        let mut lines: Vec<String> = students(rows).lines().map(str::to_owned).collect();
        lines[1..].reverse();
        let dataset = data(&[("student", Epoch::Today, &(lines.join("\n") + "\n"))]);
        assert_eq!(solved(&packs, &dataset, &[], found), *expected, "{name}, in another order of rows");
    }
}

fn decision(records: &[&str], same: bool) -> Decision {
    let spanned = |text: &&str| Spanned::new((*text).to_owned(), rollbook::source::Span::default());
    Decision {
        merge: spanned(&"demo/twice"),
        records: records.iter().map(spanned).collect(),
        same,
        reason: String::new(),
        date: String::new(),
    }
}

#[test]
fn what_was_decided_holds() {
    let packs = compiled(STUDENTS);
    let rows = students(&["William,Hale,2015-03-02,,", "Bill,Hale,2015-03-02,,", "Ana,Ruiz,2015-03-02,,", "Ana,Ruiz,2015-03-02,,"]);
    let dataset = data(&[("student", Epoch::Today, &rows)]);
    let with = |decisions: &[Decision]| solved(&packs, &dataset, decisions, found);
    assert_eq!(with(&[]), "1~2 3=4");
    assert_eq!(with(&[decision(&["1", "2"], true)]), "1=2 3=4");
    assert_eq!(with(&[decision(&["1", "2"], false)]), "3=4");
    assert_eq!(with(&[decision(&["3", "4"], false), decision(&["1", "3"], true)]), "1=3 1~2", "strangers that a person knows");
    assert_eq!(with(&[decision(&["1", "2"], true), decision(&["2", "1"], false)]), "!1=2 3=4", "two that contradict one another");
    assert_eq!(with(&[decision(&["2", "3", "4"], true)]), "1~2 2=3=4");
    let noted = solved(&packs, &dataset, &[decision(&["1", "99"], true)], |merges| merges.runs().next().expect("a run").notes().to_vec());
    assert_eq!(noted, ["a decision names 99, which is not among the students"]);
}

#[test]
fn a_value_that_many_share_is_no_evidence() {
    let packs = compiled(&STUDENTS.replace("shared  =", "common  = 3\nshared  ="));
    let row = |name: &str| format!("{name},Ruiz,,,none@none.example");
    let rows: Vec<String> = ["Ana", "Ana", "Bo", "Cy"].map(row).to_vec();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let told = |rows: &[&str]| {
        let dataset = data(&[("student", Epoch::Today, &students(rows))]);
        solved(&packs, &dataset, &[], |merges| {
            let common = merges
                .runs()
                .flat_map(|run| run.common().to_vec())
                .map(|common| format!("{} {} {}", common.field, common.value, common.records));
            (found(merges), common.collect::<Vec<_>>())
        })
    };
    assert_eq!(told(&rows), (String::new(), vec!["email none@none.example 4".to_owned()]));
    assert_eq!(told(&rows[..3]), ("1~2".to_owned(), Vec::new()), "three may share it");
}

/// A record of today has one predecessor at most, who is gone.
const SUCCESSORS: &str = r#"
[pack]
name = "demo"
title = "a demo"
version = "1.0.0"

[[merge]]
name       = "id-changed"
of         = 'student c'
compare    = 'previous student d where d.last_name = c.last_name'
same       = ['c.first_name = d.first_name and c.last_name = d.last_name']
one_to_one = true
present    = true
"#;

#[test]
fn an_id_changed_only_when_the_old_one_went_as_the_new_one_came() {
    let packs = compiled(SUCCESSORS);
    let cases: &[(&str, &[&str], &[&str], &str)] = &[
        ("the old id went, the new one came", &["9,Ana,Ruiz"], &["1,Ana,Ruiz"], "1=9"),
        ("the old id is still there", &["1,Ana,Ruiz", "9,Ana,Ruiz"], &["1,Ana,Ruiz"], ""),
        ("the new id was there yesterday", &["9,Ana,Ruiz"], &["1,Ana,Ruiz", "9,Ana,Ruiz"], ""),
        ("two could be the old one: for a person", &["9,Ana,Ruiz"], &["1,Ana,Ruiz", "2,Ana,Ruiz"], "1~9 2~9"),
        ("nothing changed", &["1,Ana,Ruiz"], &["1,Ana,Ruiz"], ""),
    ];
    let csv = |rows: &[&str]| format!("id,first_name,last_name\n{}\n", rows.join("\n"));
    for (name, today, yesterday, expected) in cases {
        let dataset = data(&[("student", Epoch::Today, &csv(today)), ("student", Epoch::Previous, &csv(yesterday))]);
        assert_eq!(solved(&packs, &dataset, &[], found), *expected, "{name}");
    }
}

#[test]
fn evidence_names_the_values_on_which_conditions_held() {
    let packs = compiled(STUDENTS);
    let rows = students(&["Zoë,Lopez-Garcia,2015-03-02,,", "ZOE,LOPEZ GARCIA,3/2/2015,,"]);
    let dataset = data(&[("student", Epoch::Today, &rows)]);
    let words = solved(&packs, &dataset, &[], |merges| merges.runs().next().expect("a run").together(Part::Same, 0).words());
    let expected = "1 and 2 by first name Zoë / ZOE, last name Lopez-Garcia / LOPEZ GARCIA and birth date 2015-03-02 / 3/2/2015";
    assert_eq!(words, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    /// Whatever the rows and their order, and however many threads: the same people, and nobody is two.
    #[test]
    fn order_and_threads_change_nothing(rows in prop::collection::vec((0u8..4, 0u8..3, 0u8..4, 0u8..4), 2..14), seed in 0u64..1000) {
        let names = ["Ana", "Anna", "Leo", "Bill"];
        let dates = ["2015-03-02", "2015-02-03", "2011-11-30", ""];
        let numbers = ["7001", "8222", "", ""];
        let rows: Vec<String> = rows.iter().enumerate().map(|(at, (name, last, date, number))| {
            format!("{},{},{},{},{},", at + 1, names[*name as usize], ["Ruiz", "Lund", "Hale"][*last as usize], dates[*date as usize], numbers[*number as usize])
        }).collect();
        let packs = compiled(STUDENTS);
        let of = |rows: &[String], threads: usize| {
            let csv = format!("id,first_name,last_name,birth_date,number,email\n{}\n", rows.join("\n"));
            let dataset = data(&[("student", Epoch::Today, &csv)]);
            let pool = rayon_pool(threads);
            pool.install(|| solved(&packs, &dataset, &[], found))
        };
        let expected = of(&rows, 1);
        let mut shuffled = rows.clone();
        let mut state = seed;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(&of(&shuffled, 3), &expected);
        let mut people: Vec<&str> = expected.split(' ').filter(|word| !word.contains('~')).flat_map(|word| word.trim_start_matches('!').split('=')).filter(|id| !id.is_empty()).collect();
        let count = people.len();
        people.sort_unstable();
        people.dedup();
        prop_assert_eq!(people.len(), count, "a record stands in two people: {}", expected);
    }
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// Runs the program; gives its exit code and what it printed.
fn rollbook(arguments: &[&str]) -> (Option<i32>, String) {
    let printed = program::rollbook(arguments);
    (Some(printed.code), printed.all())
}

#[test]
fn a_review_sheet_comes_back_with_decisions() {
    let folder = program::folder("review");
    let path = |name: &str| folder.join(name).display().to_string();
    let (sheet, decisions) = (path("review.csv"), path("decisions.toml"));
    let merge =
        |more: &[&str]| rollbook(&[&["merge", "examples/board", "--date", "2026-11-22", "--decisions", &decisions][..], more].concat());

    let board = |out: &str| rollbook(&["merge", "examples/board", "--date", "2026-11-22", "--out", out]);
    let (code, told) = board(&sheet);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("perhaps one person") && told.contains("one account sees 40352 and 40359"), "{told}");
    let text = std::fs::read_to_string(&sheet).expect("a sheet");
    let header = "merge,kind,score,records,names,where,evidence,against,sees,decision,reason";
    let text = text.strip_prefix('\u{feff}').expect("a mark, for spreadsheet programs");
    assert_eq!(text.lines().next(), Some(header));
    let filled = text.replacen("phone 613-555-0203\",,,,", "phone 613-555-0203\",,,same,\"she said so: \"\"that's me\"\"\"", 1);
    assert_ne!(filled, text, "{text}");
    std::fs::write(&sheet, filled).expect("a sheet");

    let (code, told) = merge(&["--read", &sheet]);
    assert_eq!((code, told.contains("1 decision in")), (Some(0), true), "{told}");
    let kept = std::fs::read_to_string(&decisions).expect("decisions");
    assert!(kept.contains("records = [\"80227\", \"80713\"]") && kept.contains("date    = 2026-11-22"), "{kept}");
    let (_, again) = merge(&["--read", &sheet]);
    assert!(again.contains("0 new"), "{again}");
    let (_, told) = merge(&["--plain"]);
    assert!(told.contains("decided to be the same on 2026-11-22: she said so: \"that's me\""), "{told}");

    std::fs::write(&sheet, std::fs::read_to_string(&sheet).expect("a sheet").replace(",same,\"she", ",different,\"she")).expect("a sheet");
    let (code, told) = merge(&["--read", &sheet]);
    assert_eq!((code, told.contains("decided the other way before")), (Some(1), true), "{told}");
    std::fs::write(&sheet, format!("{header}\nedsembli-connect/guardian,likely,,80227 | 80713,,,,,,perhaps,\n")).expect("a sheet");
    let (code, told) = merge(&["--read", &sheet]);
    assert_eq!((code, told.contains("line 2, column 10 (`decision`): no decision `perhaps`")), (Some(2), true), "{told}");
    assert_eq!(merge(&["--out", &path("review.xlsx")]).0, Some(1));
    assert_eq!(std::fs::read(path("review.xlsx")).expect("a workbook")[..2], *b"PK");
}

#[test]
fn the_readme_of_the_board_shows_what_is_printed() {
    let told = program::rollbook(["merge", "examples/board", "--date", "2026-11-22"]).out;
    let readme = std::fs::read_to_string("examples/board/README.md").expect("a file");
    assert!(readme.contains(told.trim_end()), "{told}");
}

/// The rows of the first sheet of a workbook.
fn rows_of(path: &str) -> Vec<Vec<String>> {
    let bytes = std::fs::read(path).expect("a workbook");
    let sheets = rollbook::roster::workbook_rows(&bytes).expect("a workbook").expect("sheets");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(sheets[0].as_slice());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// Writes rows as a person's spreadsheet would save them, perhaps behind another sheet.
fn save(path: &str, rows: &[Vec<String>], behind: bool) {
    let mut book = rust_xlsxwriter::Workbook::new();
    if behind {
        book.add_worksheet().write_string(0, 0, "what we talked about").expect("a cell");
    }
    let sheet = book.add_worksheet();
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(at as u32, column as u16, cell).expect("a cell");
        }
    }
    book.save(path).expect("a workbook");
}

#[test]
fn a_review_in_a_workbook_comes_back_with_decisions() {
    let folder = program::folder("review-xlsx");
    let path = |name: &str| folder.join(name).display().to_string();
    let (sheet, decisions) = (path("review.xlsx"), path("decisions.toml"));
    let merge =
        |more: &[&str]| rollbook(&[&["merge", "examples/board", "--date", "2026-11-22", "--decisions", &decisions][..], more].concat());
    let (code, told) = rollbook(&["merge", "examples/board", "--date", "2026-11-22", "--out", &sheet]);
    assert_eq!(code, Some(1), "{told}");
    let mut rows = rows_of(&sheet);
    let at = |name: &str| rows[0].iter().position(|known| known == name).expect("a column");
    let (decision, reason, records) = (at("decision"), at("reason"), at("records"));
    let row = rows.iter().position(|row| row[records] == "80227 | 80713").expect("the pair to decide");
    let width = rows[0].len();
    rows[row].resize(width, String::new());
    rows[row][decision] = " Different ".to_owned();
    rows[row][reason] = "sisters,\n\"both\" said so".to_owned();
    for behind in [false, true] {
        let _ = std::fs::remove_file(&decisions);
        save(&sheet, &rows, behind);
        let (code, told) = merge(&["--read", &sheet]);
        assert_eq!((code, told.contains("1 decision in")), (Some(0), true), "{told}");
        let kept = std::fs::read_to_string(&decisions).expect("decisions");
        assert!(kept.contains("is      = \"different\"\nreason  = \"sisters, \\\"both\\\" said so\""), "{kept}");
        let (_, told) = merge(&["--plain"]);
        assert!(told.contains("0 pairs to decide") && !told.contains("80713"), "{told}");
    }
    // What is wrong is told with the row of the sheet, and nothing is kept.
    rows[row][decision] = "perhaps".to_owned();
    rows.insert(1, Vec::new());
    save(&sheet, &rows, false);
    let before = std::fs::read_to_string(&decisions).expect("decisions");
    let (code, told) = merge(&["--read", &sheet]);
    assert_eq!(
        (code, told.contains(&format!("review.xlsx`, row {}, column 10 (`decision`): no decision `perhaps`", row + 2))),
        (Some(2), true),
        "{told}"
    );
    assert_eq!(std::fs::read_to_string(&decisions).expect("decisions"), before);
    std::fs::write(&sheet, b"PK\x03\x04 cut off").expect("a file");
    let (code, told) = merge(&["--read", &sheet]);
    assert_eq!((code, told.contains("can't be read")), (Some(2), true), "{told}");
    save(&sheet, &[vec!["merge".to_owned()]], false);
    let (code, told) = merge(&["--read", &sheet]);
    assert_eq!((code, told.contains("has no column `records`")), (Some(2), true), "{told}");
}

#[test]
fn a_review_sheet_is_not_written_over_what_is_read() {
    let folder = program::folder("review-over-data");
    let board = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/board/connect");
    for entry in std::fs::read_dir(board).expect("a folder") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, folder.join(path.file_name().expect("a name"))).expect("a copy");
    }
    let decisions = folder.with_file_name("review-over-data.csv");
    std::fs::write(&decisions, "").expect("a file");
    let pack = "edsembli-connect";
    for out in [folder.join("contacts.csv"), decisions.clone()] {
        let before = std::fs::read(&out).expect("a file");
        let (data, file, out_path) = (folder.display().to_string(), decisions.display().to_string(), out.display().to_string());
        let arguments = ["merge", &data, "--no-config", "--pack", pack, "--decisions", &file, "--out", &out_path];
        let (code, told) = rollbook(&arguments);
        assert_eq!(code, Some(2), "{told}");
        assert_eq!(std::fs::read(&out).expect("a file"), before, "{out_path} was written over");
    }
}

#[test]
fn every_bad_row_of_a_review_is_told_and_then_nothing_is_kept() {
    let folder = program::folder("review-bad-rows");
    let path = |name: &str| folder.join(name).display().to_string();
    let (sheet, decisions) = (path("review.csv"), path("decisions.toml"));
    let rows = "merge,kind,score,records,names,where,evidence,against,sees,decision,reason\n\
        edsembli-connect/guardian,likely,,80227 | 80713,,,,,,same,sisters\n\
        edsembli-connect/guardian,likely,,80209 | 80218,,,,,,sam,\n\
        edsembli-connect/guardian,likely,,80209,,,,,,different,\n\
        edsembli-connect/gardian,likely,,80209 | 80218,,,,,,different,\n\
        edsembli-connect/guardian,likely,,80209 | 80218,,,,,,,\n";
    let opposite = "edsembli-connect/guardian,likely,,80713 | 80227,,,,,,different,\n";
    let read = |rows: &str| {
        std::fs::write(&sheet, rows).expect("a sheet");
        let (code, told) = rollbook(&["merge", "examples/board", "--decisions", &decisions, "--read", &sheet]);
        assert_eq!(code, Some(2), "{told}");
        assert!(!std::path::Path::new(&decisions).exists());
        told.replace(&sheet, "review.csv")
    };
    insta::assert_snapshot!(read(rows));
    let told = read(&format!("{rows}{opposite}"));
    assert!(
        told.contains("error: lines 3, 4 and 5 are not understood and lines 2 and 7 contradict one another, so no decision was kept"),
        "{told}"
    );
    let told = read(&format!("{}\n{opposite}", rows.lines().take(2).collect::<Vec<_>>().join("\n")));
    assert!(told.contains("80227 and 80713 are different in line 3") || told.contains("are the same in line 2"), "{told}");
    assert!(told.contains("error: lines 2 and 3 contradict one another, so no decision was kept"), "{told}");
}

/// What a spreadsheet program would run stands in the sheet as text, and comes back as it was.
#[test]
fn no_cell_of_a_review_is_a_formula() {
    let folder = program::folder("review-formulas");
    let path = |name: &str| folder.join(name).display().to_string();
    let data = folder.join("data");
    std::fs::create_dir_all(&data).expect("a folder");
    let files = [
        ("schools", "School ID,School Name,Type\n101,Alder,School\n"),
        ("students", "Person ID,School ID,First Name,Last Name\n40100,101,Ada,Novak\n"),
        ("staff", "Person ID,School ID,First Name,Last Name,Email\n7001,101,Ed,Moss,ed@board.example\n"),
        ("guardianships", "Contact Person ID,Student Person ID,Relationship\n=1+1,40100,Mother\n'=2,40100,Mother\n"),
        (
            "contacts",
            "Person ID,School ID,First Name,Last Name,Email,Phone\n=1+1,101,=cmd(),Novak,,613 555 0101\n'=2,101,=cmd(),Novack,,613 555 0101\n",
        ),
    ];
    for (name, text) in files {
        std::fs::write(data.join(format!("{name}.csv")), text).expect("a file");
    }
    for (sheet, decided) in [("review.csv", "csv.toml"), ("review.xlsx", "xlsx.toml")] {
        let (sheet, decisions, data) = (path(sheet), path(decided), data.display().to_string());
        let merge = |more: &[&str]| {
            let fixed = ["merge", &data, "--no-config", "--pack", "edsembli-connect", "--decisions", &decisions];
            rollbook(&[&fixed, more].concat())
        };
        let (_, told) = rollbook(&["merge", &data, "--no-config", "--pack", "edsembli-connect", "--out", &sheet]);
        if sheet.ends_with("csv") {
            let text = std::fs::read_to_string(&sheet).unwrap_or_else(|_| panic!("{told}"));
            assert!(
                text.contains(",''=2 | =1+1,'=cmd() Novack | =cmd() Novak,")
                    || text.contains(",'=1+1 | '=2,'=cmd() Novak | =cmd() Novack,"),
                "{text}"
            );
            std::fs::write(&sheet, text.replace(",,\n", ",same,\n")).expect("a sheet");
        } else {
            let mut rows = rows_of(&sheet);
            let at = rows[0].iter().position(|name| name == "decision").expect("a column");
            let width = rows[0].len();
            for row in &mut rows[1..] {
                row.resize(width, String::new());
                row[at] = "same".to_owned();
            }
            save(&sheet, &rows, false);
        }
        let (code, told) = merge(&["--read", &sheet]);
        assert_eq!(code, Some(0), "{told}");
        let kept = std::fs::read_to_string(&decisions).expect("decisions");
        assert!(kept.contains("\"=1+1\"") && kept.contains("\"'=2\""), "{kept}");
    }
}

/// A board whose review sheet is `review.csv`, with nothing decided yet.
fn reviewed(name: &str) -> (std::path::PathBuf, impl Fn(&[&str]) -> (Option<i32>, String)) {
    let folder = program::copied("examples/board", name);
    std::fs::remove_file(folder.join("decisions.toml")).expect("a file");
    let within = folder.clone();
    let merge = move |more: &[&str]| {
        let printed = program::program([&["merge", ".", "--date", "2026-11-22"], more].concat()).within(&within).run();
        (Some(printed.code), printed.all())
    };
    (folder, merge)
}

const SHEET: &str = "merge,kind,score,records,names,where,evidence,against,sees,decision,reason\n";

#[test]
fn decisions_that_are_not_there_are_told() {
    let (folder, merge) = reviewed("decisions-missing");
    let note = "decisions.toml is not there: nothing is known to have been decided";
    let (code, told) = merge(&[]);
    assert_eq!((code, told.contains(note)), (Some(1), true), "{told}");
    for command in ["merge", "validate", "accounts"] {
        let printed = program::program([command, ".", "--decisions", "typo.toml"]).within(&folder).run();
        let first = printed.error.lines().next();
        assert_eq!((printed.code, first), (2, Some("error: the file of decisions `typo.toml` is not there")));
        let printed = program::program([command, "."]).within(&folder).run();
        assert!(printed.code != 2 && printed.error.contains(note), "{}", printed.error);
    }
    let rows = format!("{SHEET}edsembli-connect/guardian,likely,,80227 | 80713,,,,,,different,\n");
    std::fs::write(folder.join("review.csv"), rows).expect("a sheet");
    let (code, told) = merge(&["--read", "review.csv"]);
    assert_eq!((code, told.contains("1 decision in review.csv, 1 new in")), (Some(0), true), "{told}");
    assert!(!told.contains("note") && !merge(&[]).1.contains("is not there"), "{told}");
}

#[test]
fn a_review_sheet_that_was_filled_in_is_not_written_over() {
    let (folder, merge) = reviewed("review-filled-in");
    for (name, empty, filled) in
        [("review.csv", ",,\n", ",different,sisters\n"), ("review.jsonl", "\"decision\":null", "\"decision\":\"different\"")]
    {
        let path = folder.join(name);
        assert_eq!(merge(&["--out", name]).0, Some(1));
        assert_eq!(merge(&["--out", name]).0, Some(1), "what nobody touched is written again");
        let text = std::fs::read_to_string(&path).expect("a sheet");
        assert!(text.contains(empty), "{text}");
        let text = text.replacen(empty, filled, 1);
        std::fs::write(&path, &text).expect("a sheet");
        let (code, told) = merge(&["--out", name]);
        assert_eq!((code, told.contains("and is not written over") && told.contains("--read")), (Some(2), true), "{told}");
        assert_eq!(std::fs::read_to_string(&path).expect("a sheet"), text);
    }
    assert!(merge(&["--out", "review.csv"]).1.contains("`review.csv` has 1 decision not read yet, and is not written over"));
    assert_eq!(merge(&["--read", "review.csv"]).0, Some(0));
    let (code, told) = merge(&["--out", "review.csv"]);
    assert_ne!(code, Some(2), "{told}");
    std::fs::write(folder.join("review.csv"), "my notes\n").expect("a file");
    let (code, told) = merge(&["--out", "review.csv"]);
    assert_eq!((code, told.contains("is no review sheet")), (Some(2), true), "{told}");
    assert_eq!(merge(&["--out", "review.xlsx"]).0, merge(&["--out", "review.xlsx"]).0);
}

#[test]
fn a_review_that_contradicts_itself_is_not_kept() {
    let (folder, merge) = reviewed("review-contradicts");
    let read = |rows: &[(&str, &str)]| {
        let row = |(records, is): &(&str, &str)| format!("edsembli-connect/guardian,likely,,{records},,,,,,{is},\n");
        let rows: String = rows.iter().map(row).collect();
        std::fs::write(folder.join("review.csv"), format!("{SHEET}{rows}")).expect("a sheet");
        merge(&["--read", "review.csv"])
    };
    let (code, told) = read(&[("80227 | 80713", "different"), ("80713 | 80227", "same")]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("`review.csv`: 80713 and 80227 are different in line 2, and the same in line 3"), "{told}");
    let (code, told) = read(&[("80227 | 80227", "same")]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("`review.csv`, line 2, column 4 (`records`): 80227 stands there twice"), "{told}");
    assert!(!folder.join("decisions.toml").exists());
    let (code, told) = read(&[("80227 | 99999", "different")]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains(" 99999 is not in the data of today; check the ids, unless they have left"), "{told}");
}

/// What a spreadsheet program of a country with decimal commas saves: semicolons, or tabs, in Windows-1252 or UTF-16.
#[test]
fn a_review_comes_back_in_any_encoding() {
    let rows = format!("{SHEET}edsembli-connect/guardian,likely,,80227 | 80713,Zoë Roy,,,,,different,Zoë said so\n").replace('\n', "\r\n");
    let latin = |text: &str| text.chars().map(|letter| letter as u8).collect::<Vec<u8>>();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let saved = [
        latin(&rows.replace(',', ";")),
        latin(&rows),
        [&[0xff, 0xfe], wide(&rows.replace(',', "\t")).as_slice()].concat(),
        format!("\u{feff}{rows}").into_bytes(),
    ];
    for (nth, bytes) in saved.into_iter().enumerate() {
        let (folder, merge) = reviewed("review-encodings");
        std::fs::write(folder.join("review.csv"), bytes).expect("a sheet");
        let (code, told) = merge(&["--read", "review.csv"]);
        assert_eq!(code, Some(0), "{nth}: {told}");
        assert!(std::fs::read_to_string(folder.join("decisions.toml")).expect("decisions").contains("Zoë said so"));
    }
}
