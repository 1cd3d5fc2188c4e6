//! `rollbook forecast`: every outcome, case by case; and the whole as a person runs it.
use crate::program::{self, rollbook};
use rollbook::engine::{Forecast, Plan, SyncEntry, SyncRun, agreement, forecast};
use rollbook::finding::Mistakes;
use rollbook::model::{Epoch, FieldRef, NounId, noun};
use rollbook::pack::{self, Outcome, Overrides, Pack, Rule};
use rollbook::report::{Style, mistakes};
use rollbook::roster::{Dataset, InlineTable};
use rollbook::source::Sources;
use std::fs;
use std::path::{Path, PathBuf};

/// Checks the packs of these texts, which stand after those that they require.
pub(crate) fn compiled(texts: &[&str]) -> Vec<Pack> {
    let (mut sources, mut found) = (Sources::default(), Mistakes::default());
    let files = texts
        .iter()
        .map(|text| {
            let id = sources.add("demo.toml", *text);
            pack::read(&sources, id, &mut found)
        })
        .collect();
    let files = pack::order(files, &mut found);
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

pub(crate) fn forecasted<T>(packs: &[Pack], dataset: &Dataset, look: impl FnOnce(&Forecast<'_, '_>) -> T) -> T {
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let selected = |rule: &Rule| packs.iter().flat_map(|pack| &pack.syncs).any(|sync| sync.blocked.contains(&rule.id));
    let plan = Plan::new(packs, &selected, &supplies, 0).with_forecast();
    look(&forecast(&plan, dataset, None))
}

/// All that a sync tells, a line each: `t 7: create`.
pub(crate) fn told(run: &SyncRun<'_, '_, '_>) -> Vec<String> {
    if let Some(why) = run.skipped() {
        return vec![format!("skipped, {why}")];
    }
    if let Some(when) = run.idle() {
        return vec![format!("does not run: {when}")];
    }
    let mut lines = Vec::new();
    for outcome in Outcome::ALL {
        for entry in run.entries(outcome, &[], usize::MAX) {
            let told = run.tell(entry);
            let fields: Vec<&str> = told.changes.iter().map(|change| change.field).collect();
            let mut line = format!("{}: {}", told.id, outcome.words());
            for (before, words) in [(" ", fields.join(" ")), (", ", told.reason), (", ", told.notes.join(", "))] {
                if !words.is_empty() {
                    line.push_str(before);
                    line.push_str(&words);
                }
            }
            lines.push(line);
        }
    }
    lines.sort();
    lines
}

const HEAD: &str = r#"
[pack]
name = "demo"
title = "a demo"
version = "1.0.0"

[settings]
runs = true

[define.account]
archived = 'a.status = "archived"'

[[exception]]
name = "exception"
of   = 'account a where a.ref_id starts with "EX"'

[[rule]]
name    = "held-by-exception"
each    = 'staff t'
with    = 'account a where a is exception and a.username = t.username'
message = 'username {t.username} is held by {a.ref_id}'

[[rule]]
name    = "section-without-name"
each    = 'section c where c.name is missing'
message = 'section {c.id} has no name'

[[sync]]
name     = "staff"
of       = 'staff t'
account  = 'account a where a.ref_id = t.id'
"#;

/// Each case: what it is about, what the sync says besides, a row of staff (id, username, email, first_name), rows of accounts
/// (ref_id, id, username, email, first_name, status), what is told.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    ("nobody has it yet", "", "1,ada,ada@x,Ada", &[], &["1: create"]),
    ("it is there", "", "1,ada,ada@x,Ada", &["1,,ada,ada@x,Ada,active"], &["1: no change"]),
    ("none are made", "create = false", "1,ada,ada@x,Ada", &[], &["1: not created, the platform makes no such account by itself"]),
    (
        "without what is asked for",
        "create = 't.email is present'",
        "1,ada,,Ada",
        &[],
        &["1: not created, the platform asks that email is present"],
    ),
    ("with it", "create = 't.email is present'", "1,ada,ada@x,Ada", &[], &["1: create"]),
    (
        "a field differs",
        "update = { email = 't.email', first_name = 't.first_name' }",
        "1,ada,ada@x,Ada",
        &["1,,ada,old@x,ADA,active"],
        &["1: update email"],
    ),
    ("a field that is empty there", "update = { email = 't.email' }", "1,ada,ada@x,Ada", &["1,,ada,,Ada,active"], &["1: update email"]),
    ("a field that is empty here", "update = { email = 't.email' }", "1,ada,,Ada", &["1,,ada,ada@x,Ada,active"], &["1: no change"]),
    ("and clears", "update = { email = 't.email' }\nclears = true", "1,ada,,Ada", &["1,,ada,ada@x,Ada,active"], &["1: update email"]),
    (
        "a value that is worked out",
        "update = { username = 't.email | before \"@\"' }",
        "1,x,ada@x,Ada",
        &["1,,ADA,,,active"],
        &["1: no change"],
    ),
    ("suspended", "suspend = 't.email is missing'", "1,ada,,Ada", &["1,,ada,ada@x,Ada,active"], &["1: suspend, email is missing"]),
    (
        "suspended by what the account says",
        "suspend = 't.email != a.email'",
        "1,ada,ada@x,Ada",
        &["1,,ada,bob@x,Ada,active"],
        &["1: suspend, email is not the account's email"],
    ),
    (
        "suspended before",
        "suspend = 't.email is missing'\ninactive = 'a is archived'",
        "1,ada,,Ada",
        &["1,,ada,ada@x,Ada,archived"],
        &["1: stays inactive, email is missing"],
    ),
    (
        "back again",
        "inactive = 'a is archived'",
        "1,ada,ada@x,Ada",
        &["1,,ada,ada@x,Ada,archived"],
        &["1: restore, its record is sent again"],
    ),
    (
        "not brought back",
        "inactive = 'a is archived'\nrestore = false",
        "1,ada,ada@x,Ada",
        &["1,,ada,ada@x,Ada,archived"],
        &["1: left alone, it stays inactive: the platform does not bring accounts back"],
    ),
    (
        "an inactive one is not adopted where none is brought back",
        "attach = ['account a where a.ref_id is missing and a.username = t.username']\ninactive = 'a is archived'\nrestore = false",
        "1,ada,ada@x,Ada",
        &[",9,Ada,ada@x,Ada,archived"],
        &["1: left alone, it stays inactive: the platform does not bring accounts back"],
    ),
    (
        "an inactive one is adopted where they are",
        "attach = ['account a where a.ref_id is missing and a.username = t.username']\ninactive = 'a is archived'",
        "1,ada,ada@x,Ada",
        &[",9,Ada,ada@x,Ada,archived"],
        &["1: attach, adopts the account, which had no record"],
    ),
    (
        "adopted",
        "attach = ['account a where a.ref_id is missing and a.username = t.username']",
        "1,ada,ada@x,Ada",
        &[",9,Ada,ada@x,Ada,active"],
        &["1: attach, adopts the account, which had no record"],
    ),
    (
        "adopted by the second way",
        "attach = ['account a where a.ref_id is missing and a.username = t.username', 'account a where a.ref_id is missing and a.email = t.email']",
        "1,ada,ada@x,Ada",
        &[",9,other,ada@x,Ada,active"],
        &["1: attach, adopts the account, which had no record"],
    ),
    (
        "gone",
        "keeps = 'account a where a is not exception'",
        "1,ada,ada@x,Ada",
        &["1,,ada,,,active", "2,,bob,,,active", "EX3,,eve,,,active"],
        &["1: no change", "2: archive, no record of it is sent"],
    ),
    (
        "gone and deleted",
        "keeps = 'account a'\ngone = \"delete\"",
        "1,ada,ada@x,Ada",
        &["1,,ada,,,active", "2,,bob,,,active"],
        &["1: no change", "2: delete, no record of it is sent"],
    ),
    (
        "gone and kept",
        "keeps = 'account a'\ngone = \"keep\"",
        "1,ada,ada@x,Ada",
        &["2,,bob,,,active"],
        &["1: create", "2: left alone, no record of it is sent, and the platform keeps such accounts"],
    ),
    (
        "gone already",
        "keeps = 'account a'\ninactive = 'a is archived'",
        "1,ada,ada@x,Ada",
        &["2,,bob,,,archived"],
        &["1: create", "2: stays inactive, no record of it is sent"],
    ),
    (
        "an exception without a record",
        "keeps = 'account a'\nleaves = 'a is exception'",
        "1,ada,ada@x,Ada",
        &["EX2,,bob,,,active"],
        &["1: create", "EX2: left alone, it is an exception, which the sync does not touch"],
    ),
    (
        "an exception with a record",
        "leaves = 'a.status = \"manual\"'\nupdate = { email = 't.email' }",
        "1,ada,ada@x,Ada",
        &["1,,ada,old@x,Ada,manual"],
        &["1: left alone, the sync does not touch it: status is \"manual\""],
    ),
    (
        "an exception is not adopted",
        "leaves = 'a is exception'\nattach = ['account a where a.username = t.username']",
        "1,ada,ada@x,Ada",
        &["EX2,,ada,,,active"],
        &["1: create"],
    ),
    (
        "a finding is in the way",
        "blocked = [\"held-by-exception\"]",
        "1,ada,ada@x,Ada",
        &["EX2,,ada,,,active"],
        &["1: blocked, username ada is held by EX2"],
    ),
    (
        "a finding does not matter to an account that is there",
        "blocked = [\"held-by-exception\"]",
        "1,ada,ada@x,Ada",
        &["1,,ada2,,,active", "EX2,,ada,,,active"],
        &["1: no change"],
    ),
    (
        "nor keeps it from being made where none would be",
        "blocked = [\"held-by-exception\"]\ncreate = false",
        "1,ada,ada@x,Ada",
        &["EX2,,ada,,,active"],
        &["1: not created, the platform makes no such account by itself"],
    ),
    (
        "a second account",
        "keeps = 'account a'",
        "1,ada,ada@x,Ada",
        &["1,B,b,,,active", "1,A,a,,,active"],
        &["1: no change, a second account, 1, is not touched"],
    ),
    ("it does not run", "when = 'setting runs = false'", "1,ada,ada@x,Ada", &[], &["does not run: it would if setting runs is false"]),
    ("a column is not there", "leaves = 'a.role = \"x\"'", "1,ada,ada@x,Ada", &[], &["skipped, since no source supplies account.role"]),
];

#[test]
fn every_outcome_of_one_record() {
    for (what, says, staff, accounts, wanted) in CASES {
        let packs = compiled(&[&format!("{HEAD}{says}\n")]);
        let staff = format!("id,username,email,first_name\n{staff}\n");
        let accounts = format!("ref_id,id,username,email,first_name,status\n{}\n", accounts.join("\n"));
        let dataset = data(&[("staff", Epoch::Today, &staff), ("account", Epoch::Today, &accounts)]);
        let found = forecasted(&packs, &dataset, |forecast| told(&forecast.syncs().next().expect("a sync")));
        assert_eq!(found, *wanted, "{what}");
    }
}

#[test]
fn two_records_that_find_one_account() {
    let packs = compiled(&[&HEAD.replace("a.ref_id = t.id", "a.email = t.email")]);
    let accounts = "ref_id,username,email\nA,ada,ada@x\n";
    for staff in ["id,username,email\n1,ada,ada@x\n2,bob,ada@x\n", "id,username,email\n2,bob,ada@x\n1,ada,ada@x\n"] {
        let dataset = data(&[("staff", Epoch::Today, staff), ("account", Epoch::Today, accounts)]);
        let found = forecasted(&packs, &dataset, |forecast| told(&forecast.syncs().next().expect("a sync")));
        assert_eq!(found, ["1: no change", "2: blocked, account A is that of staff 1"]);
    }
}

/// Records without an id are as many as they are, and accounts that nothing tells apart are not compared.
#[test]
fn whether_it_came_true_of_those_without_an_id() {
    let packs = compiled(&[&format!("{}keeps = 'account a'\n", HEAD.replace("a.ref_id = t.id", "a.email = t.email"))]);
    let staff = "id,username,email\n,ada,ada@x\n,bob,bob@x\n,cy,cy@x\n";
    let world =
        |accounts: &str| data(&[("staff", Epoch::Today, staff), ("account", Epoch::Today, &format!("ref_id,username,email\n{accounts}"))]);
    let before = world("A,ada,ada@x\n,,ivo@x\n,,eve@x\n");
    let after = world("A,ada,ada@x\nC,cy,cy@x\n,,ivo@x\n,,new@x\n");
    let agreement = forecasted(&packs, &before, |now| forecasted(&packs, &after, |then| agreement(now, then).remove(0)));
    let found: Vec<(SyncEntry, &str)> = agreement.differing.iter().map(|differing| (differing.entry, differing.found.as_str())).collect();
    assert_eq!(found, [(SyncEntry::Record(1), "there is still no account")]);
    assert_eq!((agreement.compared, agreement.without_id, agreement.unforeseen), (3, 2, Vec::new()));
}

/// What a record comes upon besides the account that it adopts is told, and is for another record that finds it by a later way.
#[test]
fn several_accounts_to_adopt() {
    let ways = "['account a where a.ref_id is missing and a.first_name = t.first_name', 'account a where a.ref_id is missing and a.email = t.email']";
    let packs = compiled(&[&format!("{HEAD}attach = {ways}\nkeeps = 'account a'\n")]);
    let accounts = ["1,u1,Ada,", "2,u2,Ada,bob@x", "3,u3,Ada,"];
    for accounts in [accounts, [accounts[2], accounts[1], accounts[0]]] {
        let accounts = format!("id,username,first_name,email,ref_id\n{},\n", accounts.join(",\n"));
        let staff = "id,username,first_name,email\n1,ada,Ada,ada@x\n2,bob,Bob,bob@x\n";
        let dataset = data(&[("staff", Epoch::Today, staff), ("account", Epoch::Today, &accounts)]);
        let found = forecasted(&packs, &dataset, |forecast| told(&forecast.syncs().next().expect("a sync")));
        assert_eq!(
            found,
            [
                "1: attach, adopts the account, which had no record, a second account, 3, is not touched",
                "2: attach, adopts the account, which had no record"
            ]
        );
    }
}

/// Staff, classes that need one of them, and who is in the classes.
const CHAIN: &str = r#"
blocked = ["held-by-exception"]
keeps   = 'account a where a is not exception'
create  = 't.email is present'
suspend = 't.email is missing'

[[sync]]
name    = "classes"
of      = 'section c'
account = 'previous section p where p.id = c.id'
keeps   = 'previous section p'
gone    = "delete"
blocked = ["section-without-name"]
needs   = { sync = "staff", through = 'teaching x, staff t where x.section_id = c.id and t.id = x.staff_id', why = "no teacher with an account" }

[[sync]]
name    = "members"
of      = 'enrollment e'
account = 'previous enrollment p where p.section_id = e.section_id and p.student_id = e.student_id'
keeps   = 'previous enrollment p'
gone    = "delete"
needs   = { sync = "classes", through = 'section c where c.id = e.section_id', why = "its class is not there" }
"#;

fn school(look: impl FnOnce(&Forecast<'_, '_>)) {
    let packs = compiled(&[&format!("{HEAD}{CHAIN}")]);
    let dataset = data(&[
        ("staff", Epoch::Today, "id,username,email\n1,ada,ada@x\n2,bob,bob@x\n3,cy,\n4,di,\n"),
        ("account", Epoch::Today, "ref_id,username,email\nEX1,ada,\n2,bob,bob@x\n3,cy,cy@x\n"),
        ("section", Epoch::Today, "id,name\nA,Art\nB,Band\nC,Craft\nD,Drama\nE,\nF,French\n"),
        ("teaching", Epoch::Today, "section_id,staff_id\nA,1\nB,1\nB,2\nC,3\nD,4\nE,2\n"),
        ("enrollment", Epoch::Today, "section_id,student_id\nA,s1\nA,s2\nB,s1\nC,s1\nC,s2\nD,s1\nE,s1\nF,s1\nG,s1\n"),
        ("section", Epoch::Previous, "id,name\nB,Band\nC,Craft\nZ,Zoo\n"),
        ("enrollment", Epoch::Previous, "section_id,student_id\nB,s1\nC,s1\nC,s2\nZ,s1\n"),
    ]);
    forecasted(&packs, &dataset, look);
}

#[test]
fn what_hangs_on_what() {
    school(|forecast| {
        let lines: Vec<String> = forecast.syncs().flat_map(|run| [vec![format!("# {}", run.sync().id)], told(&run)].concat()).collect();
        insta::assert_snapshot!(lines.join("\n"));
    });
}

#[test]
fn what_to_fix_first() {
    school(|forecast| {
        let syncs = &forecast.platforms()[0].syncs;
        let lines: Vec<String> = forecast
            .causes(syncs, 5)
            .first
            .into_iter()
            .map(|cause| format!("{} {:?} hangs {:?} frees {:?}", cause.message, cause.rule, cause.hangs, cause.frees))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    });
}

/// Each case: the limit, how many accounts there are and how many of them go, whether the sync is held.
const LIMITS: &[(&str, usize, usize, bool)] = &[
    ("{ gone = \"10%\" }", 20, 2, false),
    ("{ gone = \"10%\" }", 20, 3, true),
    ("{ gone = 2 }", 20, 2, false),
    ("{ gone = 2 }", 20, 3, true),
    ("{ gone = { share = \"10%\", least = 3 } }", 20, 3, true),
    ("{ gone = { share = \"10%\", least = 4 } }", 20, 3, false),
    ("{ gone = \"0%\" }", 20, 0, false),
    ("{ gone = \"100%\" }", 20, 20, false),
    ("{ created = 0 }", 20, 0, false),
    ("{ changed = \"10%\" }", 20, 3, false),
    // A share that no number of the machine is.
    ("{ gone = \"29%\" }", 100, 29, false),
    ("{ gone = \"29%\" }", 100, 30, true),
];

#[test]
fn limits() {
    for (limit, all, gone, held) in LIMITS {
        let packs = compiled(&[&format!("{HEAD}keeps = 'account a where a is not exception'\nhold = {limit}\n")]);
        let row = |nth: usize| format!("{nth},u{nth}\n");
        let staff: String = (*gone..*all).map(row).collect();
        let accounts: String = (0..*all).map(row).collect::<String>() + "EX1,x\n";
        let dataset = data(&[
            ("staff", Epoch::Today, &format!("id,username\n{staff}")),
            ("account", Epoch::Today, &format!("ref_id,username\n{accounts}")),
        ]);
        forecasted(&packs, &dataset, |forecast| {
            assert_eq!(forecast.platforms()[0].is_held(), *held, "{limit}: {gone} of {all}");
        });
    }
}

#[test]
fn what_is_held_upstream_holds_what_is_downstream() {
    let carrier = format!("{HEAD}keeps = 'account a'\nhold = {{ gone = 0 }}\n").replace("\"demo\"", "\"carrier\"");
    let app = HEAD.replace("\"demo\"", "\"app\"") + "[platform]\ncarriers = [\"carrier\"]\n";
    let last = HEAD.replace("\"demo\"", "\"last\"") + "[platform]\ncarriers = [\"app\"]\n";
    let packs = compiled(&[&last, &app, &carrier]);
    let dataset =
        data(&[("staff", Epoch::Today, "id,username\n1,ada\n"), ("account", Epoch::Today, "ref_id,username,status\n2,bob,active\n")]);
    forecasted(&packs, &dataset, |forecast| {
        let held: Vec<(&str, bool, Option<&str>)> =
            forecast.platforms().iter().map(|platform| (platform.pack, platform.is_held(), platform.carrier)).collect();
        assert_eq!(held, [("last", true, Some("app")), ("app", true, Some("carrier")), ("carrier", true, None)]);
    });
}

/// `rollbook forecast examples/district` with the demonstration's pack and more arguments: exit code, standard output, standard error.
fn district(more: &[&str]) -> (i32, String, String) {
    let fixed = ["forecast", "examples/district", "--pack", "roster", "--pack", "tests/syncs/demo.toml", "--date", "2026-11-22"];
    run(&[&fixed[..], more].concat())
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    rollbook(arguments).parts()
}

fn folder(name: &str) -> PathBuf {
    program::folder(&format!("forecast-{name}"))
}

#[test]
fn a_district() {
    let (code, text, told) = district(&["--limit", "5"]);
    assert_eq!((code, told.as_str()), (1, ""), "classes are lost though they are sent");
    insta::assert_snapshot!(text);
    assert_eq!(district(&["--limit", "5", "--threads", "1"]).1, text);
}

#[test]
fn without_drawing_and_of_one_school() {
    let (_, text, _) = district(&["--plain", "--school", "102", "--limit", "3"]);
    insta::assert_snapshot!(text);
}

#[test]
fn as_files() {
    let folder = folder("out");
    let path = |name: &str| folder.join(name).display().to_string();
    let (code, text, told) = district(&["--format", "jsonl"]);
    assert_eq!((code, told.as_str()), (1, ""));
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(rows.iter().any(|row| row["line"].is_u64()) && !rows.iter().any(|row| row["line"].is_string()), "a line is a number");
    let (_, _, told) = district(&["--out", &path("forecast.csv")]);
    assert_eq!(told.trim_end(), format!("{} rows written to {}", rows.len(), path("forecast.csv")));
    let csv = fs::read_to_string(path("forecast.csv")).expect("a file");
    assert_eq!(csv.lines().count(), rows.len() + 1);
    insta::assert_snapshot!(csv.lines().filter(|line| !line.contains("demo/enrollments")).collect::<Vec<_>>().join("\n"));
    district(&["--out", &path("forecast.xlsx")]);
    assert!(fs::read(path("forecast.xlsx")).expect("a file").starts_with(b"PK"), "no workbook");
    let before = fs::read("examples/district/mylexia-staff.csv").expect("a file");
    let (code, _, told) = district(&["--out", "examples/district/mylexia-staff.csv"]);
    assert_eq!(code, 2, "{told}");
    assert_eq!(fs::read("examples/district/mylexia-staff.csv").expect("a file"), before);
}

/// The names that were ever given, and what a person wrote down, are not to be made again.
#[test]
fn what_the_configuration_names_is_not_written_over() {
    let folder = folder("ledger");
    let ledger = "scope,field,name,holder,given,last_seen\n";
    fs::write(folder.join("names.csv"), ledger).expect("a file");
    fs::write(folder.join("kept.csv"), "a\n").expect("a file");
    let at = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string().replace('\\', "/");
    let config = format!(
        "packs = [\"roster\", \"mylexia\", {:?}]\n[accounts]\nledger = \"names.csv\"\n[sources.roster]\npath = {:?}\n[sources.accounts]\npath = {:?}\n\
         [lists.mylexia]\nkept-exceptions = {{ file = \"kept.csv\" }}\n",
        at("tests/syncs/demo.toml"),
        at("examples/district/clever"),
        at("examples/district/mylexia-staff.csv"),
    );
    fs::write(folder.join("rollbook.toml"), config).expect("a file");
    let path = |name: &str| folder.join(name).display().to_string();
    let (code, _, told) = run(&["forecast", &path(""), "--out", &path("names.csv")]);
    assert!(code == 2 && told.contains("is the ledger"), "{code}: {told}");
    assert_eq!(fs::read_to_string(path("names.csv")).expect("a file"), ledger);
    let (code, _, told) = run(&["merge", &path(""), "--pack", "edsembli-connect", "--out", &path("names.csv")]);
    assert!(code == 2 && told.contains("is the ledger"), "{code}: {told}");
    let (code, _, told) = run(&["forecast", &path(""), "--out", &path("kept.csv")]);
    assert!(code == 2 && told.contains("is the file of a list"), "{code}: {told}");
    assert_eq!(fs::read_to_string(path("kept.csv")).expect("a file"), "a\n");
}

#[test]
fn held() {
    let folder = folder("held");
    let pack = folder.join("strict.toml");
    let demo = fs::read_to_string("tests/syncs/demo.toml").expect("a pack");
    fs::write(&pack, demo.replace("{ share = \"50%\", least = 2 }", "\"10%\"").split("[[test]]").next().expect("a head")).expect("a pack");
    let pack = pack.display().to_string();
    let (code, text, _) = run(&["forecast", "examples/district", "--pack", "roster", "--pack", &pack]);
    assert_eq!(code, 3);
    let held = "  HELD. Staff accounts: 2 of 18 would be archived, 11.1 %, more than 10 %: the sync is held, and\n    nothing changes until somebody approves.\n";
    assert!(text.contains(held), "{text}");
    // Of those that are gone some are archived, and some suspended.
    let both = folder.join("both.toml");
    let strict = fs::read_to_string(&pack).expect("a pack");
    fs::write(&both, strict.replacen("'t.email is missing'", "'t.id = \"T2102\"'", 1)).expect("a pack");
    let (code, text, _) = run(&["forecast", "examples/district", "--pack", "roster", "--pack", &both.display().to_string()]);
    assert!(code == 3 && text.contains("3 of 18 would be archived or suspended, 16.7 %"), "{text}");
    // Of one school without faults it is held all the same.
    let (code, _, _) = run(&["forecast", "examples/district", "--pack", "roster", "--pack", &pack, "--school", "101"]);
    assert_eq!(code, 3);
    // What did not happen is as it was.
    let after = ["--after", "examples/district/mylexia-staff.csv", "--after", "examples/district/mylexia-students.csv"];
    let (code, text, _) = run(&[&["forecast", "examples/district", "--pack", "roster", "--pack", &pack][..], &after].concat());
    assert!(code == 0 && text.contains("it was held, so everything should be as it was"), "{text}");
    let rows = fs::read_to_string("examples/district/mylexia-staff.csv").expect("a file");
    let gone = folder.join("mylexia-staff.csv");
    fs::write(&gone, rows.lines().filter(|row| !row.contains(",T1104,")).collect::<Vec<_>>().join("\n")).expect("a file");
    let gone = gone.display().to_string();
    let after = ["--after", &gone, "--after", "examples/district/mylexia-students.csv"];
    let (code, text, _) = run(&[&["forecast", "examples/district", "--pack", "roster", "--pack", &pack][..], &after].concat());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(code == 1 && text.contains("the sync was held, so all should be as it was, but the account is gone"), "{text}");
}

#[test]
fn what_can_not_be_forecast_is_said() {
    let missing = district(&["--platform", "dmeo"]);
    assert_eq!((missing.0, missing.2.contains("did you mean `demo`?")), (2, true), "{}", missing.2);
    let missing = district(&["--school", "10"]);
    assert_eq!((missing.0, missing.2.contains("nobody is of a school `10`")), (2, true), "{}", missing.2);
    let (code, _, told) = run(&["forecast", "examples/district", "--pack", "roster"]);
    assert_eq!((code, told.contains("no sync in roster")), (2, true), "{told}");
    let alone = ["forecast", "examples/district/clever", "--no-config", "--pack", "roster", "--pack", "tests/syncs/demo.toml"];
    let (code, text, told) = run(&alone);
    assert_eq!((code, told.contains("no sync could be forecast")), (3, true), "{told}");
    insta::assert_snapshot!(text);
    // Lines for programs do not hide that there are none.
    let (code, text, told) = run(&[&alone[..], &["--format", "jsonl"]].concat());
    assert_eq!((code, text.as_str(), told.contains("not forecast: demo/staff, ")), (3, "", true), "{told}");
    let (code, text, told) = district(&["--after", "examples/district/mylexia-staff.csv", "--format", "jsonl"]);
    assert_eq!((code, text.as_str(), told.contains("--after")), (2, "", true), "{told}");
}

#[test]
fn nothing_is_written_of_data_that_is_cut_off() {
    let folder = folder("cut-off");
    for entry in fs::read_dir("examples/district/clever").expect("a folder") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, folder.join(path.file_name().expect("a name"))).expect("a copy");
    }
    let students = folder.join("students.csv");
    let text = fs::read_to_string(&students).expect("a file");
    fs::write(&students, format!("{text}101,300999,20500999,\"Cut")).expect("a file");
    let out = folder.with_extension("csv");
    let _ = fs::remove_file(&out);
    let (data, out_path) = (folder.display().to_string(), out.display().to_string());
    let accounts = ["--accounts", "examples/district/mylexia-students.csv", "--accounts", "examples/district/mylexia-staff.csv"];
    let fixed = ["forecast", &data, "--no-config", "--pack", "roster", "--pack", "tests/syncs/demo.toml", "--out", &out_path];
    let (code, _, told) = run(&[&fixed[..], &accounts].concat());
    assert!(code == 3 && told.contains("incomplete: ") && told.contains("nothing was written for --out"), "{code}: {told}");
    assert!(!out.exists());
}

/// The day after: two accounts were made, one was not, somebody archived one by hand, one appeared.
#[test]
fn whether_it_came_true() {
    let folder = folder("after");
    let staff = folder.join("mylexia-staff.csv");
    let rows = fs::read_to_string("examples/district/mylexia-staff.csv").expect("a file");
    let rows: Vec<String> = rows
        .lines()
        .map(|row| match row {
            row if row.contains(",T1104,") || row.contains(",T2002,") => row.replace(",Active", ",Archived"),
            row if row.contains(",T2102,") => row.replace("Dubois,", "Dubois-Marsh,"),
            row => row.to_owned(),
        })
        .chain(["Volkov,Dmitri,dmitri.volkov@mapleridge.example,dv,T2005,1,Teacher,Maple Ridge Elementary,Active".to_owned()])
        .chain(["Nobody,Ned,ned@mapleridge.example,ned,T9999,2,Teacher,Maple Ridge Elementary,Active".to_owned()])
        .collect();
    fs::write(&staff, rows.join("\n") + "\n").expect("a file");
    let staff = staff.display().to_string();
    let (code, text, told) = district(&["--after", &staff, "--after", "examples/district/mylexia-students.csv", "--limit", "4"]);
    assert_eq!((code, told.as_str()), (1, ""));
    insta::assert_snapshot!(text);
    // An export with fewer columns is no proof of what stood in them.
    let short = |row: &String| row.split(',').enumerate().filter(|(at, _)| *at != 1).map(|(_, cell)| cell).collect::<Vec<_>>().join(",");
    fs::write(&staff, rows.iter().map(short).collect::<Vec<_>>().join("\n") + "\n").expect("a file");
    let (_, text, told) = district(&["--after", &staff, "--limit", "4"]);
    assert!(text.contains("    compared without `first_name`, which the accounts do not have"), "{text}{told}");
}

/// What one export of two does not say is not guessed.
#[test]
fn one_export_of_two() {
    let folder = folder("one-export");
    let header = folder.join("header.csv");
    let rows = fs::read_to_string("examples/district/mylexia-staff.csv").expect("a file");
    fs::write(&header, format!("{}\n", rows.lines().next().expect("a header"))).expect("a file");
    let header = header.display().to_string();
    let fixed = ["forecast", "examples/district/clever", "--no-config", "--pack", "roster", "--pack", "mylexia"];
    let students = ["--accounts", "examples/district/mylexia-students.csv"];
    let previous = ["--previous", "examples/district/yesterday/clever", "--date", "2026-11-22"];
    let alone = run(&[&fixed[..], &students, &previous].concat());
    let with_header = run(&[&fixed[..], &students, &["--accounts", &header], &previous].concat());
    assert_eq!(with_header.0, 3, "an export without rows may be one that failed: {}", with_header.2);
    assert!(with_header.2.contains("`header.csv` has no rows, so that its accounts are not known"), "{}", with_header.2);
    for ((_, text, _), why) in [(&alone, "the export holds students alone"), (&with_header, "`header.csv` has a header and no rows")] {
        assert!(text.contains(&format!("  staff accounts (mylexia/staff)\n  not forecast: {why}\n")), "{text}");
        assert!(text.contains("  classes (mylexia/classes)\n  not forecast: since mylexia/staff, which it needs"), "{text}");
    }
    // Of two exports of the next morning one is a header alone.
    let after = ["--after", "examples/district/mylexia-students.csv", "--after", &header];
    let (code, text, told) = district(&after);
    assert!(code == 3 && told.contains("`header.csv` has no rows, so that its accounts are not known"), "{code}: {told}\n{text}");
    let (code, text, told) = district(&["--after", &header]);
    assert!(code == 3 && told.contains("no rows"), "{code}: {told}\n{text}");
    let out = folder.join("rows.csv").display().to_string();
    for more in [["--format", "jsonl"], ["--out", &out]] {
        let (_, _, told) = run(&[&fixed[..], &students, &previous, &more].concat());
        assert!(told.starts_with("not forecast: mylexia/staff, the export holds students alone\n"), "{told}");
    }
}

/// What was sent last, emptied: everything would be told as new.
#[test]
fn what_was_before_has_no_rows() {
    let folder = program::copied("examples/week/before/clever", "forecast-emptied");
    let students = folder.join("students.csv");
    let rows = fs::read_to_string(&students).expect("a file");
    fs::write(&students, format!("{}\n", rows.lines().next().expect("a header"))).expect("a file");
    let previous = folder.display().to_string();
    let fixed = ["forecast", "examples/week/mon/clever", "--no-config", "--pack", "roster", "--pack", "clever", "--previous"];
    let (code, _, told) = run(&[&fixed[..], &[&previous]].concat());
    assert!(code == 3 && told.contains("`students.csv` of the previous data has no rows"), "{code}: {told}");
    let (code, _, told) = run(&[&fixed[..], &[&previous, "--all-new"]].concat());
    assert_eq!((code, told.as_str()), (0, ""));
    // Whether it came true is no more certain than the forecast.
    let before = "examples/week/before/clever";
    for (previous, after, why) in [
        (&*previous, before, "`students.csv` of the previous data has no rows, so that its records are told as new"),
        (before, &*previous, "`students.csv` of --after has no rows, so that nobody knows what became of its records"),
    ] {
        let (code, _, told) = run(&[&fixed[..], &[previous, "--after", after]].concat());
        assert!(code == 3 && told.contains(why), "{code}: {told}");
        let (code, _, told) = run(&[&fixed[..], &[previous, "--after", after, "--all-new"]].concat());
        assert_eq!((code, told.as_str()), (1, ""));
    }
    let (code, _, told) = run(&[&fixed[..], &["examples/week/before/clever"]].concat());
    assert_eq!((code, told.as_str()), (0, ""));
}

/// Exports of the next morning say nothing of the accounts of another kind, nor of what was sent.
#[test]
fn what_after_does_not_say() {
    let (code, text, _) = district(&["--after", "examples/district/mylexia-students.csv"]);
    assert_eq!(code, 1);
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("not compared")).collect();
    let wanted = [
        "  staff accounts: not compared, since nothing given to --after holds any of them",
        "  classes: not compared, since no roster was given to --after",
        "  students in classes: not compared, since no roster was given to --after",
    ];
    assert_eq!(lines, wanted, "{text}");
}

#[test]
fn a_school_has_its_own_exit_code() {
    let codes: Vec<i32> = ["101", "102", "201"].iter().map(|school| district(&["--school", school]).0).collect();
    assert_eq!(codes, [0, 1, 0]);
}

#[test]
fn nothing_is_written_into_data() {
    let folder = folder("into-data");
    for entry in fs::read_dir("examples/district/clever").expect("a folder") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, folder.join(path.file_name().expect("a name"))).expect("a copy");
    }
    let (data, out) = (folder.display().to_string(), folder.join("new.csv").display().to_string());
    let (code, _, told) = run(&["forecast", &data, "--no-config", "--pack", "roster", "--pack", "tests/syncs/demo.toml", "--out", &out]);
    assert!(code == 2 && told.contains("is inside of what is read") && !Path::new(&out).exists(), "{code}: {told}");
}

#[test]
fn syncs_are_listed_and_explained() {
    let (code, text, _) = run(&["list", "syncs", "--pack", "tests/syncs/demo.toml"]);
    assert!(code == 0 && text.contains("demo/staff"), "{text}");
    let (code, text, _) = run(&["explain", "demo/staff", "--pack", "tests/syncs/demo.toml"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(text);
    let (code, text, told) = run(&["test", "tests/syncs/demo.toml"]);
    assert_eq!(code, 0, "{text}{told}");
}
