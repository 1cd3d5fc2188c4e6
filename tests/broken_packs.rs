//! Broken packs: every file of `tests/packs`, and all that is said of it, as a snapshot to be read as a rule author would.
use rollbook::finding::{Mistake, Mistakes};
use rollbook::pack::{self, Overrides};
use rollbook::report::{self, Style};
use rollbook::source::Sources;
use std::path::{Path, PathBuf};

const STYLE: Style = Style { color: false, plain: false, unicode: true, width: 100 };
/// A second pack for the case of the same name.
const SECOND: &str = ".second.toml";

fn cases() -> Vec<PathBuf> {
    let folder = std::fs::read_dir("tests/packs").expect("the folder of broken packs");
    let mut cases: Vec<PathBuf> =
        folder.map(|entry| entry.expect("an entry").path()).filter(|path| !path.to_string_lossy().ends_with(SECOND)).collect();
    cases.sort();
    cases
}

/// All mistakes of a pack, the way that `rollbook lint` gathers them.
fn load(path: &Path) -> (Sources, Vec<Mistake>) {
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let mut files = Vec::new();
    for path in [path.to_path_buf(), path.with_extension("").with_extension("second.toml")] {
        if let Ok(text) = std::fs::read_to_string(&path) {
            let id = sources.add(path.file_name().expect("a name").to_string_lossy(), text);
            files.push(pack::read(&sources, id, &mut mistakes));
        }
    }
    let files = pack::order(files, &mut mistakes);
    let packs = pack::compile(&files, &Overrides::default(), &sources, &mut mistakes);
    for file in &files {
        pack::lint(file, &packs, &mut mistakes);
    }
    (sources, mistakes.sorted())
}

#[test]
fn every_report_is_as_read() {
    for case in cases() {
        let (sources, mistakes) = load(&case);
        let name = case.file_stem().expect("a name").to_string_lossy().into_owned();
        insta::with_settings!({ snapshot_path => "snapshots/packs", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, report::mistakes(&mistakes, &sources, &STYLE));
        });
    }
}

#[test]
fn every_case_has_a_mistake_and_a_snapshot() {
    assert!(cases().len() >= 70, "there are {} cases", cases().len());
    for case in cases() {
        assert!(!load(&case).1.is_empty(), "{} has no mistake", case.display());
    }
    for entry in std::fs::read_dir("tests/snapshots/packs").expect("snapshots") {
        let stem = entry.expect("an entry").path().file_stem().expect("a name").to_string_lossy().trim_end_matches(".snap").to_owned();
        assert!(PathBuf::from(format!("tests/packs/{stem}.toml")).is_file(), "the snapshot `{stem}` has no case");
    }
}

/// The rules of wording: one line, lower case, no final stop, places inside the text, and none of the words of our tools.
#[test]
fn messages_are_worded_alike() {
    for case in cases() {
        let (sources, mistakes) = load(&case);
        for (nth, mistake) in mistakes.iter().enumerate() {
            let shown = format!("{}: {mistake:?}", case.display());
            let texts = mistake.labels.iter().map(|label| &label.text).chain([&mistake.message]).chain(&mistake.help);
            for text in texts {
                assert!(
                    !text.contains('\n') && (!text.ends_with('.') || text.ends_with("...")) && !text.starts_with(char::is_uppercase),
                    "{shown}"
                );
                for jargon in ["EOI", "SOI", "_entry", "kw_", "repetition operator", "crate", "unicode class", "capture group", "stack"] {
                    assert!(!text.contains(jargon), "`{jargon}`: {shown}");
                }
            }
            for label in &mistake.labels {
                let range = label.span.range();
                assert!(sources.text(label.span.text).get(range).is_some(), "{shown}");
            }
            assert!(mistake.help.is_some() || mistake.labels.len() > 1 || mistake.code == "final-stop", "what next? {shown}");
            assert!(!mistakes[..nth].contains(mistake), "told twice: {shown}");
        }
    }
}
