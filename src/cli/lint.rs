//! `rollbook lint`: a pack checked without data.
use super::args::LintArgs;
use super::exit::Exit;
use super::output::{self, print};
use super::setup;
use crate::finding::{Count, Mistakes};
use crate::pack::{self, Overrides};
use crate::source::Sources;
use std::path::Path;

pub(super) fn run(args: &LintArgs) -> Exit {
    lint(args).unwrap_or_else(|exit| exit)
}

fn lint(args: &LintArgs) -> Result<Exit, Exit> {
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let files = setup::read_packs(&args.packs, Path::new(""), &mut sources, &mut mistakes)?;
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
        // A broken pack is what lint is for: it is a finding, not a failure of the run.
        return Ok(if exit == Exit::NoVerdict { Exit::Findings } else { exit });
    }
    let rules: usize = files.files.iter().map(|file| file.rules.len()).sum();
    let verdict = if clean { "no mistakes" } else { "no errors" };
    print(&format!("{verdict} in {} of {}\n", Count(rules as u64, "rule", "rules"), Count(files.files.len() as u64, "pack", "packs")));
    Ok(Exit::Clean)
}
