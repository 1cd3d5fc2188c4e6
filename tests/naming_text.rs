//! Naming schemas as pure text: what comes out of hard names, how names grow, are cut, counted and refused.
use proptest::prelude::*;
use rollbook::finding::{Mistake, Mistakes};
use rollbook::language::check::{Checker, Place};
use rollbook::language::parse;
use rollbook::language::scope::Scope;
use rollbook::model::{FieldRef, NounId, noun};
use rollbook::naming::{Ban, CharClass, Counter, Edge, FieldRule, Limits, Pattern, Schema, Values};
use rollbook::source::{Decoded, TextId};
use std::borrow::Cow;
use std::fmt::Write as _;

fn verbatim(text: &str) -> Decoded {
    Decoded::verbatim(TextId(0), text, 0)
}

/// A student by fields: `[("first_name", "Ana")]`.
struct Student<'t>(&'t [(&'t str, &'t str)]);

impl Values for Student<'_> {
    fn text(&self, field: &FieldRef) -> Option<Cow<'_, str>> {
        let name = field.name(student());
        self.0.iter().find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| Cow::Borrowed(*value))
    }
}

fn student() -> NounId {
    noun("student").expect("a noun")
}

/// A template about a student `s`, or its mistakes.
fn pattern(template: &str, place: Place) -> Result<Pattern, Mistakes> {
    let (text, scope) = (verbatim(template), Scope::default());
    let mut mistakes = Mistakes::default();
    let clause = parse::clause(&verbatim("student s"), &mut mistakes).expect("a clause");
    let template = parse::template(&text, &mut mistakes);
    let mut checker = Checker::new(&scope, &mut mistakes);
    checker.clause(&clause, false);
    let pattern = template.and_then(|template| Pattern::read(&mut checker, &template, place));
    match pattern {
        Some(pattern) if mistakes.is_empty() => Ok(pattern),
        _ => Err(mistakes),
    }
}

/// A schema of a username.
fn schema(template: &str, on_clash: &[&str]) -> Schema {
    let template = pattern(template, Place::Template).unwrap_or_else(|mistakes| panic!("{template}: {mistakes:?}"));
    let clash = Place::Clash { template_counts: template.counts() };
    let mut candidates = vec![template];
    candidates.extend(on_clash.iter().map(|text| pattern(text, clash).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))));
    let fields = vec![field("username", "{name}", Limits::default())];
    Schema { candidates, counter: Counter::default(), fields }
}

fn field(name: &str, value: &str, limits: Limits) -> FieldRule {
    let value = pattern(value, Place::Field).unwrap_or_else(|mistakes| panic!("{value}: {mistakes:?}"));
    FieldRule { name: name.to_owned(), value, limits: vec![limits], bans: Vec::new(), address: name == "email" }
}

fn limits(least: usize, most: usize, allowed: &str) -> Limits {
    Limits { length: least..=most, allowed: Some(CharClass::read(allowed).expect("a class")), ..Limits::default() }
}

/// The first attempts, in a line: texts, and refusals in parentheses.
fn attempts(schema: &Schema, person: &[(&str, &str)], most: usize) -> String {
    let student = Student(person);
    let told: Vec<String> = schema
        .attempts(&student, 0)
        .take(most)
        .map(|attempt| attempt.outcome.map_or_else(|refusal| format!("({refusal})"), |texts| texts.join(" + ")))
        .collect();
    told.join(" ")
}

/// The first name that the schema makes, with the refusals before it.
fn first_name(schema: &Schema, person: &[(&str, &str)]) -> String {
    let student = Student(person);
    let mut told = String::new();
    for attempt in schema.attempts(&student, 0) {
        match attempt.outcome {
            Ok(texts) => return told + &texts.join(" + "),
            Err(refusal) => {
                let _ = write!(told, "({refusal}) ");
            }
        }
    }
    told + "no name"
}

/// First name, last name.
const HARD_NAMES: &[(&str, &str)] = &[
    ("Maria", "Chen"),
    ("José", "Muñoz"),
    ("Nguyễn", "Thị Minh Khai"),
    ("Łukasz", "Żółć"),
    ("Ştefan", "Țepeș"),
    ("Işık", "İbrahimoğlu"),
    ("Jürgen", "Größ"),
    ("ÖZGÜR", "MÜLLER"),
    ("Åse", "Bjørnsdóttir"),
    ("Þórður", "Ægisson"),
    ("Zoe\u{308}", "Fu\u{308}rst"),
    ("Matěj", "Dvořák"),
    ("Saoirse", "Ó Súilleabháin"),
    ("Siobhán", "Ní Dhomhnaill"),
    ("Sean", "O'Brien"),
    ("Sean", "O’Brien"),
    ("Sean", "OʼBrien"),
    ("Kekoaʻi", "Kealoha"),
    ("Ailbhe", "Mc Kay"),
    ("D'Shawn", "Washington Jr."),
    ("Martin", "King, Jr"),
    ("Henry", "Ford III"),
    ("John", "Smith II"),
    ("Ivy", "Iv"),
    ("Jr.", "Jr."),
    ("Anne-Marie", "Smith-Jones"),
    ("Jean Luc", "de la Cruz"),
    ("María José", "García Márquez"),
    ("João", "da Silva e Souza"),
    ("Wouter", "van den Berg"),
    ("Sophie", "'t Hooft"),
    ("Abd al-Rahman", "al-Khalidi"),
    ("Fatima Zahra", "bint Yusuf"),
    ("Mehmet", "Öztürk-Yılmaz"),
    ("N'Golo", "N'Diaye"),
    ("Ng", "Ng"),
    ("O", "O"),
    ("X Æ A-12", "Musk"),
    ("Bo", "Li"),
    ("Madonna", ""),
    ("", "Suharto"),
    ("", ""),
    ("Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissen", "Schaferswessenschafewarenwohlgepflegeundsorgfaltigkeitbesch"),
    ("Maximilian-Alexander", "Freiherr von und zu Hohenstaufen-Sigmaringen"),
    ("Юлия", "Щербакова"),
    ("Хрущ", "Ткач"),
    ("Γεώργιος", "Παπαδόπουλος"),
    ("محمد", "الخالدي"),
    ("Mohammed", "الخالدي"),
    ("דוד", "כהן"),
    ("小明", "王"),
    ("さくら", "田中"),
    ("花子", "佐藤"),
    ("タナカ", "サトウ"),
    ("민준", "김"),
    ("सुनीता", "शर्मा"),
    ("สมชาย", "ใจดี"),
    ("ვახტანგ", "გელაშვილი"),
    ("Արմեն", "Պետրոսյան"),
    ("😀", "Rivera"),
    ("Ana 🌸", "Rivera"),
    ("---", "Okafor"),
    ("'", "."),
    ("   ", "Okafor"),
    ("ANA", "DE LA CRUZ"),
    ("Ana\u{a0}Maria", "Rivera\u{200b}"),
    ("  Ana  ", " Rivera "),
    ("Ana (Annie)", "Rivera [2nd]"),
    ("Ana.Maria", "St. John"),
    ("R2", "D2"),
    ("4711", "0815"),
    ("Ｍａｒｉａ", "Ｃｈｅｎ"),
    ("ﬁona", "Straße"),
];

#[test]
fn hard_names_become_names_that_a_person_would_accept() {
    let mut compact = schema(
        "{s.first_name | ascii | lower | letters | first 1..}{s.last_name | unsuffixed | ascii | lower | letters}{s.graduation_year | last 2}",
        &["{s.id}"],
    );
    compact.fields = vec![field("username", "{name}", limits(3, 20, "[a-z0-9]"))];
    let mut full = schema(
        "{s.first_name | german | nordic | ascii | lower | replace \" \" \"-\" | replace \"'\" \"\"}.{s.last_name | unsuffixed | german | nordic | ascii | lower | replace \" \" \"-\" | replace \"'\" \"\"}",
        &["{name}{n}", "student{s.id}"],
    );
    full.fields = vec![field("email", "{name}@students.maple.example", limits(5, 30, "[a-z0-9.-]"))];
    full.fields[0].limits[0].forbidden =
        ["starts with .", "ends with .", "contains .."].iter().filter_map(|text| Edge::read(text)).collect();
    let mut shown =
        schema("{s.first_name | trim | title} {s.last_name | trim | title}", &["{(s.first_name or s.last_name) | trim | title}"]);
    shown.fields = vec![field("username", "{name}", Limits { length: 1..=64, ..Limits::default() })];
    let mut told = String::new();
    for (first, last) in HARD_NAMES {
        let person = [("first_name", *first), ("last_name", *last), ("id", "300101"), ("graduation_year", "2031")];
        let _ = writeln!(told, "{first:?} {last:?}");
        for schema in [&compact, &full, &shown] {
            let _ = writeln!(told, "    {}", first_name(schema, &person));
        }
    }
    insta::assert_snapshot!(told);
}

/// A template, the further candidates, the greatest length, a person, and the first five attempts.
type Growing<'t> = (&'t str, &'t [&'t str], usize, &'t [(&'t str, &'t str)], &'t str);

#[test]
fn names_grow_count_and_are_cut() {
    let ana = &[("first_name", "Ana"), ("last_name", "Chen"), ("id", "300101"), ("graduation_year", "2031")][..];
    let bo = &[("first_name", "Bo"), ("last_name", "Li"), ("id", "7")][..];
    let long = &[("first_name", "Maximilian"), ("last_name", "Hohenstaufen"), ("id", "300101")][..];
    let double = &[("first_name", "Anne-Marie"), ("last_name", "Smith-Jones"), ("id", "300101")][..];
    let table: &[Growing<'_>] = &[
        // Growth: to the end of the value, then the next candidate.
        ("{s.first_name | lower | first 1..}{s.last_name | lower}", &["{s.id}"], 20, ana, "achen anchen anachen 300101"),
        ("{s.first_name | lower | first 1..2}{s.last_name | lower}", &["{s.id}"], 20, ana, "achen anchen 300101"),
        ("{s.first_name | lower | first 3..}{s.last_name | lower}", &["{s.id}"], 20, bo, "boli 7"),
        ("{s.last_name | lower}{s.id | last 2..4}", &[], 20, ana, "chen01 chen101 chen0101"),
        // Two open ranges: the first grows to its end, then the second, from where the first ended.
        ("{s.first_name | lower | first 1..}{s.last_name | lower | first 2..}", &[], 20, ana, "ach anch anach anache anachen"),
        ("{s.first_name | lower | first 1..}", &["{s.last_name | lower | first 1..}"], 20, bo, "b bo l li"),
        // Counters.
        ("{s.last_name | lower}", &["{name}{n}"], 20, ana, "chen chen2 chen3 chen4 chen5"),
        ("{s.last_name | lower}{n}", &["{s.id}"], 20, bo, "li2 li3 li4 li5 li6"),
        ("{s.first_name | lower | first 1..}{s.last_name | lower}", &["{name}.{n}"], 20, bo, "bli boli bli.2 bli.3 bli.4"),
        // Cutting: a letter of the longest part, of two the later; figures, literals and the counter stay.
        (
            "{s.first_name | lower}.{s.last_name | lower}",
            &["{name}{n}"],
            12,
            long,
            "maximi.hohen maxim.hohen2 maxim.hohen3 maxim.hohen4 maxim.hohen5",
        ),
        ("{s.first_name | lower}{s.last_name | lower}{s.id}", &[], 12, long, "maxhoh300101"),
        ("{s.id}-{s.last_name | lower}", &[], 8, long, "300101-h"),
        (
            "{s.last_name | lower}-{s.id}",
            &["{s.last_name | lower}"],
            7,
            long,
            "(username `h-300101` has 8 characters, the schema allows 7, and no more can be cut) hohenst",
        ),
        // A hyphen is not left at the cut.
        ("{s.first_name | lower}{s.id | last 3}", &[], 8, double, "anne101"),
        // Growth that is cut off again is not tried twice.
        ("{s.last_name | lower | first 8..}", &["{s.id}"], 9, long, "hohensta hohenstau 300101"),
        // Optional parts.
        ("{s.first_name | lower | first 1}{s.middle_name | lower | first 1 or \"\"}{s.last_name | lower}", &[], 20, ana, "achen"),
        ("{s.first_name | lower | first 1}{s.middle_name | lower | first 1 or \"x\"}{s.last_name | lower}", &[], 20, ana, "axchen"),
        (
            "{s.first_name | lower | first 1}{s.middle_name | lower | first 1}{s.last_name | lower}",
            &["{s.id}"],
            20,
            ana,
            "(no middle_name) 300101",
        ),
        ("{(s.preferred_first_name or s.first_name) | lower | first 1..}{s.last_name | lower}", &[], 20, bo, "bli boli"),
    ];
    for (template, on_clash, most, person, expected) in table {
        let mut schema = schema(template, on_clash);
        schema.fields[0].limits[0].length = 1..=*most;
        assert_eq!(attempts(&schema, person, 5), *expected, "{template} {on_clash:?}");
    }
}

#[test]
fn counters_have_a_start_a_width_an_end_and_numbers_that_they_pass_over() {
    let table = [
        (Counter { start: 1, width: 2, last: 4, skip: vec![] }, "chen chen01 chen02 chen03 chen04 7"),
        (Counter { start: 2, width: 1, last: 30, skip: vec![0, 1, 4, 5, 6, 7, 8, 9] }, "chen chen2 chen3 chen22 chen23 7"),
        (Counter { start: 65, width: 1, last: 70, skip: vec![69] }, "chen chen65 chen66 chen67 chen68 chen70 7"),
        (Counter { start: 9, width: 1, last: 10, skip: vec![] }, "chen chen9 chen10 7"),
        (Counter { start: 5, width: 1, last: 4, skip: vec![] }, "chen 7"),
    ];
    for (counter, expected) in table {
        let mut schema = schema("{s.last_name | lower}", &["{name}{n}", "{s.id}"]);
        schema.counter = counter.clone();
        assert_eq!(attempts(&schema, &[("last_name", "Chen"), ("id", "7")], 99), expected, "{counter:?}");
    }
}

#[test]
fn fields_are_solved_together() {
    let person = &[("first_name", "Maximilian"), ("last_name", "Hohenstaufen"), ("id", "7")];
    let mut schema = schema("{s.last_name | lower}", &["{name}{n}"]);
    schema.fields = vec![
        field("username", "{name}", limits(1, 8, "[a-z0-9]")),
        field("email", "{s.first_name | lower}.{name}@maple.example", limits(1, 15, "[a-z0-9.]")),
        field("display_name", "{s.first_name} {s.last_name} {n}", Limits { length: 1..=40, ..Limits::default() }),
    ];
    // The address leaves four letters to the name, and the username then has four as well: one name.
    assert_eq!(
        attempts(&schema, person, 2),
        "hohe + maximilian.hohe@maple.example + Maximilian Hohenstaufen hoh2 + maximilian.hoh2@maple.example + Maximilian Hohenstaufen 2"
    );
}

#[test]
fn words_that_must_not_be_are_refused_without_being_said() {
    let reserved = || Ban::whole("reserved-names", ["admin", "Postmaster"]);
    let rude = || Ban::anywhere("rude-words", ["darn", "hell"]);
    let table = [
        ("admin", "(username would be a word of the list reserved-names)"),
        ("ADMIN", "(username would be a word of the list reserved-names)"),
        ("postmaster", "(username would be a word of the list reserved-names)"),
        ("administrator", "administrator"),
        ("xdarnx", "(username would hold a word of the list rude-words)"),
        ("x-DARN", "(username would hold a word of the list rude-words)"),
        ("da.rn", "(username would hold a word of the list rude-words)"),
        ("d4rn", "(username would hold a word of the list rude-words)"),
        ("h3ll0", "(username would hold a word of the list rude-words)"),
        ("shelley", "(username would hold a word of the list rude-words)"),
        ("dan", "dan"),
    ];
    for (name, expected) in table {
        let mut schema = schema("{s.id}", &[]);
        schema.fields[0].bans = vec![reserved(), rude()];
        assert_eq!(attempts(&schema, &[("id", name)], 1), expected, "{name}");
    }
    // Two harmless parts that make a word where they meet: the next letter parts them.
    let mut schema = schema("{s.first_name | lower | first 2..}{s.last_name | lower}", &["{s.last_name | lower}{n}"]);
    schema.fields[0].bans = vec![rude()];
    assert_eq!(
        attempts(&schema, &[("first_name", "Dana"), ("last_name", "Rnold")], 3),
        "(username would hold a word of the list rude-words) danrnold danarnold"
    );
    // A word beside the number is not counted away.
    assert_eq!(attempts(&schema, &[("last_name", "Shelley")], 9), "(no first_name) (username would hold a word of the list rude-words)");
    assert!(!Ban::anywhere("empty", ["", "  "]).forbids("anything"));
}

#[test]
fn limits_say_whose_they_are_and_what_they_allow() {
    let target = Limits {
        why: "windows-logon".into(),
        length: 2..=8,
        allowed: CharClass::read("[^\"/\\\\ ]"),
        forbidden: ["starts with -", "ends with .", "contains .."].iter().filter_map(|text| Edge::read(text)).collect(),
        reserved: vec!["Guest".into()],
    };
    let table = [
        ("ana", None),
        ("a", Some("username `a` has 1 character, and windows-logon asks for 2 at least")),
        ("anachen11", Some("username `anachen11` has 9 characters, windows-logon allows 8, and no more can be cut")),
        ("ana chen", Some("username `ana chen` holds a space, and windows-logon allows [^\"/\\\\ ]")),
        ("ana\tc", None),
        ("a/b", Some("username `a/b` holds `/`, and windows-logon allows [^\"/\\\\ ]")),
        ("-ana", Some("username `-ana` starts with `-`, which windows-logon does not allow")),
        ("ana.", Some("username `ana.` ends with `.`, which windows-logon does not allow")),
        ("a..b", Some("username `a..b` contains `..`, which windows-logon does not allow")),
        ("guest", Some("username `guest` is reserved by windows-logon")),
    ];
    for (name, expected) in table {
        assert_eq!(target.fault("username", name).map(|refusal| refusal.to_string()).as_deref(), expected, "{name}");
    }
    for (class, holds, not) in [("[a-z0-9.]", "a9.", "A_"), ("[^a-z]", "A9", "a"), ("[a]", "a", "b"), (r"[\p{L}]", "aé王", "1")] {
        let class = CharClass::read(class).expect(class);
        assert!(holds.chars().all(|letter| class.holds(letter)) && !not.chars().any(|letter| class.holds(letter)), "{}", class.text);
    }
    for no_class in ["a-z", "[a-z]+", "[a-z][0-9]", "[z-a]", "[", "", "(?:[a])b"] {
        assert_eq!(CharClass::read(no_class), None, "{no_class}");
    }
}

#[test]
fn a_schema_knows_the_names_that_it_could_have_made() {
    let mut schema =
        schema("{s.first_name | lower | first 1..}{s.last_name | lower}{s.graduation_year | last 2}", &["{name}{n}", "{s.id}"]);
    schema.counter.last = 999_999;
    let person = Student(&[("first_name", "Maria"), ("last_name", "Chen"), ("graduation_year", "2031"), ("id", "300101")]);
    let table = [
        ("mchen31", Some((0, 0, None))),
        ("MChen31", Some((0, 0, None))),
        ("marchen31", Some((0, 2, None))),
        ("mchen312", Some((1, 0, Some(2)))),
        ("mchen31123456", Some((1, 0, Some(123_456)))),
        ("300101", Some((2, 0, None))),
        ("mchen311", None),
        ("mchen3102", None),
        ("mchen30", None),
        ("mariasmith31", None),
        ("", None),
    ];
    for (name, expected) in table {
        let step = schema.could_make(&person, 0, name, 0).map(|step| (step.candidate, step.grown, step.n));
        assert_eq!(step, expected, "{name}");
    }
}

#[test]
fn mistakes_in_naming_templates_are_told_at_their_characters() {
    let (template, clash, field) = (Place::Template, Place::Clash { template_counts: false }, Place::Field);
    let table = [
        ("{s.first_name | first 1.. | lower}", template),
        ("{s.first_name | word 1..}", template),
        ("{s.first_name | first 3..2}", template),
        ("{s.first_name | first 0..}", template),
        ("{s.first_name | first 1..}{n}", template),
        ("{s.first_name | first 1..}", field),
        ("{s.preferred_first_name or s.first_name | lower | first 1..}", template),
        ("{s.preferred_first_name or s.first_name | lower}", template),
        ("{name}{n}", template),
        ("{name}{n}", Place::Clash { template_counts: true }),
        ("{name | lower}", clash),
        ("{nane}", clash),
        ("{count}", clash),
        ("{\"\" or s.first_name}", template),
        ("{s.first_name or \"\" or \"x\"}", template),
        ("{\"x\"}", template),
        ("{s.first_nam | lower}", template),
        ("", template),
        ("{(s.first_name or s.last_name}", template),
        ("{s.birth_date | first 1..x}", template),
    ];
    let mut told = String::new();
    for (text, place) in table {
        let _ = writeln!(told, "{text}");
        match pattern(text, place) {
            Ok(_) => told.push_str("    accepted\n"),
            Err(mistakes) => mistakes.sorted().iter().for_each(|mistake| tell(&mut told, text, mistake)),
        }
    }
    insta::assert_snapshot!(told);
}

/// A mistake with the characters that it is about.
fn tell(told: &mut String, text: &str, mistake: &Mistake) {
    let _ = writeln!(told, "    {}: {}", mistake.code, mistake.message);
    for label in &mistake.labels {
        let _ = writeln!(told, "        `{}` {}", &text[label.span.range()], label.text);
    }
    let _ = writeln!(told, "        help: {}", mistake.help.as_deref().unwrap_or("none"));
}

#[test]
fn what_belongs_to_naming_templates_is_refused_elsewhere() {
    let mut told = String::new();
    for (text, kind) in [
        ("s.first_name | first 1.. = \"A\"", "condition"),
        ("student {s.first_name | first 1..}", "message"),
        ("student {name}", "message"),
        ("student {s.first_name or \"\"}", "message"),
        ("student {(s.username or s.email) | before \"@\"}", "message"),
    ] {
        let mut mistakes = Mistakes::default();
        let (decoded, scope) = (verbatim(text), Scope::default());
        let clause = parse::clause(&verbatim("student s"), &mut mistakes).expect("a clause");
        let (condition, template) = match kind {
            "condition" => (parse::condition(&decoded, &mut mistakes), None),
            _ => (None, parse::template(&decoded, &mut mistakes)),
        };
        let mut checker = Checker::new(&scope, &mut mistakes);
        checker.clause(&clause, false);
        if let Some(condition) = condition {
            checker.condition(&condition);
        }
        if let Some(template) = template {
            checker.template(&template);
        }
        let _ = writeln!(told, "{kind}: {text}");
        mistakes.sorted().iter().for_each(|mistake| tell(&mut told, text, mistake));
    }
    insta::assert_snapshot!(told);
}

/// Names as people have them, and texts as nobody has them.
fn any_name() -> impl Strategy<Value = String> {
    let known: Vec<&str> = HARD_NAMES.iter().flat_map(|(first, last)| [*first, *last]).collect();
    prop_oneof![2 => proptest::sample::select(known).prop_map(str::to_owned), 1 => any::<String>(), 1 => "[a-zA-Z' -]{0,70}"]
}

const TEMPLATES: &[(&str, &[&str])] = &[
    ("{s.first_name | ascii | lower | letters | first 1..}{s.last_name | ascii | lower | letters}", &["{name}{n}", "{s.id}"]),
    ("{s.last_name | ascii | lower}{n}", &["{s.first_name | ascii | lower}{n}"]),
    ("{s.first_name}.{s.last_name | last 2..5}", &["{name}-{n}", "x{s.id}"]),
    (
        "{(s.preferred_first_name or s.first_name) | title | initials}{s.middle_name | suffix or \"\"}{s.last_name | unsuffixed | german | nordic}",
        &["{name}.{n}"],
    ),
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_name_is_within_the_laws(
        first in any_name(), middle in any_name(), last in any_name(), id in "[0-9]{1,9}",
        template in 0..TEMPLATES.len(), most in 1..25usize, least in 1..4usize,
    ) {
        let (template, on_clash) = TEMPLATES[template];
        let mut schema = schema(template, on_clash);
        schema.fields[0].limits = vec![limits(least, most.max(least), "[a-z0-9.-]")];
        schema.fields[0].bans = vec![Ban::anywhere("words", ["an", "bb"]), Ban::whole("names", ["x1"])];
        let values = [("first_name", first.as_str()), ("middle_name", &middle), ("last_name", &last), ("id", &id)];
        let person = Student(&values);
        let made: Vec<_> = schema.attempts(&person, 0).collect();
        prop_assert!(made.len() < 400);
        for attempt in &made {
            if let Err(refusal) = &attempt.outcome {
                prop_assert!(!refusal.to_string().is_empty());
            }
            let Ok(texts) = &attempt.outcome else { continue };
            let name = &texts[0];
            prop_assert!((least..=most.max(least)).contains(&name.chars().count()), "{name}");
            prop_assert!(name.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '.' | '-')), "{name}");
            prop_assert!(!name.contains("an") && !name.contains("bb") && name != "x1", "{name}");
            // What the schema makes, it could have made; perhaps by an earlier way.
            let step = schema.could_make(&person, 0, name, 0);
            prop_assert!(step.is_some_and(|step| step <= attempt.step), "{name}: {step:?} and {:?}", attempt.step);
        }
        let again: Vec<_> = schema.attempts(&person, 0).collect();
        prop_assert_eq!(&made, &again);
        // In order, and lazily the same.
        prop_assert!(made.windows(2).all(|pair| pair[0].step < pair[1].step));
        prop_assert_eq!(schema.attempts(&person, 0).take(3).collect::<Vec<_>>(), &made[..made.len().min(3)]);
    }

    #[test]
    fn functions_survive_any_text(text in any_name()) {
        for function in rollbook::language::functions::FUNCTIONS.iter().filter(|function| function.arguments.is_empty()) {
            let once = function.apply(&text, &[], 0).map(Cow::into_owned);
            let settles = matches!(function.name, "lookalike" | "ascii" | "letters" | "alphanumerics" | "trim" | "unsuffixed" | "german" | "nordic");
            if let (Some(once), true) = (&once, settles) {
                let twice = function.apply(once, &[], 0).map(Cow::into_owned);
                prop_assert_eq!(twice.as_ref(), Some(once), "{} of {:?}", function.name, text);
            }
            if let (Some(once), "ascii") = (&once, function.name) {
                prop_assert!(once.is_ascii() && (once.trim() == once || text.is_ascii()), "{text:?}: {once:?}");
            }
        }
    }
}

#[test]
fn bad_schemas_are_proved_bad_without_data() {
    let logon = || Limits { why: "windows-logon".into(), ..limits(1, 20, "[a-z0-9.]") };
    let mut bad: Vec<(&str, Schema)> = Vec::new();

    let mut raw = schema("{s.first_name | first 1}{s.last_name}", &["{name}{n}", "{s.id}"]);
    raw.fields[0].limits = vec![logon()];
    bad.push(("values as they are", raw));

    let mut twins = schema("{s.first_name | ascii | lower | letters | first 1..3}{s.last_name | ascii | lower | letters}", &["{name}"]);
    twins.fields[0].limits = vec![logon()];
    bad.push(("no counter and no id", twins));

    let mut long = schema("student-of-maple-ridge-{s.id}", &["{s.birth_date | digits}{s.id | pad 16 \"0\"}"]);
    long.fields[0].limits = vec![logon()];
    bad.push(("too long, whatever is cut", long));

    let mut counter = schema("{s.last_name | ascii | lower | letters}", &["{name}{n}"]);
    counter.counter = Counter { start: 10, width: 1, last: 19, skip: vec![1] };
    counter.fields[0].limits = vec![logon()];
    bad.push(("a counter that passes over all of its numbers", counter));

    let mut short = schema("{s.first_name | ascii | lower | letters | first 1}{s.middle_name | ascii | lower | letters | first 1}", &[]);
    short.counter.last = 5;
    short.fields[0].limits = vec![limits(3, 20, "[a-z]")];
    bad.push(("too short, and a counter for nothing", short));

    let mut joint = schema("{s.first_name | ascii | lower | letters}{s.last_name | ascii | lower | letters}", &["{name}{n}"]);
    joint.fields = vec![
        field("username", "{name}", logon()),
        field(
            "email",
            "{s.first_name | ascii | lower | letters}.{s.last_name | ascii | lower | letters}@maple.example",
            limits(1, 64, "[a-z0-9.]"),
        ),
    ];
    bad.push(("an address that never changes", joint));

    let mut good = schema(
        "{s.first_name | ascii | lower | letters | first 1..}{s.last_name | unsuffixed | ascii | lower | letters}{s.graduation_year | last 2}",
        &["{name}{n}", "{s.id | last 12}"],
    );
    good.fields[0].limits = vec![logon()];
    bad.push(("a good one", good));

    let mut told = String::new();
    for (what, schema) in bad {
        let _ = writeln!(told, "{what}");
        for proof in schema.proofs(student()) {
            let _ = writeln!(told, "    {:?} {}: {}\n        help: {}", proof.severity, proof.code, proof.message, proof.help);
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn two_conditions_can_be_seen_to_exclude_one_another() {
    let table = [
        ("s.grade = \"K\"", "s.grade = \"1\"", true),
        ("s.grade = \"K\"", "s.grade in [\"1\", \"2\"]", true),
        ("s.grade = \"K\"", "s.grade in [\"K\", \"2\"]", false),
        ("s.grade = \"K\" and s.email is present", "s.enabled = true and s.email is missing", true),
        ("s.grade = \"K\" or s.grade = \"1\"", "s.grade = \"2\"", true),
        ("s.grade = \"K\" or s.grade = \"1\"", "s.grade = \"1\"", false),
        ("s.enabled = true and (s.grade = \"K\" or s.grade = \"1\")", "s.grade in [\"2\", \"3\"] and s.email is present", true),
        ("s.email is present", "s.email is present", false),
        ("s.grade >= \"6\"", "s.grade < \"6\"", true),
        ("s.grade >= \"6\"", "s.grade <= \"6\"", false),
        ("not s.status = \"left\"", "s.status = \"left\"", true),
    ];
    for (left, right, expected) in table {
        let (scope, mut mistakes) = (Scope::default(), Mistakes::default());
        let mut read = |text: &str| {
            let clause = parse::clause(&verbatim(&format!("student s where {text}")), &mut mistakes).expect(text);
            Checker::new(&scope, &mut mistakes).clause(&clause, false).expect(text).condition
        };
        let (one, other) = (read(left), read(right));
        assert_eq!(rollbook::language::reason::exclude(&one, &other), expected, "{left} and {right}");
        assert_eq!(rollbook::language::reason::exclude(&other, &one), expected, "{right} and {left}");
    }
}

#[test]
fn the_starter_list_leaves_people_their_names() {
    let mut sources = rollbook::source::Sources::default();
    let id = sources.add("targets", rollbook::pack::builtin("targets").expect("the pack"));
    let file = rollbook::pack::read(&sources, id, &mut Mistakes::default());
    let list = |name: &str| file.lists.iter().find(|list| list.name.value == name).map(|list| list.values.clone()).expect(name);
    let words = list("offensive-words");
    let ban = Ban::anywhere("offensive-words", words.iter().map(String::as_str));
    let left = "cassidy hancock draper sexton spicer atwater hassan dickson siriporn nazir fagan peacock bass essex titus canales janus \
        hussein pedone penny rapoport analise cumming assunta dicky gaylord swank butts weiner cockburn hoare raper";
    for name in left.split_whitespace() {
        assert!(!ban.forbids(name), "{name}");
    }
    for joined in ["shitchens", "slutz31", "s.lutz", "5lutz", "mikefuck"] {
        assert!(ban.forbids(joined), "{joined}");
    }
    // Words to draw passwords from make nothing on the list where they meet.
    let drawn = list("password-words");
    for first in &drawn {
        for second in &drawn {
            assert!(!ban.forbids(&format!("{first}{second}")), "{first} {second}");
        }
    }
    assert!(drawn.len() >= 128);
}
