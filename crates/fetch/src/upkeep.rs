//! Looking after a store: list its trees, hash them anew, remove them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use nlib_cache::Digest;

use crate::blobs::entries;
use crate::error::FetchError;
use crate::locks;
use crate::pins::tree_digest;
use crate::store::SourceStore;
use crate::tree::{Contents, TreeFolder};
use crate::workspace::move_folder;

/// A tree in the store, for listings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTree {
    /// The digest of its paths and contents, which names its folder.
    pub digest: Digest,
    /// The library it was fetched for first.
    pub library: String,
    /// The folder that holds the files.
    pub root: PathBuf,
    /// The files' paths below the root.
    pub files: Vec<String>,
    /// The files' size together, in bytes.
    pub bytes: u64,
}

impl SourceStore {
    /// Every tree in the store. Folders that are no tree are left out.
    ///
    /// # Errors
    /// The store's folder cannot be read.
    pub fn list(&self) -> Result<Vec<StoredTree>, FetchError> {
        let mut trees = Vec::new();
        for path in entries(&self.directory.join("trees"))? {
            let digest = path
                .file_name()
                .and_then(|name| name.to_str()?.parse().ok());
            let folder = TreeFolder::new(path);
            let (Some(digest), Ok((library, contents))) = (digest, folder.description()) else {
                continue;
            };
            let root = folder.root();
            let size = |path: &String| root.join(path).metadata().map_or(0, |data| data.len());
            trees.push(StoredTree {
                digest,
                library,
                bytes: contents.keys().map(size).sum(),
                files: contents.into_keys().collect(),
                root,
            });
        }
        Ok(trees)
    }

    /// Hashes every file of a stored tree, whatever its stamps say. Gives the paths that are
    /// missing, changed or do not belong; none means that the tree is what it was.
    ///
    /// # Errors
    /// The tree is gone, or the list of its files is damaged.
    pub fn verify(&self, tree: &StoredTree) -> Result<Vec<String>, FetchError> {
        let folder = self.tree(&tree.digest);
        let sums = folder.path().join("SHA256SUMS");
        let damaged = FetchError::store("read", &sums);
        let (_, contents) = match folder.description() {
            Ok(description) => description,
            Err(error) => return Err(damaged(error)),
        };
        let contents: Contents<'_> = contents
            .iter()
            .map(|(path, digest)| (path.as_str(), *digest))
            .collect();
        if tree_digest(&contents) != tree.digest {
            let other = "its list of files is not the one that names the tree";
            return Err(damaged(std::io::Error::other(other)));
        }
        Ok(folder.survey(&contents).bad)
    }

    /// Removes one tree, and the contents that no other tree has. Waits for fetches under way.
    /// Gives the bytes of source freed.
    ///
    /// # Errors
    /// The store's folder cannot be written to.
    pub fn remove(&self, tree: &StoredTree) -> Result<u64, FetchError> {
        self.remove_where(|stored| stored.digest == tree.digest)
    }

    /// Removes every tree and content. Waits for fetches under way. Gives the bytes of
    /// source freed.
    ///
    /// # Errors
    /// The store's folder cannot be written to.
    pub fn clear(&self) -> Result<u64, FetchError> {
        self.remove_where(|_| true)
    }

    fn remove_where(&self, goes: impl Fn(&StoredTree) -> bool) -> Result<u64, FetchError> {
        if !self.directory.exists() {
            return Ok(0);
        }
        self.create_folders()?;
        let _store = locks::exclusive(&self.store_lock())?;
        let (gone, stay): (Vec<_>, Vec<_>) = self.list()?.into_iter().partition(goes);
        let scratch = self.workspace()?.scratch()?;
        for tree in &gone {
            let folder = self.tree(&tree.digest);
            move_folder(folder.path(), &scratch.path.join(tree.digest.to_string()))?;
        }
        let mut wanted = BTreeSet::new();
        for tree in stay {
            if let Ok((_, contents)) = self.tree(&tree.digest).description() {
                wanted.extend(contents.into_values());
            }
        }
        let blobs = self
            .blobs
            .remove_unwanted(|digest| wanted.contains(digest))?;
        Ok(blobs + gone.iter().map(|tree| tree.bytes).sum::<u64>())
    }
}
