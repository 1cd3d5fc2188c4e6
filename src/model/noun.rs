//! The nouns of rosters and their fields.
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

/// A plain field.
const fn of(name: &'static str, kind: Type) -> Field {
    Field { name, kind, refers: None, privacy: Privacy::Plain }
}

/// A field that describes a person.
const fn my(name: &'static str, kind: Type) -> Field {
    Field { name, kind, refers: None, privacy: Privacy::Personal }
}

/// A field that holds the identity of another noun's record.
const fn to(name: &'static str, noun: &'static str) -> Field {
    Field { name, kind: Type::Id, refers: Some(noun), privacy: Privacy::Plain }
}

const SECRET: Field = Field { name: "password", kind: Type::Text, refers: None, privacy: Privacy::Secret };

use Type::{Date, Email, Flag, Grade, Id, Login, Name, Number, Phone, Text};

/// Every noun that a rule can speak of. The fields are the union of what `docs/layouts.md` maps, under the field's standard terms.
pub static NOUNS: &[Noun] = &[
    Noun {
        name: "school",
        plural: "schools",
        identity: &["id"],
        doc: "a school, or another organisation that records belong to (see `kind`)",
        fields: &[
            of("id", Id),
            of("name", Text),
            of("number", Id),
            of("state_id", Id),
            of("kind", Text),
            to("parent_id", "school"),
            of("low_grade", Grade),
            of("high_grade", Grade),
            my("principal", Name),
            my("principal_email", Email),
            of("address", Text),
            of("city", Text),
            of("state", Text),
            of("zip", Text),
            of("phone", Phone),
            of("status", Text),
            of("modified", Text),
        ],
    },
    Noun {
        name: "student",
        plural: "students",
        identity: &["id"],
        doc: "a student of today's roster",
        fields: &[
            my("id", Id),
            to("school_id", "school"),
            my("number", Id),
            my("state_id", Id),
            my("username", Login),
            my("email", Email),
            my("first_name", Name),
            my("middle_name", Name),
            my("last_name", Name),
            my("preferred_first_name", Name),
            my("preferred_middle_name", Name),
            my("preferred_last_name", Name),
            of("grade", Grade),
            my("gender", Text),
            my("birth_date", Date),
            of("graduation_year", Number),
            my("race", Text),
            my("hispanic", Text),
            my("home_language", Text),
            my("ell", Text),
            my("frl", Text),
            my("iep", Text),
            my("section_504", Text),
            my("gifted", Text),
            my("disability", Text),
            my("street", Text),
            my("city", Text),
            my("state", Text),
            my("zip", Text),
            my("phone", Phone),
            of("enabled", Flag),
            of("status", Text),
            of("modified", Text),
            SECRET,
        ],
    },
    Noun {
        name: "staff",
        plural: "staff",
        identity: &["id"],
        doc: "a teacher (`kind` is `teacher`), another member of staff (`staff`), or an administrator (`administrator`)",
        fields: &[
            my("id", Id),
            to("school_id", "school"),
            my("number", Id),
            my("state_id", Id),
            my("username", Login),
            my("email", Email),
            my("first_name", Name),
            my("middle_name", Name),
            my("last_name", Name),
            of("title", Text),
            of("department", Text),
            of("role", Text),
            of("kind", Text),
            my("phone", Phone),
            of("enabled", Flag),
            of("status", Text),
            of("modified", Text),
            SECRET,
        ],
    },
    Noun {
        name: "section",
        plural: "sections",
        identity: &["id"],
        doc: "a class that meets: one course, one group of students",
        fields: &[
            of("id", Id),
            to("school_id", "school"),
            to("teacher_id", "staff"),
            of("name", Text),
            of("number", Text),
            of("grade", Grade),
            to("course_id", "course"),
            of("course_name", Text),
            of("course_number", Text),
            of("period", Text),
            of("subject", Text),
            to("term_id", "term"),
            of("term_name", Text),
            of("term_start", Date),
            of("term_end", Date),
            of("kind", Text),
            of("status", Text),
            of("modified", Text),
        ],
    },
    Noun {
        name: "teaching",
        plural: "teachings",
        identity: &["section_id", "staff_id"],
        doc: "that a member of staff teaches a section",
        fields: &[
            to("section_id", "section"),
            to("staff_id", "staff"),
            to("school_id", "school"),
            of("position", Number),
            of("primary", Flag),
            of("role", Text),
            of("id", Id),
            of("status", Text),
            of("start_date", Date),
            of("end_date", Date),
        ],
    },
    Noun {
        name: "enrollment",
        plural: "enrollments",
        identity: &["section_id", "student_id"],
        doc: "that a student is in a section",
        fields: &[
            to("section_id", "section"),
            to("student_id", "student"),
            to("school_id", "school"),
            of("id", Id),
            of("role", Text),
            of("primary", Flag),
            of("start_date", Date),
            of("end_date", Date),
            of("status", Text),
            of("modified", Text),
        ],
    },
    Noun {
        name: "contact",
        plural: "contacts",
        identity: &["id", "student_id", "name", "first_name", "last_name"],
        doc: "a parent, guardian or other contact of a student, as one row gives it",
        fields: &[
            my("id", Id),
            to("student_id", "student"),
            to("school_id", "school"),
            my("name", Name),
            my("first_name", Name),
            my("last_name", Name),
            of("kind", Text),
            of("relationship", Text),
            my("phone", Phone),
            of("phone_type", Text),
            my("email", Email),
            my("username", Login),
            my("birth_date", Date),
            my("street", Text),
            my("city", Text),
            my("state", Text),
            my("zip", Text),
            of("enabled", Flag),
            of("status", Text),
            SECRET,
        ],
    },
    Noun {
        name: "guardianship",
        plural: "guardianships",
        identity: &["contact_id", "student_id"],
        doc: "that a contact belongs to a student",
        fields: &[to("contact_id", "contact"), to("student_id", "student"), of("relationship", Text), of("access", Flag)],
    },
    Noun {
        name: "sibling",
        plural: "siblings",
        identity: &["a", "b"],
        doc: "that two students are siblings; a layout gives a record for each direction",
        fields: &[to("a", "student"), to("b", "student")],
    },
    Noun {
        name: "account",
        plural: "accounts",
        identity: &["ref_id", "id", "username"],
        doc: "an account that exists on the platform which the roster is synced to",
        fields: &[
            my("ref_id", Id),
            my("id", Id),
            my("person_id", Id),
            of("kind", Text),
            of("group", Text),
            my("username", Login),
            my("email", Email),
            my("reset_email", Email),
            my("name", Name),
            my("first_name", Name),
            my("middle_name", Name),
            my("last_name", Name),
            my("number", Id),
            my("birth_date", Date),
            of("grade", Grade),
            of("school", Name),
            of("school_id", Id),
            of("section", Text),
            of("role", Text),
            of("status", Text),
            of("origin", Text),
            of("created", Date),
            of("last_login", Date),
            of("must_change", Flag),
            of("password_set_by", Text),
            SECRET,
        ],
    },
    Noun {
        name: "account_group",
        plural: "account groups",
        identity: &["school_id", "name"],
        doc: "accounts that are named and protected alike, as one school (`level` is `school`) or the board (`board`) has the group",
        fields: &[
            of("name", Text),
            to("school_id", "school"),
            of("level", Text),
            of("kind", Text),
            of("naming", Text),
            of("must_change", Flag),
            of("password_length", Number),
            of("password_digits", Number),
        ],
    },
    Noun {
        name: "permission",
        plural: "permissions",
        identity: &["account_id", "student_id"],
        doc: "that an account may see a student",
        fields: &[to("account_id", "account"), to("student_id", "student")],
    },
    Noun {
        name: "term",
        plural: "terms",
        identity: &["id"],
        doc: "a school year or a part of it",
        fields: &[
            of("id", Id),
            of("name", Text),
            of("kind", Text),
            of("start_date", Date),
            of("end_date", Date),
            to("parent_id", "term"),
            of("school_year", Number),
            of("status", Text),
        ],
    },
    Noun {
        name: "course",
        plural: "courses",
        identity: &["id"],
        doc: "what sections teach",
        fields: &[
            of("id", Id),
            of("name", Text),
            of("number", Text),
            of("grade", Grade),
            to("school_id", "school"),
            of("subject", Text),
            to("term_id", "term"),
            of("status", Text),
        ],
    },
];
