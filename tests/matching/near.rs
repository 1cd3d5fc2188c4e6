//! What is nearly equal, type by type.
use rollbook::matching::Nearness::{Abbreviated, Alike, Apart, Contained, DayMonth, Equal, Initial, Nickname, Reordered, Slip, Transposed};
use rollbook::matching::{Nearness, Nicknames, address, common_limit, nearly, nearness};
use rollbook::model::Type::{self, Date, Email, Flag, Grade, Id, Login, Name, Number, Phone, Text};

#[test]
fn values_are_nearly_equal_for_a_reason() {
    let table: &[(Type, &str, &str, Nearness)] = &[
        (Name, "José", "JOSE", Equal),
        (Name, "O'Brien", "Obrien", Equal),
        (Name, "William", "Bill", Nickname),
        (Name, "Bill", "Will", Nickname),
        (Name, "Samuel", "Sam", Nickname),
        (Name, "Samantha", "Sam", Nickname),
        (Name, "Samuel", "Samantha", Apart),
        (Name, "Francisco", "Paco", Nickname),
        (Name, "Guadalupe", "Lupita", Nickname),
        (Name, "Yekaterina", "Katya", Nickname),
        (Name, "Mohammed", "Muhammad", Nickname),
        (Name, "Katarzyna", "Kasia", Nickname),
        (Name, "Priya", "Pryia", Transposed),
        (Name, "Deshawn", "Deshaun", Slip),
        (Name, "Tran", "Trann", Slip),
        (Name, "Ava", "Eva", Apart),
        (Name, "Mia", "Mya", Apart),
        (Name, "Ella", "Bella", Alike),
        (Name, "Jayden", "Hayden", Alike),
        (Name, "Li", "Lu", Apart),
        (Name, "J", "Juana", Initial),
        (Name, "J.", "Maria", Apart),
        (Name, "Juan C", "Juan Carlos", Contained),
        (Name, "Juan C", "Juan Pablo", Apart),
        (Name, "Mary", "Mary Ann", Contained),
        (Name, "Mary Ann", "Mary Beth", Apart),
        (Name, "Maryann", "Mary Ann", Reordered),
        (Name, "Ana Maria", "Maria Ana", Reordered),
        (Name, "Garcia Lopez", "Lopez-Garcia", Reordered),
        (Name, "Garcia", "Garcia Lopez", Contained),
        (Name, "Garcia Lopez", "Garcia Perez", Apart),
        (Name, "Garcia", "Gracia Lopez", Transposed),
        (Name, "Cruz", "de la Cruz", Contained),
        (Name, "de la Cruz", "Delacruz", Reordered),
        (Name, "de la Cruz", "de la Rosa", Apart),
        (Name, "van der Berg", "Vanderberg", Reordered),
        (Name, "Smith-Jones", "Jones", Contained),
        (Name, "Okafor Jr.", "Okafor Sr.", Apart),
        (Name, "Okafor Jr", "Okafor II", Abbreviated),
        (Name, "Okafor Jr", "Okafor", Alike),
        (Name, "Okafor III", "Okafor Jr", Apart),
        (Name, "小明", "小红", Apart),
        (Date, "2014-03-02", "3/2/2014", Equal),
        (Date, "2014-03-02", "2014-02-03", DayMonth),
        (Date, "2014-25-03", "2014-03-25", DayMonth),
        (Date, "2014-03-02", "2014-03-12", Slip),
        (Date, "2014-03-12", "2014-03-21", Transposed),
        (Date, "2014-03-02", "2041-03-02", Transposed),
        (Date, "2014-03-02", "2015-04-02", Apart),
        (Phone, "(555) 201-0100", "555.201.0100", Equal),
        (Phone, "+1 555 201 0100", "5552010100", Equal),
        (Phone, "555-201-0100", "555-201-0109", Slip),
        (Phone, "555-201-0123", "555-201-0132", Transposed),
        (Phone, "201-0100", "555-201-0100", Contained),
        (Phone, "555-201-0100", "555-210-0109", Apart),
        (Phone, "911", "912", Apart),
        (Id, "004711", "4711", Abbreviated),
        (Id, "4711a", "4711A", Abbreviated),
        (Id, "80209", "80208", Slip),
        (Id, "80209", "82009", Transposed),
        (Id, "80209", "80291", Apart),
        (Id, "12", "13", Apart),
        (Number, "1234", "1243", Transposed),
        (Email, "Ana.Diaz@mail.example", "ana.diaz@MAIL.example", Equal),
        (Email, "ana.diaz@mail.example", "ana.dias@mail.example", Slip),
        (Email, "ana.diaz@mail.example", "ana.daiz@mail.example", Transposed),
        (Email, "ana.diaz@gmial.example", "ana.diaz@gmail.example", Transposed),
        (Email, "ana.diaz@gmial.example", "ana.dias@gmail.example", Apart),
        (Email, "asmith@mail.example", "bsmith@mail.example", Apart),
        (Email, "mchen2@mail.example", "mchen3@mail.example", Apart),
        (Email, "mchen@mail.example", "mchen2@mail.example", Apart),
        (Login, "jokafor", "jokaffor", Slip),
        (Login, "jokafor07", "jokafor08", Apart),
        (Text, "12 North Oak Street, Apt. 4", "12 N Oak St #4", Abbreviated),
        (Text, "12 Oak St Unit 4", "12 Oak Street Apt 4", Abbreviated),
        (Text, "12 Oak Street", "12 Oka Street", Transposed),
        (Text, "12 Oak Street Apt 4", "12 Oak Street", Contained),
        (Text, "12 Oak Street Apt 4", "12 Oak Street Apt 5", Apart),
        (Text, "12 Oak Street", "14 Oak Street", Apart),
        (Text, "1231 Oak Street", "1213 Oak Street", Alike),
        (Text, "12 Oak Street", "12 Maple Street", Apart),
        (Text, "5 First Ave", "5 1st Avenue", Abbreviated),
        (Text, "5 Saint Anne Court", "5 St Anne Ct", Abbreviated),
        (Text, "P.O. Box 12", "PO Box 12", Abbreviated),
        (Text, "Will Beth Cruz", "Cruz Beth Cruz", Apart),
        (Text, "Cruz Beth Cruz", "Will Beth Cruz", Apart),
        (Grade, "03", "3rd", Equal),
        (Grade, "3", "4", Alike),
        (Grade, "K", "5", Apart),
        (Flag, "yes", "no", Apart),
    ];
    let names = Nicknames::built_in();
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(kind, left, right, expected)| {
            let (one, other) = (nearness(*kind, left, right, &names), nearness(*kind, right, left, &names));
            let agrees = one == Some(*expected) && one == other && nearly(*kind, left, right, &names) == Some(*expected != Apart);
            (!agrees).then(|| format!("{kind} {left} | {right}: {one:?}, {other:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_cannot_be_read_is_unknown() {
    let names = Nicknames::built_in();
    for (kind, left, right) in
        [(Date, "soon", "2014-03-02"), (Phone, "none", "555-201-0100"), (Number, "many", "12"), (Name, "--", "Ana"), (Grade, "x", "3")]
    {
        assert_eq!(nearly(kind, left, right, &names), None, "{left} and {right}");
    }
}

#[test]
fn nicknames_are_many_and_can_be_added() {
    let names = Nicknames::built_in();
    assert!(!names.related("xiomara", "xio"));
    let (names, useless) = names.extended(["Xiomara: Xio, Mara", "Anaïs: Nana", "Alone", "", "# a remark: not a line"]);
    assert!(names.related("xiomara", "xio") && names.related("mara", "xio") && names.related("anais", "nana"));
    assert!(!names.related("anais", "xio"));
    assert_eq!(useless, ["Alone"]);
    let file = include_str!("../../rules/nicknames.txt");
    assert!(file.lines().filter(|line| line.contains(": ")).count() > 300);
}

#[test]
fn addresses_are_written_one_way() {
    for (text, expected) in [
        ("12 N. Oak Street, Apt. #4", "12 n oak st unit 4"),
        ("12 North Oak St Unit 4", "12 n oak st unit 4"),
        ("Rte 9, Suite 200", "rte 9 unit 200"),
        ("1044, chemin du Lac", "1044 chemin du lac"),
        ("...", ""),
    ] {
        assert_eq!(address(text), expected, "{text}");
    }
}

#[test]
fn a_value_is_common_when_it_stands_out() {
    let mut families: Vec<u32> = (0..1000).map(|at| 1 + at % 4).collect();
    assert_eq!(common_limit(Phone, &families), None);
    families.push(300);
    assert_eq!(common_limit(Phone, &families), Some(20));
    let mut days = vec![25; 4000];
    days.push(900);
    assert_eq!(common_limit(Date, &days), Some(100));
    assert_eq!(common_limit(Name, &[1, 1, 1, 900]), None);
    assert_eq!(common_limit(Phone, &[]), None);
}
