//! `rollbook explain`: the page of a rule, of a naming schema, of a fix, of a sync, of a message of a log, or of one of the reader's checks.
use super::args::ExplainArgs;
use super::exit::Exit;
use super::output::{self, print};
use super::setup;
use crate::finding::{List, Mistakes, suggestion};
use crate::pack::{self, Fix, Naming, Pack, Rule};
use crate::report;
use crate::roster::CHECKS;
use crate::source::Sources;
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn run(args: &ExplainArgs) -> Exit {
    explain(args).unwrap_or_else(|exit| exit)
}

fn show(page: &str, args: &ExplainArgs) {
    print(&report::page(page, &output::style(&args.look, false)));
}

fn explain(args: &ExplainArgs) -> Result<Exit, Exit> {
    let asked = args.rule.as_str();
    if let Some(check) = CHECKS.iter().find(|check| check.id == asked || check.id.strip_prefix("read/") == Some(asked)) {
        let mut page = String::new();
        let _ = writeln!(
            page,
            "## {}\n\n{} ({})\n\n**Why it matters.** {}\n\n**What to do.** {}",
            check.id, check.title, check.severity, check.why, check.help
        );
        if check.incomplete {
            page.push_str("\nWith this the data can't be known to be complete, and the run ends with exit code 3.\n");
        }
        show(&page, args);
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
    let matches = |rule: &&Rule| *rule.id == *asked || rule.id.split_once('/').is_some_and(|(_, name)| name == asked);
    let found: Vec<(&Pack, &Rule)> =
        packs.iter().flat_map(|pack| pack.rules.iter().filter(matches).map(move |rule| (pack, rule))).collect();
    let is_asked = |id: &str| id == asked || id.split_once('/').is_some_and(|(_, name)| name == asked);
    let page_of = |pack: &Pack, naming: &Naming| {
        files.files.iter().find(|file| file.name.value == pack.name).map(|file| pack::schema_page(naming, file))
    };
    let schemas: Vec<String> = packs
        .iter()
        .flat_map(|pack| pack.namings.iter().filter(|naming| is_asked(&naming.id)).filter_map(move |naming| page_of(pack, naming)))
        .collect();
    let fix_page =
        |pack: &Pack, fix: &Fix| files.files.iter().find(|file| file.name.value == pack.name).map(|file| pack::fix_page(fix, file));
    let fixes = packs.iter().flat_map(|pack| pack.fixes.iter().filter(|fix| is_asked(&fix.id)).filter_map(move |fix| fix_page(pack, fix)));
    let schemas: Vec<String> = schemas.into_iter().chain(fixes).collect();
    let written = |pack: &Pack| files.files.iter().find(|file| file.name.value == pack.name);
    let syncs = packs.iter().flat_map(|pack| pack.syncs.iter().filter(|sync| is_asked(&sync.id)).map(move |sync| (pack, sync)));
    let syncs: Vec<String> = syncs.filter_map(|(pack, sync)| Some(pack::sync_page(sync, pack.platform.as_ref(), written(pack)?))).collect();
    let messages =
        packs.iter().flat_map(|pack| pack.messages.iter().filter(|message| is_asked(&message.id)).map(move |message| (pack, message)));
    let messages: Vec<String> = messages.filter_map(|(pack, message)| Some(pack::message_page(message, written(pack)?))).collect();
    let schemas: Vec<String> = schemas.into_iter().chain(messages).collect();
    match found.as_slice() {
        [(pack, rule)] => {
            if let Some(file) = files.files.iter().find(|file| file.name.value == pack.name) {
                show(&pack::page(rule, file), args);
            }
            // A sync may have the name of a rule.
            syncs.iter().for_each(|page| show(page, args));
            Ok(Exit::Clean)
        }
        [] if !schemas.is_empty() || !syncs.is_empty() => {
            schemas.iter().chain(&syncs).for_each(|page| show(page, args));
            Ok(Exit::Clean)
        }
        [] => {
            let schemas = packs.iter().flat_map(|pack| &pack.namings).map(|naming| &*naming.id);
            let fixes = packs.iter().flat_map(|pack| &pack.fixes).map(|fix| &*fix.id);
            let rules = packs.iter().flat_map(|pack| &pack.rules).map(|rule| &*rule.id);
            let messages = packs.iter().flat_map(|pack| &pack.messages).map(|message| &*message.id);
            let syncs = packs.iter().flat_map(|pack| &pack.syncs).map(|sync| &*sync.id);
            let checks = CHECKS.iter().map(|check| check.id);
            let ids = || {
                rules.clone().chain(schemas.clone()).chain(fixes.clone()).chain(syncs.clone()).chain(messages.clone()).chain(checks.clone())
            };
            let short = ids().filter_map(|id| id.split_once('/').map(|(_, name)| name));
            let near = suggestion(asked, ids()).or_else(|| suggestion(asked, short));
            let help = near.map_or_else(
                || "`rollbook list rules`, `list schemas`, `list fixes`, `list syncs` and `list messages` print all of them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            Err(output::error(&format!("no rule, naming schema, fix, sync or message `{asked}`"), &help))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|(_, rule)| &*rule.id).collect();
            Err(output::error(&format!("several packs have a rule `{asked}`"), &format!("say which: {}", List(&ids, "or"))))
        }
    }
}
