//! The main path: a manifest's pinned files → a [`SourceTree`] on this machine.
//!
//! ```text
//! blobs/<2 digits>/<digest>   verified contents
//! trees/<tree digest>/        contents laid out, see `tree.rs`
//! temporary/                  work in progress, see `workspace.rs`
//! locks/                      `store`, and one file per tree that is being built
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use nlib_cache::Digest;
use nlib_cache::files::{self, PathLock};
use nlib_plan::manifest::SourceSet;

use crate::blobs::Blobs;
use crate::bring::Bringing;
use crate::clients::Clients;
use crate::error::FetchError;
use crate::event::FetchEvent;
use crate::locks;
use crate::packages::{Packages, lock};
use crate::pins::{Pins, tree_digest};
use crate::tree::{BuiltTree, Contents, SourceTree, TreeFolder};
use crate::workspace::{Workspace, move_folder};

/// Pinned sources of all libraries of a user, shared by threads and processes.
///
/// Packages that a client brought are kept until the store is dropped (or
/// [`SourceStore::release_packages`]), so that several libraries out of one package cost one
/// download.
#[derive(Debug)]
pub struct SourceStore {
    pub(crate) directory: PathBuf,
    clients: Clients,
    pub(crate) blobs: Blobs,
    packages: Packages,
    workspace: Mutex<Option<Arc<Workspace>>>,
}

impl SourceStore {
    /// A store in `directory`, which is created with mode 0700 by the first fetch.
    #[must_use]
    pub fn new(directory: PathBuf, clients: Clients) -> SourceStore {
        SourceStore {
            blobs: Blobs::new(directory.join("blobs")),
            directory,
            clients,
            packages: Packages::default(),
            workspace: Mutex::new(None),
        }
    }

    /// The store's folder.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The tree of these sources, if it is here and every file equals its pin.
    ///
    /// Costs one `lstat` per file and folder while nothing was touched, else a hash of every
    /// file. A damaged tree is put right from the stored contents; where these are damaged too,
    /// it counts as absent. Uses no network and starts no program.
    ///
    /// # Errors
    /// The pins are not well-formed, or the store's folder is not the user's own.
    pub fn find(&self, sources: &[SourceSet]) -> Result<Option<SourceTree>, FetchError> {
        let pins = Pins::of(sources)?;
        let digest = tree_digest(&pins.files);
        let tree = self.tree(&digest);
        if !tree.exists() {
            return Ok(None);
        }
        files::check_private_dir(&self.directory)?;
        if tree.is_intact(&pins.files, &self.temporary()) {
            return Ok(Some(SourceTree { root: tree.root() }));
        }
        // A store that cannot be written to, or lacks a content, has no such tree.
        Ok(self.rebuild(&digest, &pins.files).unwrap_or(None))
    }

    /// The tree of these sources, brought from their origins where it is not here yet.
    ///
    /// Relative `path` origins are relative to `manifest_directory`. Threads and processes that
    /// ask for the same tree at once wait for one of them. Files that one origin does not
    /// supply, or supplies with another content, are asked of the next.
    ///
    /// # Errors
    /// [`FetchError::Unavailable`] lists what no origin supplied, and each origin's reason;
    /// others as in [`SourceStore::find`], or the store's folder cannot be written to. Whatever
    /// was verified until then is kept, so a retry brings only the rest.
    pub fn fetch(
        &self,
        library: &str,
        manifest_directory: &Path,
        sources: &[SourceSet],
        progress: &mut dyn FnMut(FetchEvent),
    ) -> Result<SourceTree, FetchError> {
        if let Some(tree) = self.find(sources)? {
            return Ok(tree);
        }
        let pins = Pins::of(sources)?;
        let digest = tree_digest(&pins.files);
        self.create_folders()?;
        let _store = locks::shared(&self.store_lock())?;
        let _tree = self.lock_tree(&digest)?;
        if self.tree(&digest).is_intact(&pins.files, &self.temporary()) {
            // Another thread or process was faster.
            return Ok(SourceTree {
                root: self.tree(&digest).root(),
            });
        }
        let mut bringing = Bringing {
            library,
            manifest_directory,
            clients: &self.clients,
            blobs: &self.blobs,
            packages: &self.packages,
            workspace: self.workspace()?,
            temporary: &self.temporary(),
            progress: &mut *progress,
        };
        bringing.bring_missing(&pins)?;
        self.build(library, &digest, &pins.files, progress)
    }

    /// Forgets the packages that clients brought in this run, and frees their space.
    pub fn release_packages(&self) {
        self.packages.clear();
        lock(&self.workspace).take();
    }

    /// Builds a tree out of stored contents and puts it in its place.
    fn build(
        &self,
        library: &str,
        digest: &Digest,
        contents: &Contents<'_>,
        progress: &mut dyn FnMut(FetchEvent),
    ) -> Result<SourceTree, FetchError> {
        let bytes = match self.build_in_place(library, digest, contents)? {
            BuiltTree::Whole { bytes } => bytes,
            // It was there a moment ago: somebody else changes the store's files.
            BuiltTree::Lacks(path) => {
                let changed = std::io::Error::other("its content changed while it was in use");
                return Err(FetchError::store("read", Path::new(&path))(changed));
            }
        };
        let root = self.tree(digest).root();
        progress(FetchEvent::Verified {
            library: library.to_owned(),
            files: contents.len(),
            bytes,
            root: root.clone(),
        });
        Ok(SourceTree { root })
    }

    /// Puts a damaged tree right; `None` when a content is not stored.
    fn rebuild(
        &self,
        digest: &Digest,
        contents: &Contents<'_>,
    ) -> Result<Option<SourceTree>, FetchError> {
        self.create_folders()?;
        let _store = locks::shared(&self.store_lock())?;
        let _tree = self.lock_tree(digest)?;
        let folder = self.tree(digest);
        let tree = SourceTree {
            root: folder.root(),
        };
        if folder.is_intact(contents, &self.temporary()) {
            return Ok(Some(tree));
        }
        let library = folder.description().map(|(library, _)| library);
        let library = library.unwrap_or_default();
        match self.build_in_place(&library, digest, contents)? {
            BuiltTree::Whole { .. } => Ok(Some(tree)),
            BuiltTree::Lacks(_) => Ok(None),
        }
    }

    /// Builds beside, then swaps. The caller holds the tree's lock.
    fn build_in_place(
        &self,
        library: &str,
        digest: &Digest,
        contents: &Contents<'_>,
    ) -> Result<BuiltTree, FetchError> {
        let scratch = self.workspace()?.scratch()?;
        let beside = TreeFolder::new(scratch.path.join("new"));
        let built = beside.build(library, contents, |digest| self.blobs.read(digest))?;
        if let BuiltTree::Whole { .. } = built {
            let place = self.tree(digest);
            if fs::symlink_metadata(place.path()).is_ok() {
                move_folder(place.path(), &scratch.path.join("old"))?;
            }
            move_folder(beside.path(), place.path())?;
        }
        Ok(built)
    }

    /// Creates the store's folders and checks that they are the user's own.
    pub(crate) fn create_folders(&self) -> Result<(), FetchError> {
        for name in ["blobs", "trees", "temporary", "locks"] {
            let folder = self.directory.join(name);
            files::create_private_dir(&folder).map_err(FetchError::store("create", &folder))?;
        }
        files::check_private_dir(&self.directory)?;
        Ok(())
    }

    /// This store's workspace, made on first use.
    pub(crate) fn workspace(&self) -> Result<Arc<Workspace>, FetchError> {
        let mut slot = lock(&self.workspace);
        if let Some(workspace) = &*slot {
            return Ok(Arc::clone(workspace));
        }
        let workspace = Arc::new(Workspace::create(&self.temporary())?);
        *slot = Some(Arc::clone(&workspace));
        Ok(workspace)
    }

    pub(crate) fn tree(&self, digest: &Digest) -> TreeFolder {
        TreeFolder::new(self.directory.join("trees").join(digest.to_string()))
    }

    fn lock_tree(&self, digest: &Digest) -> Result<PathLock, FetchError> {
        let path = self.directory.join("locks").join(digest.to_string());
        PathLock::acquire(&path).map_err(FetchError::store("lock", &path))
    }

    pub(crate) fn store_lock(&self) -> PathBuf {
        self.directory.join("locks/store")
    }

    fn temporary(&self) -> PathBuf {
        self.directory.join("temporary")
    }
}
