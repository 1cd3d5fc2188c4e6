//! Well-formed files for every reader, and how they are damaged: number by number, the same on every machine.
use super::exercise::{exercise, exercise_log};
use crate::workbooks::Put::{D, N, T, Z};
use crate::workbooks::{gzip, typed, xls, xlsx, zip};
use std::io::{Cursor, Read as _, Write as _};

/// The readers, as they are counted.
pub(crate) const READERS: &[&str] = &["text", "gzip", "zip", "xlsx", "xls", "log"];

/// A well-formed file.
pub(crate) struct Sample {
    /// One of [`READERS`].
    pub(crate) reader: &'static str,
    /// What it is called: the name leads to the reader.
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// What is packed in it. A checksum would hide most damage within from the reader, so half of the inputs are damaged before they are packed.
    parts: Vec<(String, Vec<u8>)>,
}

const SCHOOLS: &str = "School_id,School_name,School_number\n10,Fern Hill Elementary,010\n";
const STUDENTS: &str =
    "School_id,Student_id,Last_name,First_name,Grade\n10,501,Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zoé,3\n";
const QUOTED: &str =
    "School_id,Student_id,Last_name,First_name,Grade\r\n10,501,\"Okafor, \"\"A\"\"\",\"Ada\nMary\",3\r\n,,,,\r\n10,502,Lind\r\n";
/// A package with a manifest, whose rows are looked up in other files.
const PACKAGE: &[(&str, &str)] = &[
    (
        "manifest.csv",
        "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.academicSessions,absent\nfile.orgs,bulk\nfile.users,bulk\n",
    ),
    ("orgs.csv", "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nO1,,,Fern Hill Elementary,school,0101,\n"),
    (
        "users.csv",
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,\
         email,sms,phone,agentSourcedIds,grades,password\nu501,,,true,\"O1,O2\",student,aokafor,,Ada,Okafor,,501,,,,,03,\n",
    ),
];
const LINES: &str = "2026-11-22 02:00:01 INFO import began\r\n2026-11-22 02:00:02 ERROR row 17: student 501 has no school\r\n\
     2026-11-22 02:00:02 WARN row 18: email 'ada@fernhill.example' is taken\r\n    by account 4411\r\n";
const MESSAGES: &str =
    "Row,File,Severity,Message\n17,students.csv,error,\"Student 501, Okafor: no school\"\n18,students.csv,warning,email is taken\n";

/// Well-formed files, some for each reader.
pub(crate) fn samples() -> Vec<Sample> {
    let rows = typed(STUDENTS);
    let mut odd = rows.clone();
    odd.push(vec![N(10.0), N(504.0), T("Berg, Jr."), T("Ida \"Idun\""), D(42_614.5), Z(2138.0, "00000")]);
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(STUDENTS.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let plain = |reader, name, bytes: Vec<u8>| Sample { reader, name, bytes, parts: Vec::new() };
    let gzipped = |reader, name, text: &str| Sample { reader, name, bytes: gzip(text), parts: vec![(String::new(), text.into())] };
    let zipped = |reader, name, bytes: Vec<u8>| Sample { reader, name, parts: unzip(&bytes), bytes };
    vec![
        plain("text", "students.csv", STUDENTS.into()),
        plain("text", "students.csv", QUOTED.into()),
        plain("text", "students.csv", utf16),
        plain("text", "students.csv", STUDENTS.replace(',', ";").replace('é', "\u{c3}\u{a9}").into()),
        plain("text", "accounts.tsv", "RefID\tUsername\tGrade\n1\ta\t3\n".into()),
        gzipped("gzip", "students.csv.gz", STUDENTS),
        zipped("zip", "export.zip", zip([("export/schools.csv", SCHOOLS), ("export/students.csv", QUOTED)])),
        zipped("zip", "package.zip", zip(PACKAGE.iter().copied())),
        zipped("xlsx", "students.xlsx", lean(&xlsx(&[("Sheet1", &odd), ("Notes", &rows[..1])]))),
        plain("xls", "students.xls", xls("Sheet1", &odd)),
        plain("log", "import.log", LINES.into()),
        plain("log", "messages.csv", MESSAGES.into()),
        gzipped("log", "import.log.gz", LINES),
        zipped("log", "logs.zip", zip([("import.log", LINES), ("messages.csv", MESSAGES)])),
        zipped("log", "messages.xlsx", lean(&xlsx(&[("Errors", &typed(&MESSAGES.replace('"', "")))]))),
    ]
}

/// A workbook without the parts that no reader of rosters opens: damage done to them would tell nothing.
fn lean(bytes: &[u8]) -> Vec<u8> {
    zip(unzip(bytes).into_iter().filter(|(name, _)| !name.starts_with("docProps/") && !name.starts_with("xl/theme/")))
}

fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("bytes");
        parts.push((file.name().expect("a name").into_owned(), bytes));
    }
    parts
}

impl Sample {
    /// Reads bytes as its reader does.
    pub(crate) fn exercise(&self, bytes: &[u8]) {
        if self.reader == "log" { exercise_log(self.name, bytes) } else { exercise(self.name, bytes) }
    }

    /// The file, damaged in the way of this number: every other one before it is packed, if it is.
    pub(crate) fn damaged(&self, number: u64) -> Vec<u8> {
        // Numbers that follow one another must not begin with rolls that resemble one another.
        let mut dice = Dice(mixed(number.wrapping_add(1)) | 1);
        if self.parts.is_empty() || number.is_multiple_of(2) {
            let mut bytes = self.bytes.clone();
            mutate(&mut bytes, &mut dice);
            return bytes;
        }
        let mut parts = self.parts.clone();
        let part = dice.next(parts.len());
        mutate(&mut parts[part].1, &mut dice);
        match &parts[..] {
            [(name, bytes)] if name.is_empty() => {
                let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
                writer.write_all(bytes).expect("bytes");
                writer.finish().expect("a file")
            }
            _ => {
                let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
                let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
                for (name, bytes) in &parts {
                    archive.start_file(name, options).expect("a file");
                    archive.write_all(bytes).expect("bytes");
                }
                archive.finish().expect("an archive").into_inner()
            }
        }
    }
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// Xorshift: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// Bytes that mean something to one reader or another.
const TELLING: &[u8] = b",;\t|\"\n\r\0\xff\xfe\xef\xbb\xbf\xc3\xa9\x80PK\x1f\x8b<";

fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.next(4) {
        let at = dice.next(bytes.len());
        match dice.next(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.next(8),
            1 if !bytes.is_empty() => bytes[at] = TELLING[dice.next(TELLING.len())],
            2 => bytes.insert(at, TELLING[dice.next(TELLING.len())]),
            3 => bytes.truncate(at),
            4 if !bytes.is_empty() => drop(bytes.drain(at..(at + 1 + dice.next(8)).min(bytes.len()))),
            5 => {
                let piece: Vec<u8> = bytes[at..].iter().copied().take(dice.next(64)).collect();
                let to = dice.next(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ if bytes.len() > 4 => {
                let at = at.min(bytes.len() - 4);
                bytes[at..at + 4].fill([0, 0xff][dice.next(2)]);
            }
            _ => {}
        }
    }
}
