//! Who must not be taken for whom: families, namesakes, slips of typists and decisions of people, each a few rows that go through a `[[merge]]` and its outcome in a line.
//! `1=2` is one person, `1~2` is for a person to decide, `!1=2=3` is a chain that something forbids, and nothing means that they are kept apart without a word.
use crate::merge::{STUDENTS, compiled, data, found, solved, students};
use rollbook::finding::Mistakes;
use rollbook::model::Epoch;
use rollbook::pack::{self, Decision, Overrides, Pack};
use rollbook::source::{Sources, Spanned};

/// What a case is about, its rows, who belongs to whom, and what is found.
type Family = (&'static str, &'static [&'static str], &'static str, &'static str);

/// Contacts of edsembli CONNECT, by its own merge: first name, last name, email, phone, street, zip, birth date. `1>A` says that contact 1 is one of student A, `A=B`
/// that two students are linked, and `A@12 Elm St` where a student lives.
const PARENTS: &[Family] = &[
    // One parent, typed more than once.
    ("typed for each child, with one email", &["Zoe,Novak,zoe@m.example,,,,", "Zoe,Novak,zoe@m.example,,,,"], "1>A 2>B", "1=2"),
    ("capitals of the email", &["Zoe,Novak,zoe@m.example,,,,", "ZOE,NOVAK,Zoe@M.example,,,,"], "", "1=2"),
    ("accents of the name", &["Zoë,Novák,zoe@m.example,,,,", "Zoe,Novak,zoe@m.example,,,,"], "", "1=2"),
    ("an apostrophe", &["Ann,O'Brien,,613 555 0101,,,", "Ann,OBrien,,613 555 0101,,,"], "", "1=2"),
    ("a phone in two forms", &["Ben,Roy,,613-555-0101,,,", "Ben,Roy,,(613) 555 0101,,,"], "", "1=2"),
    ("a phone with the country code", &["Ben,Roy,,+1 613 555 0101,,,", "Ben,Roy,,6135550101,,,"], "", "1=2"),
    ("the address, of linked children", &["Cleo,Voss,,,12 Elm Street,K0A,", "Cleo,Voss,,,12 ELM ST,K0A,"], "1>A 2>B A=B", "1=2"),
    (
        "the address, of children who live together",
        &["Cleo,Voss,,,12 Elm St,K0A,", "Cleo,Voss,,,12 Elm St,K0A,"],
        "1>A 2>B A@12 Elm St B@12 Elm St",
        "1=2",
    ),
    ("the unit is left out once", &["Cleo,Voss,,,12 Elm St Unit 3,K0A,", "Cleo,Voss,,,12 Elm St,K0A,"], "1>A 2>B A=B", "1=2"),
    (
        "three records, tied by an email and a phone",
        &["Ida,Berg,ida@m.example,,,,", "Ida,Berg,ida@m.example,613 555 0109,,,", "Ida,Berg,,613 555 0109,,,"],
        "",
        "1=2=3",
    ),
    (
        "moved house between two children",
        &["Al,Hart,al@m.example,,1 Oak St,K0A,", "Al,Hart,al@m.example,,99 Pine Rd,K9Z,"],
        "1>A 2>B",
        "1=2",
    ),
    ("another phone, and the same email", &["Al,Hart,al@m.example,613 555 0101,,,", "Al,Hart,al@m.example,613 555 0999,,,"], "", "1=2"),
    // Perhaps one parent.
    (
        "moved house and changed phone and email: only the children tell",
        &["Al,Hart,al@m.example,,1 Oak St,K0A,", "Al,Hart,hart@n.example,,99 Pine Rd,K9Z,"],
        "1>A 2>B A=B",
        "1~2",
    ),
    ("a nickname, and one phone", &["William,Hale,,613 555 0101,,,", "Bill,Hale,,613 555 0101,,,"], "", "1~2"),
    ("a nickname, and one email", &["Robert,Hale,h@m.example,,,,", "Bob,Hale,h@m.example,,,,"], "", "1~2"),
    ("an initial, and one phone", &["J,Novak,,613 555 0101,,,", "Jana,Novak,,613 555 0101,,,"], "", "1~2"),
    ("a letter of the surname", &["Ethel,Crane,,613 555 0101,,,", "Ethel,Craine,,613 555 0101,,,"], "", "1~2"),
    ("the surnames changed places", &["Ana,Garcia Lopez,ana@m.example,,,,", "Ana,Lopez Garcia,ana@m.example,,,,"], "", "1~2"),
    ("one surname of two", &["Ana,Garcia,,613 555 0101,,,", "Ana,Garcia Lopez,,613 555 0101,,,"], "", "1~2"),
    ("married: another surname, and the email stayed", &["Ana,Ruiz,ana@m.example,,,,", "Ana,Lund,ana@m.example,,,,"], "", "1~2"),
    ("a second given name", &["Mary,Ann Moss,,613 555 0101,,,", "Mary Ann,Moss,,613 555 0101,,,"], "", "1~2"),
    (
        "another flat of one house, of linked children",
        &["Cleo,Voss,,,12 Elm St Apt 1,K0A,", "Cleo,Voss,,,12 Elm St Apt 2,K0A,"],
        "1>A 2>B A=B",
        "1~2",
    ),
    (
        "another house of one street, of linked children",
        &["Cleo,Voss,,,12 Elm St,K0A,", "Cleo,Voss,,,14 Elm St,K0A,"],
        "1>A 2>B A=B",
        "1~2",
    ),
    (
        "grandfather and father of one name at one child",
        &["Ben,Roy,old@m.example,,1 Elm St,K0A,", "Ben,Roy,ben@m.example,,1 Elm St,K0A,"],
        "1>A 2>A",
        "1~2",
    ),
    ("one address and one name, and nothing ties the children", &["Ben,Roy,,,1 Elm St,K0A,", "Ben,Roy,,,1 Elm St,K0A,"], "1>A 2>B", "1~2"),
    ("Jr and Sr with one email", &["Ed,Moss Jr,ed@m.example,,,,", "Ed,Moss Sr,ed@m.example,,,,"], "", "1~2"),
    (
        "husband and wife whose names differ by a letter, with one phone",
        &["Joan,Hale,,613 555 0101,,,", "John,Hale,,613 555 0101,,,"],
        "",
        "1~2",
    ),
    // Two people.
    (
        "husband and wife with one email, phone and address",
        &["Ines,Roy,h@m.example,613 555 0101,1 Elm St,K0A,", "Karl,Roy,h@m.example,613 555 0101,1 Elm St,K0A,"],
        "1>A 2>A",
        "",
    ),
    ("two mothers of one child", &["Ines,Roy,h@m.example,,1 Elm St,K0A,", "Ada,Roy,h@m.example,,1 Elm St,K0A,"], "1>A 2>A", ""),
    ("mother and aunt with the phone of the house", &["Inga,Berg,,613 555 0101,,,", "Lena,Berg,,613 555 0101,,,"], "1>A 2>A", ""),
    ("a stepfather and a father", &["Karl,Roy,karl@m.example,,1 Elm St,K0A,", "Paul,Lund,paul@m.example,,1 Elm St,K0A,"], "1>A 2>A", ""),
    ("namesakes of two families", &["Li,Wang,li@m.example,613 555 0101,,,", "Li,Wang,wang@n.example,613 555 0999,,,"], "1>A 2>B", ""),
    (
        "father and son of one name and email, by the birth date",
        &["Ed,Moss,ed@m.example,,,,1955-01-01", "Ed,Moss,ed@m.example,,,,1985-01-01"],
        "",
        "",
    ),
    (
        "grandmother and mother, by the birth date",
        &["Ana,Ruiz,,613 555 0101,,,1950-02-02", "Ana,Ruiz,,613 555 0101,,,1980-03-03"],
        "1>A 2>A",
        "",
    ),
    ("two double names", &["Mary Ann,Moss,,613 555 0101,,,", "Mary Beth,Moss,,613 555 0101,,,"], "", ""),
    ("a first name and nothing else", &["Zoe,Novak,,,,,", "Zoe,Lund,,,,,"], "1>A 2>B", ""),
    ("empty emails and phones are no evidence", &["Zoe,Novak,,,,,", "Zoe,Novak,,,,,"], "1>A 2>B", ""),
    ("colleagues with the phone of their work", &["Al,Hart,,613 555 0100,,,", "Bo,Chen,,613 555 0100,,,"], "1>A 2>B", ""),
    ("neighbours in one house", &["Al,Hart,,,5 Tower Rd,K0A,", "Bo,Chen,,,5 Tower Rd,K0A,"], "1>A 2>B", ""),
    // Chains.
    (
        "the third would tie father and son together",
        &["Ed,Moss,ed@m.example,,,,1955-01-01", "Ed,Moss,ed@m.example,,,,", "Ed,Moss,ed@m.example,,,,1985-01-01"],
        "",
        "!1=2=3",
    ),
    ("a wife beside a chain", &["Ida,Berg,h@m.example,,,,", "Ida,Berg,h@m.example,,,,", "Olaf,Berg,h@m.example,,,,"], "", "1=2"),
    (
        "two parents, each typed twice",
        &["Ida,Berg,h@m.example,,,,", "Olaf,Berg,h@m.example,,,,", "Ida,Berg,h@m.example,,,,", "Olaf,Berg,h@m.example,,,,"],
        "",
        "1=3 2=4",
    ),
    (
        "a nickname beside one who is proven",
        &["William,Hale,h@m.example,,,,", "William,Hale,h@m.example,,,,", "Bill,Hale,h@m.example,,,,"],
        "",
        "1=2 1~3",
    ),
];

/// What a case is about, rows of first name, last name, birth date, number and email, and what is found.
type Child = (&'static str, &'static [&'static str], &'static str);

/// Students, by the merge that `tests/merge.rs` has.
const CHILDREN: &[Child] = &[
    ("twins of two sexes", &["Mia,Lund,2015-03-02,,lund@m.example", "Max,Lund,2015-03-02,,lund@m.example"], ""),
    ("twins whose names rhyme", &["Jaden,Lund,2015-03-02,11,", "Kaden,Lund,2015-03-02,12,"], ""),
    ("twins, one with two names", &["Mary,Lund,2015-03-02,11,", "Mary Ann,Lund,2015-03-02,42,"], ""),
    ("twins whose numbers follow one another: for a person", &["Mila,Lund,2015-03-02,7001,", "Myla,Lund,2015-03-02,7002,"], "1~2"),
    ("triplets, two of like names", &["Ana,Ruiz,2015-03-02,101,", "Anna,Ruiz,2015-03-02,202,", "Eva,Ruiz,2015-03-02,303,"], ""),
    ("two children with one parent's email", &["Ana,Ruiz,2015-03-02,,p@m.example", "Bea,Ruiz,2012-03-02,,p@m.example"], ""),
    ("two children of one first name in a step-family", &["Ana,Ruiz,2015-03-02,,p@m.example", "Ana,Lund,2012-07-09,,p@m.example"], ""),
    ("a child under the names of both parents", &["Ana,Ruiz,2015-03-02,,p@m.example", "Ana,Ruiz-Lund,2015-03-02,,p@m.example"], "1~2"),
    ("double surname, swapped", &["Ana,Garcia Lopez,2015-03-02,,", "Ana,Lopez Garcia,2015-03-02,,"], "1~2"),
    ("double surname with a hyphen", &["Ana,Garcia-Lopez,2015-03-02,,", "Ana,Garcia Lopez,2015-03-02,,"], "1=2"),
    ("one surname of two under one number", &["Ana,Garcia,2015-03-02,7001,", "Ana,Garcia Lopez,2015-03-02,7001,"], "1=2"),
    ("two digits of the day changed places", &["Ana,Ruiz,2015-03-12,,", "Ana,Ruiz,2015-03-21,,"], "1~2"),
    ("a digit of the year", &["Ana,Ruiz,2015-03-02,,", "Ana,Ruiz,2016-03-02,,"], "1~2"),
    ("a day that no calendar has", &["Ana,Ruiz,2015-13-02,,", "Ana,Ruiz,2015-02-13,,"], "1~2"),
    ("two digits of the number changed places", &["Ana,Ruiz,2015-03-02,7013,", "Ana,Ruiz,2015-03-02,7031,"], "1=2"),
    ("a number that lost its zeros", &["Ana,Ruiz,2015-03-02,007001,", "Ana,Ruiz,2015-03-02,7001,"], "1=2"),
    ("the same number for two children", &["Ana,Ruiz,2015-03-02,7001,", "Bo,Chen,2012-07-09,7001,"], ""),
    ("a sibling under the number of the first", &["Ana,Ruiz,2015-03-02,7001,", "Bo,Ruiz,2017-07-09,7001,"], ""),
    ("a name of one letter and a name", &["A,Ruiz,2015-03-02,,", "Ana,Ruiz,2015-03-02,,"], "1~2"),
    ("a nickname on another birthday", &["William,Hale,2015-03-02,,", "Bill,Hale,2011-09-09,,"], ""),
    ("a nickname of another name", &["William,Hale,2015-03-02,,", "Bob,Hale,2015-03-02,,"], ""),
    ("cousins of one name and year", &["Ana,Ruiz,2015-03-02,11,", "Ana,Ruiz,2015-08-20,22,"], ""),
    ("namesakes without a birth date", &["Li,Wang,,11,", "Li,Wang,,22,"], ""),
    ("namesakes without a birth date and number", &["Li,Wang,,,", "Li,Wang,,,"], ""),
    ("first and last name changed places, and another number", &["Chen,Mei,2015-03-02,11,", "Mei,Chen,2015-03-02,99,"], ""),
    ("a placeholder birthday beside the real one", &["Ana,Ruiz,1900-01-01,,", "Ana,Ruiz,2015-03-02,,"], ""),
    ("letters of another script", &["Мария,Ruiz,2015-03-02,,", "Maria,Ruiz,2015-03-02,,"], ""),
    ("an umlaut written out", &["Jürgen,Groß,2015-03-02,,", "Juergen,Gross,2015-03-02,,"], "1~2"),
    ("an Icelandic letter", &["Þór,Lund,2015-03-02,,", "Thor,Lund,2015-03-02,,"], "1=2"),
    ("Jr once", &["Ray,Okafor Jr,2015-03-02,,", "Ray,Okafor,2015-03-02,,"], "1~2"),
    ("Jr and Sr", &["Ray,Okafor Jr,2015-03-02,,", "Ray,Okafor Sr,2015-03-02,,"], ""),
    (
        "a chain over a missing number, in a loop",
        &["Ana,Ruiz,2015-03-02,,", "Ana,Ruiz,2015-03-02,7001,", "Ana,Ruiz,2015-03-02,7001,"],
        "1=2=3",
    ),
    (
        "two chains that share a likely pair",
        &["Ana,Ruiz,2015-03-02,11,", "Ana,Ruiz,2015-03-02,11,", "Anna,Ruiz,2015-03-02,,", "Anna,Ruiz,2015-03-02,,"],
        "1=2 1~3 3=4",
    ),
    (
        "two contradictions at once",
        &[
            "Ana,Ruiz,2015-03-02,101,",
            "Ana,Ruiz,2015-03-02,,",
            "Ana,Ruiz,2015-03-02,202,",
            "Bo,Chen,2014-01-01,303,",
            "Bo,Chen,2014-01-01,,",
            "Bo,Chen,2014-01-01,404,",
        ],
        "!1=2=3 !4=5=6",
    ),
];

/// Teachers of a board, who may have a record for each school.
const STAFF: &str = r#"
[pack]
name = "demo"
title = "a demo"
version = "1.0.0"

[[merge]]
name    = "twice"
of      = 'staff c'
compare = ['staff d where d.last_name = c.last_name', 'staff d where d.email = c.email', 'staff d where d.number = c.number']
same    = [
    'c.first_name = d.first_name and c.last_name = d.last_name and c.email = d.email',
    'c.number = d.number and c.first_name nearly d.first_name',
]
likely  = [
    'c.first_name nearly d.first_name and c.last_name nearly d.last_name and c.school_id = d.school_id',
    'c.first_name nearly d.first_name and c.email = d.email',
]
never   = ['c.number != d.number and not (c.number nearly d.number)']
keeps   = ["c.id"]
"#;

/// Rows of first name, last name, email, number and school.
const TEACHERS: &[Child] = &[
    ("one teacher with a record for each of two schools", &["Kim,Lee,kim@b.example,,10", "Kim,Lee,kim@b.example,,20"], "1=2"),
    ("two teachers of one name in two schools", &["Kim,Lee,klee@b.example,,10", "Kim,Lee,klee2@b.example,,20"], ""),
    ("two teachers of one name in one school, with numbers", &["Kim,Lee,klee@b.example,501,10", "Kim,Lee,klee2@b.example,777,10"], ""),
    (
        "two teachers of one name in one school, without: for a person",
        &["Kim,Lee,klee@b.example,,10", "Kim,Lee,klee2@b.example,,10"],
        "1~2",
    ),
    ("married, under one number", &["Ana,Ruiz,ana@b.example,501,10", "Ana,Lund,lund@b.example,501,10"], "1=2"),
    ("married, with the old address", &["Ana,Ruiz,ana@b.example,,10", "Ana,Lund,ana@b.example,,10"], "1~2"),
    ("husband and wife at one school", &["Ana,Ruiz,ana@b.example,501,10", "Leo,Ruiz,leo@b.example,888,10"], ""),
    ("an address of the office for two", &["Ana,Ruiz,office@b.example,,10", "Leo,Lund,office@b.example,,10"], ""),
    ("a nickname under one number", &["Robert,Hale,rh@b.example,501,10", "Bob,Hale,bob@b.example,501,20"], "1=2"),
    ("a successor under the number of the post", &["Robert,Hale,rh@b.example,501,10", "Eva,Moss,em@b.example,501,10"], ""),
    (
        "a chain over two schools that two numbers forbid",
        &["Kim,Lee,kim@b.example,501,10", "Kim,Lee,kim@b.example,,20", "Kim,Lee,kim@b.example,888,30"],
        "!1=2=3",
    ),
];

/// Accounts made by hand, `E...`, and automated ones, one to one. Rows of id, first name, last name, birth date, number.
const ACCOUNTS: &str = r#"
[pack]
name = "demo"
title = "a demo"
version = "1.0.0"

[[merge]]
name       = "twice"
of         = 'account c where c.ref_id starts with "E"'
compare    = ['account d where not d.ref_id starts with "E" and d.last_name = c.last_name', 'account d where not d.ref_id starts with "E" and d.number = c.number']
same       = ['c.first_name = d.first_name and c.last_name = d.last_name and c.birth_date = d.birth_date', 'c.number = d.number and c.last_name = d.last_name']
likely     = ['c.first_name nearly d.first_name and c.last_name = d.last_name']
never      = ['c.birth_date != d.birth_date and not (c.birth_date nearly d.birth_date)']
one_to_one = true
"#;

/// Besides the rows, what was decided: `E1=A1` the same, `E1/A1` different.
const PARTNERS: &[Family] = &[
    ("one and one", &["E1,Ana,Ruiz,2015-03-02,", "A1,Ana,Ruiz,2015-03-02,"], "", "A1=E1"),
    (
        "two by hand of one child: neither is chosen",
        &["E1,Ana,Ruiz,2015-03-02,", "E2,Ana,Ruiz,2015-03-02,", "A1,Ana,Ruiz,2015-03-02,"],
        "",
        "A1~E1 A1~E2",
    ),
    ("the better evidence is taken", &["E1,Ana,Ruiz,2015-03-02,7", "A1,Ana,Ruiz,2015-03-02,7", "A2,Ana,Ruiz,2015-03-02,"], "", "A1=E1"),
    ("twins and one account by hand", &["E1,Mia,Lund,2015-03-02,", "A1,Mia,Lund,2015-03-02,", "A2,Max,Lund,2015-03-02,"], "", "A1=E1"),
    ("a namesake of another age", &["E1,Ana,Ruiz,2009-03-02,", "A1,Ana,Ruiz,2015-03-02,"], "", ""),
    ("a nickname is for a person", &["E1,Bill,Hale,,", "A1,William,Hale,,"], "", "A1~E1"),
    ("a person said yes", &["E1,Bill,Hale,,", "A1,William,Hale,,"], "E1=A1", "A1=E1"),
    ("a person said no", &["E1,Bill,Hale,,", "A1,William,Hale,,"], "E1/A1", ""),
    ("a person said no to what is proven", &["E1,Ana,Ruiz,2015-03-02,", "A1,Ana,Ruiz,2015-03-02,"], "E1/A1", ""),
    (
        "a decision frees the other one",
        &["E1,Ana,Ruiz,2015-03-02,", "E2,Ana,Ruiz,2015-03-02,", "A1,Ana,Ruiz,2015-03-02,"],
        "E2/A1",
        "A1=E1",
    ),
    ("a decision takes the partner", &["E1,Ana,Ruiz,2015-03-02,", "E2,Bo,Chen,,", "A1,Ana,Ruiz,2015-03-02,"], "E2=A1", "A1=E2"),
    ("yes and no of one pair", &["E1,Bill,Hale,,", "A1,William,Hale,,"], "E1=A1 E1/A1", "!A1=E1"),
];

/// The packs of edsembli CONNECT, as they are built in.
fn connect() -> Vec<Pack> {
    let (mut sources, mut found) = (Sources::default(), Mistakes::default());
    let mut files = Vec::new();
    for name in ["roster", "targets", "edsembli-connect"] {
        let id = sources.add(name, pack::builtin(name).expect("a built-in pack"));
        files.push(pack::read(&sources, id, &mut found));
    }
    let files = pack::order(files, &mut found);
    let packs = pack::compile(&files, &Overrides::default(), &sources, &mut found);
    assert!(!found.any_error());
    packs
}

/// The tables of a case, with the rows of people in order or reversed.
fn household(rows: &[&str], ties: &str, reversed: bool) -> [String; 4] {
    let mut contacts: Vec<String> = rows.iter().enumerate().map(|(at, row)| format!("{},{row}\n", at + 1)).collect();
    if reversed {
        contacts.reverse();
    }
    let (mut guardianships, mut siblings, mut students) = (String::new(), "Y,Z\nZ,Y\n".to_owned(), "Y,,\n".to_owned());
    let mut words = ties.split(' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        if let Some((contact, student)) = word.split_once('>') {
            guardianships.push_str(&format!("{contact},{student}\n"));
        } else if let Some((student, number)) = word.split_once('@') {
            let mut street = number.to_owned();
            while let Some(next) = words.next_if(|next| !next.contains(['>', '=', '@'])) {
                street.push_str(&format!(" {next}"));
            }
            students.push_str(&format!("{student},{street},K0A\n"));
        } else if let Some((one, other)) = word.split_once('=') {
            siblings.push_str(&format!("{one},{other}\n{other},{one}\n"));
        }
    }
    [
        format!("id,first_name,last_name,email,phone,street,zip,birth_date\n{}", contacts.concat()),
        format!("contact_id,student_id\n9,Y\n{guardianships}"),
        format!("a,b\n{siblings}"),
        format!("id,street,zip\n{students}"),
    ]
}

/// What is found in every case, beside what was expected; told together, so that one run shows all that changed.
fn check(told: Vec<(String, String, String)>) {
    let wrong: Vec<String> = told
        .into_iter()
        .filter(|(_, found, expected)| found != expected)
        .map(|(name, found, expected)| format!("{name}: found `{found}`, expected `{expected}`"))
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn parents() {
    let packs = connect();
    let mut told = Vec::new();
    for (name, rows, ties, expected) in PARENTS {
        for reversed in [false, true] {
            let [contacts, guardianships, siblings, students] = household(rows, ties, reversed);
            let tables = [("contact", contacts), ("guardianship", guardianships), ("sibling", siblings), ("student", students)];
            let tables: Vec<(&str, Epoch, &str)> = tables.iter().map(|(name, csv)| (*name, Epoch::Today, csv.as_str())).collect();
            let dataset = data(&tables);
            let shown = if reversed { format!("{name}, reversed") } else { (*name).to_owned() };
            told.push((shown, solved(&packs, &dataset, &[], found), (*expected).to_owned()));
        }
    }
    check(told);
}

#[test]
fn children() {
    let packs = compiled(STUDENTS);
    let case = |(name, rows, expected): &Child| {
        let dataset = data(&[("student", Epoch::Today, &students(rows))]);
        ((*name).to_owned(), solved(&packs, &dataset, &[], found), (*expected).to_owned())
    };
    check(CHILDREN.iter().map(case).collect());
}

#[test]
fn teachers() {
    let packs = compiled(STAFF);
    let case = |(name, rows, expected): &Child| {
        let rows: String = rows.iter().enumerate().map(|(at, row)| format!("{},{row}\n", at + 1)).collect();
        let dataset = data(&[("staff", Epoch::Today, &format!("id,first_name,last_name,email,number,school_id\n{rows}"))]);
        ((*name).to_owned(), solved(&packs, &dataset, &[], found), (*expected).to_owned())
    };
    check(TEACHERS.iter().map(case).collect());
}

#[test]
fn partners() {
    let packs = compiled(ACCOUNTS);
    let case = |(name, rows, decided, expected): &Family| {
        let dataset = data(&[("account", Epoch::Today, &format!("ref_id,first_name,last_name,birth_date,number\n{}\n", rows.join("\n")))]);
        let decisions: Vec<Decision> = decided.split(' ').filter(|word| !word.is_empty()).map(decision).collect();
        ((*name).to_owned(), solved(&packs, &dataset, &decisions, found), (*expected).to_owned())
    };
    check(PARTNERS.iter().map(case).collect());
}

fn decision(word: &str) -> Decision {
    let spanned = |text: &str| Spanned::new(text.to_owned(), rollbook::source::Span::default());
    let same = word.contains('=');
    let records = word.split(['=', '/']).map(spanned).collect();
    Decision { merge: spanned("demo/twice"), records, same, reason: String::new(), date: String::new() }
}

#[test]
fn there_are_many() {
    assert!(PARENTS.len() + CHILDREN.len() + TEACHERS.len() + PARTNERS.len() >= 80);
}
