//! `rollbook inspect`: what the reader sees, before any rule.
use super::args::{DataArgs, Format, InspectArgs};
use super::exit::Exit;
use super::load::{self, Begun, Purpose};
use super::output::{self, print};
use crate::finding::Severity;
use crate::report;
use crate::roster::Survey;
use crate::source::Sources;

pub(super) fn run(args: &InspectArgs) -> Exit {
    inspect(args).unwrap_or_else(|exit| exit)
}

fn inspect(args: &InspectArgs) -> Result<Exit, Exit> {
    let data = DataArgs {
        path: args.path.clone(),
        accounts: Vec::new(),
        previous: Vec::new(),
        pack: Vec::new(),
        layout: args.layout.clone(),
        date: None,
        decisions: None,
        threads: None,
        no_config: args.no_config,
    };
    let mut sources = Sources::default();
    let Begun { layouts, inputs, .. } = load::begin(Purpose::Compare, &data, &args.look, &mut sources)?;
    let survey = Survey::new(&inputs, &layouts).map_err(|error| output::unread(&error))?;
    let seen = survey.inspect();
    match args.format {
        Format::Jsonl => print(&report::inspection_lines(&seen)),
        Format::Text => {
            let style = output::style(&args.look, false);
            print(&report::inspection(&seen, &style));
            for finding in survey.findings().iter().filter(|finding| finding.severity > Severity::Info) {
                print(&(report::finding(finding, &style) + "\n"));
            }
        }
    }
    Ok(if survey.incomplete().is_empty() { Exit::Clean } else { Exit::Incomplete })
}
