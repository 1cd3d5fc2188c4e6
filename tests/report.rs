//! How findings, mistakes and summaries look: whole blocks, as snapshots to be read.
use insta::assert_snapshot;
use rollbook::finding::{
    Cause, Cell, Excerpt, FileSummary, Finding, Fingerprint, Hanging, Mistake, Place, Record, RuleSummary, RunSummary, Severity,
    SourceSummary,
};
use rollbook::report::{Style, finding, json_line, mistakes, page, rule_tail, severity_totals, summary};
use rollbook::source::{Sources, Span};

const TEXT: Style = Style { color: false, plain: false, unicode: true, width: 100 };
const NARROW: Style = Style { width: 60, ..TEXT };
const ASCII: Style = Style { unicode: false, width: 80, ..TEXT };
const PLAIN: Style = Style { plain: true, ..TEXT };

fn cell(field: &str, column: &str, letter: &str, value: &str) -> Cell {
    Cell { field: field.into(), column: column.into(), letter: letter.into(), value: value.into(), label: None, personal: false }
}

fn label(mut cell: Cell, label: &str) -> Cell {
    cell.label = Some(label.into());
    cell
}

fn record(var: &str, noun: &'static str, source: &str, file: &str, line: u64, id: &str, cells: Vec<Cell>) -> Record {
    Record { var: var.into(), noun, source: source.into(), file: file.into(), line, record: line - 1, id: id.into(), cells }
}

fn found(rule: &str, message: &str, help: Option<&str>, records: Vec<Record>) -> Finding {
    Finding {
        rule: rule.into(),
        severity: Severity::Error,
        message: message.into(),
        help: help.map(Into::into),
        fingerprint: Fingerprint::of(rule, records.iter().map(|record| record.id.as_str())),
        follows: None,
        count: records.len() as u64,
        records,
        place: None,
        hanging: Vec::new(),
    }
}

fn student() -> Record {
    let cells = vec![
        cell("id", "Student_id", "A", "5n3f5334"),
        label(cell("username", "Username", "AA", "20500284"), "shared with this username"),
        cell("grade", "Grade", "AB", "4"),
    ];
    record("s", "student", "roster", "students.csv", 1041, "5n3f5334", cells)
}

fn account() -> Record {
    let cells = vec![
        label(cell("ref_id", "RefID", "A", "EX004512"), "made by hand, so the sync leaves it alone"),
        cell("username", "Username", "D", "20500284"),
        cell("lexia_id", "Lexia ID", "E", "88120"),
    ];
    record("a", "account", "accounts", "mylexia-students.csv", 77, "EX004512", cells)
}

fn held() -> Finding {
    let mut held = found(
        "mylexia/exception-holds-username",
        "student 5n3f5334 will not be imported: username 20500284 is held by exception account EX004512",
        Some("In myLexia, open Manage > Students, edit this account, and replace EX004512 by 5n3f5334. Its history is kept."),
        vec![student(), account()],
    );
    held.count = 1;
    held.hanging =
        vec![Hanging { rule: "mylexia/class-enrollment".into(), title: "a class loses a student who is not imported".into(), count: 1 }];
    held
}

fn grouped() -> Finding {
    let row = |line, id: &str, name: &str, login: &str| {
        let cells = vec![
            cell("id", "Student_id", "A", id),
            cell("last_name", "Last_name", "C", name),
            label(cell("username", "Username", "AA", login), "one username for several students of the board"),
        ];
        record("x", "student", "roster", "students.csv", line, id, cells)
    };
    let records = vec![
        row(41, "77aa", "Achen", "jsmith07"),
        row(1041, "5n3f5334", "Smith", "JSmith07"),
        row(12_077, "90b", "Smith-Featherstonehaugh", " jsmith07 "),
    ];
    let mut grouped = found("mylexia/student-login", "username jsmith07 is used by 400 students", None, records);
    grouped.severity = Severity::Blocker;
    grouped.count = 400;
    grouped.hanging = vec![
        Hanging { rule: "mylexia/class-without-teacher".into(), title: "a class arrives without a teacher".into(), count: 6 },
        Hanging {
            rule: "mylexia/enrollment-of-blocked".into(),
            title: "an enrollment names a student who is not imported, and is dropped by the platform without a word".into(),
            count: 1_150,
        },
    ];
    grouped
}

#[test]
fn one_record() {
    let mut one = held();
    one.records.truncate(1);
    one.hanging.clear();
    one.severity = Severity::Warning;
    assert_snapshot!(finding(&one, &TEXT));
}

#[test]
fn two_files() {
    assert_snapshot!(finding(&held(), &Style { width: 80, ..TEXT }));
}

#[test]
fn two_labels_on_one_record() {
    let mut record = student();
    record.cells[0].label = Some("changed since the last snapshot".into());
    record.cells[2].value = String::new();
    record.cells[2].label = Some("a grade is required, since the platform places students by it".into());
    let two = found("clever/renamed", "student 5n3f5334 has a new id", None, vec![record]);
    assert_snapshot!(finding(&two, &TEXT));
    assert_snapshot!("two_labels_narrow", finding(&two, &NARROW));
}

#[test]
fn wide_row_is_cut() {
    let mut record = student();
    for (at, column) in ["School_id", "Last_name", "First_name", "Middle_name"].iter().enumerate() {
        record.cells.push(cell(column, column, "AC", &format!("a rather long value of no use {at}")));
    }
    record.cells.push(label(cell("email", "Student_email", "AH", &format!("{}@example.org", "a.very.long.name".repeat(6))), "too long"));
    let wide = found("clever/email", "the email address of student 5n3f5334 is longer than 64 characters", None, vec![record]);
    assert_snapshot!(finding(&wide, &NARROW));
    assert_snapshot!("wide_row_at_100", finding(&wide, &TEXT));
}

#[test]
fn names_of_the_world_line_up() {
    let row = |line, id: &str, name: &str, town: &str| {
        let name = label(cell("name", "Name", "B", name), "another spelling");
        record("s", "student", "roster", "schüler.csv", line, id, vec![cell("id", "Id", "A", id), name, cell("town", "Town", "C", town)])
    };
    let records = vec![
        row(2, "1", "山田 太郎", "東京"),
        row(3, "2", "Nguye\u{302}\u{303}n", "Huế"),
        row(4, "3", "Zoë \u{202e}nhoJ\u{7}", "a\u{200b}b\u{a0}c"),
    ];
    assert_snapshot!(finding(&found("roster/name", "three names", None, records), &TEXT));
}

#[test]
fn labels_that_differ_stand_under_their_rows() {
    let mut records = grouped().records;
    records.truncate(2);
    records[0].cells[2].label = Some("the older account".into());
    records[1].cells[2].label = Some("differs only in letter case".into());
    let differ = found("mylexia/student-login", "username jsmith07 is used by 2 students", None, records);
    assert_snapshot!(finding(&differ, &TEXT));
}

#[test]
fn grouped_with_much_hanging() {
    assert_snapshot!(finding(&grouped(), &TEXT));
    assert_snapshot!("grouped_narrow", finding(&grouped(), &NARROW));
}

#[test]
fn ascii() {
    assert_snapshot!(finding(&held(), &ASCII));
}

#[test]
fn plain() {
    assert_snapshot!([held(), grouped(), damage()].iter().map(|one| finding(one, &PLAIN)).collect::<String>());
}

fn damage() -> Finding {
    let mut damage =
        found("read/unclosed-quote", "a quoted value is never closed", Some("Close the quote, or export the file again."), Vec::new());
    damage.place = Some(Place {
        source: "roster".into(),
        file: "students.csv".into(),
        line: Some(10_412),
        column: Some(17),
        record: Some(10_399),
        excerpt: Some(Excerpt { text: "…5n3f5334,Smith,\"Jo\\n5n3f5335,Müller,Max".into(), mark: (16, 1), label: "this quote".into() }),
    });
    damage
}

#[test]
fn damaged_places() {
    let mut whole = damage();
    let place = whole.place.as_mut().expect("damage has a place");
    (place.line, place.column, place.record, place.excerpt) = (None, None, None, None);
    whole.message = "the file is empty, so nothing in it was checked".into();
    whole.severity = Severity::Info;
    let mut end = damage();
    let excerpt = end.place.as_mut().and_then(|place| place.excerpt.as_mut()).expect("damage has an excerpt");
    (excerpt.mark, excerpt.label) = ((1_000, 4), "cut off here".into());
    let all: Vec<String> = [damage(), whole, end].iter().map(|one| finding(one, &TEXT)).collect();
    assert_snapshot!(all.join("\n"));
    assert_snapshot!("damage_narrow", finding(&damage(), &Style { width: 40, ..TEXT }));
}

#[test]
fn records_without_columns() {
    let mut bare = student();
    bare.cells.clear();
    let mut supplied = account();
    supplied.cells = vec![label(cell("role", "", "", "student"), "every account of this file")];
    let mut blank = student();
    blank.source = "previous".into();
    blank.cells[1].value = "  ".into();
    let bare = found("roster/bare", "nothing to show", None, vec![bare, supplied, blank]);
    assert_snapshot!(finding(&bare, &TEXT));
}

#[test]
fn json() {
    let mut follower = held();
    follower.follows = Some(Fingerprint(0xabc));
    follower.help = None;
    assert_snapshot!([follower, damage(), grouped()].iter().map(|one| json_line(one) + "\n").collect::<String>());
}

#[test]
fn tails() {
    let tails = [(5, 5, 0), (5, 317, 0), (5, 1_317, 150), (0, 6, 6), (0, 1, 1), (0, 9, 0), (0, 9, 1)];
    let text = |style| tails.map(|(shown, total, hanging)| rule_tail("mylexia/x", shown, total, hanging, &style)).concat();
    assert_snapshot!(text(TEXT) + &text(PLAIN));
}

#[test]
fn colour_is_only_added() {
    let color = Style { color: true, ..TEXT };
    let strip = |text: &str| {
        let mut stripped = String::new();
        let mut escaped = false;
        for c in text.chars() {
            escaped = escaped || c == '\x1b';
            if !escaped {
                stripped.push(c);
            }
            escaped = escaped && c != 'm';
        }
        stripped
    };
    for one in [held(), grouped(), damage()] {
        assert_eq!(strip(&finding(&one, &color)), finding(&one, &TEXT));
    }
    assert_eq!(strip(&summary(&run(), &color)), summary(&run(), &TEXT));
    assert_snapshot!(finding(&held(), &color).replace('\x1b', "␛"));
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    for width in [40, 60, 80, 100] {
        let style = Style { width, ..TEXT };
        let text = [held(), grouped(), damage()].map(|one| finding(&one, &style)).concat();
        for line in text.lines().filter(|line| !line.contains(['[', '/'])) {
            assert!(line.chars().count() <= width, "{} > {width}: {line}", line.chars().count());
        }
    }
}

const PACK: &str = "[pack]
name = \"demo\"

[[rule]]
name = \"taken\"
each = '''
student s
  where s.usrname = \"x\"
    and s.grade = 4
'''
message = 'student {s.id}'
";

fn pack() -> (Sources, impl Fn(&str) -> Span) {
    let mut sources = Sources::default();
    let text = sources.add("rules/demo.toml", PACK);
    (sources, move |words: &str| {
        let at = PACK.find(words).expect("the words stand in the pack");
        Span::new(text, at..at + words.len())
    })
}

#[test]
fn mistakes_of_a_pack() {
    let (sources, at) = pack();
    let end = Span { start: PACK.len() as u32, end: PACK.len() as u32, ..at("name") };
    let beyond = Span { start: 1_000_000, end: 2_000_000, ..end };
    let list = [
        Mistake::error("unknown-field", at("usrname"), "a student has no field `usrname`", "not a field of student")
            .meant(Some("username")),
        Mistake::error("type-mismatch", at("s.grade"), "a grade can't be compared with a number", "this is a grade")
            .and(at("4"), "this is a number"),
        Mistake::error("far-apart", at("'student {s.id}'"), "two places far apart", "here").and(at("\"demo\""), "and there"),
        Mistake::warning("untested-rule", end, "rule `taken` has no test", "add a `[[test]]` below"),
        Mistake::error("beyond", beyond, "a place that is not there", "clamped"),
        Mistake::error(
            "whole",
            at("each = '''\nstudent s\n  where s.usrname = \"x\"\n    and s.grade = 4\n'''"),
            "over lines",
            "this clause",
        ),
        Mistake::error(
            "empty",
            Span { end: at("\"x\"").start, ..at("\"x\"") },
            "something is missing before `\"x\"`",
            "a value is expected here",
        ),
        Mistake { labels: vec![], ..Mistake::error("no-place", end, "no pack was found", "") }.help("name one with --pack"),
    ];
    assert_snapshot!(mistakes(&list, &sources, &Style { width: 80, ..TEXT }));
    assert_snapshot!("mistakes_plain", mistakes(&list, &sources, &PLAIN));
    assert_snapshot!("mistakes_ascii", mistakes(&list[..2], &sources, &ASCII));
}

#[test]
fn mistakes_in_two_texts_and_odd_lines() {
    let (mut sources, at) = pack();
    let other = "\tname = \"täken\" # ünder a tab\r\n";
    let tabbed = sources.add("rules/other.toml", other);
    let name = other.find("\"täken\"").expect("it stands there");
    let tabbed = Span::new(tabbed, name..name + "\"täken\"".len());
    let start = format!("message = '{}", "word ".repeat(80));
    let long = format!("{start}{{s.nmae}} {}{{s.grad}}'\n", "more ".repeat(80));
    let line = sources.add("rules/long.toml", long.as_str());
    let field = |name: &str| long.find(name).map(|at| Span::new(line, at..at + name.len())).expect("it stands there");
    let empty = sources.add("rules/empty.toml", "");
    let list = [
        Mistake::error("duplicate-rule", at("\"taken\""), "two rules are named `demo/taken`", "the second").and(tabbed, "the first"),
        Mistake::error("duplicate-rule", tabbed, "two rules are named `demo/taken`", "columns count characters"),
        Mistake::error("unknown-field", field("s.nmae"), "a student has no field `nmae`", "no such field").and(field("s.grad"), "nor this"),
        Mistake::error("no-pack", Span::new(empty, 0..0), "there is no `[pack]` table", "it belongs here"),
    ];
    assert_snapshot!(mistakes(&list, &sources, &Style { width: 80, ..TEXT }));
}

fn rule(rule: &str, severity: Severity, checked: u64, found: u64) -> RuleSummary {
    RuleSummary {
        inapplicable: false,
        rule: rule.into(),
        title: "a title".into(),
        severity,
        checked,
        found,
        consequences: 0,
        unverifiable: 0,
        skipped: None,
        without: Vec::new(),
    }
}

fn run() -> RunSummary {
    let file = |file: &str, bytes, records| FileSummary { file: file.into(), bytes, records };
    let source = |name: &str, path: &str, layout: &str, why: &str, files| SourceSummary {
        name: name.into(),
        path: path.into(),
        layout: layout.into(),
        why: why.into(),
        files,
    };
    let mut rules = vec![
        rule("roster/unknown-school", Severity::Blocker, 1_012_041, 3),
        rule("mylexia/exception-holds-username", Severity::Error, 12_041, 317),
        RuleSummary { consequences: 150, ..rule("mylexia/enrollment-of-a-student-who-is-not-imported", Severity::Error, 70_212, 156) },
        RuleSummary { unverifiable: 1_204, ..rule("roster/birth-date", Severity::Warning, 12_041, 0) },
        RuleSummary { without: vec!["column `RefID` of accounts".into()], ..rule("mylexia/same-name", Severity::Info, 12_041, 9) },
        RuleSummary {
            skipped: Some("since no previous snapshot was supplied (--previous)".into()),
            ..rule("clever/renamed", Severity::Error, 0, 0)
        },
        RuleSummary { skipped: Some("since accounts have no column for `kind`".into()), ..rule("mylexia/kind", Severity::Error, 0, 0) },
        rule("roster/term-dates", Severity::Error, 0, 0),
    ];
    rules.extend((0..31).map(|nth| rule(&format!("roster/fine-{nth}"), Severity::Error, 12_041, 0)));
    rules.extend((0..7).map(|nth| RuleSummary {
        skipped: Some("since no previous snapshot was supplied (--previous)".into()),
        ..rule(&format!("sync/changes-{nth}"), Severity::Error, 0, 0)
    }));
    let causes = [
        (
            "mylexia/staff-exception-holds-username",
            "staff 4410 will not be imported: username mkhan is held by exception account EX000017",
            157,
        ),
        ("roster/unknown-school", "school 0099 is named by 12 students and is in no file", 13),
    ];
    RunSummary {
        sources: vec![
            source(
                "roster",
                "clever",
                "Clever SIS CSV",
                "recognised by students.csv, sections.csv and enrollments.csv",
                vec![file("students.csv", 1_240_000, 12_041), file("schools.csv", 812, 1), file("enrollments.csv", 98_000_000, 70_212)],
            ),
            source(
                "accounts",
                "mylexia-students.csv",
                "myLexia student export",
                "as configured",
                vec![file("mylexia-students.csv", 999_999, 11_020)],
            ),
        ],
        rules,
        causes: causes.map(|(rule, message, clears)| Cause { rule: rule.into(), message: message.into(), clears }).to_vec(),
        incomplete: vec!["students.csv could not be read beyond line 10,412, so that 1,629 students at least were not checked".into()],
    }
}

#[test]
fn summary_of_a_run() {
    assert_snapshot!(summary(&run(), &Style { width: 80, ..TEXT }));
    assert_snapshot!("summary_ascii_narrow", summary(&run(), &Style { width: 60, ..ASCII }));
    assert_snapshot!("summary_plain", summary(&run(), &Style { width: 80, ..PLAIN }));
    let totals = [(Severity::Blocker, 3), (Severity::Error, 473), (Severity::Warning, 0), (Severity::Info, 9)];
    assert_eq!(severity_totals(&run()), totals);
}

#[test]
fn summary_of_silence() {
    let quiet = RunSummary { rules: vec![rule("roster/fine", Severity::Error, 10, 0)], ..RunSummary::default() };
    let skipped = RunSummary {
        rules: vec![RuleSummary { skipped: Some("since a column is missing".into()), ..rule("roster/fine", Severity::Error, 0, 0) }],
        ..RunSummary::default()
    };
    let blind = RunSummary { rules: vec![rule("roster/fine", Severity::Error, 0, 0)], ..RunSummary::default() };
    assert_snapshot!([quiet, skipped, blind].map(|run| summary(&run, &TEXT)).join("----\n"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    #[test]
    fn any_span_of_any_text_is_drawn(text in "[ab \\n\\r\\t\"é山\u{301}\u{202e}]{0,300}", spans in proptest::collection::vec((0u32..400, 0u32..400), 1..4), width in 0usize..120) {
        let mut sources = Sources::default();
        let id = sources.add("any.toml", text.as_str());
        let span = |(start, end): (u32, u32)| Span { text: id, start, end };
        let mut mistake = Mistake::error("any", span(spans[0]), "anything", "here");
        for &place in &spans[1..] {
            mistake = mistake.and(span(place), "and here");
        }
        let style = Style { width, ..TEXT };
        let drawn = mistakes(std::slice::from_ref(&mistake), &sources, &style);
        let said = mistakes(std::slice::from_ref(&mistake), &sources, &Style { plain: true, ..style });
        proptest::prop_assert!(drawn.contains("here") && !drawn.contains("Failed to read") && said.contains("here"), "{}", drawn);
    }

    #[test]
    fn any_cell_is_drawn(values in proptest::collection::vec("\\PC{0,60}|[\\n\u{7}\u{1b}\u{202e} ]{0,9}", 1..6), labels in 0u8..64, width in 0usize..140, unicode: bool) {
        let cells = |shift: usize| values.iter().enumerate().map(|(at, value)| {
            let cell = cell(&format!("f{at}"), value, "AB", &values[(at + shift) % values.len()]);
            if labels & (1 << at) == 0 { cell } else { label(cell, value) }
        }).collect();
        let records = (0..3).map(|at| record("x", "student", "roster", "students.csv", at + 2, "1", cells(at as usize))).collect();
        let mut any = found("roster/any", &values[0], Some(&values[0]), records);
        any.place = damage().place;
        if let Some(excerpt) = any.place.as_mut().and_then(|place| place.excerpt.as_mut()) {
            excerpt.text.clone_from(&values[0]);
            excerpt.mark = (labels as usize, width);
        }
        let style = Style { width, unicode, ..TEXT };
        let text = finding(&any, &style) + &finding(&any, &Style { plain: true, ..style });
        let raw = text.contains(['\u{1b}', '\u{7}', '\u{202e}']);
        proptest::prop_assert!(!raw);
        proptest::prop_assert!(!json_line(&any).contains('\n'));
    }
}

#[test]
fn a_page_of_the_reference_is_text_on_a_terminal() {
    let markdown = "## demo/rule\n\nA title (error)\n\n**Why it matters.** First words [of a page](https://a.example/b), then `code[0](x)` and **bold** ones.\n\n\
                    **An example that it finds**: two brothers\n\n```csv\n# student\n\nid,name\n```\n\n- an item that is so long that it needs \
                    more than the one line that there is for it\n\n> What the vendor says\n>\n> in two parts\n\n[up](#top)\n";
    assert_snapshot!(page(markdown, &NARROW));
    let plain = page(markdown, &PLAIN);
    assert!(plain.contains("\n  What the vendor says\n") && !plain.contains('│'), "{plain}");
}
