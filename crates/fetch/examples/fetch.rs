//! Fetches the sources of manifests into a store: `fetch STORE MANIFEST...`.
//!
//! Prints one line per library: its name, the folder, and how long a second look takes.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nlib_fetch::{Clients, SourceStore};
use nlib_plan::Manifest;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let directory = arguments.next().ok_or("usage: fetch STORE MANIFEST...")?;
    let store = SourceStore::new(directory, Clients::from_environment());
    for path in arguments {
        let manifest: Manifest = serde_json::from_slice(&std::fs::read(&path)?)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let tree = store.fetch(&manifest.name, folder, &manifest.sources, &mut |event| {
            eprintln!("{event:?}");
        })?;
        store.find(&manifest.sources)?;
        let start = Instant::now();
        let found = store.find(&manifest.sources)?;
        assert_eq!(found.as_ref(), Some(&tree));
        println!(
            "{}\t{}\t{:?}",
            manifest.name,
            tree.root.display(),
            start.elapsed()
        );
    }
    Ok(())
}
