//! Lists the files of a source.
use super::survey::SurveyError;
use std::fs;
use std::path::{Path, PathBuf};

/// The CSV files of a source, by their names relative to it.
pub(super) struct Listing {
    /// Sorted by name.
    pub(super) files: Vec<(String, PathBuf)>,
    /// Whether the source is a folder, and so should be complete.
    pub(super) whole: bool,
}

/// Lists a folder with its sub-folders one level down, or a single file.
pub(super) fn list(path: &Path, shown: &str) -> Result<Listing, SurveyError> {
    let refuse = |message: String, help: &str| Err(SurveyError { message, help: help.to_owned() });
    let data = match fs::metadata(path) {
        Ok(data) => data,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return refuse(
                format!("there is no `{}`", path.display()),
                "check the spelling; a relative path starts where the command runs, or where the configuration stands",
            );
        }
        Err(error) => return refuse(format!("`{}` can't be read: {error}", path.display()), "check the permissions"),
    };
    if !data.is_dir() {
        let name = path.file_name().map_or_else(|| shown.to_owned(), |name| name.to_string_lossy().into_owned());
        if has_extension(path, "zip") {
            return refuse(format!("`{}` is a zip archive, which can't be read yet", path.display()), "unpack it and give the folder");
        }
        if ["xls", "xlsx", "ods"].iter().any(|extension| has_extension(path, extension)) {
            return refuse(format!("`{}` is a spreadsheet, not CSV", path.display()), "save it as CSV UTF-8 and give that file");
        }
        return Ok(Listing { files: vec![(name, path.to_owned())], whole: false });
    }
    let mut files = Vec::new();
    let mut zips = false;
    if let Err(error) = gather(path, "", true, &mut files, &mut zips) {
        return refuse(format!("`{}` can't be read: {error}", path.display()), "check the permissions");
    }
    if files.is_empty() && zips {
        return refuse(format!("`{}` holds a zip archive and no CSV file", path.display()), "unpack the archive and give the folder");
    }
    files.sort();
    Ok(Listing { files, whole: true })
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

fn gather(folder: &Path, prefix: &str, deeper: bool, files: &mut Vec<(String, PathBuf)>, zips: &mut bool) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if has_extension(&path, "csv") {
            files.push((name, path));
        } else if deeper && path.is_dir() {
            // A sub-folder that can't be listed is no part of any format that needs it.
            let _ = gather(&path, &format!("{name}/"), false, files, zips);
        } else {
            *zips |= has_extension(&path, "zip");
        }
    }
    Ok(())
}
