//! The layouts at hand: those built in, each read when it is first needed, and a user's own.
use super::header::matches_exactly;
use super::layout::Layout;
use super::layout_reader;
use crate::finding::Mistakes;
use crate::source::Sources;
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// All layouts at hand.
#[derive(Clone, Debug)]
pub struct Layouts {
    list: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: String,
    /// Of a built-in one; the others are read already.
    text: &'static str,
    layout: OnceLock<Arc<Layout>>,
    /// The patterns of all its files in lower case, made when first asked for.
    patterns: OnceLock<Vec<String>>,
}

/// Names and texts.
const BUILTIN: &[(&str, &str)] = include!("../../rules/layouts/builtin.rs");

/// The layout whose files are named after nouns and whose headers are fields; rule tests are written in it.
pub(super) const PLAIN: &str = "rollbook";

impl Entry {
    fn shared(&self) -> Option<&Arc<Layout>> {
        if let Some(layout) = self.layout.get() {
            return Some(layout);
        }
        let mut mistakes = Mistakes::default();
        let layout = layout_reader::read(&mut Sources::default(), &self.name, self.text, &mut mistakes);
        debug_assert!(mistakes.is_empty(), "a built-in layout is broken: {:?}", mistakes.sorted());
        layout.map(|layout| self.layout.get_or_init(|| Arc::new(layout)))
    }

    fn layout(&self) -> Option<&Layout> {
        self.shared().map(|layout| &**layout)
    }

    /// The patterns of its files. A layout that is not yet read is not read for it: the texts of its keys `name` are looked at.
    fn patterns(&self) -> &[String] {
        self.patterns.get_or_init(|| match self.layout.get() {
            Some(layout) => layout.files.iter().flat_map(|map| &map.names).map(|name| name.to_lowercase()).collect(),
            None => {
                let names = self.text.lines().filter(|line| line.starts_with("name"));
                names.flat_map(|line| line.split('"').skip(1).step_by(2)).map(str::to_lowercase).collect()
            }
        })
    }

    /// How many of the files, in lower case, can be its own by their names, and how many by a name without `*`.
    fn takes(&self, files: &[String]) -> (usize, usize) {
        let count = |exact: bool| {
            let fits =
                |file: &&String| self.patterns().iter().any(|pattern| !(exact && pattern.contains('*')) && matches_exactly(pattern, file));
            files.iter().filter(fits).count()
        };
        (count(false), count(true))
    }
}

impl Layouts {
    /// The layouts inside the binary.
    #[must_use]
    pub fn builtin() -> Layouts {
        let entry = |(name, text): &(&str, &'static str)| Entry {
            name: (*name).to_owned(),
            text,
            layout: OnceLock::new(),
            patterns: OnceLock::new(),
        };
        Layouts { list: BUILTIN.iter().map(entry).collect() }
    }

    /// Adds a layout from the text of its file. One with a known name replaces it.
    pub fn add(&mut self, sources: &mut Sources, name: &str, text: &str, mistakes: &mut Mistakes) {
        let Some(layout) = layout_reader::read(sources, name, text, mistakes) else { return };
        let entry = Entry { name: layout.name.clone(), text: "", layout: OnceLock::from(Arc::new(layout)), patterns: OnceLock::new() };
        match self.list.iter_mut().find(|known| known.name == entry.name) {
            Some(known) => *known = entry,
            None => self.list.push(entry),
        }
    }

    /// All, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Layout> {
        let layouts: Vec<&Layout> = self.list.par_iter().filter_map(Entry::layout).collect();
        layouts.into_iter()
    }

    /// Those that could take these files, by name: some of them, and at least half as many as the one that has most of the names. A file without a name may be
    /// of any.
    pub(super) fn taking<'l>(&'l self, files: &[&str]) -> Vec<&'l Layout> {
        if files.iter().any(|file| file.is_empty()) {
            return self.list.par_iter().filter_map(Entry::layout).collect();
        }
        let files: Vec<String> = files.iter().map(|file| file.to_lowercase()).collect();
        let counts: Vec<(usize, usize)> = self.list.iter().map(|entry| entry.takes(&files)).collect();
        let most = counts.iter().map(|(_, exact)| *exact).max().unwrap_or(0);
        let likely: Vec<&Entry> =
            self.list.iter().zip(&counts).filter(|(_, (any, _))| *any > 0 && any * 2 >= most).map(|(entry, _)| entry).collect();
        likely.par_iter().filter_map(|entry| entry.layout()).collect()
    }

    /// The layout of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Layout> {
        self.list.iter().find(|entry| entry.name == name)?.layout()
    }

    /// One of these, to keep.
    pub(super) fn shared(&self, layout: &Layout) -> Arc<Layout> {
        let own = self.list.iter().filter_map(|entry| entry.layout.get()).find(|known| std::ptr::eq(&***known, layout));
        own.map_or_else(|| Arc::new(layout.clone()), Arc::clone)
    }
}
