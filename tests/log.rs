//! `rollbook log`: every published message is known, also damaged; lines are tied to records and findings.
use crate::program::{Printed, program, rollbook};
use proptest::prelude::*;
use rollbook::engine::scan;
use rollbook::finding::Mistakes;
use rollbook::language::log::{Messages, Wording, masked};
use rollbook::model::is_secret;
use rollbook::pack::{self, BUILTIN, Overrides, Pack};
use rollbook::report::{Style, mistakes};
use rollbook::roster::LogFile;
use rollbook::source::Sources;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;

/// The messages that vendors publish, by the id that the catalogue has for what they mean.
const PUBLISHED: &[(&str, &str)] = &[
    (
        "LEX-S01",
        r#"User with refID: [refID here] not imported. Failure reason: Username is invalid. [username here] username already exists as an exception user."#,
    ),
    (
        "LEX-S03",
        r#"Duplicate 'Username' value. The username [username here] is already in use by another staff member, in another district."#,
    ),
    (
        "LEX-T01",
        r#"ERROR: Student with refid: 5n3f533427de30b70745454 not imported. The following username provided by the customer already exists for a different student: 20500284"#,
    ),
    ("LEX-T02", r#"INFO: The following students are managed exceptions"#),
    ("LEX-T04", r#"We’re sorry! Your login with Clever had an issue."#),
    ("LEX-T15", r#"You are not enrolled in Core5. You might be enrolled in another Lexia program. Ask your teacher for help."#),
    ("LEX-T15", r#"Oops! You are not enrolled in PowerUp. You might be enrolled in another Lexia program. Ask your teacher for help."#),
    ("EDS-01", r#"Will be created"#),
    ("MC-13", r#"Email has already been taken"#),
    ("CLV-01", r#"invalid 'section_id' due to error 'not unique'"#),
    ("CLV-14", r#"pending significant changes in the data"#),
    ("CLV-15", r#"Requires Review"#),
    ("ONE-02", r#"user must have one primary role"#),
    ("ONE-02", r#"role cannot be found for this user"#),
    ("ONE-02", r#"User has primary and secondary roles, only primary would be used"#),
    ("ONE-03", r#"The enrollment cannot be matched with managebac user"#),
    ("ONE-03", r#"The enrollment cannot be matched with ManageBac Class"#),
    ("ONE-04", r#"{file_name}.csv file missing required headers. Missing headers list: {missing_headers}"#),
    ("ONE-04", r#"{file_name}.csv file features headers in an incorrect order"#),
    ("ONE-09", r#"DuplicateTargetEntries"#),
    ("ONE-09", r#"UnmatchedEntry"#),
    ("ONE-09", r#"InvalidLookupReference"#),
    ("ONE-09", r#"UnsynchronizableChange"#),
    ("ONE-09", r#"InvalidOrMissingReferenceCode"#),
    ("CAN-01", r#"user {other_sis_id} has already claimed {sis_id}'s requested login information, skipping"#),
    (
        "CAN-01",
        r#"An existing Canvas user with the SIS ID {other} has already claimed {sis_id}'s user_id requested login information, skipping"#,
    ),
    ("CAN-03", r#"The SIS ID is already in use"#),
    (
        "CAN-04",
        r#"An existing Canvas user with the {SIS ID|Canvas ID} {other} has already claimed {sis_id}'s requested integration_id, skipping"#,
    ),
    ("CAN-06", r#"E-mail address {email} for user {login_id} is already claimed; ignoring"#),
    ("CAN-07", r#"No login_id given for user {user_id}"#),
    ("CAN-07", r#"User {user_id} didn't exist for user enrollment"#),
    ("CAN-07", r#"Neither course {course_id} nor section {section_id} existed for user enrollment"#),
    ("CAN-07", r#"An enrollment referenced a non-existent section {section_id}"#),
    ("POR-13", r#"This contact email is already the username for [x]"#),
    ("POR-27", r#"ALREADY_EXISTS"#),
    ("POR-27", r#"RESOURCE_EXHAUSTED"#),
    ("POR-27", r#"NOT_FOUND"#),
    ("POR-27", r#"PERMISSION_DENIED"#),
    ("POR-27", r#"INVALID_ARGUMENT"#),
    ("SEE-01", r#"More than 25% of student IDs being updated but names don’t match"#),
    ("SEE-02", r#"More than 25% of students being merged but names don’t match"#),
    ("SEE-03", r#"More than 60% of students being updated in an existing class"#),
    ("SEE-04", r#"[Account type] missing email"#),
    ("SEE-04", r#"[Account type] missing school"#),
    ("SEE-05", r#"Multiple Seesaw accounts match student data from [Clever/ClassLink] but names don't match"#),
    ("SEE-05", r#"Multiple Seesaw accounts match data from ClassLink but teacher accounts can't be merged"#),
    ("SEE-05", r#"Multiple Seesaw accounts with the same ClassLink ID"#),
    ("SEE-06", r#"More than 7 ClassLink IDs for the same account"#),
    ("SEE-09", r#"Number of students shared with Seesaw exceeds number of licenses"#),
    ("NWE-01", r#"DUPLICATE_USERNAME"#),
    ("NWE-01", r#"DUPLICATE_EMAIL_ADDRESS"#),
    ("NWE-04", r#"XXX cannot be the same for more than one YYY"#),
    ("NWE-04", r#"ZZZ must be the same for this XXX"#),
    ("SAV-02", r#"Field associated with different User"#),
    ("SAV-02", r#"Field could not be updated"#),
    ("SAV-02", r#"SIS User error"#),
    ("TEA-01", r#"Email address is required to create an Instructor in SchoolInsight"#),
    ("TEA-01", r#"Sorry, this email address is already used by another instructor at this same school"#),
    (
        "CMP-01",
        r#"ERROR: Class {code}: Number of new and removed enrolments exceeds acceptable threshold. (New: 0.8387097 > 0.75, Removed: 0.7619048 > 0.75)"#,
    ),
];

/// The messages of the two documents from which this began, as they stand there: brackets were lost when the documents were made.
const DOCUMENTS: &[(&str, &str)] = &[
    (
        "LEX-S01",
        "Clever: In your user-summary log at files.myLexia.com: User with refID: frefID here] not imported. Failure reason: Username is invalid. lusername here] username already exists as an exception user.",
    ),
    (
        "LEX-S03",
        "ClassLink: In your log file, under the users.csv section: Duplicate 'Username' value. The username nusername here] is already in use by another staff member, in another district.",
    ),
    (
        "LEX-T01",
        "Clever: “ERROR: Student with refid: 5n3f533427de30b70745454 not imported. The following username provided by the customer already exists for a different student: 20500284”",
    ),
    ("LEX-T02", "ClassLink: \"INFO: The following students are managed exceptions\""),
];

/// Lines that are near to messages, and none.
const OTHERS: &[&str] = &[
    "file not found",
    "Permission denied (publickey)",
    "2026-11-22 02:00:04 INFO Student with refid 300115 updated",
    "User with refID: T2005 was imported",
    "The username mchen31 is not in use",
    "This role is unknown to nobody",
    "60 students created, 12 will be updated",
    "Account created for a new student",
    "No review is required",
    "The district has a missing email policy",
    "Import finished in 22 seconds",
];

fn compiled() -> Vec<Pack> {
    let (mut sources, mut found) = (Sources::default(), Mistakes::default());
    let read = |(name, text): &(&str, &str)| {
        let id = sources.add(format!("rules/{name}.toml"), *text);
        pack::read(&sources, id, &mut found)
    };
    let files = BUILTIN.iter().map(read).collect();
    let files = pack::order(files, &mut found);
    let packs = pack::compile(&files, &Overrides::default(), &sources, &mut found);
    let style = Style { color: false, plain: true, unicode: true, width: 120 };
    assert!(!found.any_error(), "{}", mistakes(&found.sorted(), &sources, &style));
    packs
}

/// All wordings of the built-in packs: whose, what that covers, and how it is worded.
fn wordings(packs: &[Pack]) -> Vec<(&str, &[String], &Wording)> {
    let rules = packs.iter().flat_map(|pack| &pack.rules).map(|rule| (&*rule.id, &rule.reference.covers, &rule.wordings));
    let messages = packs.iter().flat_map(|pack| &pack.messages).map(|message| (&*message.id, &message.reference.covers, &message.wordings));
    rules.chain(messages).flat_map(|(id, covers, wordings)| wordings.iter().map(move |wording| (id, covers.as_slice(), wording))).collect()
}

struct Known {
    packs: Vec<Pack>,
}

static PACKS: LazyLock<Known> = LazyLock::new(|| Known { packs: compiled() });

/// What the lines of a log are known as: per known entry its lines, its text, and the ids of the catalogue that it may mean.
fn known(log: &str) -> Vec<(u64, String, Vec<String>)> {
    let wordings = wordings(&PACKS.packs);
    static READY: LazyLock<Messages<'static>> =
        LazyLock::new(|| Messages::new(self::wordings(&PACKS.packs).into_iter().map(|(.., wording)| wording).collect()).expect("patterns"));
    let lines = scan(&[LogFile::of("log", log)], &READY, false).known;
    let entry = |line: rollbook::engine::Line| {
        let covers = line.hits.iter().flat_map(|hit| wordings[hit.wording].1.iter().cloned()).collect();
        (line.lines, line.text, covers)
    };
    lines.into_iter().map(entry).collect()
}

#[track_caller]
fn is_known(id: &str, log: &str, damage: &str) {
    let known = known(log);
    let right = known.iter().any(|(.., covers)| covers.iter().any(|cover| cover == id));
    assert!(right, "{id} is not known, {damage}:\n{log}\n{known:#?}");
}

/// The message as a log has it: placeholders filled in.
fn filled(text: &str) -> String {
    let mut filled =
        text.replace("{SIS ID|Canvas ID}", "Canvas ID").replace("[Clever/ClassLink]", "Clever").replace("[Account type]", "Teacher");
    for (number, (open, close)) in [('{', '}'), ('[', ']')].into_iter().enumerate() {
        while let Some(start) = filled.find(open) {
            let end = filled[start..].find(close).map_or(filled.len(), |end| start + end + 1);
            filled.replace_range(start..end, ["mchen31", "T-2005"][number]);
        }
    }
    filled.replace("XXX", "Student ID").replace("YYY", "student").replace("ZZZ", "Birthday")
}

fn each(mut check: impl FnMut(&str, &str)) {
    for (id, text) in PUBLISHED.iter().chain(DOCUMENTS) {
        check(id, text);
        check(id, &filled(text));
    }
}

fn words(text: &str) -> usize {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).count()
}

#[test]
fn every_published_message_is_known() {
    assert_eq!((PUBLISHED.len(), DOCUMENTS.len()), (59, 4));
    each(|id, text| is_known(id, text, "as it is published"));
}

#[test]
fn letter_case_does_not_count() {
    each(|id, text| {
        is_known(id, &text.to_uppercase(), "in capitals");
        is_known(id, &text.to_lowercase(), "in small letters");
    });
}

#[test]
fn lost_brackets_and_punctuation_do_not_count() {
    each(|id, text| {
        for lost in ['[', ']', '{', '}', '.', ',', ':', '\'', '’', '"', '-', '(', '!'] {
            if text.contains(lost) {
                is_known(id, &text.replace(lost, ""), &format!("without {lost}"));
            }
        }
        is_known(id, &text.replace('\'', "’"), "with a typesetter's apostrophe");
        is_known(id, &text.replace(' ', "  "), "with two blanks");
        is_known(id, &text.replace(' ', "\u{a0}"), "with no-break spaces");
    });
}

#[test]
fn what_stands_before_and_after_does_not_count() {
    each(|id, text| {
        for before in ["2026-11-22T02:14:07.123Z [import-3] ERROR ", "WARN: ", "    - ", "line 12; ", "\"", "> "] {
            is_known(id, &format!("{before}{text}"), "with something before it");
        }
        for after in ["\r", "\"", " (see the handbook)", "</td>", ";"] {
            is_known(id, &format!("{text}{after}"), "with something after it");
        }
    });
}

#[test]
fn broken_lines_are_put_together() {
    each(|id, text| {
        for (at, _) in text.match_indices(' ') {
            // A break within the vendor's placeholder is none that a log has.
            let (head, tail) = (&text[..at], text[at + 1..].trim_start());
            let log = format!("02:14:07 INFO before it\n{head}\n    {tail}\n02:14:08 INFO after it\n");
            is_known(id, &log, "broken over two lines");
        }
    });
}

#[test]
fn a_message_that_is_cut_off_is_known_by_its_first_half() {
    let mut cut = 0;
    each(|id, text| {
        let text = text.trim_end_matches(['.', '”', '"']);
        if words(text) < 8 {
            return;
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).filter(|at| words(&text[..*at]) * 4 >= words(text) * 3).collect();
        for end in ends {
            let log = format!("02:14:07 {}\n02:14:08 INFO after it\n", &text[..end]);
            is_known(id, &log, "cut off");
            cut += 1;
        }
    });
    assert!(cut > 1000, "{cut}");
}

#[test]
fn other_lines_are_not_known() {
    for line in OTHERS {
        let known = known(line);
        assert!(known.is_empty(), "{line}\n{known:?}");
    }
}

#[test]
fn two_messages_in_two_lines_stay_two() {
    let log = "Email has already been taken\nUser 12 didn't exist for user enrollment\nan ordinary line\nRequires Review\n";
    let known: Vec<(u64, String)> = known(log).into_iter().map(|(lines, text, _)| (lines, text)).collect();
    let expected = ["Email has already been taken", "User 12 didn't exist for user enrollment", "Requires Review"];
    assert_eq!(known, expected.map(|text| (1, text.to_owned())));
}

#[test]
fn messages_of_a_long_log_are_all_found_wherever_they_are_broken() {
    let mut log = String::new();
    let (mut count, mut number) = (0, 0);
    while log.len() < 3 << 20 {
        number += 1;
        let filler = "kept ".repeat(number % 37);
        log.push_str(&format!("2026-11-22 02:14:07 INFO row {number} {filler}\n"));
        if number % 3 == 0 {
            log.push_str(&format!("2026-11-22 02:14:08 WARN User {number} didn't\nexist for user\nenrollment\n"));
            count += 1;
        }
    }
    let known = known(&log);
    assert!(known.iter().all(|(lines, ..)| *lines == 3));
    assert_eq!(known.len(), count);
}

#[test]
fn passwords_are_masked() {
    let lines = [
        ("Student 12 created, password: Secret-1", "Student 12 created, password: ***"),
        ("PASSWORD=Secret-1 user=x", "PASSWORD=***"),
        ("{\"password\": \"Secret-1\", \"user\": \"x\"}", "{\"password\": \"***\", \"user\": \"x\"}"),
        ("{\"password\":\"Sec \\\" ret\",\"user\":\"x\"}", "{\"password\":\"***\",\"user\":\"x\"}"),
        (
            "{\"msg\":\"made, \\\"initialPassword\\\":\\\"Se cret\\\", done\"}",
            "{\"msg\":\"made, \\\"initialPassword\\\":\\\"***\\\", done\"}",
        ),
        ("{\"password\":\"\",\"user\":\"x\"}", "{\"password\":\"\",\"user\":\"x\"}"),
        ("{\"password\": [\"one\", \"two\"]}", "{\"password\": ***"),
        ("the password is Secret-1", "the password is ***"),
        ("Pwd:Secret-1;pin = 1234", "Pwd:***"),
        ("password: correct horse battery staple", "password: ***"),
        ("password: a, b; c \"d\"", "password: ***"),
        ("password 'it's mine' for x", "password '***' for x"),
        ("password   blue", "password   ***"),
        ("password\tblue sky", "password\t***"),
        ("password \"blue sky\" set", "password \"***\" set"),
        ("password “blue sky” set", "password “***” set"),
        ("new password Secret-1 set", "new password ***"),
        ("Password for the student 300101: blue sky", "Password for the student 300101: ***"),
        ("user_password=>blue", "user_password=>***"),
        ("<password>blue</password>", "<password>***"),
        ("Passwort: blau", "Passwort: ***"),
        ("Das Kennwort ist blau", "Das Kennwort ist ***"),
        ("Contraseña: azul cielo", "Contraseña: ***"),
        ("CONTRASEÑA=azul", "CONTRASEÑA=***"),
        ("mot de passe : bleu ciel", "mot de passe : ***"),
        ("mdp=bleu", "mdp=***"),
        ("password: one\nthe next line", "password: ***\nthe next line"),
        ("password: \"never closed, and so on", "password: \"***"),
        ("mapping: done", "mapping: done"),
        ("passed: 12", "passed: 12"),
        ("spinning: 3, compass: north", "spinning: 3, compass: north"),
        ("Password reset requested by the student", "Password reset requested by the student"),
        ("no password", "no password"),
        ("Set password to 'Hunter2' for student 300101", "Set password to '***' for student 300101"),
        ("Password reset to Welcome123", "Password reset to ***"),
        ("password has been changed to: blue sky", "password has been changed to: ***"),
        ("The password was reset to blue", "The password was reset to ***"),
        ("The password Hunter3 is too short", "The password ***"),
        ("The password bluesky is too short", "The password ***"),
        ("PIN 1234 was refused for student 300101", "PIN *** was refused for student 300101"),
        ("StudentPIN=1234, student 300101", "StudentPIN=***, student 300101"),
        ("secret: x y", "secret: ***"),
        ("GET /a?token=abc-9&id=300101", "GET /a?token=***&id=300101"),
        ("accessToken: abc, student 300101", "accessToken: ***, student 300101"),
        ("Authorization: Bearer abc.def student 300101", "Authorization: Bearer *** student 300101"),
        ("Authorization: abc", "Authorization: ***"),
        ("Authorization failed for student 300101", "Authorization failed for student 300101"),
        ("fetched http://u:Hunter16@host/x for 300101", "fetched http://u:***@host/x for 300101"),
        ("haslo: x", "haslo: ***"),
        ("the secretary is away, tokenizer: ok, pinned: 3", "the secretary is away, tokenizer: ok, pinned: 3"),
        ("Password was reset by the student", "Password was reset ***"),
        ("http://host:80/x", "http://host:80/x"),
        ("set a password for jlee39", "set a password for jlee39"),
        ("password of T2005 expired on 2026-11-22", "password of T2005 expired on 2026-11-22"),
        (r#"msg="set a password for jlee39" level=error"#, r#"msg="set a password for jlee39" level=error"#),
        (r#"set "password for jlee39" = sunflower"#, r#"set "password for jlee39" = ***"#),
        (r#"set "password for jlee39" is Tulip9"#, r#"set "password for jlee39" is ***"#),
        (r#"set "password for jlee39" set=Tulip9"#, r#"set "password for jlee39" set=***"#),
        (r#"made a password for "jlee39" Tulip9"#, r#"made a password for "jlee39" ***"#),
        ("made a password for jlee39 Tulip9 Rose", "made a password for jlee39 ***"),
        ("made a password for jlee39 'blue sky' today", "made a password for jlee39 '***' today"),
        ("password set for the student 300101 Tulip-9", "password set for the student 300101 ***"),
        ("PIN for 300101 1234 was refused", "PIN for 300101 *** was refused"),
        ("the password of jlee39 Tulip9 is too short", "the password of jlee39 ***"),
        ("password for jlee39 Tulip9: set", "password for jlee39 ***"),
    ];
    for (line, expected) in lines {
        assert_eq!(masked(line), expected);
    }
}

/// A line that nothing is known of is no part of a message on the next one.
#[test]
fn an_unknown_line_before_a_known_one_is_told() {
    let lines = "the disk is full, error\nStudent with refid: 300143 not imported. The following username provided by the customer already exists for a different student: jlee39\nand so on\n";
    let text = on("before", &[("import.log", lines)], &["--no-config"]);
    assert!(text.contains("import.log:2") && text.contains("the disk is full") && text.contains("3 lines, 1 known"), "{text}");
}

#[test]
fn names_of_columns_say_what_holds_passwords() {
    let secret = "Pwd,passwd,Passcode,Kennwort,Student_Pin,Temp_Pass,Initial_PW,Passwort,Contraseña,Mot de passe,motDePasse,PIN,PINs,Secret,Token,APIToken,pin2,Contrasen\u{303}a";
    let open = "shipping,pinned,spinning,Secretary,compass,Passenger,Tokenizer,opinion,pwned,Username,parolado";
    secret.split(',').for_each(|name| assert!(is_secret(name), "{name}"));
    open.split(',').for_each(|name| assert!(!is_secret(name), "{name}"));
}

#[test]
fn columns_of_passwords_are_masked() {
    let table = "user,pin,Passcode,Temp Pwd,shipping,message\nann,s-1,s-2,s-3,fine,something odd\n";
    let text = on("secrets", &[("table.csv", table)], &["--no-config", "--format", "jsonl"]);
    assert!(!text.contains("s-1") && !text.contains("s-2") && !text.contains("s-3") && text.contains("fine"), "{text}");
}

#[test]
fn an_archive_without_a_file_is_no_clean_log() {
    // The end of an archive's directory, and nothing before it.
    let mut empty = b"PK\x05\x06".to_vec();
    empty.resize(22, 0);
    let path = folder("hollow").join("hollow.zip");
    fs::write(&path, empty).expect("a file");
    let Printed { code, error: told, .. } = rollbook(["log", path.to_str().expect("UTF-8"), "--no-config"]);
    assert!(code == 3 && told.contains("the archive holds no file"), "{told}");
}

proptest! {
    #[test]
    fn no_password_is_shown(before in "[a-zA-Z {\"]{0,12}", mark in "[:=]", quote in "[\"']?", secret in "Q[0-9a-z ,;.!\"'\\\\-]{0,20}Z") {
        let shown = masked(&format!("{before} password{mark} {quote}{secret}")).into_owned();
        prop_assert!(!shown.contains('Q') || before.contains('Q'), "{shown}");
        prop_assert_eq!(masked(&shown).into_owned(), shown.clone());
    }

    #[test]
    fn any_text_can_be_read(text in "(\\PC{0,60}\n){0,12}", cut in 0usize..200) {
        let _ = known(&text);
        let message = PUBLISHED[cut % PUBLISHED.len()].1;
        let end = (0..=message.len().min(cut)).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
        let _ = known(&format!("{text}{}{text}", &message[..end]));
    }

    #[test]
    fn a_known_line_stays_known_among_others(at in 0..PUBLISHED.len(), before in "[a-z ]{0,30}", after in "[a-z ]{0,30}") {
        let (id, text) = PUBLISHED[at];
        let log = format!("02:14:07 {before}\n02:14:08 {}\n02:14:09 {after}\n", filled(text));
        is_known(id, &log, "among others");
    }
}

/// What a run prints, with its exit code and its errors.
fn report(printed: &Printed) -> String {
    let Printed { code, out, error } = printed;
    let error = if error.is_empty() { String::new() } else { format!("\n--- standard error\n{error}") };
    format!("{out}{error}\n--- exit code {code}\n")
}

const EXAMPLE: &str = "examples/district/import-log.txt";
const DATA: [&str; 4] = ["--with", "examples/district", "--date", "2026-11-22"];

fn example(more: &[&str]) -> String {
    report(&rollbook([&["log", EXAMPLE][..], &DATA, more].concat()))
}

#[test]
fn the_log_of_the_example_as_text() {
    insta::assert_snapshot!(example(&[]));
}

#[test]
fn the_log_of_the_example_in_sentences() {
    insta::assert_snapshot!(example(&["--plain", "--limit", "1"]));
}

#[test]
fn the_log_of_the_example_for_programs() {
    insta::assert_snapshot!(example(&["--format", "jsonl"]));
}

#[test]
fn the_log_of_the_example_without_data() {
    insta::assert_snapshot!(report(&rollbook(["log", EXAMPLE, "--no-config", "--limit", "2"])));
}

#[test]
fn neither_threads_nor_the_way_in_change_anything() {
    let one = example(&["--threads", "1"]);
    assert_eq!(one, example(&["--threads", "4"]));
    let bytes = fs::read(EXAMPLE).expect("the example");
    let piped = report(&program([&["log", "-"][..], &DATA].concat()).fed(&bytes).run());
    let wide: Vec<u8> = String::from_utf8_lossy(&bytes).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = report(&program([&["log", "-"][..], &DATA].concat()).fed(&[&[0xff, 0xfe], &wide[..]].concat()).run());
    assert_eq!(piped, wide);
    // Lines are wrapped where the name of the log makes them so.
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(flat(&piped), flat(&one.replace(EXAMPLE, "standard input")));
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rollbook-log-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A run in a folder of these files, with lines as long as they are: places in the system's folders must not show.
fn on(name: &str, files: &[(&str, &str)], more: &[&str]) -> String {
    let folder = folder(name);
    for (file, text) in files.iter().filter(|(_, text)| !text.is_empty()) {
        fs::write(folder.join(file), text).expect("a file");
    }
    let names = files.iter().map(|(file, _)| *file);
    let output = program(["log"].into_iter().chain(names).chain(more.iter().copied())).within(&folder).wide(1000).run();
    let _ = fs::remove_dir_all(&folder);
    report(&output).replace(concat!(env!("CARGO_MANIFEST_DIR"), "/"), "")
}

#[test]
fn tables_of_errors_are_read() {
    let canvas = "sis_import_id,file,message,row\n\
        17,users.csv,\"user 300101 has already claimed 300108's requested login information, skipping\",2\n\
        17,enrollments.csv,User 300108 didn't exist for user enrollment,9\n\
        17,enrollments.csv,User 300999 didn't exist for user enrollment,10\n\
        17,users.csv,\"Improper status \"\"actve\"\" for user 300115\",11\n";
    let other = "rowNumber;sourceId;field;status;message\n12;300101;email;error;DUPLICATE_EMAIL_ADDRESS\n13;300108;password;warning;Field could not be updated\n";
    insta::assert_snapshot!(on(
        "tables",
        &[("canvas.csv", canvas), ("other.csv", other)],
        &["--with", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/district"), "--date", "2026-11-22"]
    ));
}

#[test]
fn no_line_is_lost_and_every_level_is_seen() {
    let runs = [
        on(
            "commas",
            &[("import.log", "ERROR,import,the bus is late\nINFO,import,Requires Review\n")],
            &["--no-config", "--pack", "clever"],
        ),
        on("status", &[("import.log", "INFO,status,Requires Review\n")], &["--no-config", "--pack", "clever"]),
        on(
            "mixed",
            &[(
                "import.log",
                "2026-11-22,ERROR,the bus is late\nx;ERROR;the train is late\n2026-11-22T02:14:07Z|ERROR|the tram is late\nlevel=error msg=late\n{\"ts\":\"2026-11-22\",\"level\":\"error\",\"msg\":\"the ship is late\"}\nlevel=info an error is no more\n12,040 rows; error_count 0\nRequires Review\n",
            )],
            &["--no-config", "--pack", "clever"],
        ),
        on("table", &[("errors.csv", "Row,Error\n7,Requires Review\n8,Requires Review\n")], &["--no-config", "--pack", "clever"]),
    ];
    insta::assert_snapshot!(runs.join("\n==========\n"));
}

#[test]
fn of_a_log_that_is_cut_off_the_beginning_is_told() {
    let folder = folder("cut");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"Requires Review\nEmail has already been taken\n").expect("memory");
    let packed = packed.finish().expect("memory");
    fs::write(folder.join("import.log.gz"), &packed[..packed.len() - 6]).expect("a file");
    let arguments = ["log", "import.log.gz", "absent.log", "--no-config", "--pack", "masteryconnect"];
    let output = program(arguments).within(&folder).wide(1000).run();
    let _ = fs::remove_dir_all(&folder);
    insta::assert_snapshot!(report(&output));
}

#[test]
fn ids_that_the_platform_made_and_people_who_are_not_there() {
    let log = "ERROR: Student with refid: 5n3f533427de30b70745454 not imported. The following username provided by the customer already exists for a different student: ROBRIEN39\n\
        ERROR: Student with refid: 5n3f533427de30b70745455 not imported. The following username provided by the customer already exists for a different student: nobody1\n\
        User with refID: 5646e46cf786dec3c6604d37c not imported. Failure reason: Username is invalid. hannah.lindgren@mapleridge.example username already exists as an exception user.\n\
        The following schools are in the students.csv but missing from the schools.csv: 104\n\
        Student 300999 is not listed in the data syncing.\n\
        Requires Review\n";
    let data = ["--with", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/district"), "--date", "2026-11-22", "--limit", "1"];
    insta::assert_snapshot!(on("ids", &[("import.log", log)], &data));
}

#[test]
fn what_can_not_be_read_or_says_nothing_is_no_clean_log() {
    let ordinary = "02:14:07 INFO 12 students read\n02:14:08 INFO done, password: Secret-1\n";
    let runs = [
        on("nothing", &[("import.log", ordinary)], &["--no-config"]),
        on("absent", &[("absent.log", ""), ("import.log", "Requires Review\n")], &["--no-config"]),
        on("empty", &[("empty.log", "\n")], &["--no-config"]),
        on("page", &[("page.log", "<!DOCTYPE html><html>Requires Review</html>")], &["--no-config"]),
        on(
            "picture",
            &[("picture.log", "\0\u{1}\0"), ("notes.log", "Requires Review\n")],
            &["--no-config", "--limit", "1", "--pack", "clever"],
        ),
        on(
            "status",
            &[("status.csv", "row,status,message\n1,Error,the bus is late\n2,,Requires Review\n")],
            &["--no-config", "--pack", "edsembli-connect", "--pack", "canvas"],
        ),
        on("notes", &[("notes.log", "INFO: The following students are managed exceptions\n")], &["--no-config"]),
        on("unknown", &[("unknown.log", "Will be created\n02:14:08 ERROR the disk is full\n")], &["--no-config"]),
        on("pack", &[("pack.log", "Email has already been taken\n")], &["--no-config", "--pack", "canvas"]),
    ];
    insta::assert_snapshot!(runs.join("\n==========\n"));
}

#[test]
fn a_pack_of_ones_own_teaches_a_line_and_lint_says_what_is_wrong() {
    let own = r#"
[pack]
name  = "our-own"
title = "what our own tools say"

[[message]]
name   = "locker-taken"
vendor = ["Locker {locker} of {student.id} is taken by {student.nummer}"]
log    = 'locker (?P<locker>\d+ is taken'

[[message]]
name   = "too-wide"
log    = 'already exists'
vendor = ["the record already exists"]

[[message]]
name   = "finds-nothing"
vendor = ["The bus is late"]
log    = 'the train is late'

[[message]]
name   = "no-words"
vendor = ["{student.id}", "ERROR [value] {student.id}"]
log    = '\s*'

[[message]]
name   = "says-nothing"

[[rule]]
name    = "quoting"
each    = 'student s where s.email is missing'
message = 'student {s.id} has no email'
help    = "Add one."
vendor  = ["Account {a.id} already exists for a student of this district"]

[[test]]
message = "too-wide"
name    = "a line"
log     = "The record already exists"
expect  = [{ locker = "12" }]

[[test]]
message = "too-wides"
name    = "a line"
log     = "The record already exists"
expect  = []
"#;
    let folder = folder("lint");
    let path = folder.join("our-own.toml").display().to_string();
    fs::write(&path, own).expect("a pack");
    let broken = report(&rollbook(["lint", &path])).replace(&path, "our-own.toml");
    let mended = own
        .replace("is taken by {student.nummer}", "is taken")
        .replace("(?P<locker>\\d+ is taken", "(?P<locker>\\w+) of (?P<student.id>\\S+) is taken")
        .replace("[[message]]\nname   = \"says-nothing\"\n", "")
        .replace("the train is late", "the bus is late")
        .replace("[[message]]\nname   = \"no-words\"\nvendor = [\"{student.id}\", \"ERROR [value] {student.id}\"]\nlog    = '\\s*'\n", "")
        .replace("{a.id}", "{s.id}")
        .replace("{ locker = \"12\" }", "{}")
        .replace("too-wides", "too-wide");
    fs::write(&path, mended).expect("a pack");
    let mended = report(&rollbook(["lint", &path])).replace(&path, "our-own.toml");
    let _ = fs::remove_dir_all(&folder);
    insta::assert_snapshot!(format!("{broken}\n==========\n{mended}"));
}

/// A rule whose texts name students by what describes them, and by what identifies them.
const OWN: &str = r#"
[pack]
name     = "our-own"
version  = "1.0.0"
title    = "what our own tools say"
requires = { packs = ["roster"] }

[[rule]]
name    = "without-email"
title   = "a student without an email"
each    = 'student s where s.email is missing'
message = 'student {s.id} has no email'
help    = "Add one."
vendor  = [
    "No mailbox for the family {s.last_name}",
    "No mailbox for {s.first_name} {s.last_name} could be made",
    "No mailbox for the number {s.id}, family {s.last_name}",
    "The first login of {s.id} with {password} was refused",
    "The first login of {s.id} was set to {password}",
    "{password} was refused as the first login of {s.id}",
    "The mailbox of the student {s.id} could not be made today",
]
"#;

/// Rules whose messages speak of a school, which many students share.
const SHARED: &str = r#"
[pack]
name    = "own"
version = "1.0.0"
title   = "our own"

[[rule]]
name    = "no-email"
title   = "a student has no email"
each    = 'student s where s.email is missing'
message = 'student {s.id} has no email'
vendor  = ["One {s.first_name} of the school {s.school_id} has no mailbox", "Some mailboxes are missing at the school {s.school_id}"]

[[rule]]
name    = "school-gone"
title   = "the school of a student is not there"
each    = 'student s'
without = 'school c where c.id = s.school_id'
message = 'student {s.id} is of the school {s.school_id}, which is not there'
vendor  = ["Nobody knows the school {s.school_id} of some students"]

[[rule]]
name    = "few-emails"
title   = "students of a school have no emails"
each    = 'student s where s.email is missing'
per     = 's.school_id'
message = '{count} students of {s.school_id}'
vendor  = ["Addresses do not come from the school {s.school_id}"]

[[rule]]
name    = "maple"
title   = "a school is called Maple"
each    = 'school c where c.name = "Maple"'
message = 'school {c.id}'
vendor  = ["The name of the school {c.id} is wanted"]

[[rule]]
name    = "section-gone"
title   = "a section is not there"
each    = 'enrollment e'
without = 'section x where x.id = e.section_id'
message = 'section {e.section_id} of {e.student_id}'
vendor  = ["Cannot enroll the student {e.student_id} in {e.section_id}"]
"#;

/// Runs `log` with the pack over some students: what is printed.
fn tied(name: &str, log: &str, more: &[&str]) -> String {
    tied_by(OWN, name, log, more)
}

fn tied_by(pack: &str, name: &str, log: &str, more: &[&str]) -> String {
    let folder = folder(name);
    fs::create_dir_all(folder.join("data")).expect("a folder");
    let students = "School_id,Student_id,Last_name,First_name,Grade,Student_email\n\
        10,1,Chen,Mei,3,\n10,2,Chen,Bo,3,\n10,3,De la Cruz,Ana,3,ana@x.example\n10,4,Park,Will,3,\n10,5,Chen,Bo,4,\n77,6,Reyes,Bo,4,bo@x.example\n";
    fs::write(folder.join("data/sections.csv"), "School_id,Section_id,Teacher_id,Name\n10,X1,T1,Homeroom\n").expect("a file");
    fs::write(folder.join("data/enrollments.csv"), "School_id,Section_id,Student_id\n10,X1,1\n10,X2,2\n10,X2,3\n").expect("a file");
    fs::write(folder.join("data/students.csv"), students).expect("a file");
    fs::write(folder.join("data/schools.csv"), "School_id,School_name\n10,Maple\n").expect("a file");
    fs::write(folder.join("own.toml"), pack).expect("a pack");
    fs::write(folder.join("import.log"), log).expect("a log");
    let fixed = ["log", "import.log", "--with", "data", "--pack", "own.toml", "--date", "2026-11-22"];
    let printed = program([&fixed, more].concat()).within(&folder).wide(1000).run();
    let _ = fs::remove_dir_all(&folder);
    printed.out
}

#[test]
fn only_what_identifies_a_record_ties_a_line_to_it() {
    let lines = [
        ("No mailbox for the family Park", "found"),
        ("No mailbox for Will Park could be made", "foreseen"),
        ("No mailbox for Bo Chen could be made", "found"),
        ("No mailbox for Ana De la Cruz could be made", "missed"),
        ("No mailbox for the number 4, family Park", "foreseen"),
        ("No mailbox for the number 3, family De la Cruz", "missed"),
        ("No mailbox for the number x77, family Park", "no record"),
    ];
    compared(OWN, "identify", &lines);
}

/// What a record shares with others says nothing of it, but is what some findings are about.
#[test]
fn a_line_about_a_school_ties_to_findings_about_schools() {
    let lines = [
        ("One Bo of the school 10 has no mailbox", "found"),
        ("Some mailboxes are missing at the school 10", "found"),
        ("Nobody knows the school 77 of some students", "foreseen"),
        ("Nobody knows the school 10 of some students", "found"),
        ("Nobody knows the school 88 of some students", "no record"),
        ("Addresses do not come from the school 10", "foreseen"),
        ("Addresses do not come from the school 77", "missed"),
        ("The name of the school 10 is wanted", "foreseen"),
        ("Cannot enroll the student 2 in X2", "foreseen"),
        ("Cannot enroll the student 1 in X1", "missed"),
    ];
    compared(SHARED, "shared", &lines);
}

/// How lines compare with what the rules of a pack find.
fn compared<const N: usize>(pack: &str, name: &str, lines: &[(&str, &str); N]) {
    let log: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
    let printed = tied_by(pack, name, &log, &["--format", "jsonl"]);
    let found: Vec<String> = printed
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
            format!("{}: {}", line["text"].as_str().unwrap_or_default(), line["compared"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(found, lines.map(|(line, told)| format!("{line}: {told}")), "{printed}");
}

/// Each line alone would be told with every finding, and all of them with each other.
#[test]
fn thousands_of_lines_about_thousands_of_records_are_told_in_no_time() {
    let folder = folder("many");
    fs::create_dir_all(folder.join("data")).expect("a folder");
    let students: String = (0..5000).map(|at| format!("77,{at},Chen,Mei,3,\n")).collect();
    fs::write(folder.join("data/students.csv"), format!("School_id,Student_id,Last_name,First_name,Grade,Student_email\n{students}"))
        .expect("a file");
    fs::write(folder.join("data/schools.csv"), "School_id,School_name\n10,Maple\n").expect("a file");
    let own = OWN.replace("\"No mailbox for the family {s.last_name}\"", "\"No mailbox at school {s.school_id}\"");
    fs::write(folder.join("own.toml"), own).expect("a pack");
    fs::write(folder.join("import.log"), "No mailbox at school 77\n".repeat(5000)).expect("a log");
    let arguments = ["log", "import.log", "--with", "data", "--pack", "own.toml", "--format", "jsonl"];
    let printed = program(arguments).within(&folder).run();
    let _ = fs::remove_dir_all(&folder);
    assert_eq!(printed.out.lines().count(), 5000, "{}", printed.error);
    assert!(printed.out.lines().all(|line| line.contains("\"more_findings\":4995")));
}

#[test]
fn what_a_text_calls_a_password_is_never_shown() {
    let log = "The first login of 4 with Tulip-Field 77 was refused\nThe first login of “4” with “Tulip-Field 77” was refused\n\
        The first login of 4 was set to Tulip,42;Rose\nThe first login of 4 was set to Blue Tulip 77\nBlue,Tulip9 was refused as the first login of 4\n\
        Sky Tulip! was refused as the first login of 4\nThe first login of 4 was set to Tulip)Rose)\n\
        The mailbox of the student 4 could\nnot be made today. The first login of 5 was set to Tulip9 Rose\n";
    for more in [&["--limit", "0"][..], &["--format", "jsonl"]] {
        let printed = tied("secret", log, more);
        let secret = ["Tulip", "Rose", "Blue", "Sky", "Field", "77", "42"].iter().find(|secret| printed.contains(**secret));
        assert!(secret.is_none() && printed.contains("***") && printed.contains("without-email"), "{secret:?} in {printed}");
    }
}

#[test]
fn a_password_in_a_cell_beside_the_message_is_not_shown() {
    let table = "row,message,detail,again\n\
        1,The mailbox of the student 4 could not be made today,the first login of 5 was set to Tulip9,\n\
        2,The first login of 4 was set to Tulip8,it was Tulip8,\n";
    let printed = tied("beside", table, &["--format", "jsonl"]);
    assert!(printed.contains("could not be made today") && !printed.contains("Tulip"), "{printed}");
}

#[test]
fn names_in_lines_that_nobody_knows_stay_at_home() {
    let log = "The first login of 4 with x was refused\n\
        sync of Ana de la Cruz and CHEN, Mei's record will go on\nMaple Street may be long\nstudent Smith, Will Parker\n";
    let printed = tied("names", log, &["--format", "jsonl"]);
    let texts: Vec<String> = printed
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["text"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        texts,
        ["sync of *** *** and ***, ***'s record will go on", "Maple Street may be long", "student Smith, *** Parker"],
        "{printed}"
    );
}

#[test]
fn a_packed_log_by_standard_input_is_read_as_far_as_it_goes() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"Requires Review\nEmail has already been taken\n").expect("memory");
    let packed = packed.finish().expect("memory");
    let printed = program(["log", "-", "--no-config", "--pack", "masteryconnect"]).fed(&packed[..packed.len() - 6]).run();
    assert_eq!(printed.code, 3, "{}", printed.error);
    assert!(
        printed.error.contains("it is cut off") && printed.out.contains("Email has already been taken"),
        "{}{}",
        printed.out,
        printed.error
    );
}
