//! From texts to what TOML writes for them, for the files that are written for later runs.
use std::fmt::Write as _;

/// A text as a basic string of TOML, on one line and with its quotes: `a "b"` as `"a \"b\""`.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
