//! `rollbook list`: what there is.
use super::args::{ListArgs, Listed};
use super::exit::Exit;
use super::output::{self, print};
use super::setup;
use crate::finding::{Count, Mistakes};
use crate::language::functions::{Argument, FUNCTIONS};
use crate::model::{NOUNS, Privacy};
use crate::pack::{self, Overrides};
use crate::roster::{CHECKS, Layouts};
use crate::source::Sources;
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn run(args: &ListArgs) -> Exit {
    let text = match args.what {
        Listed::Rules => rules(args),
        Listed::Schemas => schemas(args),
        Listed::Fixes => fixes(args),
        Listed::Syncs => syncs(args),
        Listed::Messages => messages(args),
        Listed::Targets => targets(args),
        Listed::Packs => packs(args),
        Listed::Layouts => Ok(layouts()),
        Listed::Nouns => Ok(nouns()),
        Listed::Functions => Ok(functions()),
    };
    match text {
        Ok(text) => {
            print(&text);
            Exit::Clean
        }
        Err(exit) => exit,
    }
}

fn checked(args: &ListArgs) -> Result<(Vec<pack::Pack>, Sources, Vec<pack::PackFile>), Exit> {
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let names: Vec<String> = setup::all_builtin().into_iter().chain(args.pack.iter().cloned()).collect();
    let files = setup::read_packs(&names, Path::new(""), &mut sources, &mut mistakes)?;
    let packs = setup::compile(&files, &Overrides::default(), &sources, &mut mistakes);
    if mistakes.any_error() {
        return Err(output::mistakes(mistakes, &sources, &args.look).err().unwrap_or(Exit::NoVerdict));
    }
    Ok((packs, sources, files.files))
}

fn schemas(args: &ListArgs) -> Result<String, Exit> {
    let (packs, ..) = checked(args)?;
    let namings: Vec<&pack::Naming> = packs.iter().flat_map(|pack| &pack.namings).collect();
    let width = namings.iter().map(|naming| naming.id.len()).max().unwrap_or(0);
    let group = namings.iter().map(|naming| naming.group.chars().count()).max().unwrap_or(0);
    Ok(namings.iter().map(|naming| format!("{:width$}  {:group$}  {}\n", naming.id, naming.group, naming.title)).collect())
}

fn fixes(args: &ListArgs) -> Result<String, Exit> {
    let (packs, ..) = checked(args)?;
    let fixes: Vec<&pack::Fix> = packs.iter().flat_map(|pack| &pack.fixes).collect();
    let width = fixes.iter().map(|fix| fix.id.len()).max().unwrap_or(0);
    let file = fixes.iter().map(|fix| fix.file.len()).max().unwrap_or(0);
    Ok(fixes.iter().map(|fix| format!("{:width$}  {:file$}  {}\n", fix.id, fix.file, fix.title)).collect())
}

fn syncs(args: &ListArgs) -> Result<String, Exit> {
    let (packs, ..) = checked(args)?;
    let syncs = || packs.iter().flat_map(|pack| pack.syncs.iter().map(move |sync| (pack, sync)));
    let width = syncs().map(|(_, sync)| sync.id.len()).max().unwrap_or(0);
    let title = syncs().map(|(_, sync)| sync.title.chars().count()).max().unwrap_or(0);
    let line = |(pack, sync): (&pack::Pack, &pack::Sync)| {
        let platform = pack.platform.as_ref();
        let runs = platform.and_then(|platform| platform.runs.as_ref()).map(|runs| format!(", {runs}")).unwrap_or_default();
        format!("{:width$}  {:title$}  {}{runs}\n", sync.id, sync.title, platform.map_or("", |platform| platform.title.as_str()))
    };
    Ok(syncs().map(line).collect())
}

fn messages(args: &ListArgs) -> Result<String, Exit> {
    let (packs, ..) = checked(args)?;
    let messages: Vec<&pack::Message> = packs.iter().flat_map(|pack| &pack.messages).collect();
    let width = messages.iter().map(|message| message.id.len()).max().unwrap_or(0);
    let severity = |message: &pack::Message| message.severity.map_or("off", |severity| severity.word());
    Ok(messages.iter().map(|message| format!("{:width$}  {:7}  {}\n", message.id, severity(message), message.title)).collect())
}

fn targets(args: &ListArgs) -> Result<String, Exit> {
    let (.., files) = checked(args)?;
    let targets: Vec<_> = files.iter().flat_map(|file| &file.targets).collect();
    let width = targets.iter().map(|target| target.name.value.len()).max().unwrap_or(0);
    let line = |target: &&pack::TargetFile| {
        let length = target
            .limits
            .length
            .as_ref()
            .map_or_else(|| "any length".to_owned(), |length| format!("{} to {}", length.value.0, length.value.1));
        format!("{:width$}  {length:10}  {}\n", target.name.value, target.title)
    };
    Ok(targets.iter().map(line).collect())
}

fn rules(args: &ListArgs) -> Result<String, Exit> {
    let (packs, ..) = checked(args)?;
    let mut text = String::new();
    let ids = || packs.iter().flat_map(|pack| pack.rules.iter().map(|rule| rule.id.len())).chain(CHECKS.iter().map(|check| check.id.len()));
    let width = ids().max().unwrap_or(0);
    for check in CHECKS {
        let _ = writeln!(text, "{:width$}  {:7}  {}", check.id, check.severity.word(), check.title);
    }
    for pack in &packs {
        text.push('\n');
        for rule in &pack.rules {
            let severity = rule.severity.map_or("off", |severity| severity.word());
            let _ = writeln!(text, "{:width$}  {severity:7}  {}", rule.id, rule.title);
        }
    }
    Ok(text)
}

fn packs(args: &ListArgs) -> Result<String, Exit> {
    let (packs, _, files) = checked(args)?;
    let mut text = String::new();
    for pack in &packs {
        let Some(file) = files.iter().find(|file| file.name.value == pack.name) else { continue };
        let contents = file.contents(pack.rules.len()).into_iter().filter(|(count, ..)| *count > 0);
        let tests = Count(file.test_count() as u64, "test", "tests").to_string();
        let held: Vec<String> = contents.map(|(count, one, many)| Count(count, one, many).to_string()).chain([tests]).collect();
        let _ = writeln!(text, "{} {}: {} ({})", pack.name, pack.version, pack.title, held.join(", "));
        for (name, setting) in &pack.settings {
            let _ = writeln!(text, "    setting {name} = {setting}");
        }
        for (name, title) in &pack.lists {
            let _ = writeln!(text, "    list {name}: {title}");
        }
    }
    Ok(text)
}

fn layouts() -> String {
    let mut text = String::new();
    for layout in Layouts::builtin().iter() {
        let nouns: Vec<&str> = layout.nouns().iter().filter(|noun| !noun.get().technical).map(|noun| noun.get().plural).collect();
        let _ = writeln!(text, "{}: {}\n    {}", layout.name, layout.title, nouns.join(", "));
    }
    text
}

fn nouns() -> String {
    let mut text = String::new();
    for noun in NOUNS {
        let _ = writeln!(text, "{}: {}", noun.name, noun.doc);
        let width = noun.fields.iter().map(|field| field.name.len()).max().unwrap_or(0);
        for field in noun.fields.iter().filter(|field| field.privacy != Privacy::Secret) {
            let refers = field.refers.map(|noun| format!(" of a {noun}")).unwrap_or_default();
            let personal = if field.privacy == Privacy::Personal { ", personal" } else { "" };
            let _ = writeln!(text, "    {:width$}  {}{refers}{personal}", field.name, field.kind);
        }
        text.push('\n');
    }
    text
}

fn functions() -> String {
    let mut text = String::new();
    for function in FUNCTIONS {
        let arguments: Vec<&str> =
            function.arguments.iter().map(|argument| if *argument == Argument::Text { "\"text\"" } else { "n" }).collect();
        let usage = format!("{} {}", function.name, arguments.join(" "));
        let (call, from, to) = function.example;
        let _ = writeln!(text, "{usage:24}  {}\n{:24}  {from} | {call} gives {to}", function.doc, "");
    }
    text
}
