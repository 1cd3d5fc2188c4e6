//! The built-in packs, and those of `examples/naming` and `examples/merging` that a district copies, pass their own tests and have no mistakes.
use crate::program;
use rollbook::finding::Mistakes;
use rollbook::pack::{PackFile, builtin, builtin_names, builtin_untested, read};
use rollbook::source::Sources;
use std::fs;
use std::path::Path;

fn rollbook(arguments: &[&str]) -> (bool, String) {
    let printed = program::rollbook([arguments, &["--color", "never"]].concat());
    (printed.code == 0, printed.all())
}

fn examples() -> Vec<String> {
    let folders = ["naming", "merging"].map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder")).map(|entry| entry.expect("an entry").path());
    let packs = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    packs.map(|path| path.to_str().expect("UTF-8").to_owned()).collect()
}

#[test]
fn packs_pass_their_tests() {
    // A pack that only declares what others use has nothing to test.
    let tested = builtin_names().filter(|name| builtin(name).is_some_and(|text| text.contains("[[test]]"))).map(str::to_owned);
    for name in tested.chain(examples()) {
        let (passed, report) = rollbook(&["test", &name]);
        assert!(passed, "{report}");
    }
}

#[test]
fn packs_are_the_same_without_their_tests() {
    let file = |text: &str| -> PackFile {
        let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
        let id = sources.add("pack.toml", text);
        let file = read(&sources, id, &mut mistakes);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        file
    };
    for name in builtin_names() {
        let whole = file(builtin(name).expect("a pack"));
        let untested = file(&builtin_untested(name).expect("a pack"));
        assert_eq!(untested.test_count(), 0, "{name}");
        let none = PackFile {
            tests: Vec::new(),
            naming_tests: Vec::new(),
            merge_tests: Vec::new(),
            fix_tests: Vec::new(),
            sync_tests: Vec::new(),
            log_tests: Vec::new(),
            ..whole
        };
        assert_eq!(format!("{untested:?}"), format!("{none:?}"), "{name}");
    }
}

#[test]
fn packs_have_no_mistakes() {
    let (clean, report) = rollbook(&[&["lint"][..], &builtin_names().collect::<Vec<_>>()].concat());
    assert!(clean && report.starts_with("no mistakes"), "{report}");
    assert!(examples().len() > 3);
    for name in examples() {
        let (clean, report) = rollbook(&["lint", &name]);
        assert!(clean && report.starts_with("no mistakes"), "{name}\n{report}");
    }
}
