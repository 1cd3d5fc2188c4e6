//! Initial passwords: drawn from the system's secure random source, and written to one file that only its owner can read.
use super::exit::Exit;
use super::files::{self, Readers};
use super::output;
use crate::pack::Password;
use std::io::Write as _;
use std::path::Path;

const DIGITS: &str = "23456789";
/// Signs that are on every keyboard and that no CSV file or shell gives a meaning.
const SYMBOLS: &str = "!#%*+-.:=?@_";
/// Draws before a policy is taken to be impossible.
const PATIENCE: usize = 1000;

/// Why no password can be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The system has no randomness to give.
    NoChance(String),
    /// No draw fits the length.
    NoFit,
}

/// A number below `below`, each as likely as the other.
fn draw(below: usize) -> Result<usize, Refused> {
    let below = below.max(1) as u64;
    // Numbers in the last, incomplete round would make the first ones likelier.
    let fair = u64::MAX - u64::MAX % below;
    loop {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| Refused::NoChance(error.to_string()))?;
        let number = u64::from_le_bytes(bytes);
        if number < fair {
            return Ok((number % below) as usize);
        }
    }
}

fn letter(of: &str) -> Result<char, Refused> {
    // The two constants are ASCII.
    Ok(char::from(of.as_bytes()[draw(of.len())?]))
}

/// A password by the policy: words, digits, symbols; digits more where it would be too short.
pub(super) fn password(policy: &Password) -> Result<String, Refused> {
    for _ in 0..PATIENCE {
        let mut password = String::new();
        for _ in 0..policy.words {
            if !policy.list.is_empty() {
                password.push_str(policy.list[draw(policy.list.len())?].trim());
            }
        }
        for _ in 0..policy.digits {
            password.push(letter(DIGITS)?);
        }
        for _ in 0..policy.symbols {
            password.push(letter(SYMBOLS)?);
        }
        while password.chars().count() < *policy.length.start() {
            password.push(letter(DIGITS)?);
        }
        if password.chars().count() <= *policy.length.end() {
            return Ok(password);
        }
    }
    Err(Refused::NoFit)
}

/// A person who gets a password.
pub(super) struct Given<'a> {
    pub(super) schema: &'a str,
    pub(super) group: &'a str,
    pub(super) id: String,
    pub(super) login: String,
    pub(super) policy: &'a Password,
}

/// Makes a password for each person and writes them. The file must not be there yet; after a fault there is none.
pub(super) fn write(path: &Path, people: &[Given<'_>]) -> Result<(), Exit> {
    let shown = path.display();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fault = |error: csv::Error| output::error(&format!("no passwords: {error}"), "");
    writer.write_record(["group", "id", "login", "password", "must_change"]).map_err(fault)?;
    for person in people {
        let password = password(person.policy).map_err(|refused| match refused {
            Refused::NoChance(error) => output::error(&format!("the system gives no randomness: {error}"), "no password was written"),
            Refused::NoFit => {
                let length = &person.policy.length;
                let message = format!("no password of {} fits {} to {} characters", person.schema, length.start(), length.end());
                output::error(&message, "change `length` or `words` of its `password`; no password was written")
            }
        })?;
        let must_change = if person.policy.must_change { "yes" } else { "no" };
        writer.write_record([person.group, &person.id, &person.login, &password, must_change]).map_err(fault)?;
    }
    let bytes = writer.into_inner().map_err(|error| output::error(&format!("no passwords: {error}"), ""))?;
    let mut file = files::create(path, Readers::Owner).map_err(|error| {
        let help = "name a file that is not there yet, in a folder of your own: passwords are not written over anything";
        output::error(&format!("the passwords can't be written to `{shown}`: {error}"), help)
    })?;
    let written = file.write_all(&bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        let _ = std::fs::remove_file(path);
        output::error(&format!("the passwords can't be written to `{shown}`: {error}"), "no file was left")
    })
}
