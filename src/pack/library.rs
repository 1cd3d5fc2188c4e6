//! The packs that are built into the binary, and the order in which packs are checked.
use super::file::PackFile;
use crate::finding::{Mistake, Mistakes};

/// Name and text of every built-in pack. They are read by the same code as a district's own.
pub const BUILTIN: &[(&str, &str)] = &[
    ("roster", include_str!("../../rules/roster.toml")),
    ("clever", include_str!("../../rules/clever.toml")),
    ("mylexia", include_str!("../../rules/mylexia.toml")),
    ("oneroster", include_str!("../../rules/oneroster.toml")),
    ("edsembli-connect", include_str!("../../rules/edsembli-connect.toml")),
    ("clever-oneroster", include_str!("../../rules/clever-oneroster.toml")),
    ("classlink", include_str!("../../rules/classlink.toml")),
    ("sds", include_str!("../../rules/sds.toml")),
    ("portal", include_str!("../../rules/portal.toml")),
    ("targets", include_str!("../../rules/targets.toml")),
    ("canvas", include_str!("../../rules/canvas.toml")),
    ("seesaw", include_str!("../../rules/seesaw.toml")),
    ("nwea", include_str!("../../rules/nwea.toml")),
    ("google-classroom", include_str!("../../rules/google-classroom.toml")),
    ("blackbaud", include_str!("../../rules/blackbaud.toml")),
    ("savvas", include_str!("../../rules/savvas.toml")),
    ("teacherease", include_str!("../../rules/teacherease.toml")),
    ("compass", include_str!("../../rules/compass.toml")),
    ("masteryconnect", include_str!("../../rules/masteryconnect.toml")),
];

/// The text of a built-in pack.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of the built-in packs.
pub fn builtin_names() -> impl Iterator<Item = &'static str> {
    BUILTIN.iter().map(|(name, _)| *name)
}

/// Puts every pack after those that it requires; a circle is reported.
#[must_use]
pub fn order(mut files: Vec<PackFile>, mistakes: &mut Mistakes) -> Vec<PackFile> {
    for (at, file) in files.iter().enumerate() {
        if let Some(itself) = file.requires.iter().find(|required| required.value == file.name.value) {
            mistakes.push(Mistake::error("circle", itself.span, "a pack can't require itself", "its own name").help("take it out"));
        }
        if let Some(other) = files[..at].iter().find(|other| other.name.value == file.name.value && !file.name.value.is_empty()) {
            let message = format!("two packs have the name `{}`", file.name.value);
            let mistake = Mistake::error("duplicate-name", file.name.span, message, "named again").and(other.name.span, "named here first");
            mistakes.push(mistake.help("give one of them another name, or leave one out of `packs`"));
        }
    }
    let mut ordered: Vec<PackFile> = Vec::new();
    while !files.is_empty() {
        let ready = files.iter().position(|file| {
            file.requires
                .iter()
                .all(|required| !files.iter().any(|other| other.name.value == required.value && other.name.value != file.name.value))
        });
        match ready {
            Some(at) => ordered.push(files.remove(at)),
            None => {
                let file = &files[0];
                let names: Vec<&str> = files.iter().map(|file| file.name.value.as_str()).collect();
                let message = format!("packs require one another in a circle: {}", names.join(", "));
                mistakes.push(Mistake::error("circle", file.name.span, message, "in the circle").help("take one `requires` out"));
                ordered.append(&mut files);
            }
        }
    }
    ordered
}
