//! Data on standard output: lines, tables and JSON documents. And files that a user names.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::Serialize;

use crate::errors::Failure;

/// The version of every JSON document; it rises when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

/// Standard output, as text or as one JSON document.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Whether JSON was asked for.
    pub json: bool,
}

/// A JSON document: `schema`, then the fields of the data.
#[derive(Serialize)]
struct Document<'a, T> {
    schema: u32,
    #[serde(flatten)]
    data: &'a T,
}

impl Output {
    /// Prints data: as JSON if that was asked for, else as `text` makes it.
    pub fn data<T: Serialize>(
        self,
        data: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if !self.json {
            return self.text(&text(data));
        }
        let document = Document {
            schema: SCHEMA,
            data,
        };
        let json = serde_json::to_string(&document);
        self.text(&(json.expect("numbers, strings, lists and string keys always serialise") + "\n"))
    }

    /// Prints text, whose colours are left out where none are wanted.
    pub fn text(self, text: &str) -> Result<(), Failure> {
        let mut output = anstream::stdout().lock();
        output
            .write_all(text.as_bytes())
            .and_then(|()| output.flush())
            .map_err(Failure::Output)
    }

    /// Writes bytes as they are.
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut output = io::stdout().lock();
        output
            .write_all(bytes)
            .and_then(|()| output.flush())
            .map_err(Failure::Output)
    }
}

/// Makes a folder that the user named, and those above it.
pub fn create_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| {
        Failure::Io(format!(
            "cannot make the folder {}: {error}",
            path.display()
        ))
    })
}

/// Writes a file that the user named; it appears whole or not at all.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, bytes)
        .map_err(|error| Failure::Io(format!("cannot write {}: {error}", path.display())))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link is followed; a device or a pipe is written to, not replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let mut file = tempfile::Builder::new()
        .prefix(".nlib-")
        .permissions(Permissions::from_mode(0o666)) // less what the process's mask takes away
        .tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// The folder that a file is in, by its path.
pub fn folder_of(file: &Path) -> &Path {
    let folder = file.parent();
    let named = folder.filter(|folder| !folder.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

/// Rows with aligned columns; columns whose title begins with `>` are aligned to the right.
pub fn table<const N: usize>(titles: [&str; N], rows: &[[String; N]]) -> String {
    let right = titles.map(|title| title.starts_with('>'));
    let titles = titles.map(|title| title.trim_start_matches('>').to_string());
    let mut widths = [0; N];
    for row in std::iter::once(&titles).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in std::iter::once(&titles).chain(rows) {
        let cells = row
            .iter()
            .zip(widths)
            .zip(right)
            .map(|((cell, width), right)| match right {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// Bytes as a person reads them: `1.5 MiB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{bytes} B")
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

/// `1 unit`, `2 units`.
pub fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [["a".into(), "10".into()], ["long name".into(), "9".into()]];
        let expected = "NAME       SIZE\na            10\nlong name     9\n";
        assert_eq!(table(["NAME", ">SIZE"], &rows), expected);
    }

    #[test]
    fn files_are_replaced_and_devices_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&file, b"one").unwrap();
        replace(&link, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        replace(Path::new("/dev/null"), b"three").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        assert!(replace(&folder.path().join("no/such/folder"), b"").is_err());
        assert!(replace(folder.path(), b"").is_err());
    }

    #[test]
    fn sizes() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(u64::MAX), "16777216.0 TiB");
    }
}
