//! Why a file can't be read, where exporting it once more is not the help.
use std::error::Error;
use std::fmt;
use std::io;

/// What stands in the way of a file's content, with what to do.
#[derive(Debug)]
pub(super) struct Cause {
    why: String,
    help: &'static str,
}

/// What helps against a limit.
const SMALLER: &str = "no roster needs so much: delete what does not belong to the table, or export the file again without it";

impl Cause {
    pub(super) fn error(why: impl Into<String>, help: &'static str) -> io::Error {
        io::Error::other(Cause { why: why.into(), help })
    }

    /// A limit that a file goes beyond.
    pub(super) fn limit(why: impl Into<String>) -> io::Error {
        Cause::error(why, SMALLER)
    }

    /// What helps, as far as the error knows it.
    pub(super) fn help(error: &io::Error) -> Option<&'static str> {
        error.get_ref()?.downcast_ref::<Cause>().map(|cause| cause.help)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl Error for Cause {}
