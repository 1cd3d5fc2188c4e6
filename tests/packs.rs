//! The built-in packs pass their own tests, and have no mistakes.
use rollbook::pack::{builtin, builtin_names};
use std::process::Command;

fn rollbook(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rollbook")).args(arguments).args(["--color", "never"]).output().expect("rollbook runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("UTF-8"))
}

#[test]
fn built_in_packs_pass_their_tests() {
    // A pack of profiles and lists has nothing to test.
    for name in builtin_names().filter(|name| builtin(name).is_some_and(|text| text.contains("[[test]]"))) {
        let (passed, report) = rollbook(&["test", name]);
        assert!(passed, "{report}");
    }
}

#[test]
fn built_in_packs_have_no_mistakes() {
    let (clean, report) = rollbook(&[&["lint"][..], &builtin_names().collect::<Vec<_>>()].concat());
    assert!(clean && report.starts_with("no mistakes"), "{report}");
}
