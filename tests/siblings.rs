//! A mother of two children who should have one account: only the link of the children is missing, only her record was typed twice, or both. What `validate`,
//! `merge`, `accounts` and the fix file say of each must fit together.
use crate::program::{Printed, program};
use std::fs;
use std::path::{Path, PathBuf};

/// A case: who her records are, whose child each has, and whether the children are linked.
struct Case {
    name: &'static str,
    contacts: &'static str,
    guardianships: &'static str,
    siblings: &'static str,
}

const ONCE: &str = "80100,101,Zoe,Novak,zoe@mail.example,613-555-0101,4 Elm St,K0J 1T0\n";
const TWICE: &str =
    "80100,101,Zoe,Novak,zoe@mail.example,613-555-0101,4 Elm St,K0J 1T0\n80200,101,Zoë,NOVAK,Zoe@mail.example,,4 Elm Street,K0J 1T0\n";
const LINKED: &str = "40100,40200\n";

const CASES: [Case; 4] = [
    Case { name: "nothing is wrong", contacts: ONCE, guardianships: "80100,40100,Mother\n80100,40200,Mother\n", siblings: LINKED },
    Case {
        name: "only the link of the children is missing",
        contacts: ONCE,
        guardianships: "80100,40100,Mother\n80100,40200,Mother\n",
        siblings: "",
    },
    Case {
        name: "only the contact was typed twice",
        contacts: TWICE,
        guardianships: "80100,40100,Mother\n80200,40200,Mother\n",
        siblings: LINKED,
    },
    Case { name: "both", contacts: TWICE, guardianships: "80100,40100,Mother\n80200,40200,Mother\n", siblings: "" },
];

fn written(test: &str, case: &Case) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("siblings").join(test).join(case.name.replace(' ', "-"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("connect")).expect("a folder");
    // Another pair of children, so that the board does link children.
    let siblings = format!("40900,40901\n40901,40900\n{}", case.siblings);
    let files = [
        (
            "schools",
            "School ID,School Name,Type,Board ID\n101,Alder Creek Public School,School,900\n900,Tamarack Valley,Board,\n".to_owned(),
        ),
        (
            "students",
            "Person ID,School ID,Student Number,First Name,Last Name,Grade,Birth Date,Street,Postal Code\n\
             40100,101,305001,Ada,Novak,2,2019-02-03,4 Elm St,K0J 1T0\n40200,101,305002,Ben,Novak,K,2021-04-05,4 Elm St,K0J 1T0\n\
             40900,101,305003,Cy,Lund,3,2018-02-03,9 Oak St,K0J 1T0\n40901,101,305004,Di,Lund,1,2020-04-05,9 Oak St,K0J 1T0\n"
                .to_owned(),
        ),
        (
            "staff",
            "Person ID,School ID,Type,First Name,Last Name,Email,Username\n7001,101,Teacher,Ed,Moss,ed@board.example,emoss\n".to_owned(),
        ),
        (
            "contacts",
            format!(
                "Person ID,School ID,First Name,Last Name,Email,Phone,Street,Postal Code\n{}80900,101,Ina,Lund,ina@mail.example,613-555-0109,9 Oak St,K0J 1T0\n",
                case.contacts
            ),
        ),
        (
            "guardianships",
            format!("Contact Person ID,Student Person ID,Relationship\n{}80900,40900,Mother\n80900,40901,Mother\n", case.guardianships),
        ),
        ("siblings", format!("Student Person ID,Sibling Person ID\n{siblings}")),
        (
            "accounts",
            "Account ID,Group,Type,School ID,Person ID,Username,Full Name,Reset Email,Status\n\
             AC1,Parents,Contact,101,80900,ina@mail.example,Ina Lund,ina@mail.example,Active\n"
                .to_owned(),
        ),
        ("permissions", "Account ID,Student Person ID\nAC1,40900\nAC1,40901\n".to_owned()),
        ("groups", "Group,Type,Level,School ID,Naming Schema\nParents,Contact,School,101,Contact email\n".to_owned()),
    ];
    for (name, text) in files {
        fs::write(folder.join(format!("connect/{name}.csv")), text).expect("rows");
    }
    folder
}

/// What the program prints, run in the folder of a case; a run that could not give a verdict fails the test.
fn told(folder: &Path, arguments: &[&str]) -> String {
    let fixed = ["connect", "--no-config", "--date", "2026-11-22", "--pack", "edsembli-connect"];
    let Printed { code, out, error } = program([arguments, &fixed].concat()).within(folder).run();
    assert!(matches!(code, 0 | 1), "{arguments:?}: {error}");
    out
}

/// The rules that found something, with the message of each finding.
fn findings(folder: &Path) -> String {
    let value = |line: &str| -> serde_json::Value { serde_json::from_str(line).expect("a line of JSON") };
    let lines = told(folder, &["validate", "--format", "jsonl"]);
    lines
        .lines()
        .map(value)
        .map(|finding| format!("{}: {}\n", finding["rule"].as_str().expect("a rule"), finding["message"].as_str().expect("a message")))
        .collect()
}

#[test]
fn each_cause_is_told_apart() {
    let mut all = String::new();
    for case in &CASES {
        let folder = written("told", case);
        let pulled =
            |folder: &Path| fs::read_to_string(folder.join("fixes/contacts-to-pull.csv")).unwrap_or_else(|_| "(no file)\n".to_owned());
        told(&folder, &["validate", "--fixes", "fixes", "--rule", "guardian"]);
        all.push_str(&format!(
            "==== {}\n\n-- validate\n{}\n-- merge\n{}\n-- accounts\n{}\n-- contacts-to-pull.csv\n{}\n",
            case.name,
            findings(&folder),
            told(&folder, &["merge", "--rule", "guardian"]),
            told(&folder, &["accounts", "--group", "parents"]),
            pulled(&folder),
        ));
    }
    insta::assert_snapshot!(all);
}

/// Whatever is wrong, she gets one account that sees both: the schema is asked of a person, not of a record.
#[test]
fn she_gets_one_account_that_sees_both() {
    for case in &CASES {
        let folder = written("one", case);
        let people = told(&folder, &["accounts", "--explain", "80100"]);
        assert!(people.contains("will be created") && people.contains("it will see 40100 and 40200"), "{}: {people}", case.name);
        // By either of her records.
        if case.contacts == TWICE {
            let other = told(&folder, &["accounts", "--explain", "80200"]);
            assert!(other.contains("40100 and 40200"), "{}: {other}", case.name);
        }
    }
}

/// The contact comes first where both are wrong: while her records are two, no contact ties the children together. Nothing is found when both were mended.
#[test]
fn the_rules_that_find_each() {
    let findings: Vec<String> = CASES.iter().map(|case| findings(&written("rules", case))).collect();
    let of = |at: usize, rule: &str| findings[at].contains(&format!("edsembli-connect/{rule}:"));
    assert!(!of(0, "guardian") && !of(0, "siblings-not-linked"), "{}", findings[0]);
    assert!(!of(1, "guardian") && of(1, "siblings-not-linked"), "{}", findings[1]);
    assert!(of(2, "guardian") && !of(2, "siblings-not-linked"), "{}", findings[2]);
    assert!(of(3, "guardian") && !of(3, "siblings-not-linked"), "{}", findings[3]);
}
