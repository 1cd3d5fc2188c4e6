//! The nouns of rosters and their fields.
use super::nouns::NOUNS;
use std::fmt;

/// What a field holds, and so what `=` means for it; see [`fold`](super::fold).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Type {
    /// Equal when the bytes are.
    Id,
    /// Equal without letter case and outer space.
    Login,
    /// Equal without letter case and outer space.
    Email,
    /// Equal without letter case, diacritics and punctuation.
    Name,
    /// Equal by the digits.
    Phone,
    /// Equal by the day.
    Date,
    /// Equal by the grade, however written.
    Grade,
    /// Equal when the bytes are.
    Text,
    /// Equal by the number.
    Number,
    /// Equal by what it says: yes or no.
    Flag,
}

impl Type {
    /// The word that rules and messages use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Type::Id => "id",
            Type::Login => "login",
            Type::Email => "email",
            Type::Name => "name",
            Type::Phone => "phone",
            Type::Date => "date",
            Type::Grade => "grade",
            Type::Text => "text",
            Type::Number => "number",
            Type::Flag => "flag",
        }
    }

    /// What `=` compares, for people.
    #[must_use]
    pub fn equality(self) -> &'static str {
        match self {
            Type::Id | Type::Text => "exactly",
            Type::Login | Type::Email => "without letter case and outer space",
            Type::Name => "without letter case, diacritics and punctuation",
            Type::Phone => "by the digits, country code folded",
            Type::Date => "by the day",
            Type::Grade => "by the grade, however written",
            Type::Number => "by the number",
            Type::Flag => "by yes or no, however written",
        }
    }

    /// How `nearly` compares two values, in words.
    #[must_use]
    pub fn nearness(self) -> &'static str {
        match self {
            Type::Id | Type::Number => "nearly: zeros in front, letter case, one slip",
            Type::Text => "nearly, as addresses: abbreviations, words left out, one slip",
            Type::Login | Type::Email => "nearly: one slip, but in no digit",
            Type::Name => "nearly: nicknames, initials, words left out or in another order, one slip",
            Type::Phone => "nearly: one slip, or without the area code",
            Type::Date => "nearly: day and month swapped, one slip",
            Type::Grade => "nearly: at most one grade apart",
            Type::Flag => "nearly, which for a flag is the same",
        }
    }

    /// Whether values have an order that `<` can ask for.
    #[must_use]
    pub fn ordered(self) -> bool {
        matches!(self, Type::Date | Type::Grade | Type::Number)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A noun, by its place in [`NOUNS`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NounId(pub u8);

/// A field of a noun, by its place in [`Noun::fields`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FieldId(pub u8);

/// A field that a rule names: one of the noun, or a column of the file that no layout maps.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FieldRef {
    /// A field of the noun.
    Field(FieldId),
    /// A column by its header; headers compare without letter case, spaces and underscores.
    Header(String),
}

impl FieldRef {
    /// The word in rules.
    #[must_use]
    pub fn name(&self, noun: NounId) -> &str {
        match self {
            FieldRef::Field(field) => field.of(noun).name,
            FieldRef::Header(header) => header,
        }
    }

    /// How much it says of a person; of an unknown column everything.
    #[must_use]
    pub fn privacy(&self, noun: NounId) -> Privacy {
        match self {
            FieldRef::Field(field) => field.of(noun).privacy,
            FieldRef::Header(_) => Privacy::Personal,
        }
    }
}

/// A kind of record.
#[derive(Debug)]
pub struct Noun {
    /// The word in rules.
    pub name: &'static str,
    /// More than one of them.
    pub plural: &'static str,
    /// The fields that tell one record from another, by name.
    pub identity: &'static [&'static str],
    /// What it is, for people.
    pub doc: &'static str,
    /// All fields.
    pub fields: &'static [Field],
    /// Whether it describes the files themselves, and is read only when a rule speaks of it.
    pub technical: bool,
}

/// A field of a noun.
#[derive(Debug)]
pub struct Field {
    /// The word in rules.
    pub name: &'static str,
    /// What it holds.
    pub kind: Type,
    /// The noun whose identity it holds, if it refers to one.
    pub refers: Option<&'static str>,
    /// How much it says of a person.
    pub privacy: Privacy,
}

/// How much a field says of a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Privacy {
    /// Nothing by itself.
    Plain,
    /// It names or describes a person: hidden in what leaves the terminal.
    Personal,
    /// A password: never shown, never kept.
    Secret,
}

impl NounId {
    /// What this is the number of.
    #[must_use]
    pub fn get(self) -> &'static Noun {
        &NOUNS[self.0 as usize]
    }

    /// The field of that name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<FieldId> {
        self.get().fields.iter().position(|field| field.name == name).map(|at| FieldId(at as u8))
    }

    /// All nouns.
    pub fn all() -> impl Iterator<Item = NounId> {
        (0..NOUNS.len()).map(|at| NounId(at as u8))
    }
}

/// The noun of that name.
#[must_use]
pub fn noun(name: &str) -> Option<NounId> {
    NOUNS.iter().position(|noun| noun.name == name).map(|at| NounId(at as u8))
}

impl FieldId {
    /// The field of `noun` that this is the number of.
    #[must_use]
    pub fn of(self, noun: NounId) -> &'static Field {
        &noun.get().fields[self.0 as usize]
    }
}
