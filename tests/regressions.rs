//! Faults that were found in use, each as a pack whose tests must pass.
use crate::program::{Printed, rollbook};
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
