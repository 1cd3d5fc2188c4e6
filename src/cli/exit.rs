//! What the program's end says.
use std::process::ExitCode;

/// How a run ended; the numbers are the product's promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exit {
    /// 0: clean.
    Clean,
    /// 1: findings at or above `--fail-on`, a failed test, a lint error, an error in a log.
    Findings,
    /// 2: no verdict: wrong usage, a broken pack or configuration.
    NoVerdict,
    /// 3: no complete verdict: data or a log unreadable or cut off, nothing checked or known, or with `--strict` a skipped rule.
    Incomplete,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::NoVerdict => 2,
            Exit::Incomplete => 3,
        })
    }
}
