//! `nearly` in rules, as the program runs them.
use crate::program::rollbook;
use std::ffi::OsStr;
use std::path::Path;

const PACK: &str = r#"
[pack]
name    = "twice"
title   = "students who are there twice"
version = "1.0.0"

[lists.nicknames]
title  = "names that stand for one another here"
values = ["Xiomara: Xio, Mara"]

[[rule]]
name     = "listed-twice"
title    = "two records of one student"
severity = "warning"
each     = 'student s'
with     = 'student t where t.last_name = s.last_name and t.id != s.id and t.first_name nearly s.first_name and t.birth_date nearly s.birth_date'
message  = 'students {s.id} and {t.id} may be one'

[[rule]]
name     = "called-william"
title    = "a student who may be called William"
severity = "info"
each     = 'student s where s.first_name nearly "William" and not s.birth_date nearly "2014-03-02"'
message  = 'student {s.id}'

[[test]]
rule  = "listed-twice"
name  = "nicknames, slips and swapped days explain a difference, and twins stay two"
given.student = '''
id,first_name,last_name,birth_date
1,Xiomara,Feld,2014-03-02
2,Xio,Feld,2014-02-03
3,William,Okafor,2013-07-19
4,Bill,OKAFOR,2013-07-18
5,Mei,Chen,2012-01-09
6,Lan,Chen,2012-01-09
7,,Chen,2012-01-09
8,Ana,Ruiz,soon
9,Ana,Ruiz,2012-01-09
'''
expect = [{ s = "1", t = "2" }, { s = "2", t = "1" }, { s = "3", t = "4" }, { s = "4", t = "3" }]

[[test]]
rule  = "called-william"
name  = "a constant is read as the other side's type"
given.student = '''
id,first_name,last_name,birth_date
1,Will,Ash,2010-05-05
2,WILLIAM,Ash,3/2/2014
3,Wiliam,Ash,2010-05-05
4,Mary,Ash,2010-05-05
5,Bill,Ash,
'''
expect = [{ s = "1" }, { s = "3" }]
"#;

fn test(pack: &str, name: &str) -> (bool, String) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, pack).expect("a file");
    let printed = rollbook([OsStr::new("test"), path.as_os_str(), OsStr::new("--color"), OsStr::new("never")]);
    (printed.code == 0, printed.all())
}

#[test]
fn rules_say_nearly() {
    let (passed, report) = test(PACK, "nearly.toml");
    assert!(passed, "{report}");
}

#[test]
fn nearly_joins_nothing_by_itself() {
    let (passed, report) = test(&PACK.replace("t.last_name = s.last_name", "t.last_name nearly s.last_name"), "nearly-alone.toml");
    assert!(!passed && report.contains("equality"), "{report}");
}
