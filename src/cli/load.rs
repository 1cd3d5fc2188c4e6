//! What every command that looks at data needs first: the configuration, the sources, and the packs that fit them.
use super::args::{DataArgs, LookArgs};
use super::decisions;
use super::exit::Exit;
use super::output;
use super::progress::Progress;
use super::setup::{self, Configured, PackFiles};
use super::snapshots;
use crate::engine::{Absent, Lack, Plan};
use crate::finding::{Mistake, Mistakes, Severity, suggestion};
use crate::model::{Epoch, FieldRef, NounId};
use crate::pack::{Decision, Pack, SourceConfig};
use crate::roster::{CHECKS, Dataset, Input, Layouts, ReadOptions, Recognised, Role, SnapshotKey, Survey, Wanted, is_there};
use crate::source::Sources;
use std::path::{Path, PathBuf};

/// Everything up to the plan.
pub(super) struct Loaded {
    pub(super) sources: Sources,
    pub(super) configured: Configured,
    pub(super) layouts: Layouts,
    /// What is read.
    pub(super) inputs: Vec<Input>,
    /// The first look at the data.
    pub(super) survey: Survey,
    pub(super) files: PackFiles,
    pub(super) packs: Vec<Pack>,
    /// What people decided of records.
    pub(super) decisions: Vec<Decision>,
    /// In days since 1970.
    pub(super) today: i32,
    /// The key of the snapshots among the sources, where it is the right one.
    pub(super) key: Option<SnapshotKey>,
}

/// What the data is wanted for.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// To compare it with the previous data, if there is any.
    Compare,
    /// The same, to keep what people decided: the file of decisions may be made by this run.
    Decide,
    /// To keep a snapshot of it, which carries on what the one before in its folder remembers.
    Keep {
        /// The folder, where the configuration does not name it.
        to: Option<&'a Path>,
    },
}

/// Whether a source has a noun, or a column of it.
pub(super) fn supplies(survey: &Survey, noun: NounId, epoch: Epoch, field: Option<&FieldRef>) -> bool {
    match field {
        Some(field) => survey.has(noun, epoch, field),
        None => survey.supplies(noun, epoch),
    }
}

/// Why a noun or a column is not there, as the sources show it.
pub(super) fn lack(survey: &Survey, absent: &Absent) -> Lack {
    if absent.part {
        return Lack { words: survey.partial(absent.noun, absent.epoch), by_format: false };
    }
    let (words, by_format) = survey.lack(absent.noun, absent.epoch, absent.field.as_ref());
    Lack { words, by_format }
}

/// What is known before the data is looked at.
pub(super) struct Begun {
    pub(super) configured: Configured,
    pub(super) layouts: Layouts,
    pub(super) inputs: Vec<Input>,
    /// In days since 1970.
    pub(super) today: i32,
    /// Warnings so far.
    pub(super) mistakes: Mistakes,
}

/// Reads the configuration and a district's own layouts, and says which data is meant. Mistakes are told, and end it.
pub(super) fn begin(purpose: Purpose<'_>, args: &DataArgs, look: &LookArgs, sources: &mut Sources) -> Result<Begun, Exit> {
    let mut mistakes = Mistakes::default();
    let start = args.path.clone().unwrap_or_else(|| PathBuf::from("."));
    if !is_there(&start) {
        if start.is_symlink() {
            return Err(output::error(
                &format!("`{}` is a link that leads nowhere", start.display()),
                "name the folder or file that it should lead to",
            ));
        }
        return Err(output::error(
            &format!("`{}` is not there", start.display()),
            "name a folder or file of roster data, or a folder with a rollbook.toml",
        ));
    }
    let mut configured = if args.no_config {
        Configured { config: crate::pack::Config::default(), folder: PathBuf::new(), file: None }
    } else {
        // Beside an archive for what stands in it; here for what is piped in.
        let from = start.ancestors().find(|path| path.exists()).filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
        setup::configuration(from, sources, &mut mistakes)?
    };
    let today = setup::today(args.date.as_deref())?;
    configured.config.overrides.today = today;
    let mut layouts = Layouts::builtin();
    for path in &configured.config.layouts {
        let file = configured.folder.join(&path.value);
        match std::fs::metadata(&file) {
            Ok(_) => layouts.add(sources, &file.display().to_string(), &setup::read_text(&file)?, &mut mistakes),
            Err(error) => {
                let message = format!("`{}` can't be read: {error}", path.value);
                let mistake = Mistake::error("unreadable", path.span, message, "the file of this layout");
                mistakes.push(mistake.help("check the path, which begins at the folder of rollbook.toml"));
            }
        }
    }
    for (id, changed) in configured.config.overrides.severity.iter().filter(|(id, _)| id.starts_with("read/")) {
        if !CHECKS.iter().any(|check| check.id == id) {
            let near = suggestion(id, CHECKS.iter().map(|check| check.id));
            mistakes.push(Mistake::error("unknown-rule", changed.span, format!("no rule `{id}`"), "changes no rule").meant(near));
        }
    }
    // A broken configuration is told before its data is looked at.
    if mistakes.any_error() {
        let names: Vec<String> = configured.config.packs.iter().map(|name| name.value.clone()).collect();
        // What it says of its packs is told with the rest.
        if !names.is_empty()
            && args.pack.is_empty()
            && let Ok(files) = setup::read_packs_to_run(&names, &configured.folder, sources, &mut mistakes)
        {
            setup::compile(&files, &configured.config.overrides, sources, &mut mistakes);
            mistakes = without_warnings_of_builtin(mistakes, sources);
        }
        return Err(output::mistakes(mistakes, sources, look).err().unwrap_or(Exit::NoVerdict));
    }
    let mut inputs = inputs(args, &start, &configured)?;
    match purpose {
        Purpose::Compare | Purpose::Decide => {
            for input in inputs.iter_mut().filter(|input| input.role == Role::Previous) {
                let paths = std::mem::take(&mut input.paths);
                let given = paths.clone();
                input.paths = paths.into_iter().filter_map(|path| snapshots::chosen(path, &configured, today)).collect();
                if input.paths != given {
                    input.shown = input.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
                }
            }
            inputs.retain(|input| !input.paths.is_empty());
        }
        Purpose::Keep { to } => {
            inputs.retain(|input| input.role != Role::Previous);
            let folder = to.map_or_else(|| snapshots::folder(&configured), Path::to_path_buf);
            if let Some(before) = snapshots::newest_before(&folder, today) {
                inputs.push(Input { role: Role::Previous, shown: before.display().to_string(), paths: vec![before], layout: None });
            }
        }
    }
    if inputs.iter().flat_map(|input| &input.paths).filter(|path| path.as_path() == Path::new("-")).count() > 1 {
        return Err(output::error("standard input is given twice", "write one of the two to a file and give its path"));
    }
    Ok(Begun { configured, layouts, inputs, today, mistakes })
}

/// Reads the configuration, looks at the data, and reads and checks the packs. Mistakes are told, and end it.
pub(super) fn load(args: &DataArgs, look: &LookArgs, surveyed: &mut dyn FnMut()) -> Result<Loaded, Exit> {
    load_for(Purpose::Compare, args, look, surveyed)
}

/// The same, for a purpose.
pub(super) fn load_for(purpose: Purpose<'_>, args: &DataArgs, look: &LookArgs, surveyed: &mut dyn FnMut()) -> Result<Loaded, Exit> {
    let mut sources = Sources::default();
    let Begun { configured, layouts, inputs, today, mut mistakes } = begin(purpose, args, look, &mut sources)?;
    let mut names: Vec<String> = configured.config.packs.iter().map(|name| name.value.clone()).collect();
    let mut folder = configured.folder.clone();
    if !args.pack.is_empty() {
        (names, folder) = (args.pack.clone(), PathBuf::new());
    }
    // Packs that are named are read while the data is looked at for the first time.
    let named = !names.is_empty();
    let (survey, files) = rayon::join(
        || Survey::new(&inputs, &layouts),
        || named.then(|| setup::read_packs_to_run(&names, &folder, &mut sources, &mut mistakes)),
    );
    let mut survey = survey.map_err(|error| output::unread(&error))?;
    let key = snapshots::unlock(&mut survey, &configured);
    let recognised = survey.layouts();
    has_accounts(&recognised, &layouts)?;
    surveyed();

    let files = match files {
        Some(files) => files?,
        None => {
            let names = setup::fitting_packs(&survey, &recognised, &layouts, &mut sources);
            if names.is_empty() {
                let help = "name the packs: `--pack roster` checks what all rosters have in common; `rollbook list packs` prints all";
                return Err(output::error("no built-in pack fits this data", help));
            }
            setup::read_packs_to_run(&names, &folder, &mut sources, &mut mistakes)?
        }
    };
    let packs = setup::compile(&files, &configured.config.overrides, &sources, &mut mistakes);
    let decided = decisions::path(args.decisions.as_deref(), &configured);
    if !matches!(purpose, Purpose::Decide) {
        decisions::there(decided.as_deref(), args.decisions.is_some())?;
    }
    let decisions = decisions::read(decided.as_deref(), &mut sources, &mut mistakes)?;
    decisions::check(&decisions, &packs, &mut mistakes);
    output::mistakes(without_warnings_of_builtin(mistakes, &sources), &sources, look)?;
    Ok(Loaded { sources, configured, layouts, inputs, survey, files, packs, decisions, today, key })
}

/// Reads what is wanted for a plan, and tells how far it is. What snapshots keep as hashes is put back as far as today's data have it.
pub(super) fn read(survey: Survey, wanted: &Wanted, plan: &Plan<'_>, key: Option<&SnapshotKey>) -> Dataset {
    let hashed = survey.hashed();
    let progress = Progress::new();
    let reading = |done, all| progress.tell("reading", done, all);
    let mut dataset = survey.read(wanted, &ReadOptions { progress: Some(&reading) });
    progress.done();
    if let Some(key) = key.filter(|_| !hashed.is_empty()) {
        dataset.resolve(&hashed, &plan.compared(&hashed), key);
    }
    dataset
}

/// Warnings on packs that nobody here can change are no news; `rollbook lint` tells them.
fn without_warnings_of_builtin(mistakes: Mistakes, sources: &Sources) -> Mistakes {
    let mut kept = Mistakes::default();
    for mistake in mistakes.sorted() {
        let builtin = mistake.labels.first().is_some_and(|label| sources.name(label.span.text).ends_with("(built-in pack)"));
        if mistake.severity >= Severity::Error || !builtin {
            kept.push(mistake);
        }
    }
    kept
}

/// Files given as accounts hold accounts; roster files there would be poured into today's roster.
fn has_accounts(recognised: &[Recognised], layouts: &Layouts) -> Result<(), Exit> {
    for source in recognised.iter().filter(|source| source.role == Role::Accounts) {
        let nouns = layouts.get(&source.layout).map(|layout| layout.nouns()).unwrap_or_default();
        if !nouns.iter().any(|noun| noun.get().name == "account") {
            let message = format!("`{}` was given as accounts, and is read as {}, which holds none", source.shown, source.title);
            let help = "give an export of existing accounts to --accounts, or say its layout with --layout accounts=NAME (`rollbook list layouts`)";
            return Err(output::error(&message, help));
        }
    }
    Ok(())
}

fn inputs(args: &DataArgs, start: &Path, configured: &Configured) -> Result<Vec<Input>, Exit> {
    let mut layouts: Vec<(Role, String)> = Vec::new();
    for layout in &args.layout {
        let (role, name) = match layout.split_once('=') {
            None => (Role::Roster, layout.as_str()),
            Some(("roster", name)) => (Role::Roster, name),
            Some(("accounts", name)) => (Role::Accounts, name),
            Some(("previous", name)) => (Role::Previous, name),
            Some((other, _)) => return Err(output::error(&format!("no source `{other}`"), "sources are roster, accounts and previous")),
        };
        layouts.push((role, name.to_owned()));
    }
    let layout_of = |role: Role| layouts.iter().find(|(of, _)| *of == role).map(|(_, name)| name.clone());
    let mut inputs = Vec::new();
    let mut add = |role: Role, paths: &[PathBuf], folder: &Path, layout: Option<String>| {
        if !paths.is_empty() {
            let shown: Vec<String> = paths.iter().map(|path| folder.join(path).display().to_string()).collect();
            let paths = paths.iter().map(|path| folder.join(path)).collect();
            inputs.push(Input { role, paths, layout: layout_of(role).or(layout), shown: shown.join(", ") });
        }
    };
    let config = &configured.config;
    let mut from_config = |role: Role, source: Option<&SourceConfig>| {
        if let Some(source) = source {
            add(role, &source.paths, &configured.folder, source.layout.as_ref().map(|layout| layout.value.clone()));
        }
    };
    // What is said on the command line stands before what the configuration says. The folder of the configuration itself is no data.
    let is_config = configured.file.as_ref().is_some_and(|file| {
        let folder = file.parent().unwrap_or(Path::new(""));
        start == file
            || same_folder(start, folder)
            || config
                .roster
                .as_ref()
                .is_some_and(|roster| roster.paths.iter().any(|path| same_folder(start, &configured.folder.join(path))))
    });
    let by_config = configured.file.is_some() && (args.path.is_none() || is_config);
    if by_config && config.roster.is_some() {
        from_config(Role::Roster, config.roster.as_ref());
    }
    if args.accounts.is_empty() {
        from_config(Role::Accounts, config.accounts.as_ref());
    }
    if args.previous.is_empty() {
        from_config(Role::Previous, config.previous.as_ref());
    }
    let here = Path::new("");
    if !(by_config && config.roster.is_some()) {
        add(Role::Roster, &[start.to_path_buf()], here, None);
    }
    add(Role::Accounts, &args.accounts, here, None);
    add(Role::Previous, &args.previous, here, None);
    inputs.sort_by_key(|input| match input.role {
        Role::Roster => 0,
        Role::Accounts => 1,
        Role::Previous | Role::Proposed | Role::Earlier => 2,
    });
    Ok(inputs)
}

fn same_folder(one: &Path, other: &Path) -> bool {
    let other = if other.as_os_str().is_empty() { Path::new(".") } else { other };
    matches!((std::fs::canonicalize(one), std::fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}
