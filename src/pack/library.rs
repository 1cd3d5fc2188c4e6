//! The packs that are built into the binary, and the order in which packs are checked.
use super::file::PackFile;
use crate::finding::{Mistake, Mistakes};

/// Name and text of every built-in pack. They are read by the same code as a district's own.
pub const BUILTIN: &[(&str, &str)] = include!("../../rules/builtin.rs");

/// The text of a built-in pack.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The same without its tests, which are two fifths of it, for those who neither run nor show them. Blanks stand in their place, so that all else
/// keeps its own.
#[must_use]
pub fn builtin_untested(name: &str) -> Option<String> {
    let text = builtin(name)?;
    let mut kept = String::with_capacity(text.len());
    let mut of_test = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            of_test = line.starts_with("[[test]]") || (of_test && line.starts_with("[test."));
        }
        if of_test {
            kept.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else {
            kept.push_str(line);
        }
    }
    Some(kept)
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
        // What a pack requires stands right before it, unless it was placed already.
        let required_by = |at: usize| {
            let needs = |file: &PackFile| files[at].requires.iter().any(|required| required.value == file.name.value);
            files.iter().position(|file| needs(file) && file.name.value != files[at].name.value)
        };
        let mut ready = 0;
        let mut steps = 0;
        // Who goes round in a circle takes more steps than there are packs.
        while let Some(next) = required_by(ready).filter(|_| steps <= files.len()) {
            (ready, steps) = (next, steps + 1);
        }
        match required_by(ready).is_none().then_some(ready) {
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
