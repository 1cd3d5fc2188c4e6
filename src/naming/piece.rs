//! The pieces of a name for one person: what grows, what may be cut, and the text that they make.
use super::value::Reader;
use super::{Doubt, End, Part, Pattern, Refusal};
use crate::model::Type;
use std::borrow::Cow;

/// A part with its text.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    text: Cow<'a, str>,
    kind: Kind,
    /// Characters that are taken of the text, and from which end; of other pieces all.
    taken: Option<Taken>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Letters that may be cut.
    Letters,
    /// Nothing of it may be cut.
    Fixed,
    /// `{n}`
    Counter,
    /// `{name}`, in a field.
    Name,
}

#[derive(Clone, Copy, Debug)]
struct Taken {
    end: End,
    now: usize,
    most: usize,
}

impl Piece<'_> {
    fn grown(&self) -> &str {
        let Some(taken) = self.taken else { return &self.text };
        let nth = |at: usize| self.text.char_indices().nth(at).map_or(self.text.len(), |(byte, _)| byte);
        match taken.end {
            End::First => &self.text[..nth(taken.now)],
            End::Last => &self.text[nth(self.text.chars().count().saturating_sub(taken.now))..],
        }
    }
}

/// The pieces of a pattern for one person. `template` stands for `{name}` in a candidate; in a field, `{name}` is left open.
pub(super) fn pieces<'a>(
    pattern: &'a Pattern,
    reader: &mut Reader<'a>,
    template: Option<&Result<Vec<Piece<'a>>, Refusal>>,
) -> Result<Vec<Piece<'a>>, Refusal> {
    let mut made = Vec::with_capacity(pattern.parts.len() + 2);
    for part in &pattern.parts {
        match part {
            Part::Literal(text) => made.push(Piece { text: text.as_str().into(), kind: Kind::Fixed, taken: None }),
            Part::Counter => made.push(Piece { text: "".into(), kind: Kind::Counter, taken: None }),
            Part::Name => match template {
                Some(template) => made.extend(template.as_ref().map_err(Refusal::clone)?.iter().cloned()),
                None => made.push(Piece { text: "".into(), kind: Kind::Name, taken: None }),
            },
            Part::Value { expr, kind, grow, fields } => {
                let text = reader.value(expr, fields)?;
                let figures = text.bytes().all(|byte| byte.is_ascii_digit());
                let letters = matches!(kind, Type::Name | Type::Login | Type::Email | Type::Text) && !figures;
                let taken = grow.map(|grow| {
                    let length = text.chars().count();
                    let most = grow.to.unwrap_or(length).min(length);
                    Taken { end: grow.end, now: grow.from.min(most), most }
                });
                made.push(Piece { text, kind: if letters { Kind::Letters } else { Kind::Fixed }, taken });
            }
        }
    }
    match reader.japanese() {
        Some(refusal @ Refusal::Poor { why: Doubt::Japanese, .. }) => Err(refusal),
        _ => Ok(made),
    }
}

/// Lets the first piece that can grow take one more character; whether there was one.
pub(super) fn grow(pieces: &mut [Piece<'_>]) -> bool {
    let growing = pieces.iter_mut().filter_map(|piece| piece.taken.as_mut()).find(|taken| taken.now < taken.most);
    growing.map(|taken| taken.now += 1).is_some()
}

/// The text of the pieces with so many characters taken away, or as many as can be: one at a time from the end of the longest piece of letters, of two
/// the later, down to one character each.
pub(super) fn text(pieces: &[Piece<'_>], name: &str, counter: &str, over: usize) -> String {
    let mut texts: Vec<&str> = pieces
        .iter()
        .map(|piece| match piece.kind {
            Kind::Counter => counter,
            Kind::Name => name,
            Kind::Letters | Kind::Fixed => piece.grown(),
        })
        .collect();
    let mut over = over;
    while over > 0 {
        let longest = pieces.iter().zip(&mut texts).filter(|(piece, _)| piece.kind == Kind::Letters).map(|(_, text)| text);
        let Some(longest) = longest.max_by_key(|text| text.chars().count()).filter(|text| text.chars().nth(1).is_some()) else { break };
        let before = longest.chars().count();
        let shorter = &longest[..longest.char_indices().next_back().map_or(0, |(at, _)| at)];
        // A hyphen or an apostrophe is not left standing at the cut.
        let clean = shorter.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        *longest = if clean.is_empty() { shorter } else { clean };
        over = over.saturating_sub(before - longest.chars().count());
    }
    texts.concat()
}

/// How often the name stands in a field's pieces.
pub(super) fn names(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().filter(|piece| piece.kind == Kind::Name).count()
}
