//! Who is one person and who is not: families first. Each case is two records and what is to become of them.
use rollbook::matching::Verdict::{Different, Likely, Same};
use rollbook::matching::{Field, Known, Level, Levels, Lore, Model, Nicknames, Role, Verdict, Weights};
use rollbook::model::Type;

/// A field, and what it weighs when it is the same, another form, a slip, similar, different.
fn field(name: &str, kind: Type, role: Role, bits: [f64; 5]) -> (Field, Weights) {
    let levels = [Level::Same, Level::Form, Level::Typo, Level::Similar, Level::Differs];
    let weights = levels.into_iter().zip(bits).fold(Weights::default(), |weights, (level, bits)| weights.with(level, bits));
    let weights = if kind == Type::Name { weights.with(Level::Rare, bits[0] + 5.0) } else { weights };
    (Field { name: name.to_owned(), kind, role }, weights)
}

/// first name | last name | born | phone | email | address
fn students() -> Model {
    let fields = vec![
        field("first_name", Type::Name, Role::Given, [9.0, 7.0, 6.0, 4.0, -2.0]),
        field("last_name", Type::Name, Role::Shared, [8.0, 6.0, 6.0, 2.0, -4.0]),
        field("birth_date", Type::Date, Role::Personal, [12.0, 6.0, 6.0, 0.0, -10.0]),
        field("phone", Type::Phone, Role::Shared, [12.0, 10.0, 4.0, 0.0, -3.0]),
        field("email", Type::Email, Role::Shared, [12.0, 10.0, 8.0, 0.0, -3.0]),
        field("street", Type::Text, Role::Shared, [12.0, 12.0, 8.0, 4.0, -3.0]),
    ];
    Model::by_hand(fields, 27.0, 16.0)
}

/// first name | last name | phone | email | address
fn guardians() -> Model {
    let fields = vec![
        field("first_name", Type::Name, Role::Given, [9.0, 7.0, 6.0, 4.0, -2.0]),
        field("last_name", Type::Name, Role::Shared, [8.0, 6.0, 6.0, 2.0, -3.0]),
        field("phone", Type::Phone, Role::Shared, [12.0, 10.0, 4.0, 0.0, -2.0]),
        field("email", Type::Email, Role::Shared, [12.0, 10.0, 8.0, 0.0, -2.0]),
        field("street", Type::Text, Role::Shared, [12.0, 12.0, 8.0, 4.0, -2.0]),
    ];
    Model::by_hand(fields, 18.0, 14.0)
}

/// first name | last name | number | email | school: nothing here is a household's
fn staff() -> Model {
    let fields = vec![
        field("first_name", Type::Name, Role::Given, [8.0, 6.0, 5.0, 3.0, -10.0]),
        field("last_name", Type::Name, Role::Personal, [8.0, 6.0, 6.0, 2.0, -4.0]),
        field("number", Type::Id, Role::Personal, [14.0, 14.0, 4.0, 0.0, -8.0]),
        field("email", Type::Email, Role::Personal, [14.0, 12.0, 8.0, 0.0, -6.0]),
        field("school_id", Type::Id, Role::Personal, [3.0, 3.0, 0.0, 0.0, -2.0]),
    ];
    Model::by_hand(fields, 20.0, 10.0)
}

/// Names that hardly anybody else has.
const RARE: [&str; 2] = ["Xiomara", "Feld"];

/// Names that are in use, besides those of the list of nicknames.
fn lore() -> Lore {
    let in_use =
        ["Jayden", "Jaden", "Aiden", "Jaiden", "Mario", "Mariah", "Kyla", "Kayla", "Hailey", "Haley", "Mei", "Min", "Brayden", "Braden"];
    let names = in_use.iter().flat_map(|name| [*name; 3]);
    Lore { nicknames: Nicknames::built_in(), known: Known::count(names, 3) }
}

fn verdict(model: &Model, one: &str, other: &str) -> (Verdict, String) {
    let cells = |record: &str| record.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let (one, other, lore) = (cells(one), cells(other), lore());
    let value = |cells: &[String], at: usize| cells.get(at).cloned().filter(|cell| !cell.is_empty());
    let (left, right): (Vec<_>, Vec<_>) = (0..model.fields.len()).map(|at| (value(&one, at), value(&other, at))).unzip();
    let compare = |(at, field): (usize, &Field)| match lore.compare(field, left[at].as_deref(), right[at].as_deref()).0 {
        Level::Same if left[at].as_deref().is_some_and(|value| RARE.contains(&value)) => Level::Rare,
        level => level,
    };
    let levels: Levels = model.fields.iter().enumerate().map(compare).collect();
    let names = [&model.fields[0], &model.fields[1]];
    let pair = |values: &'_ [Option<String>]| [values[0].clone(), values[1].clone()];
    let ([a, b], [c, d]) = (pair(&left), pair(&right));
    let crosswise = || lore.exchanged(names, [a.as_deref(), b.as_deref()], [c.as_deref(), d.as_deref()]);
    let levels = match (levels.get(0), levels.get(1)) {
        (Level::Differs, Level::Differs) => match crosswise() {
            Some([first, last]) => levels.with(0, first).with(1, last),
            None => levels,
        },
        _ => levels,
    };
    let judgement = model.judge(levels);
    let told = model.fields.iter().enumerate().map(|(at, field)| format!("{} {}", field.name, levels.get(at))).collect::<Vec<_>>();
    (judgement.verdict, format!("{:?} with {:.0} bits: {}", judgement.verdict, judgement.score, told.join(", ")))
}

type Case = (&'static str, &'static str, &'static str, Verdict);

#[track_caller]
fn hold(model: &Model, cases: &[Case]) {
    let mut wrong = Vec::new();
    for (what, one, other, expected) in cases {
        for (one, other) in [(one, other), (other, one)] {
            let (found, told) = verdict(model, one, other);
            if found != *expected {
                wrong.push(format!("{what}: {told}, not {expected:?}"));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn brothers_and_sisters_are_told_apart() {
    #[rustfmt::skip]
    hold(&students(), &[
        ("sisters",
            "Mei    | Chen | 2014-03-02 | 555-201-0100 | chen@home.example | 12 Oak St",
            "Lan    | Chen | 2016-07-19 | 555-201-0100 | chen@home.example | 12 Oak St", Different),
        ("twins",
            "Mei    | Chen | 2014-03-02 | 555-201-0100 | chen@home.example | 12 Oak St",
            "Lan    | Chen | 2014-03-02 | 555-201-0100 | chen@home.example | 12 Oak St", Different),
        ("twins with names a letter apart",
            "Mei    | Chen | 2014-03-02 | 555-201-0100 | chen@home.example | 12 Oak St",
            "Min    | Chen | 2014-03-02 | 555-201-0100 | chen@home.example | 12 Oak St", Different),
        ("twins with names alike, both in use",
            "Jayden | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd",
            "Jaden  | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd", Likely),
        ("twins whose names rhyme",
            "Aiden  | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd",
            "Jaiden | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd", Likely),
        ("twins, Maria and Mario",
            "Maria  | Diaz | 2013-01-09 | 555-201-0122 | diaz@home.example | 9 Hill Ct",
            "Mario  | Diaz | 2013-01-09 | 555-201-0122 | diaz@home.example | 9 Hill Ct", Likely),
        ("twins, Sara and Sarah: spellings of one name",
            "Sara   | Diaz | 2013-01-09 | 555-201-0122 | diaz@home.example | 9 Hill Ct",
            "Sarah  | Diaz | 2013-01-09 | 555-201-0122 | diaz@home.example | 9 Hill Ct", Likely),
        ("twins, Mary Ann and Mary Beth",
            "Mary Ann  | Cole | 2013-01-09 | 555-201-0122 | cole@home.example | 9 Hill Ct",
            "Mary Beth | Cole | 2013-01-09 | 555-201-0122 | cole@home.example | 9 Hill Ct", Different),
        ("twins, Juan Carlos and Juan Pablo",
            "Juan Carlos | Cruz | 2013-01-09 | 555-201-0122 | cruz@home.example | 9 Hill Ct",
            "Juan Pablo  | Cruz | 2013-01-09 | 555-201-0122 | cruz@home.example | 9 Hill Ct", Different),
        ("twins, by initials alone",
            "J      | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd",
            "Jordan | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd", Likely),
        ("twins, Samuel and Samantha",
            "Samuel   | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd",
            "Samantha | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd", Different),
        ("twins, Eva and Ava",
            "Eva    | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd",
            "Ava    | Reed | 2012-05-30 | 555-201-0111 | reed@home.example | 4 Elm Rd", Different),
        ("twins at two addresses of parents who parted",
            "Lena   | Roth | 2015-09-01 | 555-201-0133 | ina@home.example | 1 Park Ave",
            "Jonas  | Roth | 2015-09-01 | 555-201-0144 | uli@home.example | 7 Lake Dr", Different),
        ("twins, one of them without a first name on file",
            "       | Roth | 2015-09-01 | 555-201-0133 | ina@home.example | 1 Park Ave",
            "Jonas  | Roth | 2015-09-01 | 555-201-0133 | ina@home.example | 1 Park Ave", Likely),
        ("triplets",
            "Ines   | Vaz  | 2011-11-11 | 555-201-0155 | vaz@home.example | 3 Mill Ln",
            "Rui    | Vaz  | 2011-11-11 | 555-201-0155 | vaz@home.example | 3 Mill Ln", Different),
        ("brothers a year apart to the day",
            "Omar   | Haddad | 2011-04-05 | 555-201-0166 | haddad@home.example | 3 Mill Ln",
            "Ali    | Haddad | 2012-04-05 | 555-201-0166 | haddad@home.example | 3 Mill Ln", Different),
        ("brothers with names alike, two years apart",
            "Brayden | Kerr | 2011-04-05 | 555-201-0166 | kerr@home.example | 3 Mill Ln",
            "Braden  | Kerr | 2013-08-17 | 555-201-0166 | kerr@home.example | 3 Mill Ln", Different),
        ("a sister named after her grandmother's cousin: same name, other birth date",
            "Rosa   | Vega | 2009-02-14 | 555-201-0177 | vega@home.example | 5 Spring St",
            "Rosa   | Vega | 2014-10-30 | 555-201-0177 | vega@home.example | 5 Spring St", Different),
        ("step-brothers: one home, two surnames",
            "Luke   | Hart | 2012-12-24 | 555-201-0188 | home@mail.example | 8 River Rd",
            "Noah   | Ruiz | 2012-06-01 | 555-201-0188 | home@mail.example | 8 River Rd", Different),
        ("step-brothers of one age and one first name",
            "Luke   | Hart | 2012-12-24 | 555-201-0188 | home@mail.example | 8 River Rd",
            "Luke   | Ruiz | 2012-06-01 | 555-201-0188 | home@mail.example | 8 River Rd", Different),
        ("two children with one parent's email and nothing else",
            "Nia    | Bell | 2013-03-03 | | bell@mail.example |",
            "Theo   | Bell | 2015-05-05 | | bell@mail.example |", Different),
        ("two children with one parent's email, birth dates missing",
            "Nia    | Bell | | | bell@mail.example |",
            "Theo   | Bell | | | bell@mail.example |", Different),
        ("cousins of one name",
            "Aisha  | Noor | 2013-03-03 | 555-201-0199 | noor@mail.example | 2 Pine Ct",
            "Aisha  | Noor | 2012-08-21 | 555-202-0100 | noor.k@mail.example | 90 Cedar Ln", Different),
        ("father and son at one school: Jr and Sr",
            "Ray    | Okafor Jr | 2008-03-03 | 555-201-0101 | okafor@mail.example | 2 Pine Ct",
            "Ray    | Okafor Sr | 1980-01-17 | 555-201-0101 | okafor@mail.example | 2 Pine Ct", Different),
        ("a foster child of the family's street and phone",
            "Kim    | Doyle | 2014-03-03 | 555-201-0101 | doyle@mail.example | 2 Pine Ct",
            "Amara  | Sesay | 2013-09-09 | 555-201-0101 | doyle@mail.example | 2 Pine Ct", Different),
        ("neighbours of one name and one day, and nothing else",
            "Emma   | Moore | 2014-03-03 | 555-201-0101 | m1@mail.example | 2 Pine Ct",
            "Emma   | Moore | 2014-03-03 | 555-999-7777 | zq@mail.example | 480 Lake Dr", Likely),
    ]);
}

#[test]
fn one_student_is_found_again() {
    #[rustfmt::skip]
    hold(&students(), &[
        ("everything is the same",
            "Mei  | Chen | 2014-03-02 | 555-201-0100 | chen@home.example | 12 Oak St",
            "MEI  | CHEN | 3/2/2014 | (555) 201-0100 | Chen@home.example | 12 Oak Street", Same),
        ("a typo in a first name",
            "Deshawn | Price | 2014-03-02 | 555-201-0100 | price@home.example | 12 Oak St",
            "Deshwan | Price | 2014-03-02 | 555-201-0100 | price@home.example | 12 Oak St", Same),
        ("a typo in a first name that makes no name",
            "Jayden | Price | 2014-03-02 | 555-201-0100 | price@home.example | 12 Oak St",
            "Jaydne | Price | 2014-03-02 | 555-201-0100 | price@home.example | 12 Oak St", Same),
        ("a nickname",
            "William | Price | 2014-03-02 | 555-201-0100 | price@home.example | 12 Oak St",
            "Billy   | Price | 2014-03-02 | 555-201-0100 | price@home.example | 12 Oak St", Same),
        ("a Spanish nickname",
            "Francisco | Vega | 2014-03-02 | 555-201-0100 | vega@home.example | 12 Oak St",
            "Paco      | Vega | 2014-03-02 | 555-201-0100 | vega@home.example | 12 Oak St", Same),
        ("a nickname, and moved",
            "Elizabeth | Price | 2014-03-02 | 555-201-0100 | price@home.example | 12 Oak St",
            "Liz       | Price | 2014-03-02 | | | 77 Ridge Ave", Likely),
        ("a middle name more",
            "Mary     | Cole | 2014-03-02 | 555-201-0100 | cole@home.example | 12 Oak St",
            "Mary Ann | Cole | 2014-03-02 | 555-201-0100 | cole@home.example | 12 Oak St", Same),
        ("a middle initial",
            "Juan Carlos | Cruz | 2014-03-02 | 555-201-0100 | cruz@home.example | 12 Oak St",
            "Juan C.     | Cruz | 2014-03-02 | 555-201-0100 | cruz@home.example | 12 Oak St", Same),
        ("called by the middle name, which nobody typed",
            "Robert | Cole | 2014-03-02 | 555-201-0100 | cole@home.example | 12 Oak St",
            "Trey   | Cole | 2014-03-02 | 555-201-0100 | cole@home.example | 12 Oak St", Different),
        ("day and month swapped",
            "Omar | Haddad | 2014-03-02 | 555-201-0100 | haddad@home.example | 12 Oak St",
            "Omar | Haddad | 2014-02-03 | 555-201-0100 | haddad@home.example | 12 Oak St", Same),
        ("a day that no calendar has",
            "Omar | Haddad | 2014-03-25 | 555-201-0100 | haddad@home.example | 12 Oak St",
            "Omar | Haddad | 2014-25-03 | 555-201-0100 | haddad@home.example | 12 Oak St", Same),
        ("a digit of the birth date",
            "Omar | Haddad | 2014-03-02 | 555-201-0100 | haddad@home.example | 12 Oak St",
            "Omar | Haddad | 2014-03-12 | 555-201-0100 | haddad@home.example | 12 Oak St", Same),
        ("digits of the year transposed",
            "Omar | Haddad | 2013-03-02 | 555-201-0100 | haddad@home.example | 12 Oak St",
            "Omar | Haddad | 2031-03-02 | 555-201-0100 | haddad@home.example | 12 Oak St", Same),
        ("moved, phone, email and street are others, but the names are rare",
            "Xiomara | Feld | 2014-03-02 | 555-201-0100 | feld@home.example | 12 Oak St",
            "Xiomara | Feld | 2014-03-02 | 555-777-0199 | n.feld@mail.example | 300 Lake Dr", Same),
        ("the other parent's email",
            "Xiomara | Feld | 2014-03-02 | 555-201-0100 | ina@home.example | 12 Oak St",
            "Xiomara | Feld | 2014-03-02 | 555-201-0100 | uli@home.example | 12 Oak St", Same),
        ("no phone, no email, no address",
            "Mei  | Chen | 2014-03-02 | | |",
            "Mei  | Chen | 2014-03-02 | | |", Same),
        ("names alone",
            "Mei  | Chen | | | |",
            "Mei  | Chen | | | |", Likely),
        ("names and home, birth date missing",
            "Mei  | Chen | 2014-03-02 | 555-201-0100 | chen@home.example | 12 Oak St",
            "Mei  | Chen | | 555-201-0100 | chen@home.example | 12 Oak St", Likely),
        ("surname after the mother's marriage",
            "Ines | Vaz  | 2014-03-02 | 555-201-0100 | vaz@home.example | 12 Oak St",
            "Ines | Hart | 2014-03-02 | 555-201-0100 | vaz@home.example | 12 Oak St", Same),
        ("double surname, once with one half",
            "Ines | Garcia Lopez | 2014-03-02 | 555-201-0100 | vaz@home.example | 12 Oak St",
            "Ines | Garcia       | 2014-03-02 | 555-201-0100 | vaz@home.example | 12 Oak St", Same),
        ("double surname in the other order",
            "Ines | Garcia Lopez | 2014-03-02 | | |",
            "Ines | Lopez-Garcia | 2014-03-02 | | |", Same),
        ("particles run together",
            "Ines | de la Cruz | 2014-03-02 | | |",
            "Ines | Delacruz   | 2014-03-02 | | |", Same),
        ("diacritics and hyphens lost on the way",
            "Zoë  | Núñez-Ibáñez | 2014-03-02 | | |",
            "Zoe  | Nunez Ibanez | 2014-03-02 | | |", Same),
        ("first and last name changed places",
            "Thomas  | Stewart | 2014-03-02 | 555-201-0100 | stewart@home.example | 12 Oak St",
            "Stewart | Thomas  | 2014-03-02 | 555-201-0100 | stewart@home.example | 12 Oak St", Same),
        ("street written out, unit in another way",
            "Ana | Diaz | | | ana@home.example | 12 North Oak Street, Apt. 4",
            "Ana | Diaz | | | ana@home.example | 12 N Oak St #4", Likely),
        ("Jr on one record only",
            "Ray | Okafor Jr | 2008-03-03 | 555-201-0101 | okafor@mail.example | 2 Pine Ct",
            "Ray | Okafor    | 2008-03-03 | 555-201-0101 | okafor@mail.example | 2 Pine Ct", Same),
        ("two slips at once: first name and birth date",
            "Priyanka | Rao | 2014-03-02 | 555-201-0100 | rao@home.example | 12 Oak St",
            "Priyakna | Rao | 2014-03-03 | 555-201-0100 | rao@home.example | 12 Oak St", Likely),
        ("strangers of one surname",
            "Omar | Lee | 2014-03-02 | 555-201-0100 | lee@home.example | 12 Oak St",
            "Hugo | Lee | 2010-11-22 | 555-888-0123 | h.lee@mail.example | 9 Elm Rd", Different),
        ("strangers of one birthday",
            "Omar | Lee  | 2014-03-02 | 555-201-0100 | lee@home.example | 12 Oak St",
            "Omar | Beck | 2014-03-02 | 555-888-0123 | beck@mail.example | 9 Elm Rd", Likely),
    ]);
}

#[test]
fn parents_are_found_once_per_family() {
    #[rustfmt::skip]
    hold(&guardians(), &[
        ("typed once per child",
            "Grace | Okafor | 555-201-0100 | grace@home.example | 12 Oak St",
            "Grace | Okafor | 555-201-0100 | grace@home.example | 12 Oak St", Same),
        ("typed once per child, with a nickname",
            "Katherine | Okafor | 555-201-0100 | kate@home.example | 12 Oak St",
            "Kate      | Okafor | 555-201-0100 | kate@home.example | 12 Oak St", Same),
        ("typed once per child, with a typo in the email",
            "Grace | Okafor | 555-201-0100 | grace.okafor@home.example | 12 Oak St",
            "Grace | Okafor | 555-201-0100 | grace.okafro@home.example | 12 Oak St", Same),
        ("typed once per child, maiden name",
            "Grace | Okafor | 555-201-0100 | grace@home.example | 12 Oak St",
            "Grace | Bell   | 555-201-0100 | grace@home.example | 12 Oak St", Same),
        ("only the phone, area code left out",
            "Grace | Okafor | 201-0100     | |",
            "Grace | Okafor | 555-201-0100 | |", Same),
        ("only the name",
            "Grace | Okafor | | |",
            "Grace | Okafor | | |", Likely),
        ("mother and father",
            "Grace  | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St",
            "Samuel | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St", Different),
        ("mother and father with names alike",
            "Maria | Vega | 555-201-0100 | vega@home.example | 12 Oak St",
            "Mario | Vega | 555-201-0100 | vega@home.example | 12 Oak St", Likely),
        ("two mothers of one address",
            "Ana  | Vega | 555-201-0100 | home@mail.example | 12 Oak St",
            "Inés | Ruiz | 555-201-0100 | home@mail.example | 12 Oak St", Different),
        ("father and grandfather of one name, Jr and Sr",
            "Ray Jr | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St",
            "Ray Sr | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St", Different),
        ("father and grandfather, the suffix on one of them",
            "Ray    | Okafor    | 555-201-0100 | okafor@home.example | 12 Oak St",
            "Ray Jr | Okafor    | 555-201-0100 | okafor@home.example | 12 Oak St", Likely),
        ("father and son in the third and fourth generation",
            "Ray III | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St",
            "Ray IV  | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St", Different),
        ("parents who parted: one child, two homes",
            "Grace  | Bell   | 555-201-0100 | grace@home.example | 12 Oak St",
            "Samuel | Okafor | 555-201-0177 | sam@mail.example   | 9 Elm Rd", Different),
        ("step-mother with the mother's first name",
            "Anna | Roth | 555-201-0100 | anna.roth@home.example | 12 Oak St",
            "Anna | Beck | 555-201-0177 | anna@mail.example      | 9 Elm Rd", Different),
        ("grandmother and mother, one surname, one street",
            "Rosa | Vega | 555-201-0100 | rosa@home.example | 12 Oak St",
            "Lucia | Vega | 555-201-0155 | lucia@home.example | 12 Oak St", Different),
        ("initial in place of the first name",
            "G.    | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St",
            "Grace | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St", Likely),
        ("no first name: whoever answers the phone",
            "      | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St",
            "Grace | Okafor | 555-201-0100 | okafor@home.example | 12 Oak St", Different),
        ("moved, kept the phone",
            "Grace | Okafor | 555-201-0100 | grace@home.example | 12 Oak St",
            "Grace | Okafor | 555-201-0100 | okafor@mail.example | 9 Elm Rd", Same),
        ("another parent of that name, across town",
            "Maria | Garcia | 555-201-0100 | mg@home.example | 12 Oak St",
            "Maria | Garcia | 555-777-0199 | maria.g@mail.example | 481 Lake Dr", Likely),
        ("Chinese names with one character in common",
            "小明 | 王 | 555-201-0100 | wang@home.example | 12 Oak St",
            "小红 | 王 | 555-201-0100 | wang@home.example | 12 Oak St", Different),
        ("Alex and Alexandra: nothing says that they are two",
            "Alex      | Vega | 555-201-0100 | vega@home.example | 12 Oak St",
            "Alexandra | Vega | 555-201-0100 | vega@home.example | 12 Oak St", Same),
    ]);
}

#[test]
fn colleagues_of_one_name_are_two() {
    #[rustfmt::skip]
    hold(&staff(), &[
        ("two teachers of one name at two schools",
            "John | Smith | 4711 | john.smith@board.example  | 12",
            "John | Smith | 8290 | john.smith2@board.example | 31", Different),
        ("two teachers of one name at one school",
            "John | Smith | 4711 | john.smith@board.example  | 12",
            "John | Smith | 8290 | john.smith2@board.example | 12", Different),
        ("two teachers of one name, numbers missing",
            "John | Smith | | john.smith@board.example  | 12",
            "John | Smith | | john.smith2@board.example | 31", Different),
        ("two teachers of one name, nothing else known",
            "John | Smith | | | 12",
            "John | Smith | | | 31", Likely),
        ("one teacher at two schools",
            "John | Smith | 4711 | john.smith@board.example | 12",
            "John | Smith | 4711 | john.smith@board.example | 31", Same),
        ("zeros that a spreadsheet took",
            "John | Smith | 004711 | | 12",
            "John | Smith | 4711   | | 12", Same),
        ("a nickname and the number",
            "Jonathan | Smith | 4711 | | 12",
            "Jon      | Smith | 4711 | | 12", Same),
        ("married: other surname, same number and email",
            "Ina | Roth | 4711 | ina.roth@board.example | 12",
            "Ina | Beck | 4711 | ina.roth@board.example | 12", Same),
        ("married, and the email with her",
            "Ina | Roth | 4711 | ina.roth@board.example | 12",
            "Ina | Beck | 4711 | ina.beck@board.example | 12", Likely),
        ("one number for two people: a mistake to look at, not to merge",
            "Ina  | Roth | 4711 | ina.roth@board.example  | 12",
            "Karl | Beck | 4711 | karl.beck@board.example | 12", Different),
        ("an office's address for two people",
            "Ina  | Roth | 4711 | office@board.example | 12",
            "Karl | Beck | 8290 | office@board.example | 12", Different),
        ("a couple in one school",
            "Ina  | Roth | 4711 | ina.roth@board.example  | 12",
            "Karl | Roth | 8290 | karl.roth@board.example | 12", Different),
        ("neighbouring numbers",
            "Ina  | Roth | 80208 | ina.roth@board.example | 12",
            "Ina  | Roth | 80209 | ina.roth@board.example | 12", Same),
        ("father and son who teach",
            "Ray | Okafor Sr | 4711 | | 12",
            "Ray | Okafor Jr | 8290 | | 12", Different),
    ]);
}
