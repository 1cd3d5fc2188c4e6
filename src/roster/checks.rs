//! What can be wrong with a file before any rule looks at it: the static table behind every `read/...` finding.
use crate::finding::Severity;

/// A check of the reader, as `explain` prints it.
#[derive(Debug)]
pub struct Check {
    /// `read/unclosed-quote`.
    pub id: &'static str,
    /// How bad.
    pub severity: Severity,
    /// The bad condition, in a few words.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub help: &'static str,
    /// Whether the data can't be known to be complete when this is found.
    pub incomplete: bool,
}

/// A check by its place in [`CHECKS`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    Unreadable,
    MissingFile,
    DeclaredAbsent,
    EmptyFile,
    Utf16,
    Windows1252,
    NotText,
    WrongSeparator,
    NoRows,
    NoRowsAtAll,
    NoKnownColumn,
    MissingColumn,
    DuplicateColumn,
    UnknownColumn,
    UnusualHeader,
    UnusualName,
    TitleRows,
    ZerosLost,
    RoundedNumber,
    FormulaError,
    TooFewCells,
    TooManyCells,
    TrailingComma,
    StrayLine,
    BlankRow,
    UnclosedQuote,
    StrayQuote,
    NotUtf8,
    Mojibake,
    LostLetter,
    NulByte,
    TooLongCell,
    CutOff,
    UnknownFile,
    LinkOutside,
}

impl Kind {
    pub(super) const COUNT: usize = Kind::LinkOutside as usize + 1;

    pub(super) fn check(self) -> &'static Check {
        &CHECKS[self as usize]
    }
}

const fn check(
    id: &'static str,
    severity: Severity,
    title: &'static str,
    why: &'static str,
    help: &'static str,
    incomplete: bool,
) -> Check {
    Check { id, severity, title, why, help, incomplete }
}

use Severity::{Blocker, Error, Info, Warning};

/// All checks of the reader. Two may share an id: too few and too many cells are both a ragged row.
pub static CHECKS: &[Check] = &[
    check(
        "read/unreadable",
        Error,
        "a file can't be read",
        "Nothing is known of the records in it, so no verdict on the data is complete.",
        "check that the file exists, is a regular file, and may be read by this user",
        true,
    ),
    check(
        "read/missing-file",
        Blocker,
        "a file that the format requires is not there",
        "An upload without it is refused, or taken for an upload that deletes every record of its kind.",
        "export the file and put it beside the others; check the letter case of its name",
        true,
    ),
    check(
        "read/declared-absent",
        Error,
        "a file is there that the list of files says is absent",
        "It was read here; a program that goes by the list passes it over, and takes its records for missing.",
        "correct the list, or take the file out",
        false,
    ),
    check(
        "read/empty-file",
        Error,
        "a file has no content",
        "An empty file has no header, so nothing tells what it should hold; an export that failed often leaves one behind.",
        "export the file again; if there is nothing to export, write the header alone",
        true,
    ),
    check(
        "read/wrong-encoding",
        Error,
        "a file is in UTF-16",
        "Spreadsheets write UTF-16 when a file is saved as Unicode text. It was read here; a program that expects UTF-8 reads none of its records.",
        "save the file as CSV UTF-8",
        false,
    ),
    check(
        "read/wrong-encoding",
        Warning,
        "a file is in Windows-1252 or Latin-1",
        "An older program, or Excel's plain CSV, wrote it. It was read as such here; a program that expects UTF-8 loses the accented letters, or refuses the file.",
        "save the file as CSV UTF-8; if letters look wrong in this report, it is in another encoding still",
        false,
    ),
    check(
        "read/not-text",
        Error,
        "a file is not text",
        "It begins like an archive, a spreadsheet, a picture or a web page that was given the name of a CSV file. None of its records could be read.",
        "export the file as CSV UTF-8; an archive or a spreadsheet must be unpacked or saved as CSV, not renamed",
        true,
    ),
    check(
        "read/wrong-separator",
        Error,
        "a file is not separated by commas",
        "Excel writes semicolons where the comma stands in decimal numbers. It was read so here; a program that expects commas sees one column.",
        "export the file again with commas between the columns",
        false,
    ),
    check(
        "read/no-rows",
        Warning,
        "a file has a header and no rows",
        "Where every upload must be complete, a file without rows means that no such record exists any more.",
        "check whether there is really nothing to export",
        false,
    ),
    check(
        "read/no-rows",
        Error,
        "a file that the format requires has a header and no rows",
        "Where every upload must be complete, a file without rows means that no such record exists any more. Whatever names one of its records is then reported as naming an unknown one.",
        "export the file again; as it is, an upload may delete all records of its kind",
        false,
    ),
    check(
        "read/no-known-column",
        Error,
        "a file has none of the columns that it should have",
        "Its first line is a row and not a header, or the file belongs to another format. Without its columns none of its records could be read.",
        "put the header into the first line; if the file belongs to another format, keep it in another folder",
        true,
    ),
    check(
        "read/missing-column",
        Error,
        "a column that the format requires is not there",
        "Records without a required value are refused, and rules that need the column can't run.",
        "add the column to the export; a header under another name must be renamed",
        false,
    ),
    check(
        "read/duplicate-column",
        Warning,
        "two columns have the same header",
        "Which of them counts differs from program to program; here it is the first.",
        "remove or rename one of the columns",
        false,
    ),
    check(
        "read/unknown-column",
        Info,
        "a column is not part of the format",
        "It is ignored by the sync, unless it is a known header with a typing mistake. Rules can use it by its header.",
        "check the spelling of the header, or leave it if it is meant for something else",
        false,
    ),
    check(
        "read/unusual-header",
        Warning,
        "a header is not written as the format writes it",
        "It was understood here, but where headers are compared letter by letter the column counts as missing.",
        "write the header as the format does",
        false,
    ),
    check(
        "read/unusual-name",
        Warning,
        "the name of a file is not written as the format writes it",
        "It was read here, but where names are compared letter by letter the file counts as missing.",
        "rename the file as the format writes it",
        false,
    ),
    check(
        "read/title-rows",
        Error,
        "rows stand above the header",
        "A report's title, its date or a filter. They were passed over here; a program that takes the first row for the header finds no known column.",
        "delete the rows above the header",
        false,
    ),
    check(
        "read/zeros-lost",
        Warning,
        "ids in a spreadsheet have probably lost the zeros in front",
        "Typed or opened as numbers, 00417 and 417 are the same to a spreadsheet. A record whose id changes is deleted and created anew, and what refers to it by the old id refers to nobody.",
        "format the column as text before ids are typed or pasted; when a CSV file is opened, import it with the column as text",
        false,
    ),
    check(
        "read/rounded-number",
        Error,
        "ids in a spreadsheet have lost digits",
        "A spreadsheet keeps fifteen digits of a number and writes zeros for the others, so that different ids may have become equal.",
        "format the column as text and enter the ids again, or export them again as CSV",
        false,
    ),
    check(
        "read/formula-error",
        Error,
        "cells of a spreadsheet hold the error of a formula",
        "The formula refers to something that is gone, such as a sheet that was not sent along. The text of the error was taken for the value.",
        "put the values in the place of the formulas",
        false,
    ),
    check(
        "read/ragged-row",
        Error,
        "a row has fewer cells than the header",
        "Cells are missing at its end, or a cell in between was lost and the rest stands in the wrong columns. The cells that are there were used in their order.",
        "correct the row; a value that holds a line break must stand in quotes",
        false,
    ),
    check(
        "read/ragged-row",
        Error,
        "a row has more cells than the header",
        "A value that holds a comma without quotes splits in two and shifts the rest of the row. The cells beyond the header were not used.",
        "put a value that holds a comma in double quotes",
        false,
    ),
    check(
        "read/trailing-comma",
        Warning,
        "a row ends with more commas than the header",
        "The cells beyond the header are empty, so nothing is lost here; some programs refuse rows whose cells and headers differ in number.",
        "leave out the comma after the last cell, or give the header one too",
        false,
    ),
    check(
        "read/stray-line",
        Error,
        "a line is no record: it holds a single cell",
        "It is a title, a total or a remark among the rows, or the rest of a value that was broken over two lines without quotes. It was not used.",
        "remove the line; if it is the rest of a value, put that value in quotes",
        false,
    ),
    check(
        "read/blank-row",
        Info,
        "a row is blank",
        "It holds no record and was passed over; some programs count it as a record without an id.",
        "remove the blank row",
        false,
    ),
    check(
        "read/unclosed-quote",
        Error,
        "a quote opens a cell and is never closed",
        "Most programs take everything up to the next quote, or to the end of the file, for one cell, and lose these rows. Here the quote was taken literally and the row ends with its line.",
        "close the quote, or double it if it belongs to the value",
        true,
    ),
    check(
        "read/stray-quote",
        Warning,
        "a quote stands where none belongs",
        "Programs read such a cell differently: some drop the quote, some lose the rest of the row. Here it was taken literally.",
        "put the whole value in double quotes and double every quote inside it",
        false,
    ),
    check(
        "read/not-utf-8",
        Error,
        "a cell holds bytes that are not UTF-8",
        "The value can't be shown or compared as it was meant; accented letters are usually the ones that are lost. The cell was kept with replacement characters.",
        "export the file as UTF-8; it is in another encoding, or was joined from files of two encodings",
        false,
    ),
    check(
        "read/mojibake",
        Warning,
        "a cell holds letters of a wrong encoding",
        "UTF-8 was read as Windows-1252 and saved again somewhere on the way, so that `é` has become `Ã©`. Names are shown and compared like that.",
        "find the program that read the file wrongly, often Excel opening a CSV file by a double click, and export again; saving the file once more doubles the damage",
        false,
    ),
    check(
        "read/mojibake",
        Warning,
        "a cell holds the sign for a letter that was lost",
        "A program met a byte that it could not read and wrote `�` in its place; which letter it was can't be known any more.",
        "export the file again from where the letters are still right",
        false,
    ),
    check(
        "read/nul-byte",
        Error,
        "a cell holds a NUL byte",
        "Many programs end the value, or the whole file, there.",
        "export the file again; such bytes come from a damaged copy or from a file in UTF-16",
        false,
    ),
    check(
        "read/too-long-cell",
        Error,
        "a cell is longer than 1 MiB",
        "No value of a roster is that long; a quote that is closed much too late makes such a cell out of many rows.",
        "look for a missing quote where the cell begins",
        true,
    ),
    check(
        "read/cut-off",
        Error,
        "a file ends in the middle of a row",
        "Its last line has no line end and is not complete: the file was cut off while it was written or copied, and what came after is missing. What there is of that line was not used.",
        "export or copy the file again; until then, records that it lost are reported as unknown where others name them",
        true,
    ),
    check(
        "read/unknown-file",
        Info,
        "a file is not part of the format",
        "It was not read. A known file under another name would be missing without a word.",
        "rename the file if it belongs to the data; otherwise leave it",
        false,
    ),
    check(
        "read/link-outside",
        Warning,
        "a link leads out of the folder",
        "What is checked must be what is sent: a link may lead to other data on another machine, and to files that nobody meant to show.",
        "put a copy in its place, or give the folder that it leads to as PATH",
        false,
    ),
];
