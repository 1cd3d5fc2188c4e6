//! `rollbook explain`: the page of a rule, of a naming schema, of a fix, of a sync, of a message of a log, or of one of the reader's checks.
use super::args::ExplainArgs;
use super::exit::Exit;
use super::forecast::capital;
use super::output::{self, print};
use super::setup;
use crate::finding::{List, Mistakes, Severity, suggestion};
use crate::pack::{self, Pack, PackFile};
use crate::report;
use crate::roster::{CHECKS, Check, Layouts};
use crate::source::Sources;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(args: &ExplainArgs) -> Exit {
    explain(args).unwrap_or_else(|exit| exit)
}

fn show(page: &str, args: &ExplainArgs) {
    print(&report::page(page, &output::style(&args.look, false)));
}

fn explain(args: &ExplainArgs) -> Result<Exit, Exit> {
    let asked = args.rule.as_str();
    let checks: Vec<&Check> = CHECKS.iter().filter(|check| check.id == asked || check.id.strip_prefix("read/") == Some(asked)).collect();
    if !checks.is_empty() {
        show(&check_page(&checks, &Layouts::builtin()), args);
        return Ok(Exit::Clean);
    }
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let configured = setup::configuration(Path::new("."), &mut sources, &mut mistakes)?;
    let mut names = setup::all_builtin();
    let own = configured.config.packs.iter().map(|name| name.value.clone()).filter(|name| pack::builtin(name).is_none());
    names.extend(own.map(|name| configured.folder.join(name).display().to_string()));
    names.extend(args.pack.iter().cloned());
    let files = setup::read_packs(&names, Path::new(""), &mut sources, &mut mistakes)?;
    let packs = setup::compile(&files, &configured.config.overrides, &sources, &mut mistakes);
    if mistakes.any_error() {
        return Err(output::mistakes(mistakes, &sources, &args.look).err().unwrap_or(Exit::NoVerdict));
    }
    let pages = pages(&packs, &files.files);
    let is_asked = |id: &str| id == asked || id.split_once('/').is_some_and(|(_, name)| name == asked);
    let found: Vec<&Page<'_>> = pages.iter().filter(|(id, _)| is_asked(id)).collect();
    // One pack may have a rule and a sync of one name: both are meant.
    let ids: BTreeSet<&str> = found.iter().map(|(id, _)| &**id).collect();
    match ids.len() {
        0 => {
            let ids = || pages.iter().map(|(id, _)| &**id).chain(CHECKS.iter().map(|check| check.id));
            let short = ids().filter_map(|id| id.split_once('/').map(|(_, name)| name));
            let near = suggestion(asked, ids()).or_else(|| suggestion(asked, short));
            let help = near.map_or_else(
                || "`rollbook list rules`, `list schemas`, `list fixes`, `list syncs` and `list messages` print all of them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            Err(output::error(&format!("no rule, naming schema, fix, sync or message `{asked}`"), &help))
        }
        1 => {
            found.iter().for_each(|(_, page)| show(&page(), args));
            Ok(Exit::Clean)
        }
        _ => {
            let ids: Vec<&str> = ids.into_iter().collect();
            Err(output::error(&format!("several packs have something called `{asked}`"), &format!("say which: {}", List(&ids, "or"))))
        }
    }
}

/// The page of the reader's checks of one id: a file without rows is worse where the format requires it.
fn check_page(checks: &[&Check], layouts: &Layouts) -> String {
    let mut page = format!("## {}\n", checks[0].id);
    for check in checks {
        let (title, help) = (capital(check.title), capital(check.help));
        let _ = writeln!(page, "\n{title} ({})\n\n**Why it matters.** {}\n\n**What to do.** {help}.", check.severity, check.why);
        if check.incomplete {
            page.push_str("\nWith this the data can't be known to be complete, and the run ends with exit code 3.\n");
        }
    }
    let mut weighed: Vec<(Severity, Vec<&str>)> = Vec::new();
    for layout in layouts.iter() {
        for (_, severity) in layout.severity.iter().filter(|(id, _)| id == checks[0].id) {
            match weighed.iter_mut().find(|(known, _)| known == severity) {
                Some((_, titles)) => titles.push(&layout.title),
                None => weighed.push((*severity, vec![&layout.title])),
            }
        }
    }
    for (severity, titles) in weighed {
        let _ = writeln!(page, "\nIn {} it counts as {severity}.", List(&titles, "and"));
    }
    // Formats of one receiver say the same.
    let mut said: Vec<(Vec<&str>, &[String])> = Vec::new();
    for layout in layouts.iter() {
        for (_, texts) in layout.messages.iter().filter(|(id, _)| id == checks[0].id) {
            match said.iter_mut().find(|(_, known)| *known == texts) {
                Some((titles, _)) => titles.push(&layout.title),
                None => said.push((vec![&layout.title], texts)),
            }
        }
    }
    for (titles, texts) in said {
        let texts: Vec<String> = texts.iter().map(|text| format!("> {text}")).collect();
        let _ = writeln!(page, "\n**What receivers of {} say.**\n\n{}", List(&titles, "and"), texts.join("\n>\n"));
    }
    page
}

/// A page, written when it is asked for, and the id of what it is about.
type Page<'p> = (Arc<str>, Box<dyn Fn() -> String + 'p>);

/// The pages of all packs.
fn pages<'p>(packs: &'p [Pack], files: &'p [PackFile]) -> Vec<Page<'p>> {
    let mut pages: Vec<Page<'p>> = Vec::new();
    for pack in packs {
        let Some(file) = files.iter().find(|file| file.name.value == pack.name) else { continue };
        let mut add = |id: &Arc<str>, page: Box<dyn Fn() -> String + 'p>| pages.push((id.clone(), page));
        pack.rules.iter().for_each(|rule| add(&rule.id, Box::new(move || pack::page(rule, file))));
        pack.namings.iter().for_each(|naming| add(&naming.id, Box::new(move || pack::schema_page(naming, file))));
        pack.fixes.iter().for_each(|fix| add(&fix.id, Box::new(move || pack::fix_page(fix, file))));
        pack.syncs.iter().for_each(|sync| add(&sync.id, Box::new(move || pack::sync_page(sync, pack.platform.as_ref(), file))));
        pack.messages.iter().for_each(|message| add(&message.id, Box::new(move || pack::message_page(message, file))));
    }
    pages
}
