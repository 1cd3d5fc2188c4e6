//! The program as the tests run it: in a folder, without colours, in lines of a fixed length.
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A run to come.
pub(crate) struct Program {
    command: Command,
    input: Vec<u8>,
}

/// What a run gave.
pub(crate) struct Printed {
    /// The exit code; -1 when something ended it.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) error: String,
}

/// The program in the project's folder.
pub(crate) fn program<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollbook"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env("COLUMNS", "100");
    command.env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR");
    Program { command, input: Vec::new() }
}

/// Runs the program in the project's folder.
pub(crate) fn rollbook<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Printed {
    program(arguments).run()
}

impl Program {
    /// The same, in another folder.
    pub(crate) fn within(mut self, folder: &Path) -> Program {
        self.command.current_dir(folder);
        self
    }

    /// The same, with lines of so many columns.
    pub(crate) fn wide(mut self, columns: u32) -> Program {
        self.command.env("COLUMNS", columns.to_string());
        self
    }

    /// The same, with this on standard input.
    pub(crate) fn fed(mut self, input: &[u8]) -> Program {
        self.input = input.to_vec();
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Printed {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("rollbook runs");
        // A program that has no use for its input closes its end, and is judged by what it says.
        let _ = child.stdin.take().expect("a pipe").write_all(&self.input);
        let output = child.wait_with_output().expect("rollbook ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is UTF-8");
        Printed { code: output.status.code().unwrap_or(-1), out: text(output.stdout), error: text(output.stderr) }
    }
}

impl Printed {
    /// Exit code, standard output, standard error.
    pub(crate) fn parts(self) -> (i32, String, String) {
        (self.code, self.out, self.error)
    }

    /// Standard output, and standard error after it.
    pub(crate) fn all(self) -> String {
        self.out + &self.error
    }
}

/// An empty folder of a test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    path
}

/// A copy of a folder of the project, in one of a test's own.
pub(crate) fn copied(from: &str, name: &str) -> PathBuf {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let target = to.join(entry.file_name().expect("a name"));
            if entry.is_dir() { copy(&entry, &target) } else { fs::copy(&entry, target).map(|_| ()).expect("a copy") }
        }
    }
    let to = folder(name);
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(from), &to);
    to
}
