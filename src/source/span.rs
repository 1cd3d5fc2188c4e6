//! A place in a text.
use std::fmt;
use std::ops::Range;

/// Which text of a [`Sources`](super::Sources) a span points into.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct TextId(pub u32);

/// A range of bytes in one text of a [`Sources`](super::Sources).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The text.
    pub text: TextId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `range` in `text`.
    #[must_use]
    pub fn new(text: TextId, range: Range<usize>) -> Self {
        // Packs are read whole into memory and refused above 16 MiB, so their offsets fit.
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { text, start: narrow(range.start), end: narrow(range.end) }
    }

    /// The bytes in the text.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest span that covers both; they must be of one text.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { text: self.text, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.text.0, self.start, self.end)
    }
}

/// A value and where it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts `value` at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: with(self.value), span: self.span }
    }
}
