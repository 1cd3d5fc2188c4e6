//! Names that stand for one another.
use crate::model::{Type, fold};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// Which given names stand for one another. Lines of a name and its nicknames, `William: Bill, Billy, Will`: two names of one line are
/// the same person's, and two lines are never joined, so that Sam is Samuel and Samantha, but Samuel is not Samantha.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Nicknames {
    /// The lines that a name stands in, ascending.
    lines: Arc<HashMap<Box<str>, Vec<u32>>>,
    /// How many lines there are.
    count: u32,
}

static BUILT_IN: LazyLock<Nicknames> = LazyLock::new(|| Nicknames::default().extended(include_str!("../../rules/nicknames.txt").lines()).0);

impl Nicknames {
    /// The list that comes with the program, `rules/nicknames.txt`.
    #[must_use]
    pub fn built_in() -> Nicknames {
        BUILT_IN.clone()
    }

    /// The same and these lines; empty ones and those that begin with `#` are passed over. A line that names fewer than two names says
    /// nothing, and is given back.
    #[must_use]
    pub fn extended<'l>(mut self, lines: impl IntoIterator<Item = &'l str>) -> (Nicknames, Vec<&'l str>) {
        let mut known = (*self.lines).clone();
        let mut useless = Vec::new();
        for line in lines.into_iter().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let mut names: Vec<_> = line.split([':', ',']).filter_map(|name| fold(Type::Name, name)).collect();
            names.sort_unstable();
            names.dedup();
            if names.len() < 2 {
                useless.push(line);
                continue;
            }
            for name in names {
                known.entry(name.into()).or_default().push(self.count);
            }
            self.count += 1;
        }
        self.lines = Arc::new(known);
        (self, useless)
    }

    /// Whether two names, [folded](crate::model::fold), stand for one another.
    #[must_use]
    pub fn related(&self, left: &str, right: &str) -> bool {
        let (Some(left), Some(right)) = (self.lines.get(left), self.lines.get(right)) else { return false };
        left.iter().any(|line| right.binary_search(line).is_ok())
    }

    /// Whether the list has this name, folded.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.lines.contains_key(name)
    }
}
