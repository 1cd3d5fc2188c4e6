//! Writes a snapshot: chosen fields of today's records, and of those that are gone what the snapshot before knew of them.
use super::manifest::{EARLIER, MANIFEST, MadeFrom, Manifest, Member};
use super::resolve::distinct;
use super::{Compared, SnapshotKey};
use crate::model::{Epoch, FieldRef, Hashed, LAST_SEEN, NounId, Type, day, iso};
use crate::roster::dataset::Dataset;
use crate::roster::symbols::{Sym, Symbols};
use crate::roster::table::Table;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Seek, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Bytes that are gathered before they are packed.
const PIECE: usize = 1 << 18;
/// A column that only keeps a record without any value from being a blank row.
const FILLED: &str = "kept";
/// Deflate's level: the second fastest packs nearly as well as the default, in a third of the time.
const LEVEL: i64 = 2;

/// What to keep.
pub struct KeepOptions<'a> {
    /// The day, in days since 1970.
    pub day: i32,
    /// Per noun its fields; those that are kept as hashes with the type by which they are compared.
    pub fields: &'a BTreeMap<NounId, BTreeMap<FieldRef, Option<Type>>>,
    /// The nouns of which records that are gone are remembered.
    pub earlier: &'a BTreeSet<NounId>,
    /// For so many days.
    pub remember: i32,
    /// The key to hash with; without it nothing may be hashed.
    pub key: Option<&'a SnapshotKey>,
    /// The snapshot before: its day, and the fields of which it keeps hashes that this key made.
    pub before: Option<(i32, &'a [Compared])>,
    /// The fields of which it keeps hashes that are of no use now.
    pub lost: &'a [Compared],
    /// What the data is.
    pub made_from: Vec<MadeFrom>,
    /// Whether it is known to be incomplete.
    pub incomplete: bool,
}

/// A snapshot that is ready to be written.
pub struct Kept {
    /// What it says of itself.
    pub manifest: Manifest,
    files: Vec<KeptFile>,
}

/// A packed file.
struct KeptFile {
    archive: Vec<u8>,
    member: Member,
}

/// A field of a file: where its cells come from, and what becomes of them.
struct Column<'d> {
    cells: Option<&'d [Sym]>,
    /// The type by which values are hashed here.
    hash: Option<Type>,
}

/// Records of one table.
struct Rows<'d> {
    columns: Vec<Column<'d>>,
    /// All of them, or these.
    rows: RowSet,
    /// What stands in the column [`LAST_SEEN`].
    seen: Vec<String>,
}

enum RowSet {
    All(u32),
    Some(Vec<u32>),
}

impl RowSet {
    fn len(&self) -> usize {
        match self {
            RowSet::All(count) => *count as usize,
            RowSet::Some(rows) => rows.len(),
        }
    }

    fn get(&self, at: usize) -> usize {
        match self {
            RowSet::All(_) => at,
            RowSet::Some(rows) => rows[at] as usize,
        }
    }
}

impl Dataset {
    /// Packs what is to be kept.
    ///
    /// # Errors
    /// What packing says.
    pub fn keep(&self, options: &KeepOptions<'_>) -> io::Result<Kept> {
        let mut orders: Vec<(NounId, bool)> = Vec::new();
        for noun in options.fields.keys() {
            if self.table(*noun, Epoch::Today).is_some() {
                orders.push((*noun, false));
            }
            if options.earlier.contains(noun) {
                orders.push((*noun, true));
            }
        }
        let files: Vec<KeptFile> =
            orders.into_par_iter().with_max_len(1).map(|(noun, earlier)| self.pack(noun, earlier, options)).collect::<io::Result<_>>()?;
        let members: Vec<Member> = files.iter().map(|file| file.member.clone()).collect();
        let hashes = members.iter().any(|member| !member.hashed.is_empty());
        let manifest = Manifest {
            day: options.day,
            key: options.key.filter(|_| hashes).map(SnapshotKey::print),
            incomplete: options.incomplete,
            made_from: options.made_from.clone(),
            files: members,
        };
        Ok(Kept { manifest, files })
    }

    fn pack(&self, noun: NounId, earlier: bool, options: &KeepOptions<'_>) -> io::Result<KeptFile> {
        let fields = options.fields[&noun].iter().filter(|(field, _)| !self.is_secret(noun, field));
        let fields: Vec<(&FieldRef, Option<Type>)> = fields.map(|(field, kind)| (field, *kind)).collect();
        let groups = if earlier { self.gone(noun, &fields, options) } else { self.present(noun, &fields) };
        // A field that no record of any source has is not there.
        let there: Vec<bool> = (0..fields.len()).map(|at| earlier || groups.iter().any(|rows| rows.columns[at].cells.is_some())).collect();
        let kept: Vec<usize> = (0..fields.len()).filter(|at| there[*at]).collect();
        let hashes = hashes(&self.symbols, &groups, options.key);
        let mut headers: Vec<String> = kept.iter().map(|at| fields[*at].0.name(noun).to_owned()).collect();
        let blank = |rows: &Rows<'_>, at: usize| {
            kept.iter().all(|column| rows.columns[*column].cells.is_none_or(|cells| cells[rows.rows.get(at)] == Sym::MISSING))
        };
        let fill = !earlier && groups.iter().any(|rows| (0..rows.rows.len()).into_par_iter().any(|at| blank(rows, at)));
        if earlier {
            headers.push(LAST_SEEN.to_owned());
        } else if fill {
            headers.push(FILLED.to_owned());
        }
        let name = format!("{}{}.csv", if earlier { EARLIER } else { "" }, noun.get().name);
        let mut packer = Packer::new(&name)?;
        for (at, header) in headers.iter().enumerate() {
            packer.cell(at, header);
        }
        packer.end()?;
        for rows in &groups {
            for at in 0..rows.rows.len() {
                let row = rows.rows.get(at);
                for (place, column) in kept.iter().enumerate() {
                    let column = &rows.columns[*column];
                    let sym = column.cells.map_or(Sym::MISSING, |cells| cells[row]);
                    let hash = column.hash.and_then(|kind| hashes.get(&(kind, sym)));
                    match hash {
                        Some(hash) => packer.hash(place, *hash),
                        None => packer.cell(place, self.symbols.text(sym)),
                    }
                }
                if earlier {
                    packer.cell(kept.len(), &rows.seen[at]);
                } else if fill {
                    packer.cell(kept.len(), "1");
                }
                packer.end()?;
            }
        }
        let rows = groups.iter().map(|rows| rows.rows.len() as u64).sum();
        let clear = kept.iter().filter(|at| fields[**at].1.is_none()).map(|at| fields[*at].0.clone()).collect();
        let hashed = kept.iter().filter_map(|at| Some((fields[*at].0.clone(), fields[*at].1?))).collect();
        let (archive, bytes, checksum) = packer.finish()?;
        Ok(KeptFile { archive, member: Member { name, noun, earlier, rows, bytes, checksum, clear, hashed } })
    }

    /// Today's records.
    fn present<'d>(&'d self, noun: NounId, fields: &[(&FieldRef, Option<Type>)]) -> Vec<Rows<'d>> {
        let Some(table) = self.table(noun, Epoch::Today) else { return Vec::new() };
        let columns = fields.iter().map(|(field, hash)| Column { cells: table.column(field), hash: *hash }).collect();
        vec![Rows { columns, rows: RowSet::All(table.len() as u32), seen: Vec::new() }]
    }

    /// Records that are gone: those of the snapshot before that are not there today, and those that it remembers itself, unless they are back or too old.
    fn gone<'d>(&'d self, noun: NounId, fields: &[(&FieldRef, Option<Type>)], options: &KeepOptions<'_>) -> Vec<Rows<'d>> {
        let Some((before, kept)) = options.before else { return Vec::new() };
        let identities = |table: &Table| -> HashSet<String> {
            (0..table.len() as u32).into_par_iter().map(|row| self.identity(table, row)).collect::<Vec<_>>().into_iter().collect()
        };
        let mut there = self.table(noun, Epoch::Today).map(identities).unwrap_or_default();
        let mut groups = Vec::new();
        for epoch in [Epoch::Previous, Epoch::Earlier] {
            let Some(table) = self.table(noun, epoch) else { continue };
            let seen_on = noun.field(LAST_SEEN).and_then(|field| table.column(&FieldRef::Field(field))).filter(|_| epoch == Epoch::Earlier);
            let seen = |row: u32| seen_on.map_or(Some(before), |column| day(self.symbols.text(column[row as usize])));
            let mut rows: Vec<(i32, String, u32)> = (0..table.len() as u32)
                .into_par_iter()
                .filter_map(|row| {
                    let day = seen(row).filter(|day| options.day - day <= options.remember)?;
                    Some((day, self.identity(table, row), row))
                })
                .filter(|(_, id, _)| !id.is_empty() && !there.contains(id))
                .collect();
            // Whatever came in between, the same records stand in the same order.
            rows.sort();
            let columns = fields.iter().map(|(field, hash)| column(table, (noun, epoch, field), *hash, kept, options.lost)).collect();
            there.extend(rows.iter().map(|(_, id, _)| id.clone()));
            let seen = rows.iter().map(|(day, ..)| iso(*day)).collect();
            groups.push(Rows { columns, rows: RowSet::Some(rows.into_iter().map(|(.., row)| row).collect()), seen });
        }
        groups
    }
}

/// A column of the snapshot before. What it keeps as a hash stays one if it is to be compared as it was, and is left out otherwise.
fn column<'d>(
    table: &'d Table,
    (noun, epoch, field): (NounId, Epoch, &FieldRef),
    hash: Option<Type>,
    kept: &[Compared],
    lost: &[Compared],
) -> Column<'d> {
    let is = |known: &&Compared| (known.noun, known.epoch, &known.field) == (noun, epoch, field);
    let was = kept.iter().find(is).map(|known| known.kind);
    let useless = lost.iter().any(|known| is(&known)) || (was.is_some() && was != hash);
    Column { cells: table.column(field).filter(|_| !useless), hash: hash.filter(|_| was.is_none()) }
}

/// The hashes of all values that are to be hashed, each made once.
fn hashes(symbols: &Symbols, groups: &[Rows<'_>], key: Option<&SnapshotKey>) -> HashMap<(Type, Sym), Hashed> {
    let Some(key) = key else { return HashMap::new() };
    let columns = || groups.iter().flat_map(|rows| &rows.columns);
    let kinds: BTreeSet<Type> = columns().filter_map(|column| column.hash).collect();
    let mut hashes = HashMap::new();
    for kind in kinds {
        let values = distinct(symbols, columns().filter(|column| column.hash == Some(kind)).filter_map(|column| column.cells));
        let made: Vec<((Type, Sym), Hashed)> =
            values.into_par_iter().with_min_len(1 << 10).map(|value| ((kind, value), key.hash(kind, symbols.text(value)))).collect();
        hashes.extend(made);
    }
    hashes
}

/// One CSV file on its way into an archive of its own.
struct Packer {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    hasher: blake3::Hasher,
    piece: Vec<u8>,
    bytes: u64,
}

fn options() -> SimpleFileOptions {
    // Without a time, so that the same data gives the same bytes.
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(LEVEL)).large_file(true)
}

impl Packer {
    fn new(name: &str) -> io::Result<Packer> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, options())?;
        Ok(Packer { zip, hasher: blake3::Hasher::new(), piece: Vec::with_capacity(PIECE + (1 << 12)), bytes: 0 })
    }

    fn cell(&mut self, place: usize, text: &str) {
        if place > 0 {
            self.piece.push(b',');
        }
        if text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
            self.piece.push(b'"');
            for byte in text.bytes() {
                if byte == b'"' {
                    self.piece.push(b'"');
                }
                self.piece.push(byte);
            }
            self.piece.push(b'"');
        } else {
            self.piece.extend_from_slice(text.as_bytes());
        }
    }

    fn hash(&mut self, place: usize, hash: Hashed) {
        if place > 0 {
            self.piece.push(b',');
        }
        // Writing to a vector can't fail.
        let _ = write!(self.piece, "{hash}");
    }

    fn end(&mut self) -> io::Result<()> {
        self.piece.push(b'\n');
        if self.piece.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hasher.update(&self.piece);
        self.bytes += self.piece.len() as u64;
        self.zip.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<(Vec<u8>, u64, String)> {
        self.flush()?;
        let archive = self.zip.finish()?.into_inner();
        Ok((archive, self.bytes, self.hasher.finalize().to_hex().to_string()))
    }
}

impl Kept {
    /// Writes the archive, the manifest first.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, out: impl Write + Seek) -> io::Result<()> {
        let mut zip = ZipWriter::new(out);
        zip.start_file(MANIFEST, options())?;
        zip.write_all(self.manifest.toml().as_bytes())?;
        for file in &self.files {
            let mut archive = ZipArchive::new(Cursor::new(&file.archive))?;
            zip.raw_copy_file(archive.by_index_raw(0)?)?;
        }
        zip.finish()?.flush()
    }
}
