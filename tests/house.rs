//! The rooms of the house: who may import whom, where each third-party crate lives, and how a source file looks.
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A room, the rooms that it may import, and the third-party crates that live in it.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    ("source", &[], &["toml_parser"]),
    ("finding", &["source"], &["strsim"]),
    ("document", &["source", "finding"], &["toml"]),
    ("model", &[], &["jiff", "unicode_normalization"]),
    ("matching", &["model"], &["strsim"]),
    ("language", &["source", "finding", "model", "matching"], &["deunicode", "jiff", "pest", "pest_derive", "regex", "regex_syntax"]),
    (
        "roster",
        &["source", "finding", "document", "model"],
        &["blake3", "calamine", "encoding_rs", "flate2", "hashbrown", "memchr", "memmap2", "rayon", "zip"],
    ),
    ("naming", &["source", "finding", "model", "language"], &["regex", "regex_syntax"]),
    ("pack", &["source", "finding", "document", "model", "matching", "language", "naming"], &["rayon"]),
    ("engine", &["source", "finding", "model", "matching", "language", "naming", "roster", "pack"], &["hashbrown", "rayon", "strsim"]),
    ("report", &["source", "finding"], &["csv", "miette", "rust_xlsxwriter", "serde", "serde_json", "unicode_width"]),
    (
        "cli",
        &["source", "finding", "document", "model", "matching", "language", "naming", "roster", "pack", "engine", "report"],
        &["clap", "csv", "getrandom", "rayon"],
    ),
];

/// Names that packs and layouts may speak of, and the program may not.
const VENDORS: &[&str] = &[
    "clever",
    "classlink",
    "oneroster",
    "lexia",
    "edsembli",
    "masteryconnect",
    "canvas",
    "seesaw",
    "powerschool",
    "infinite campus",
    "schoology",
    "aspen",
    "savvas",
    "nwea",
    "blackbaud",
    "teacherease",
    "compass",
    "google",
    "sds",
];

/// Lines of a source file, at most.
const LONGEST: usize = 500;

struct Source {
    /// From `src`, with `/`.
    name: String,
    room: String,
    text: String,
}

impl Source {
    /// Its lines from 1, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, code(line)))
    }
}

/// A line without its comment; `//` in an address is none.
fn code(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| line[..*at].chars().next_back().is_none_or(char::is_whitespace));
    comment.map_or(line, |(at, _)| &line[..at])
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    gather(&root, &mut files);
    files.sort();
    let sources = files.into_iter().map(|path| {
        let parts: Vec<String> =
            path.strip_prefix(&root).expect("below src").iter().map(|part| part.to_str().expect("a plain name").to_owned()).collect();
        let room = parts[0].trim_end_matches(".rs").to_owned();
        Source { name: parts.join("/"), room, text: fs::read_to_string(&path).expect("a source file") }
    });
    sources.collect()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            gather(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

/// The words that stand after `path` in a line: of `crate::a`, `a`.
fn after<'l>(line: &'l str, path: &'l str) -> impl Iterator<Item = &'l str> {
    let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(path).filter(move |(at, _)| !line[..*at].chars().next_back().is_some_and(letter)).map(move |(at, found)| {
        let rest = &line[at + found.len()..];
        &rest[..rest.find(|other: char| !letter(other)).unwrap_or(rest.len())]
    })
}

fn room(name: &str) -> Option<&'static (&'static str, &'static [&'static str], &'static [&'static str])> {
    ROOMS.iter().find(|(known, _, _)| *known == name)
}

#[track_caller]
fn none(mistakes: &[String], advice: &str) {
    assert!(mistakes.is_empty(), "\n\n{}\n\n{advice}\n", mistakes.join("\n"));
}

#[test]
fn every_file_stands_in_a_room() {
    let homeless: Vec<String> = sources()
        .iter()
        .filter(|source| !matches!(source.room.as_str(), "lib" | "main") && room(&source.room).is_none())
        .map(|source| format!("src/{} is in no room", source.name))
        .collect();
    none(&homeless, "Put it into a room, or add the room to the table in tests/house.rs and to the list in src/lib.rs.");
}

#[test]
fn arrows_between_rooms_only_go_down() {
    let mut mistakes = Vec::new();
    for source in sources() {
        let Some((name, may, _)) = room(&source.room) else { continue };
        for (number, line) in source.code() {
            for other in after(line, "crate::") {
                if other != *name && !may.contains(&other) {
                    let other = if other.is_empty() { "several rooms in one `use`" } else { other };
                    mistakes.push(format!("src/{}:{number}: {name} imports {other}", source.name));
                }
            }
            if line.contains("super::super::") {
                mistakes.push(format!("src/{}:{number}: `super::super::` hides which room is meant", source.name));
            }
        }
    }
    let mut table = String::from("A room may import only these:\n");
    for (name, may, _) in ROOMS {
        let _ = writeln!(table, "  {name:9} {}", if may.is_empty() { "nothing".to_owned() } else { may.join(", ") });
    }
    none(&mistakes, &table);
}

#[test]
fn the_table_of_rooms_has_no_circle() {
    for (at, (name, may, _)) in ROOMS.iter().enumerate() {
        for other in *may {
            let below = ROOMS.iter().position(|(known, _, _)| known == other);
            assert!(below.is_some_and(|below| below < at), "{name} may import {other}, which does not stand above it in the table");
        }
    }
}

#[test]
fn third_party_crates_stay_in_their_rooms() {
    let mut homes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, _, crates) in ROOMS {
        for member in *crates {
            homes.entry(member).or_default().push(name);
        }
    }
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("Cargo.toml");
    let declared = manifest.split("[dependencies]\n").nth(1).and_then(|rest| rest.split("\n[").next()).expect("dependencies");
    let declared: Vec<String> =
        declared.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim().replace('-', "_")).collect();
    let mut mistakes: Vec<String> =
        declared.iter().filter(|name| !homes.contains_key(name.as_str())).map(|name| format!("{name} lives in no room")).collect();
    mistakes.extend(homes.keys().filter(|home| !declared.iter().any(|name| name == *home)).map(|home| format!("{home} is no dependency")));
    let mut used: Vec<(&str, String)> = Vec::new();
    for source in sources() {
        for (number, line) in source.code() {
            for (name, rooms) in &homes {
                // `use regex;`, `regex::Regex`, but not `self::regex::...` or `regex_syntax::...`.
                let path = format!("{name}::");
                if line.contains(&path) && after(line, &path).next().is_some() && !line.contains(&format!("::{path}")) {
                    used.push((name, source.room.clone()));
                    if !rooms.contains(&source.room.as_str()) {
                        let home = rooms.join(" and ");
                        mistakes.push(format!("src/{}:{number}: {name} is used in {}, and lives in {home}", source.name, source.room));
                    }
                }
            }
        }
    }
    for (name, rooms) in &homes {
        for room in rooms {
            if !used.iter().any(|(known, by)| known == name && by == room) {
                mistakes.push(format!("{room} does not use {name}"));
            }
        }
    }
    none(&mistakes, "Ask the room that has the crate, or change the table in tests/house.rs and docs/dependencies.md with it.");
}

#[test]
fn the_program_knows_no_vendor() {
    let mut mistakes = Vec::new();
    for source in sources() {
        for (number, line) in source.code() {
            for vendor in VENDORS.iter().filter(|vendor| line.to_lowercase().contains(*vendor)) {
                mistakes.push(format!("src/{}:{number}: speaks of {vendor}", source.name));
            }
        }
    }
    none(&mistakes, "What is a vendor's belongs into a pack or a layout in rules/.");
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut mistakes = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > LONGEST {
            mistakes.push(format!("src/{} has {lines} lines, and {LONGEST} are the most", source.name));
        }
        if !source.text.starts_with("//! ") {
            mistakes.push(format!("src/{} does not begin with a line on what it is (`//! ...`)", source.name));
        }
    }
    none(&mistakes, "Split a long file by what it is about.");
}
