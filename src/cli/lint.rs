//! `rollbook lint`: packs and layouts checked without data.
use super::args::LintArgs;
use super::exit::Exit;
use super::output::{self, print};
use super::setup;
use crate::finding::{Count, List, Mistakes};
use crate::pack::{self, Overrides};
use crate::roster::Layouts;
use crate::source::Sources;
use std::path::Path;

pub(super) fn run(args: &LintArgs) -> Exit {
    lint(args).unwrap_or_else(|exit| exit)
}

fn lint(args: &LintArgs) -> Result<Exit, Exit> {
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let mut layouts = Layouts::builtin();
    let (mut names, mut of_layouts, mut unread) = (Vec::new(), 0, None);
    for name in &args.packs {
        // What can't be read does not keep the others from being checked.
        match (setup::layout_text(name), setup::can_read(name)) {
            (Some(text), _) => {
                layouts.add(&mut sources, name, &text, &mut mistakes);
                of_layouts += 1;
            }
            (None, Ok(())) => names.push(name.clone()),
            (None, Err(exit)) => unread = Some(exit),
        }
    }
    let files = setup::read_packs(&names, Path::new(""), &mut sources, &mut mistakes)?;
    let packs = setup::compile(&files, &Overrides::default(), &sources, &mut mistakes);
    let asked = |name: &str| args.packs.iter().any(|pack| pack == name);
    for file in &files.files {
        let of_file = sources.name(file.name.span.text).trim_end_matches(" (built-in pack)").to_owned();
        if asked(&file.name.value) || asked(&of_file) {
            pack::lint(file, &packs, &mut mistakes);
        }
    }
    let clean = mistakes.is_empty();
    if let Err(exit) = output::mistakes(mistakes, &sources, &args.look) {
        if let Some(unread) = unread {
            return Err(unread);
        }
        // A broken pack is what lint is for: it is a finding, not a failure of the run.
        return Ok(if exit == Exit::NoVerdict { Exit::Findings } else { exit });
    }
    let mut held: Vec<(u64, &str, &str)> = Vec::new();
    for (count, one, many) in files.files.iter().flat_map(|file| file.contents(file.rules.len())) {
        match held.iter_mut().find(|(_, known, _)| *known == one) {
            Some(known) => known.0 += count,
            None => held.push((count, one, many)),
        }
    }
    let held: Vec<String> =
        held.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| Count(count, one, many).to_string()).collect();
    let held = if held.is_empty() { String::new() } else { format!("{} of ", List(&held, "and")) };
    if let Some(exit) = unread {
        return Err(exit);
    }
    let verdict = if clean { "no mistakes" } else { "no errors" };
    let (packs, layouts) = (files.files.len() as u64, Count(of_layouts, "layout", "layouts"));
    let of_packs = format!("{held}{}", Count(packs, "pack", "packs"));
    print(&match (packs, of_layouts) {
        (0, _) => format!("{verdict} in {layouts}\n"),
        (_, 0) => format!("{verdict} in {of_packs}\n"),
        _ => format!("{verdict} in {of_packs} and in {layouts}\n"),
    });
    Ok(Exit::Clean)
}
