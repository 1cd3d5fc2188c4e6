//! The manifest of a snapshot: what it holds, of which day, made from what, and the checksums that prove it whole.
use crate::document::{self, Keys, Table};
use crate::finding::Mistakes;
use crate::model::{FieldRef, NounId, Type, day, iso, noun};
use crate::source::{Sources, TextId, quoted};
use std::fmt::Write as _;

/// The file in the archive.
pub(super) const MANIFEST: &str = "manifest.toml";
/// The key that says what it is, with the version of the format.
const MARK: &str = "rollbook-snapshot";
const FORMAT: i64 = 1;
/// The folder of records that are gone.
pub(super) const EARLIER: &str = "earlier/";

/// What a snapshot says of itself.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// Its day, in days since 1970.
    pub day: i32,
    /// The fingerprint of the key that its hashes were made with; none where it has no hashes.
    pub key: Option<String>,
    /// Whether it was kept although the data was incomplete.
    pub incomplete: bool,
    /// What it was made from.
    pub made_from: Vec<MadeFrom>,
    /// Its files.
    pub files: Vec<Member>,
}

/// A source that a snapshot was made from.
#[derive(Clone, Debug, Default)]
pub struct MadeFrom {
    /// `roster` or `accounts`.
    pub source: String,
    /// As the user gave it.
    pub path: String,
    /// The layout's title.
    pub layout: String,
}

/// A file of a snapshot.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name in the archive.
    pub name: String,
    /// The noun of its records.
    pub noun: NounId,
    /// Whether its records were gone on the snapshot's day.
    pub earlier: bool,
    /// Records.
    pub rows: u64,
    /// Bytes, unpacked.
    pub bytes: u64,
    /// BLAKE3 of these, in hexadecimal digits.
    pub checksum: String,
    /// The fields kept as they are.
    pub clear: Vec<FieldRef>,
    /// The fields kept as hashes, with the type by which they are compared.
    pub hashed: Vec<(FieldRef, Type)>,
}

/// Why a manifest can't be used.
pub(super) enum NoManifest {
    /// It is one of something else.
    Foreign,
    /// It is not to be understood.
    Broken(String),
}

const TYPES: [Type; 10] =
    [Type::Id, Type::Login, Type::Email, Type::Name, Type::Phone, Type::Date, Type::Grade, Type::Text, Type::Number, Type::Flag];

impl Manifest {
    /// The TOML of it; the same bytes for the same snapshot.
    #[must_use]
    pub fn toml(&self) -> String {
        let mut text = String::from(
            "# What Rollbook kept of one day's data, to compare later days with. Made by `rollbook snapshot`; not to be edited.\n",
        );
        let _ = writeln!(text, "{MARK} = {FORMAT}\nday = \"{}\"", iso(self.day));
        if self.incomplete {
            text.push_str("incomplete = true\n");
        }
        if let Some(key) = &self.key {
            let _ = writeln!(text, "key = \"{key}\"");
        }
        for made in &self.made_from {
            let [source, path, layout] = [&made.source, &made.path, &made.layout].map(|text| quoted(text));
            let _ = writeln!(text, "\n[[made-from]]\nsource = {source}\npath = {path}\nlayout = {layout}");
        }
        for file in &self.files {
            let list = |fields: Vec<String>| fields.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(", ");
            let clear = list(file.clear.iter().map(|field| field.name(file.noun).to_owned()).collect());
            let hashed = list(file.hashed.iter().map(|(field, kind)| format!("{kind} {}", field.name(file.noun))).collect());
            let _ = writeln!(
                text,
                "\n[[file]]\nname = {}\nnoun = {}\nearlier = {}\nrows = {}\nbytes = {}\nblake3 = \"{}\"\nclear = [{clear}]\nhashed = [{hashed}]",
                quoted(&file.name),
                quoted(file.noun.get().name),
                file.earlier,
                file.rows,
                file.bytes,
                file.checksum,
            );
        }
        text
    }

    /// Reads what [`toml`](Self::toml) writes.
    pub(super) fn read(text: &str) -> Result<Manifest, NoManifest> {
        let broken = |why: &str| NoManifest::Broken(why.to_owned());
        let mut sources = Sources::default();
        let id: TextId = sources.add(MANIFEST, text);
        let mut mistakes = Mistakes::default();
        let root = document::parse(&sources, id, &mut mistakes);
        let mut keys = Keys::new(&root, MANIFEST);
        if !keys.has(MARK) {
            return Err(NoManifest::Foreign);
        }
        if keys.integer(MARK, &mut mistakes) != Some(FORMAT) {
            return Err(broken("its manifest is of another version of Rollbook"));
        }
        let mut manifest = Manifest {
            day: keys.text("day", &mut mistakes).and_then(|text| day(text.as_str())).ok_or_else(|| broken("its manifest names no day"))?,
            key: keys.text("key", &mut mistakes).map(|text| text.as_str().to_owned()),
            incomplete: keys.flag("incomplete", &mut mistakes).unwrap_or(false),
            ..Manifest::default()
        };
        for table in keys.tables("made-from", &mut mistakes) {
            let mut keys = Keys::new(table, "[[made-from]]");
            let mut text = |key| keys.text(key, &mut mistakes).map(|text| text.as_str().to_owned()).unwrap_or_default();
            manifest.made_from.push(MadeFrom { source: text("source"), path: text("path"), layout: text("layout") });
        }
        for table in keys.tables("file", &mut mistakes) {
            manifest.files.push(member(table, &mut mistakes).ok_or_else(|| broken("its manifest can't be understood"))?);
        }
        if mistakes.is_empty() { Ok(manifest) } else { Err(broken("its manifest can't be understood")) }
    }
}

fn member(table: &Table, mistakes: &mut Mistakes) -> Option<Member> {
    let mut keys = Keys::new(table, "[[file]]");
    let name = keys.text("name", mistakes)?.as_str().to_owned();
    let noun = noun(keys.text("noun", mistakes)?.as_str())?;
    let earlier = keys.flag("earlier", mistakes)?;
    let rows = u64::try_from(keys.integer("rows", mistakes)?).ok()?;
    let bytes = u64::try_from(keys.integer("bytes", mistakes)?).ok()?;
    let checksum = keys.text("blake3", mistakes)?.as_str().to_owned();
    let field = |name: &str| noun.field(name).map_or_else(|| FieldRef::Header(name.to_owned()), FieldRef::Field);
    let clear = keys.texts("clear", mistakes).into_iter().map(|name| field(name.as_str())).collect();
    let hashed = |text: &str| {
        let (kind, name) = text.split_once(' ')?;
        Some((field(name), *TYPES.iter().find(|known| known.word() == kind)?))
    };
    let hashed = keys.texts("hashed", mistakes).into_iter().map(|text| hashed(text.as_str())).collect::<Option<Vec<_>>>()?;
    Some(Member { name, noun, earlier, rows, bytes, checksum, clear, hashed })
}
