//! The encoding of a file, guessed from its bytes, and its text as UTF-8. What is UTF-8 already stays as it is.
use super::bytes::Bytes;
use crate::finding::List;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// How a file's bytes were taken for text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) enum Encoding {
    /// The usual case; damaged bytes are told row by row.
    #[default]
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Marked,
    /// UTF-16: whether the lower byte stands first, whether a byte order mark says so, and whether some of it is no UTF-16.
    Utf16 { little: bool, marked: bool, damaged: bool },
    /// Windows-1252, or Latin-1 when that is the same: why it is taken for that.
    Windows1252 { why: String },
    /// No text: the cells of a spreadsheet.
    Cells,
}

impl Encoding {
    /// The name for people.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Marked => "UTF-8 with a byte order mark",
            Encoding::Utf16 { little: true, .. } => "UTF-16 LE",
            Encoding::Utf16 { little: false, .. } => "UTF-16 BE",
            Encoding::Windows1252 { .. } => "Windows-1252",
            Encoding::Cells => "cells of a spreadsheet",
        }
    }
}

/// How far a file is looked into before its rows are read.
const HEAD: usize = 1 << 16;
/// Letters that a reason names.
const NAMED: usize = 4;

/// Guesses the encoding of a file and gives its text in UTF-8. Only its beginning is looked at: [`legacy`] is asked again when rows turn out not to be UTF-8.
pub(super) fn decode(bytes: Bytes) -> (Bytes, Encoding) {
    if let Some((little, marked)) = utf16(&bytes) {
        let body = if marked { &bytes[2..] } else { &bytes[..] };
        let encoding = if little { UTF_16LE } else { UTF_16BE };
        let (text, damaged) = encoding.decode_without_bom_handling(body);
        return (owned(text), Encoding::Utf16 { little, marked, damaged });
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        return (bytes, Encoding::Utf8Marked);
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    if super::header::is_no_text(head) {
        return (bytes, Encoding::Utf8);
    }
    match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_some() || head.len() == bytes.len() => match legacy(&bytes) {
            Some((text, encoding)) => (text, encoding),
            None => (bytes, Encoding::Utf8),
        },
        _ => (bytes, Encoding::Utf8),
    }
}

/// The text of a file that is no roster, as UTF-8 without a byte order mark: in whichever encoding data may be. Bytes of none stay as they are.
#[must_use]
pub fn plain_text(bytes: Vec<u8>) -> Vec<u8> {
    let (text, encoding) = decode(Bytes::Owned(bytes));
    let late = encoding == Encoding::Utf8 && std::str::from_utf8(&text).is_err();
    let text = if late { legacy(&text).map_or(text, |(text, _)| text) } else { text };
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text).to_vec()
}

/// Decoded text, without the room that the decoder kept for longer letters.
fn owned(text: Cow<'_, str>) -> Bytes {
    let mut text = text.into_owned().into_bytes();
    text.shrink_to_fit();
    Bytes::Owned(text)
}

/// Whether bytes are UTF-16: whether the lower byte stands first, and whether a mark says so.
fn utf16(bytes: &[u8]) -> Option<(bool, bool)> {
    match bytes {
        // That is UTF-32.
        [0xff, 0xfe, 0, 0, ..] => return None,
        [0xff, 0xfe, ..] => return Some((true, true)),
        [0xfe, 0xff, ..] => return Some((false, true)),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(1 << 10)];
    let line = head.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(head, |end| &head[..end]);
    let nuls = line.iter().filter(|byte| **byte == 0).count();
    // Half of the bytes of Latin letters in UTF-16 are NUL.
    let half = nuls > 1 && nuls * 5 >= line.len() * 2 && line.len() > 3 && (line[0] == 0) != (line[1] == 0);
    half.then(|| (line[1] == 0, false))
}

/// The text of bytes that are not UTF-8 and make sense as Windows-1252.
pub(super) fn legacy(bytes: &[u8]) -> Option<(Bytes, Encoding)> {
    let mut wide = 0u64;
    let mut high = 0u64;
    let mut odd = 0u64;
    let mut low_control = false;
    let mut letters: Vec<char> = Vec::new();
    let mut before = None;
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        if !valid.is_ascii() {
            wide += valid.chars().filter(|letter| !letter.is_ascii()).count() as u64;
        }
        before = valid.chars().next_back().or(before);
        for byte in chunk.invalid() {
            let (letter, _) = WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(byte));
            let letter = letter.chars().next()?;
            if letter.is_control() {
                return None;
            }
            // In other old encodings letters stand where this one has signs: `M‚ller`, `AndrŽ`.
            let in_word = before.is_some_and(char::is_alphabetic);
            odd += u64::from(
                in_word
                    && (matches!(letter, '‚' | '„' | 'ƒ' | '…' | '†' | '‡' | 'ˆ' | '‰' | '•' | '¤' | '¢' | '¡' | '£')
                        || (before.is_some_and(char::is_lowercase) && letter.is_uppercase() && *byte < 0xa0)),
            );
            low_control |= *byte < 0xa0;
            high += 1;
            if letters.len() < NAMED && !letters.contains(&letter) {
                letters.push(letter);
            }
            before = Some(letter);
        }
    }
    // A last letter that is cut off is no other encoding.
    let cut = high <= 3 && bytes.utf8_chunks().last().is_some_and(|last| last.invalid().len() as u64 == high);
    if high == 0 || wide * 10 > high || odd * 2 > high || (cut && wide > 0) {
        return None;
    }
    let letters: Vec<String> = letters.iter().map(|letter| format!("`{letter}`")).collect();
    let bytes_are =
        if high == 1 { "a byte in it is not UTF-8 and is".to_owned() } else { format!("{high} bytes in it are not UTF-8 and are") };
    let what = if low_control { "in Windows-1252" } else { "in Windows-1252, as in Latin-1" };
    let why = format!("{bytes_are} {} {what}", List(&letters, "and"));
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    Some((owned(text), Encoding::Windows1252 { why }))
}
