//! One account for a person who stands in several records: of which values its name is made, what blocks it, and which names of the ledger are the person's.
use rollbook::engine::{Accounts, Ledger, Plan, State, accounts};
use rollbook::finding::Mistakes;
use rollbook::model::{Epoch, FieldRef, NounId, day, noun};
use rollbook::pack::{self, Overrides, Pack};
use rollbook::report::{Style, mistakes};
use rollbook::roster::{Dataset, InlineTable};
use rollbook::source::Sources;

const TODAY: &str = "2026-11-22";

const PACK: &str = r#"
[pack]
name = "demo"
title = "a demo"
version = "1.0.0"

[[merge]]
name    = "guardian"
of      = 'contact c'
compare = ['contact d where d.last_name = c.last_name']
same    = ['c.first_name = d.first_name and c.last_name = d.last_name and c.birth_date = d.birth_date']
keeps   = ["c.id"]
VALUES

[[rule]]
name    = "no-email"
title   = "a parent has no email"
each    = 'contact c where c.email is missing'
message = 'contact {c.id} has no email'

[[rule]]
name    = "work-email"
title   = "a parent gave the address of a school"
each    = 'contact c where c.email ends with "@board.example"'
message = 'contact {c.id} gave {c.email}'

[[unique]]
name    = "login-per-board"
title   = "logins"
among   = ['account x', 'proposed account x']
key     = 'x.username'
message = '{count} accounts have {x.username}'

[[naming]]
name     = "parents"
for      = 'contact c'
merge    = "guardian"
account  = 'account a where a.person_id = c.id'
template = '{c.email | lower}'
on_clash = ['{c.last_name | lower}{c.id}']
field    = "username"
unique   = "login-per-board"
blocked  = ["no-email", "work-email"]
record   = { person_id = '{c.id}', reset_email = '{c.email}' }
"#;

fn compiled(values: &str) -> Vec<Pack> {
    let (mut sources, mut found) = (Sources::default(), Mistakes::default());
    let id = sources.add("demo.toml", PACK.replace("VALUES", values));
    let files = pack::order(vec![pack::read(&sources, id, &mut found)], &mut found);
    let packs = pack::compile(&files, &Overrides::default(), &sources, &mut found);
    let style = Style { color: false, plain: true, unicode: true, width: 120 };
    assert!(!found.any_error(), "{}", mistakes(&found.sorted(), &sources, &style));
    packs
}

/// Who gets which name, a line each: id, state, name, and what else is noted.
fn told(values: &str, contacts: &str, accounts_csv: &str, ledger: &str) -> (Vec<String>, String) {
    let packs = compiled(values);
    let contacts = format!("id,first_name,last_name,birth_date,email\n{contacts}");
    let existing = format!("id,person_id,username\n{accounts_csv}");
    let table = |name: &str| noun(name).expect("a noun");
    let tables = [
        InlineTable { noun: table("contact"), epoch: Epoch::Today, csv: &contacts },
        InlineTable { noun: table("account"), epoch: Epoch::Today, csv: &existing },
    ];
    let dataset = Dataset::inline(&tables).expect("rows");
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let ledger = Ledger::parse(&format!("scope,field,name,holder,given,last_seen\n{ledger}")).expect("a ledger");
    let plan = Plan::new(&packs, &|_| false, &supplies, day(TODAY).expect("a day")).with_accounts();
    let solved: Accounts<'_, '_> = accounts(&plan, &dataset, ledger);
    let run = solved.schemas().next().expect("a schema");
    let mut lines: Vec<String> = (0..run.len())
        .map(|at| {
            let person = run.person(at);
            let name = person.values[0].clone().unwrap_or_default();
            let reset = person.others.iter().find(|(field, _)| *field == "reset_email").and_then(|(_, value)| value.clone());
            let reset = reset.filter(|reset| *reset != name).map(|reset| format!(" (reset {reset})")).unwrap_or_default();
            let notes = if person.notes.is_empty() { String::new() } else { format!("; {}", person.notes.join("; ")) };
            match person.state {
                State::Blocked { reason, .. } => format!("{} blocked: {reason}{notes}", person.id),
                state => format!("{} {}: {name}{reset}{notes}", person.id, state.words()),
            }
        })
        .collect();
    lines.sort();
    (lines, solved.committed().print())
}

const BORN: &str = "1985-01-01";
const ONE: &str = "stands for 2 too, the same person (demo/guardian)";

#[test]
fn names_are_made_of_what_the_person_keeps() {
    let both = |first: &str, second: &str| format!("1,Zoe,Novak,{BORN},{first}\n2,Zoe,Novak,{BORN},{second}\n");
    // What it shows, `values` of the merge, the contacts, what is told.
    let table: &[(&str, &str, String, String)] = &[
        ("the survivor's own email", "", both("zoe@a.example", "zn@b.example"), format!("1 will be created: zoe@a.example; {ONE}")),
        (
            "the survivor has none: that of the other, also in the record, and nobody is blocked for want of it",
            "",
            both("", "Zoe@b.example"),
            format!("1 will be created: zoe@b.example (reset Zoe@b.example); {ONE}; takes email Zoe@b.example from 2"),
        ),
        (
            "the newest, since the merge says so",
            "values = { email = \"newest\" }",
            both("zoe@a.example", "zn@b.example"),
            format!("1 will be created: zn@b.example; {ONE}; takes email zn@b.example from 2"),
        ),
        (
            "the other record's work email does not block: the person has another",
            "",
            both("zoe@a.example", "zn@board.example"),
            format!("1 will be created: zoe@a.example; {ONE}"),
        ),
        (
            "the survivor's does",
            "",
            both("zn@board.example", "zoe@a.example"),
            format!("1 blocked: contact 1 gave zn@board.example; {ONE}"),
        ),
        ("nobody has one", "", both("", ""), format!("1 blocked: contact 1 has no email; {ONE}")),
        ("a person of one record is blocked as ever", "", format!("1,Zoe,Novak,{BORN},\n"), "1 blocked: contact 1 has no email".to_owned()),
    ];
    for (shows, values, contacts, expected) in table {
        assert_eq!(told(values, contacts, "", "").0, [expected.as_str()], "{shows}");
        let reversed: String = contacts.lines().rev().map(|line| format!("{line}\n")).collect();
        assert_eq!(told(values, &reversed, "", "").0, [expected.as_str()], "{shows}, in the other order");
    }
}

#[test]
fn a_name_of_the_ledger_follows_the_person() {
    let entry =
        |name: &str, holder: &str, seen: &str| format!("demo/login-per-board,demo/parents.username,{name},{holder},2026-09-01,{seen}\n");
    let contacts = format!("1,Zoe,Novak,{BORN},zoe@a.example\n2,Zoe,Novak,{BORN},zn@b.example\n");
    let table: &[(&str, String, String)] = &[
        (
            "given to the record that was merged away",
            entry("novak2", "contact 2", "2026-09-02"),
            format!("1 will be created: novak2 (reset zoe@a.example); {ONE}; keeps the name of the ledger"),
        ),
        (
            "given to both: the one that was seen last",
            entry("novak1", "contact 1", "2026-09-02") + &entry("novak2", "contact 2", "2026-10-02"),
            format!("1 will be created: novak2 (reset zoe@a.example); {ONE}; keeps the name of the ledger"),
        ),
        (
            "on one day: that of the record that survives",
            entry("novak1", "contact 1", "2026-10-02") + &entry("novak2", "contact 2", "2026-10-02"),
            format!("1 will be created: novak1 (reset zoe@a.example); {ONE}; keeps the name of the ledger"),
        ),
        (
            "what was given to somebody else stays taken",
            entry("zoe@a.example", "contact 7", "2026-10-02"),
            format!("1 will be created: novak1 (reset zoe@a.example); {ONE}"),
        ),
        (
            "what the record that was merged away had is not in its own way",
            entry("zoe@a.example", "contact 2", "2026-10-02"),
            format!("1 will be created: zoe@a.example; {ONE}; keeps the name of the ledger"),
        ),
    ];
    for (shows, ledger, expected) in table {
        let (lines, written) = told("", &contacts, "", ledger);
        assert_eq!(lines, [expected.as_str()], "{shows}");
        // What is written down is the survivor's; what the other had stays.
        let name = expected.split(": ").nth(1).and_then(|rest| rest.split([' ', ';']).next()).expect("a name");
        assert!(written.contains(&format!("parents.username,{name},contact 1,")), "{shows}: {written}");
        assert_eq!(
            told("", &contacts, "", &written.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>()).0[0].split(';').next(),
            expected.split(';').next()
        );
    }
}

#[test]
fn an_account_of_any_record_is_the_persons() {
    let contacts = format!("1,Zoe,Novak,{BORN},\n2,Zoe,Novak,{BORN},zn@b.example\n");
    let (lines, _) = told("", &contacts, "A1,2,zn@b.example\n", "");
    assert_eq!(lines, [format!("1 exists: zn@b.example; {ONE}; takes email zn@b.example from 2")]);
}
