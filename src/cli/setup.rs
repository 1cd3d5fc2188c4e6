//! What every command needs first: the configuration, the packs that are asked for, all of them checked.
use super::exit::Exit;
use super::output;
use crate::document;
use crate::finding::{Mistake, Mistakes, Severity, suggestion};
use crate::model::{NounId, day, noun};
use crate::pack::{self, Config, Overrides, Pack, PackFile};
use crate::roster::{Layout, Layouts, Recognised, Survey};
use crate::source::{Sources, Spanned, TextId};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// A pack's file is not larger than this.
const LARGEST_PACK: u64 = 16 << 20;

/// The configuration and where it stands.
pub(super) struct Configured {
    pub(super) config: Config,
    pub(super) folder: PathBuf,
    pub(super) file: Option<PathBuf>,
}

impl Configured {
    /// The files that it names besides the data, and itself, with their words.
    pub(super) fn files(&self) -> Vec<(PathBuf, &'static str)> {
        let config = &self.config;
        let lists = config.list_files.iter().map(|list| (&list.path, "file of a list"));
        let named = (config.ledger.iter().map(|path| (path, "ledger")))
            .chain(config.decisions.iter().map(|path| (path, "file of decisions")))
            .chain(config.packs.iter().map(|path| (path, "pack")))
            .chain(config.layouts.iter().map(|path| (path, "layout")))
            .chain(lists);
        let own = self.file.iter().map(|file| (file.clone(), "configuration"));
        named.map(|(path, word)| (self.folder.join(&path.value), word)).chain(own).collect()
    }
}

/// Finds and reads the `rollbook.toml` of `from`, or of a folder above it; without one, the defaults.
pub(super) fn configuration(from: &Path, sources: &mut Sources, mistakes: &mut Mistakes) -> Result<Configured, Exit> {
    let Some(file) = find_configuration(from) else {
        return Ok(Configured { config: Config::default(), folder: PathBuf::new(), file: None });
    };
    let text = read_text(&file)?;
    let id = sources.add(file.display().to_string(), text);
    let mut config = Config::read(sources, id, mistakes);
    let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
    for list in config.list_files.clone() {
        let path = folder.join(&list.path.value);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let values =
                    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect();
                config.overrides.lists.insert((list.pack, list.list), Spanned::new(values, list.path.span));
            }
            Err(error) => {
                let message = format!("`{}` can't be read: {error}", list.path.value);
                mistakes.push(Mistake::error("unreadable", list.path.span, message, "the file of this list"));
            }
        }
    }
    Ok(Configured { config, folder, file: Some(file) })
}

fn find_configuration(from: &Path) -> Option<PathBuf> {
    if from.file_name().is_some_and(|name| name == "rollbook.toml") && from.is_file() {
        return Some(from.to_path_buf());
    }
    // The folders above are looked at by their real names, but a configuration beside the data keeps the name that the user gave.
    let beside = from.join("rollbook.toml");
    if beside.is_file() {
        return Some(beside);
    }
    let real = std::fs::canonicalize(from).ok()?;
    let found = real.ancestors().skip(1).map(|folder| folder.join("rollbook.toml")).find(|file| file.is_file())?;
    let here = std::env::current_dir().ok().and_then(|here| std::fs::canonicalize(here).ok());
    let relative = here.and_then(|here| found.strip_prefix(&here).ok().map(Path::to_path_buf));
    Some(relative.unwrap_or(found))
}

/// Reads a text file, or says why not.
pub(super) fn read_text(path: &Path) -> Result<String, Exit> {
    let shown = path.display();
    let unreadable =
        |error: &dyn std::fmt::Display| output::error(&format!("`{shown}` can't be read: {error}"), "check the path and its permissions");
    let length = std::fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if length > LARGEST_PACK {
        return Err(output::error(
            &format!("`{shown}` has {length} bytes, and packs and configurations have at most {LARGEST_PACK}"),
            "is it data?",
        ));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
    match String::from_utf8(bytes) {
        // A byte order mark is no part of the text.
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(output::error(&format!("`{shown}` is not UTF-8: line {line} has bytes that are none"), "save it as UTF-8"))
        }
    }
}

/// Packs read, in the order in which they are checked.
pub(super) struct PackFiles {
    pub(super) files: Vec<PackFile>,
    /// Whether all is well enough to compile them.
    pub(super) whole: bool,
}

/// Reads the packs named, by built-in name or by path, and those that they require.
pub(super) fn read_packs(names: &[String], folder: &Path, sources: &mut Sources, mistakes: &mut Mistakes) -> Result<PackFiles, Exit> {
    let builtin = |name: &str| pack::builtin(name).map(str::to_owned);
    read_all(names, folder, &builtin, sources, mistakes)
}

/// The same for a run on data, which leaves out the tests of built-in packs.
pub(super) fn read_packs_to_run(
    names: &[String],
    folder: &Path,
    sources: &mut Sources,
    mistakes: &mut Mistakes,
) -> Result<PackFiles, Exit> {
    read_all(names, folder, &pack::builtin_untested, sources, mistakes)
}

/// What is known of built-in packs: the text of a name.
type Builtin<'a> = &'a dyn Fn(&str) -> Option<String>;

fn read_all(
    names: &[String],
    folder: &Path,
    builtin: Builtin<'_>,
    sources: &mut Sources,
    mistakes: &mut Mistakes,
) -> Result<PackFiles, Exit> {
    let mut files: Vec<PackFile> = Vec::new();
    let mut queue: Vec<String> = names.to_vec();
    let mut asked = true;
    while !queue.is_empty() {
        let mut texts = Vec::new();
        for (at, name) in queue.iter().enumerate() {
            if queue[..at].contains(name) || files.iter().any(|file| file.name.value == *name) {
                continue;
            }
            match pack_text(name, folder, builtin)? {
                Some((shown, text)) => texts.push(sources.add(shown, text)),
                // A pack that another requires is reported where it says so.
                None if !asked => {}
                None => return Err(no_pack(name)),
            }
        }
        let read = |text: &TextId| {
            let mut mistakes = Mistakes::default();
            (pack::read(sources, *text, &mut mistakes), mistakes)
        };
        let wave: Vec<(PackFile, Mistakes)> = texts.par_iter().map(read).collect();
        queue = wave.iter().flat_map(|(file, _)| file.requires.iter().map(|required| required.value.clone())).collect();
        asked = false;
        for (file, of_file) in wave {
            mistakes.append(of_file);
            if let Some(other) = files.iter().find(|other| other.name.value == file.name.value && !file.name.value.is_empty()) {
                let message = format!("two packs have the name `{}`", file.name.value);
                let mistake =
                    Mistake::error("duplicate-name", file.name.span, message, "named again").and(other.name.span, "named here first");
                mistakes.push(mistake.help("give one of them another name, or leave one out"));
                continue;
            }
            files.push(file);
        }
        queue.retain(|name| !files.iter().any(|file| file.name.value == *name));
    }
    let files = pack::order(files, mistakes);
    Ok(PackFiles { files, whole: true })
}

/// The text of a pack, built in or in a file, under the name that reports show; `None` when there is no such pack.
fn pack_text(name: &str, folder: &Path, builtin: Builtin<'_>) -> Result<Option<(String, String)>, Exit> {
    if let Some(text) = builtin(name) {
        return Ok(Some((format!("{name} (built-in pack)"), text)));
    }
    let path = folder.join(name);
    if name.ends_with(".toml") || name.contains(['/', '\\']) || path.is_file() {
        return Ok(Some((path.display().to_string(), read_text(&path)?)));
    }
    Ok(None)
}

/// The text of a file that is a layout and not a pack; `None` when it is none, or can't be read. For those who take either.
pub(super) fn layout_text(name: &str) -> Option<String> {
    let path = Path::new(name);
    let text = path.is_file().then(|| read_text(path).ok())??;
    let mut sources = Sources::default();
    let id = sources.add(name, text.as_str());
    let root = document::parse(&sources, id, &mut Mistakes::default());
    (root.get("layout").is_some() && root.get("pack").is_none()).then_some(text)
}

/// Whether a pack can be read at all; why not is printed.
pub(super) fn can_read(name: &str) -> Result<(), Exit> {
    pack_text(name, Path::new(""), &|name| pack::builtin(name).map(str::to_owned))?.map(|_| ()).ok_or_else(|| no_pack(name))
}

fn no_pack(name: &str) -> Exit {
    let near = suggestion(name, pack::builtin_names());
    let help = near.map_or_else(
        || "name a built-in pack (`rollbook list packs`) or a pack's file, `rules/our-own.toml`".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    output::error(&format!("no pack `{name}`"), &help)
}

/// Checks packs; mistakes of any of them are told together.
pub(super) fn compile(packs: &PackFiles, overrides: &Overrides, sources: &Sources, mistakes: &mut Mistakes) -> Vec<Pack> {
    if !packs.whole {
        return Vec::new();
    }
    pack::compile(&packs.files, overrides, sources, mistakes)
}

/// The packs that fit what was found: those whose nouns are there, or should be, and whose layouts are. When a part of an export fits none, those that fit its format.
pub(super) fn fitting_packs(survey: &Survey, recognised: &[Recognised], layouts: &Layouts, sources: &mut Sources) -> Vec<String> {
    let of_format = || recognised.iter().filter_map(|known| layouts.get(&known.layout)).flat_map(Layout::nouns).collect::<Vec<_>>();
    let names = packs_for(&|noun| survey.expects(noun), recognised, sources);
    if names.is_empty() {
        let nouns = of_format();
        return packs_for(&|noun| nouns.contains(&noun), recognised, sources);
    }
    names
}

/// The packs for these layouts all of whose nouns are `there`.
fn packs_for(there: &dyn Fn(NounId) -> bool, recognised: &[Recognised], sources: &mut Sources) -> Vec<String> {
    let mut names = Vec::new();
    for name in pack::builtin_names() {
        let Some(text) = pack::builtin(name) else { continue };
        // What it applies to stands at its head; its rules are read once it is chosen.
        let id = sources.add(name, text.split("\n[[").next().unwrap_or(text));
        let file = pack::read(sources, id, &mut Mistakes::default());
        let layout_there =
            file.layouts.is_empty() || file.layouts.iter().any(|layout| recognised.iter().any(|known| known.layout == layout.value));
        let nouns: Option<Vec<NounId>> = file.applies.iter().map(|name| noun(&name.value)).collect();
        let nouns_there = nouns.is_some_and(|nouns| !nouns.is_empty() && nouns.iter().all(|noun| there(*noun)));
        if layout_there && nouns_there {
            names.push(name.to_owned());
        }
    }
    names
}

/// The day that `today` means, in days since 1970.
pub(super) fn today(date: Option<&str>) -> Result<i32, Exit> {
    match date {
        Some(text) => day(text).ok_or_else(|| output::error(&format!("`{text}` is no day"), "write it as 2026-09-01")),
        None => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
            Ok((now / 86_400) as i32)
        }
    }
}

/// Names of all built-in packs, as a command without a choice means them.
pub(super) fn all_builtin() -> Vec<String> {
    pack::builtin_names().map(str::to_owned).collect()
}

/// Only what stops a run.
pub(super) fn errors_only(mistakes: Mistakes) -> Mistakes {
    let mut errors = Mistakes::default();
    mistakes.sorted().into_iter().filter(|mistake| mistake.severity >= Severity::Error).for_each(|mistake| errors.push(mistake));
    errors
}
