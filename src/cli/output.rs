//! Where output goes and how it looks there.
use super::args::{LookArgs, When};
use super::exit::Exit;
use crate::finding::Mistakes;
use crate::report::{self, Style};
use crate::roster::SurveyError;
use crate::source::Sources;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

/// Columns when there is no terminal to ask.
const WIDTH: usize = 100;

/// The style for standard output, or for standard error.
pub(super) fn style(look: &LookArgs, error: bool) -> Style {
    let terminal = if error { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
    let quiet = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = match look.color {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && !quiet,
    };
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|width| *width >= 40);
    let unicode = locale_is_unicode();
    Style { color, plain: look.plain, unicode, width: width.unwrap_or(WIDTH) }
}

/// A locale that says it is not UTF-8 gets plain characters.
fn locale_is_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8") || locale == "c" || locale == "posix"
    })
}

/// Prints to standard output; a reader that went away ends the output, not the program with an error.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    told(out.write_all(text.as_bytes()));
}

/// Whether something that was to be printed is lost.
static LOST: AtomicBool = AtomicBool::new(false);

/// Says once that a report can't be written, unless its reader went away: `rollbook ... | head` closed the pipe, and what is left to say has no reader.
fn told(written: std::io::Result<()>) {
    if let Err(error) = written
        && error.kind() != std::io::ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        self::error(&format!("the report can't be written: {error}"), "check the space where it goes, and run again");
    }
}

/// How the run ends, once all is written: a report that is lost is no verdict.
pub(super) fn end(exit: Exit) -> Exit {
    told(std::io::stdout().flush());
    if LOST.load(Ordering::Relaxed) { Exit::NoVerdict } else { exit }
}

/// Prints all mistakes to standard error, and says whether they end the run.
pub(super) fn mistakes(mistakes: Mistakes, sources: &Sources, look: &LookArgs) -> Result<(), Exit> {
    let stop = mistakes.any_error();
    let list = mistakes.sorted();
    if !list.is_empty() {
        eprint!("{}", report::mistakes(&list, sources, &style(look, true)));
    }
    if stop { Err(Exit::NoVerdict) } else { Ok(()) }
}

/// Prints why data can't be read. Where another export would do there is no complete verdict, otherwise none.
pub(super) fn unread(error: &SurveyError) -> Exit {
    let exit = self::error(&error.message, &error.help);
    if error.by_data { Exit::Incomplete } else { exit }
}

/// Prints an error that has no place in a text.
pub(super) fn error(message: &str, help: &str) -> Exit {
    eprintln!("error: {message}");
    if !help.is_empty() {
        eprintln!("  help: {help}");
    }
    Exit::NoVerdict
}
