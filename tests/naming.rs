//! Naming schemas over whole rosters: who gets which name, at which step; and the laws that hold whatever the roster.
use proptest::prelude::*;
use rollbook::engine::{Accounts, Ledger, Plan, SchemaRun, SchoolCount, State, accounts, naming_trial, trial};
use rollbook::finding::Mistakes;
use rollbook::model::{Epoch, FieldRef, NounId, day, noun};
use rollbook::pack::{self, Overrides, Pack, PackFile};
use rollbook::report::{Style, mistakes};
use rollbook::roster::{Dataset, InlineTable};
use rollbook::source::Sources;
use std::collections::{BTreeMap, BTreeSet};

const TODAY: &str = "2026-11-22";

/// A pack of one schema for students; `more` are further keys of it.
fn students(more: &str) -> String {
    format!(
        "[pack]\nname = 'demo'\ntitle = 'a demo'\nversion = '1.0.0'\n\
         [lists.rude]\nvalues = ['ass']\n\
         [[unique]]\nname = 'login-per-board'\nmessage = 'm'\namong = ['student x', 'staff x', 'account x']\nkey = 'x.username'\n\
         [[unique]]\nname = 'login-per-school'\nmessage = 'm'\namong = ['account x']\nkey = 'x.username'\nwithin = 'school'\n\
         [[unique]]\nname = 'email-per-board'\nmessage = 'm'\namong = ['account x']\nkey = 'x.email'\n\
         [[rule]]\nname = 'no-grade'\nmessage = '{{s.id}} has no grade'\neach = 'student s where s.grade is missing'\n\
         [[naming]]\nname = 'students'\nfor = 'student s'\naccount = 'account a where a.ref_id = s.id and a.kind = \"student\"'\n\
         record = {{ kind = 'student', ref_id = '{{s.id}}', school_id = '{{s.school_id}}' }}\n{more}"
    )
}

/// First letters of the first name as needed, last name; then a counter.
const GROWING: &str = "template = '{s.first_name | lower | first 1..}{s.last_name | lower}'\non_clash = ['{name}{n}']\ncounter = { last = 5 }\n\
                       field = 'username'\nunique = 'login-per-board'\n";

fn compiled(text: &str) -> Vec<Pack> {
    with_file(text).0
}

/// The pack, and its file, which has its tests.
fn with_file(text: &str) -> (Vec<Pack>, PackFile) {
    let (mut sources, mut found) = (Sources::default(), Mistakes::default());
    let id = sources.add("demo.toml", text);
    let mut files = pack::order(vec![pack::read(&sources, id, &mut found)], &mut found);
    let overrides = Overrides { today: day(TODAY).expect("a day"), ..Overrides::default() };
    let packs = pack::compile(&files, &overrides, &sources, &mut found);
    let style = Style { color: false, plain: true, unicode: true, width: 120 };
    assert!(!found.any_error(), "{}", mistakes(&found.sorted(), &sources, &style));
    (packs, files.remove(0))
}

fn data(tables: &[(&str, &str)]) -> Dataset {
    let tables: Vec<InlineTable<'_>> =
        tables.iter().map(|(name, csv)| InlineTable { noun: noun(name).expect("a noun"), epoch: Epoch::Today, csv }).collect();
    Dataset::inline(&tables).expect("rows")
}

/// Solves the schemas and hands out what came of it.
fn solved<T>(packs: &[Pack], dataset: &Dataset, ledger: &Ledger, look: impl FnOnce(&Accounts<'_, '_>) -> T) -> T {
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let plan = Plan::new(packs, &|_| false, &supplies, day(TODAY).expect("a day")).with_accounts();
    look(&accounts(&plan, dataset, ledger.clone()))
}

/// Every person of a run in a line: id, state, names; the reason of who is blocked.
fn lines(run: SchemaRun<'_, '_, '_>) -> Vec<String> {
    let mut lines: Vec<String> = (0..run.len())
        .map(|at| {
            let person = run.person(at);
            let values: Vec<String> = person.values.iter().map(|value| value.clone().unwrap_or("-".into())).collect();
            match person.state {
                State::Blocked { reason, finding } => {
                    let rule = finding.map(|(rule, _)| format!(" ({rule})")).unwrap_or_default();
                    format!("{} blocked: {reason}{rule}", person.id)
                }
                state => format!("{} {}: {}", person.id, state.words(), values.join(" ")),
            }
        })
        .collect();
    lines.sort();
    lines
}

fn first_lines(more: &str, tables: &[(&str, &str)], ledger: &str) -> Vec<String> {
    let ledger = Ledger::parse(ledger).expect("a ledger");
    solved(&compiled(&students(more)), &data(tables), &ledger, |accounts| lines(accounts.schemas().next().expect("a schema")))
}

const LEDGER: &str = "scope,field,name,holder,given,last_seen\n";

/// What it shows, further keys of the schema, students, accounts, the ledger, what becomes of whom.
type Case<'c> = (&'c str, &'c str, &'c str, &'c str, &'c str, &'c [&'c str]);

#[test]
fn names_are_settled_step_by_step() {
    let three = "id,first_name,last_name,school_id\n1,Ana,Lee,10\n2,Abe,Lee,10\n3,Ana,Lee,20\n";
    let table: &[Case<'_>] = &[
        (
            "letters are added one at a time, then numbers",
            GROWING,
            three,
            "",
            "",
            &["1 will be created: alee", "2 will be created: ablee", "3 will be created: anlee"],
        ),
        (
            "the order says who chooses first",
            &format!("{GROWING}order = ['s.school_id', 's.first_name']\n"),
            three,
            "",
            "",
            &["1 will be created: anlee", "2 will be created: alee", "3 will be created: analee"],
        ),
        (
            "within a school a name is free that is taken in another",
            &GROWING.replace("per-board", "per-school"),
            three,
            "",
            "",
            &["1 will be created: alee", "2 will be created: ablee", "3 will be created: alee"],
        ),
        (
            "when all letters are there, the counter goes on to its end",
            &GROWING.replace("last = 5", "last = 2"),
            "id,first_name,last_name\n1,A,Lee\n2,A,Lee\n3,A,Lee\n",
            "",
            "",
            &[
                "1 will be created: alee",
                "2 will be created: alee2",
                "3 blocked: no name is left; the last that was tried: username `alee2` is held by student 2",
            ],
        ),
        (
            "accounts that exist stand in the way, whatever their letter case, and keep their names",
            GROWING,
            three,
            "ref_id,kind,username\nEX1,exception,ALee\n2,student,ablee\n",
            "",
            &["1 will be created: anlee", "2 exists: ablee", "3 will be created: analee"],
        ),
        (
            "a name that the schema could not make is kept all the same",
            GROWING,
            three,
            "ref_id,kind,username\n1,student,princess\n",
            "",
            &["1 name differs from schema: princess", "2 will be created: alee", "3 will be created: anlee"],
        ),
        (
            "a name that was given before stays, and is not given to another",
            GROWING,
            three,
            "",
            "demo/login-per-board,demo/students.username,alee,student 3,2026-01-01,2026-01-02\n\
             demo/login-per-board,demo/students.username,ablee,student 9,2026-01-01,2026-01-02\n",
            &["1 will be created: anlee", "2 will be created: abelee", "3 will be created: alee"],
        ),
        (
            "a retired name is free again after its time",
            &format!("{GROWING}reuse = 'after 30 days'\n"),
            three,
            "",
            "demo/login-per-board,demo/students.username,alee,student 8,2026-01-01,2026-10-01\n\
             demo/login-per-board,demo/students.username,anlee,student 9,2026-01-01,2026-11-01\n",
            &["1 will be created: alee", "2 will be created: ablee", "3 will be created: analee"],
        ),
        (
            "a name that was given and then taken by somebody else is for a person to settle",
            GROWING,
            three,
            "ref_id,kind,username\nEX1,exception,alee\n",
            "demo/login-per-board,demo/students.username,alee,student 1,2026-01-01,2026-11-01\n",
            &[
                "1 blocked: the name that the ledger says was given before, alee, is held by account EX1; if that is right, take its row out of the ledger",
                "2 will be created: ablee",
                "3 will be created: anlee",
            ],
        ),
        (
            "a finding of a rule blocks, but not who has an account",
            &format!("{GROWING}blocked = 'no-grade'\n"),
            "id,first_name,last_name,grade\n1,Ana,Lee,\n2,Abe,Lee,\n3,Ana,Lee,5\n",
            "ref_id,kind,username\n2,student,ablee\n",
            "",
            &["1 blocked: 1 has no grade (demo/no-grade)", "2 exists: ablee", "3 will be created: alee"],
        ),
        (
            "records of one id are one person, told by the first in order; one without an id gets no name",
            GROWING,
            "id,first_name,last_name\n1,Zoe,Lee\n1,Abe,Lee\n,Ana,Lee\n",
            "",
            "",
            &[" blocked: the record has no id, so that nobody could say later whose name it was", "1 will be created: alee"],
        ),
        (
            "the own record is not in the way",
            GROWING,
            "id,first_name,last_name,username\n1,Ana,Lee,\n2,Abe,Lee,alee\n",
            "",
            "",
            &["1 will be created: anlee", "2 will be created: alee"],
        ),
        (
            "fields are solved together: a name is free when all of them are",
            "template = '{s.first_name | lower}'\non_clash = '{name}{n}'\n[naming.fields.username]\nunique = 'login-per-board'\n\
             [naming.fields.email]\nvalue = '{name}@maple.example'\nunique = 'email-per-board'\n",
            "id,first_name\n1,Ana\n2,Ana\n",
            "ref_id,kind,username,email\nEX1,staff,ana2,x@maple.example\nEX2,staff,y,ana3@maple.example\n",
            "",
            &["1 will be created: ana ana@maple.example", "2 will be created: ana4 ana4@maple.example"],
        ),
        (
            "a word that no name may hold is passed over",
            &format!("{GROWING}never = 'containing list rude'\n"),
            "id,first_name,last_name\n1,Al,Sass\n2,Al,Lee\n",
            "",
            "",
            &[
                "1 blocked: no name is left; the last that was tried: username would hold a word of the list rude",
                "2 will be created: alee",
            ],
        ),
    ];
    let mut wrong = Vec::new();
    for (what, more, students, accounts, ledger, wanted) in table {
        let mut tables = vec![("student", *students)];
        tables.extend((!accounts.is_empty()).then_some(("account", *accounts)));
        let found = first_lines(more, &tables, &format!("{LEDGER}{ledger}"));
        if found != *wanted {
            wrong.push(format!("{what}\n  found  {found:#?}\n  wanted {wanted:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A roster of few names, so that many clash: first name, last name, school.
fn roster() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((0..4_usize, 0..3_usize, 0..2_usize), 0..40)
}

const FIRST: [&str; 4] = ["Ana", "Annabel", "Q", "José"];
const LAST: [&str; 3] = ["Lee", "Li", "Featherstonehaugh"];

/// The rows of students, whose ids are those of `ids`.
fn rows(people: &[(usize, usize, usize)], ids: &[usize]) -> String {
    let row = |id: &usize| {
        let (first, last, school) = people[*id];
        format!("{id},{},{},{school}\n", FIRST[first], LAST[last])
    };
    std::iter::once("id,first_name,last_name,school_id\n".to_owned()).chain(ids.iter().map(row)).collect()
}

/// The names by person; of those who get none nothing.
fn names(packs: &[Pack], students: &str, accounts: &str, ledger: &Ledger) -> (BTreeMap<String, String>, Ledger) {
    let mut tables = vec![("student", students)];
    tables.extend((!accounts.is_empty()).then_some(("account", accounts)));
    solved(packs, &data(&tables), ledger, |accounts| {
        let run = accounts.schemas().next().expect("a schema");
        let named = (0..run.len()).filter_map(|at| Some((run.id(at).to_owned(), run.value(at, 0)?.to_owned()))).collect();
        (named, accounts.committed())
    })
}

/// The law's schema: growth, a number, an id at the end, and a limit that cuts.
fn lawful(scope: &str) -> Vec<Pack> {
    compiled(&students(&format!(
        "template = '{{s.first_name | ascii | lower | letters | first 1..3}}{{s.last_name | ascii | lower}}'\n\
         on_clash = ['{{name}}{{n}}', '{{s.last_name | ascii | lower}}{{s.id}}']\ncounter = {{ last = 4 }}\n\
         field = 'username'\nlength = '3..8'\norder = 's.id'\nunique = '{scope}'\n"
    )))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn names_are_unique_within_their_scope_and_within_limits(people in roster(), board in any::<bool>()) {
        let packs = lawful(if board { "login-per-board" } else { "login-per-school" });
        let ids: Vec<usize> = (0..people.len()).collect();
        let (named, _) = names(&packs, &rows(&people, &ids), "", &Ledger::default());
        let mut taken = BTreeSet::new();
        for (id, name) in &named {
            let school = people[id.parse::<usize>().expect("a number")].2;
            prop_assert!(taken.insert((if board { 0 } else { school }, name.to_lowercase())), "{name} is there twice");
            prop_assert!((3..=8).contains(&name.chars().count()), "{name} is not within its limits");
        }
    }

    #[test]
    fn the_order_of_rows_and_the_number_of_threads_change_nothing(people in roster(), seed in any::<u64>()) {
        let packs = lawful("login-per-board");
        let ids: Vec<usize> = (0..people.len()).collect();
        let mut shuffled = ids.clone();
        shuffled.sort_by_key(|id| (*id as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let all = names(&packs, &rows(&people, &ids), "", &Ledger::default());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
        let other = pool.install(|| names(&packs, &rows(&people, &shuffled), "", &Ledger::default()));
        prop_assert_eq!(all, other);
    }

    #[test]
    fn two_runs_in_order_give_what_one_gives(people in roster(), share in 0..40_usize) {
        let packs = lawful("login-per-board");
        // In the order of the ids, which are texts.
        let mut ids: Vec<usize> = (0..people.len()).collect();
        ids.sort_by_key(ToString::to_string);
        let (once, _) = names(&packs, &rows(&people, &ids), "", &Ledger::default());
        let early = &ids[..share.min(ids.len())];
        let (_, ledger) = names(&packs, &rows(&people, early), "", &Ledger::default());
        let ledger = Ledger::parse(&ledger.print()).expect("what was written can be read");
        let (twice, _) = names(&packs, &rows(&people, &ids), "", &ledger);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn a_name_that_was_given_never_changes(people in roster(), early in prop::collection::btree_set(0..40_usize, 0..20)) {
        let packs = lawful("login-per-board");
        let all: Vec<usize> = (0..people.len()).collect();
        let early: Vec<usize> = early.into_iter().filter(|id| *id < people.len()).collect();
        let (before, ledger) = names(&packs, &rows(&people, &early), "", &Ledger::default());
        let (after, later) = names(&packs, &rows(&people, &all), "", &ledger);
        for (id, name) in &before {
            prop_assert_eq!(after.get(id), Some(name));
        }
        // The next night, with nothing new, the ledger says the same.
        let (_, again) = names(&packs, &rows(&people, &all), "", &later);
        prop_assert_eq!(later.print(), again.print());
    }

    #[test]
    fn an_account_that_exists_keeps_its_name(people in roster(), existing in prop::collection::btree_map(0..40_usize, "[a-z]{1,9}", 0..12)) {
        let packs = lawful("login-per-board");
        let ids: Vec<usize> = (0..people.len()).collect();
        let rows_of_accounts: String = existing.iter().map(|(id, name)| format!("{id},student,{name}\n")).collect();
        let (named, _) = names(&packs, &rows(&people, &ids), &format!("ref_id,kind,username\n{rows_of_accounts}"), &Ledger::default());
        for (id, name) in existing.iter().filter(|(id, _)| **id < people.len()) {
            prop_assert_eq!(named.get(&id.to_string()), Some(name));
        }
        let new: Vec<&String> = named.iter().filter(|(id, _)| !existing.contains_key(&id.parse::<usize>().expect("a number"))).map(|(_, name)| name).collect();
        prop_assert!(new.iter().all(|name| !existing.values().any(|other| other == *name)), "a name of an account was given again");
    }
}

#[test]
fn a_ledger_is_written_as_it_is_read() {
    let text = format!(
        "{LEDGER}a/b,a/s.email,\"x,\"\"y\"\"\",student 1,2026-01-01,2026-02-01\na/b[1],a/s.username,z,student 2,2025-01-01,2026-02-01\n"
    );
    assert_eq!(Ledger::parse(&text).expect("a ledger").print(), text);
    // Columns in another order, DOS line ends, a mark at the start, blank lines.
    let other = "\u{feff}holder,name,scope,field,last_seen,given\r\n\r\nstudent 2,z,a/b[1],a/s.username,2026-02-01,2025-01-01\r\n";
    assert_eq!(Ledger::parse(other).expect("a ledger").entries[0].holder, "student 2");
    for (text, line, part) in [
        ("scope,name\n", 1, "column `field`"),
        (&format!("{LEDGER}a/b,f,x,student 1,yesterday,2026-01-01\n")[..], 2, "`yesterday` is no day"),
        (&format!("{LEDGER}\na/b,f,,student 1,2026-01-01,2026-01-01\n")[..], 3, "without a name"),
        (&format!("{LEDGER}a/b,f,\"x,student 1,2026-01-01,2026-01-01\n")[..], 2, "not closed"),
    ] {
        let error = Ledger::parse(text).expect_err(text);
        assert!(error.line == line && error.message.contains(part), "{error:?}");
    }
}

/// A pack with rules about what its schema proposes.
const PORTAL: &str = r#"
[pack]
name = 'portal'
title = 'accounts of contacts'
version = '1.0.0'

[[unique]]
name = 'portal-login'
title = 'a name of the portal is held twice'
among = ['account x', 'proposed account x']
key = 'x.username'
message = '{x.username} is held {count} times'

[[rule]]
name = 'contact-without-email'
each = 'contact c where c.email is missing'
message = '{c.id} has no email'

[[rule]]
name = 'sees-nobody'
each = 'proposed account p where p.kind = "contact" and p.email is missing'
message = 'the account {p.username} of {p.ref_id} has no email'

[[naming]]
name = 'contacts'
for = 'contact c'
account = 'account a where a.ref_id = c.id and a.kind = "contact"'
template = '{c.first_name | lower}.{c.last_name | lower}'
on_clash = '{name}{n}'
field = 'username'
unique = 'portal-login'
blocked = 'contact-without-email'
sees = 'guardianship g where g.contact_id = c.id'
record = { kind = 'contact', ref_id = '{c.id}', email = '{c.email}' }

[[test]]
naming = 'contacts'
name = 'two of one name, one without an email, one with an account'
given.contact = '''
id,first_name,last_name,email
1,Ana,Lee,ana@maple.example
2,Ana,Lee,a@maple.example
3,Bo,Li,
4,Cy,Ng,cy@maple.example
'''
given.account = '''
ref_id,kind,username
4,contact,cy.ng
'''
given.guardianship = '''
contact_id,student_id
'''
expect = [
  { c = "1", username = "ana.lee" },
  { c = "2", username = "ana.lee2", state = "will be created" },
  { c = "3", blocked = "no email" },
]

[[test]]
rule = 'sees-nobody'
name = 'rows that are given stand in place of the schema'
given.proposed.account = '''
ref_id,kind,username,email
1,contact,x,
2,contact,y,y@maple.example
'''
expect = [{ p = "1" }]

[[test]]
rule = 'sees-nobody'
name = 'who is blocked is not proposed'
given.contact = '''
id,first_name,last_name,email
1,Ana,Lee,
2,Bo,Li,bo@maple.example
'''
given.guardianship = '''
contact_id,student_id
'''
expect = []

[[test]]
rule = 'portal-login'
name = 'what is proposed is never held already'
given.contact = '''
id,first_name,last_name,email
1,Ana,Lee,ana@maple.example
'''
given.account = '''
ref_id,kind,username
EX1,exception,ana.lee
'''
given.guardianship = '''
contact_id,student_id
'''
expect = []
"#;

#[test]
fn packs_test_their_schemas_and_what_those_propose() {
    let (packs, file) = with_file(PORTAL);
    let today = day(TODAY).expect("a day");
    for test in &file.naming_tests {
        let result = naming_trial(&packs, "portal", test, today);
        assert!(result.passed(), "{}: {result:?}", test.setup.name);
    }
    for test in &file.tests {
        let result = trial(&packs, "portal", test, today);
        assert!(result.passed(), "{}: {result:?}", test.setup.name);
    }
}

#[test]
fn rules_about_proposed_accounts_are_skipped_where_no_schema_makes_any() {
    let start = PORTAL.find("[[naming]]").expect("a schema");
    let end = PORTAL.find("[[test]]\nrule = 'sees-nobody'\nname = 'who is blocked").expect("a test");
    let (packs, file) = with_file(&format!("{}{}", &PORTAL[..start], &PORTAL[end..]));
    let result = trial(&packs, "portal", &file.tests[0], day(TODAY).expect("a day"));
    let why = "the rule is skipped, since no [[naming]] of the packs makes accounts, and the test has no `given.proposed.account`";
    assert_eq!(result.failed.as_deref(), Some(why));
}

#[test]
fn a_test_of_a_schema_fails_when_it_should() {
    let today = day(TODAY).expect("a day");
    for (from, to) in [
        ("username = \"ana.lee\"", "username = \"ana.lee3\""),
        ("blocked = \"no email\"", "blocked = \"no phone\""),
        ("blocked = \"no email\"", "username = \"bo.li\""),
        ("state = \"will be created\"", "state = \"exists\""),
        ("  { c = \"3\", blocked = \"no email\" },\n", ""),
        ("{ c = \"3\"", "{ c = \"5\""),
    ] {
        let (packs, file) = with_file(&PORTAL.replacen(from, to, 1));
        assert!(!naming_trial(&packs, "portal", &file.naming_tests[0], today).passed(), "{to}");
    }
}

#[test]
fn everything_is_told_of_a_person() {
    let packs = compiled(PORTAL);
    let dataset = data(&[
        ("contact", "id,first_name,last_name,email\n1,Ana,Lee,a@maple.example\n2,Ana,Lee,b@maple.example\n3,Cy,Ng,c@maple.example\n"),
        ("account", "ref_id,kind,username\n3,contact,cy\n3,contact,cyng\n9,contact,old.one\nEX1,exception,ana.1ee\n"),
        ("guardianship", "contact_id,student_id\n2,70\n2,60\n2,70\n"),
    ]);
    solved(&packs, &dataset, &Ledger::default(), |accounts| {
        let run = accounts.schemas().next().expect("a schema");
        let two = run.person(run.find("2").expect("a person"));
        assert_eq!((two.name.as_deref(), two.step.and_then(|step| step.n)), (Some("Ana Lee"), Some(2)));
        assert_eq!(two.sees, ["60", "70"]);
        assert_eq!(two.others, [("kind", Some("contact".into())), ("ref_id", Some("2".into())), ("email", Some("b@maple.example".into()))]);
        assert_eq!((two.record.line, &*two.record.file), (3, "contact.csv"));
        let one = run.person(run.find("1").expect("a person"));
        assert_eq!(one.notes, ["ana.lee looks like ana.1ee, which is held by account EX1"]);
        let three = run.person(run.find("3").expect("a person"));
        assert_eq!(three.state, State::Differs);
        assert_eq!((three.values, three.current), (vec![Some("cy".into())], vec![Some("cy".into())]));
        assert_eq!(three.notes, ["has further accounts: cyng"]);
        let gone: Vec<String> = run.gone().map(|account| account.id).collect();
        assert_eq!(gone, ["9"]);
        assert_eq!(run.counts(), [SchoolCount { school: None, states: [0, 1, 2, 0] }]);
        let tried: Vec<(Vec<String>, Option<String>)> =
            run.explain(run.find("2").expect("a person")).into_iter().map(|tried| (tried.texts, tried.refused)).collect();
        assert_eq!(
            tried,
            [(vec!["ana.lee".to_owned()], Some("username `ana.lee` is held by contact 1".to_owned())), (vec!["ana.lee2".to_owned()], None)]
        );
        // Of the first it is told as it was at the time: whoever chose later was not there.
        assert_eq!(run.explain(run.find("1").expect("a person")).len(), 1);
    });
}

#[test]
fn what_a_run_lacks_is_told() {
    let packs = compiled(PORTAL);
    let dataset = data(&[("contact", "id,first_name,last_name,email\n1,Ana,Lee,a@maple.example\n")]);
    solved(&packs, &dataset, &Ledger::default(), |accounts| {
        let run = accounts.schemas().next().expect("a schema");
        assert_eq!(run.skipped(), None);
        assert_eq!(
            run.without(),
            ["the accounts that exist, so that all are taken for new, since no source supplies accounts (--accounts)"]
        );
    });
    let dataset = data(&[("student", "id\n1\n")]);
    solved(&packs, &dataset, &Ledger::default(), |accounts| {
        assert_eq!(accounts.schemas().next().expect("a schema").skipped(), Some("since no source supplies contacts"));
    });
}

/// What the examples of the reference speak of.
const DISTRICT: &str = r#"
[pack]
name = 'maple'
title = 'a district'
version = '1.0.0'

[target.windows-logon]
length = "1..20"

[lists]
reserved-names = { values = ['admin'] }
offensive-words = { values = [] }
password-words = { values = ['maple', 'otter'] }

[[unique]]
name = 'login-per-board'
among = ['student x', 'account x']
key = 'x.username'
message = 'm'

[[unique]]
name = 'email-per-board'
among = 'account x'
key = 'x.email'
message = 'm'

[[rule]]
name = 'student-without-school'
each = 'student s where s.school_id is missing'
message = 'm'
"#;

#[test]
fn the_examples_of_the_reference_are_true() {
    let reference = std::fs::read_to_string("docs/language.md").expect("docs/language.md");
    let section = reference.split("\n## Naming schemas\n").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a section");
    let blocks: Vec<&str> = section.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [schema, test] = blocks.as_slice() else { panic!("{} blocks", blocks.len()) };
    compiled(&format!("{DISTRICT}{schema}"));
    let small = "[[naming]]\nname = 'students'\nfor = 'student s'\nfield = 'username'\nunique = 'login-per-board'\n\
                 template = '{s.first_name | lower | first 1..}{s.last_name | lower}'\n";
    let (packs, file) = with_file(&format!("{DISTRICT}{small}{test}"));
    let result = naming_trial(&packs, "maple", &file.naming_tests[0], day(TODAY).expect("a day"));
    assert!(result.passed(), "{result:?}");
}
