//! The reader's checks by name.
use super::checks::{CHECKS, Check};

/// A check by its place in [`CHECKS`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    Unreadable,
    MissingFile,
    DeclaredAbsent,
    Undeclared,
    Part,
    SubFolder,
    TwiceInArchive,
    Copy,
    EmptyFile,
    Utf16,
    Windows1252,
    NotText,
    WrongSeparator,
    NoRows,
    NoRowsAtAll,
    NoKnownColumn,
    MissingColumn,
    ColumnLeftOut,
    ColumnOrder,
    DuplicateColumn,
    UnknownColumn,
    RefusedColumn,
    UnusualHeader,
    UnusualName,
    UnexpectedHeader,
    TitleRows,
    ZerosLost,
    RoundedNumber,
    FormulaError,
    TooFewCells,
    TooManyCells,
    TrailingComma,
    LoneReturn,
    MixedLineEnds,
    LineBreak,
    StrayLine,
    Remark,
    HeaderAgain,
    Shifted,
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
    DamagedSnapshot,
    OtherSnapshotKey,
}

impl Kind {
    pub(super) const COUNT: usize = Kind::OtherSnapshotKey as usize + 1;

    pub(super) fn check(self) -> &'static Check {
        &CHECKS[self as usize]
    }
}
