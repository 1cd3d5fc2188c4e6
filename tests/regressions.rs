//! Faults that were found in use: packs whose tests must pass, and runs of the program that must say what they say here.
use crate::program::{Printed, folder, program, rollbook};
use std::ffi::OsStr;
use std::path::Path;

fn passes(name: &str, pack: &str) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.toml"));
    std::fs::write(&path, pack).expect("a file");
    let Printed { code, out, error } = rollbook([OsStr::new("test"), path.as_os_str()]);
    assert_eq!(code, 0, "{out}{error}");
}

#[test]
fn a_blank_between_two_values_of_a_derived_field_is_kept() {
    passes(
        "blank-between",
        r#"
[pack]
name    = "blank-between"
title   = "a name of two fields"
version = "1.0.0"

[derive.student]
whole = '{s.first_name} {s.last_name}'

[[rule]]
name     = "ana-cruz"
severity = "info"
each     = 'student s where s.whole = "Ana Cruz"'
message  = '{s.id}'

[[test]]
rule  = "ana-cruz"
name  = "first and last name with a blank"
given.student = '''
id,first_name,last_name
1,Ana,Cruz
2,Ana,
'''
expect = [{ s = "1" }]
"#,
    );
}

#[test]
fn a_without_that_speaks_of_with_is_asked_for_each_tuple() {
    passes(
        "without-and-with",
        r#"
[pack]
name    = "without-and-with"
title   = "what must not be beside what must"
version = "1.0.0"

[[rule]]
name     = "teaches-without-account-of-school"
severity = "info"
each     = 'staff t'
with     = 'teaching g where g.staff_id = t.id'
without  = 'account a where a.ref_id = t.id and a.section = g.section_id'
message  = '{t.id} {g.section_id}'

[[test]]
rule  = "teaches-without-account-of-school"
name  = "an account for one of two sections does not stand for the other"
given.staff = '''
id
1
'''
given.teaching = '''
section_id,staff_id
A,1
B,1
'''
given.account = '''
ref_id,section
1,A
'''
expect = [{ t = "1", g = "B/1" }]
"#,
    );
}

#[test]
fn messages_say_the_value_and_not_the_cell() {
    let folder = folder("regressions-values");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    write(
        "pupils.toml",
        "[layout]\nname = 'pupils'\ntitle = 'pupils'\n[[file]]\nname = 'pupils.csv'\n[[file.record]]\nnoun = 'student'\n\
         [file.record.fields]\nid = 'No'\nlast_name = { column = 'Name', before = ',' }\n\
         first_name = { column = 'Name', after = ',' }\ngrade = { column = 'Year', map = { a = '1' } }\nschool_id = { value = '101' }\n",
    );
    write("pupils.csv", "No,Name,Year\n1,\"DOE, JO\",a\n2,X,b\n");
    write(
        "own.toml",
        "[pack]\nname = 'own'\nversion = '1.0.0'\ntitle = 'own'\n[[rule]]\nname = 'all'\nseverity = 'error'\neach = 'student s'\n\
         message = '{s.id} {s.first_name | lower} {s.last_name} {s.grade} {s.school_id} {s.\"Name\"}'\n\
         label = { s.first_name = 'first {s.first_name}' }\nhelp = 'see {s.first_name}'\n",
    );
    write("rollbook.toml", "layouts = ['pupils.toml']\npacks = ['own.toml']\n[sources.roster]\npath = 'pupils.csv'\nlayout = 'pupils'\n");
    let Printed { out, error, .. } = program(["validate"]).within(&folder).run();
    for told in ["1 jo DOE 1 101 DOE, JO\n", "2 (missing) (missing) b 101 X\n", "help: see JO", "help: see (missing)", "── first JO"] {
        assert!(out.contains(told), "{told}: {out}{error}");
    }
    // The frame and the cells of JSON lines show what stands in the file.
    assert!(out.contains("│  1   DOE, JO\n"), "{out}");
    let json = program(["validate", "--format", "jsonl"]).within(&folder).run().out;
    assert!(json.contains(r#""value":"DOE, JO""#), "{json}");
}

#[test]
fn a_schema_without_a_longest_length_is_never_too_long() {
    let page = rollbook(["explain", "edsembli-connect/students"]).out;
    assert!(page.contains("edsembli-connect/students") && !page.contains("18446744073709551615"), "{page}");
}

#[test]
fn a_test_without_accounts_says_what_to_give() {
    let folder = folder("regressions-given");
    let pack = "[pack]\nname = 'own'\nversion = '1.0.0'\ntitle = 'own'\n[platform]\ntitle = 'Platform'\n[[sync]]\nname = 'students'\n\
                title = 'Students'\nof = 'student s where s.id is present'\naccount = 'account a where a.ref_id = s.id'\n\
                create = 's.id is present'\n[[test]]\nsync = 'students'\nname = 'none'\ngiven.student = '''\nid\n1\n'''\nexpect = []\n";
    std::fs::write(folder.join("own.toml"), pack).expect("a file");
    let out = program(["test", "own.toml"]).within(&folder).run().all();
    assert!(out.contains("the sync is skipped, since the test has no `given.account`"), "{out}");
    assert!(!out.contains("--accounts"), "{out}");
}

#[test]
fn a_layout_where_a_pack_is_expected() {
    let layout = "examples/own-layout/maple-sis.toml";
    let Printed { code, out, error } = rollbook(["lint", layout]);
    assert_eq!((code, &*out), (0, "no mistakes in 1 layout\n"), "{error}");
    let Printed { code, error, .. } = rollbook(["validate", "examples/own-layout", "--pack", layout]);
    assert_eq!(code, 2);
    assert!(error.contains("this is a layout and not a pack") && error.contains("under `layouts` in rollbook.toml"), "{error}");
    assert!(error.ends_with("\n1 error\n"), "{error}");
}

#[test]
fn layouts_with_lookups_that_are_not_there_and_values_named_twice() {
    let folder = folder("regressions-layouts");
    let layout = "[layout]\nname = 'own'\ntitle = 'own'\n[[file]]\nname = 'pupils.csv'\nknown = ['own.born', 'more.*']\n[[file.record]]\n\
                  noun = 'student'\n[file.record.fields]\nid = 'No.'\nbirth_date = 'demo.bd'\nusername = 'own.born'\nemail = 'more.mail'\n\
                  grade = { column = 'Year', map = { a = '1', A = '2' } }\n";
    std::fs::write(folder.join("own.toml"), layout).expect("a file");
    let Printed { code, error, .. } = program(["lint", "own.toml"]).within(&folder).run();
    assert_eq!(code, 1);
    assert!(error.contains("this file has no lookup `demo`") && error.contains("[own.toml:11:15]"), "{error}");
    assert!(error.contains("`A` stands for two values") && error.contains("[own.toml:14:45]"), "{error}");
    assert!(error.ends_with("\n2 errors\n"), "{error}");
    let layout = "[layout]\nname = 'own'\ntitle = 'own'\n[[file]]\nname = 'pupils.csv'\nknown = ['own.left']\n\
                  lookup.building = { file = 'buildings.csv', key = 'No.', by = 'School' }\n[[file.record]]\nnoun = 'student'\n\
                  where = { 'biulding.kind' = ['day'], 'own.left' = ['no'], 'building.open' = ['yes'] }\n\
                  where-not = { Year = ['13'], 'demo.status' = ['gone'] }\nfields.id = 'No.'\n";
    std::fs::write(folder.join("own.toml"), layout).expect("a file");
    std::fs::write(folder.join("pupils.csv"), "No.,Year\n1,2\n").expect("a file");
    std::fs::write(folder.join("rollbook.toml"), "layouts = ['own.toml']\npacks = ['roster']\n").expect("a file");
    for (arguments, exit) in [(&["lint", "own.toml"][..], 1), (&["validate", "pupils.csv"], 2)] {
        let Printed { code, error, .. } = program(arguments).within(&folder).run();
        assert_eq!(code, exit, "{error}");
        assert!(error.contains("no lookup `biulding`") && error.contains("did you mean `building`?"), "{error}");
        assert!(error.contains("[own.toml:10:11]"), "{error}");
        assert!(error.contains("no lookup `demo`") && error.contains("[own.toml:11:30]"), "{error}");
        assert!(error.ends_with("\n2 errors\n"), "{error}");
    }
}

#[test]
fn all_mistakes_are_told_in_one_run() {
    let folder = folder("regressions-at-once");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    let rule = |each: &str| format!("[[rule]]\nname = 'all'\nseverity = 'error'\neach = '{each}'\nmessage = '{{s.id}}'\n");
    let test = "[[test]]\nrule = 'nobody'\nname = 'n'\ngiven.studnet = '''\nid\n1\n'''\nexpect = []\n";
    let head = "[pack]\nname = 'own'\nversion = '1.0.0'\ntitle = 'own'\n";
    write("own.toml", &format!("{head}{}{}{test}", rule("student s"), rule("student s where s.idd is present and s is absent_one")));
    let Printed { code, error, .. } = program(["lint", "own.toml", "gone.toml"]).within(&folder).run();
    assert_eq!(code, 2);
    for told in
        ["`gone.toml` can't be read", "two rules", "no field `idd`", "no class `absent_one`", "no rule `nobody`", "no noun `studnet`"]
    {
        assert!(error.contains(told), "{told}: {error}");
    }
    write("students.csv", "id\n1\n");
    write(
        "rollbook.toml",
        "layouts = ['gone.toml']\npacks = ['roster']\n[sources.roster]\npath = 'students.csv'\n[snapshots]\nkeep-days = 0\n[severity]\n\
         'roster/nobody' = 'off'\n[settings.roster]\nnothing = 1\n",
    );
    let Printed { code, error, .. } = program(["validate"]).within(&folder).run();
    assert_eq!(code, 2);
    for told in ["`gone.toml` can't be read", "`keep-days` is 0 days", "no rule `roster/nobody`", "no setting `nothing`"] {
        assert!(error.contains(told), "{told}: {error}");
    }
}

#[test]
fn a_check_of_the_reader_is_explained_with_all_its_variants() {
    let cases = [
        ("read/no-rows", ["A file has a header and no rows (warning)", "A file that the format requires has a header and no rows (error)"]),
        ("read/wrong-encoding", ["A file is in UTF-16 (error)", "A file is in Windows-1252 or Latin-1 (warning)"]),
    ];
    for (check, titles) in cases {
        let page = rollbook(["explain", check]).out;
        assert!(titles.iter().all(|title| page.contains(title)), "{page}");
    }
    let page = rollbook(["explain", "read/unknown-column"]).out;
    assert!(page.contains("In Clever SIS CSV it counts as warning."), "{page}");
    assert!(page.contains("  │ The following file includes unsupported headers: [file] [header]\n"), "{page}");
    assert!(rollbook(["explain", "read/no-rows"]).out.contains("\n  Check whether there is really nothing to export.\n"));
}

#[test]
fn small_words() {
    let folder = folder("regressions-words");
    std::fs::write(folder.join("students.csv"), "id,first_name\n1,Ana\n").expect("a file");
    std::fs::write(folder.join("rollbook.toml"), "packs = ['own.toml']\n").expect("a file");
    let rule = "[[rule]]\nname = 'a'\nseverity = 'error'\neach = 'student s where s.id is missing'\nmessage = 'a'\n";
    let other = "[[rule]]\nname = 'b'\nseverity = 'error'\neach = 'school c where c.id is missing'\nmessage = 'b'\n";
    std::fs::write(folder.join("own.toml"), format!("[pack]\nname = 'own'\nversion = '1.0.0'\ntitle = 'own'\n{rule}{other}"))
        .expect("a file");
    let Printed { code, error, .. } = program(["validate", "students.csv", "--strict"]).within(&folder).run();
    assert_eq!(code, 3, "{error}");
    assert!(error.contains("--strict, and 1 rule was skipped: own/b\n"), "{error}");
    let line = "one line of a log\n";
    std::fs::write(folder.join("k.log"), line).expect("a file");
    let once = program(["log", "k.log", "./k.log", "k.log"]).within(&folder).run().out;
    assert!(once.contains("  k.log: 1 line, none known\n") && once.matches("k.log").count() == 1, "{once}");
    let piped = program(["log", "-"]).within(&folder).fed(line.as_bytes()).run().out;
    assert!(piped.contains("  standard input: 1 line, none known\n"), "{piped}");
    assert_eq!(rollbook(["list", "nouns", "--plain", "--color", "never"]).code, 0);
}

#[test]
fn a_key_that_one_noun_compares_exactly_groups_the_others_too() {
    for among in ["'staff x', 'student x'", "'student x', 'staff x'"] {
        let pack = r#"
[pack]
name    = "exact-in-one"
title   = "names that are compared in two ways"
version = "1.0.0"

[compare]
student.last_name = "exact"

[[unique]]
name     = "same-name"
severity = "info"
among    = [AMONG]
key      = 'x.school_id, x.last_name'
differ   = 'x.id'
message  = '{x.last_name}'

[[test]]
rule  = "same-name"
name  = "letter case tells students apart, and not staff"
given.staff = '''
id,school_id,last_name
T1,10,Moss
T2,10,moss
'''
given.student = '''
id,school_id,last_name
S1,10,Novak
S2,10,Novak
S3,10,NOVAK
'''
expect = [{ x = ["T1", "T2"] }, { x = ["S1", "S2"] }]
"#;
        passes("exact-in-one", &pack.replace("AMONG", among));
    }
}
