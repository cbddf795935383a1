//! The cache as its users see it: look up, build once, publish.
//!
//! A caller with a unit to compile does, in this order:
//!
//! 1. [`Cache::lookup`]; a [`Hit`] ends it.
//! 2. [`Cache::begin`], which waits for whoever is building the same key, and looks up again.
//! 3. Compiles, and [`Cache::publish`]es while it holds the [`Flight`].
//!
//! Images take the same steps with [`Cache::image`] and [`Cache::publish_image`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::artifact::{Artifact, Hit, Image};
use crate::bucket::{self, Bucket};
use crate::digest::Digest;
use crate::error::{CacheError, CacheWarning};
use crate::explain::{self, Explanation};
use crate::file_digests::FileDigests;
use crate::files::{self, Access};
use crate::fingerprint::Fingerprint;
use crate::flight::{Flight, InFlight};
use crate::guard;
use crate::held_traces::{self, HeldTraces};
use crate::input::Recorded;
use crate::inventory::{self, Cleaned, Entry, Stats};
use crate::miss::MissReason;
use crate::open::{self, Opened};
use crate::record::{self, MAX_SECTIONS};
use crate::roots::Roots;
use crate::stamp::FileStamp;
use crate::stat_cache::StatCache;
use crate::store::{self, Store};
use crate::trace::{self, Trace};
use crate::unit::{self, UnitKey};

/// What a cache may be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Entries are used and added.
    #[default]
    ReadWrite,
    /// Entries are used, nothing is written or deleted.
    ReadOnly,
    /// Nothing is taken from the cache, everything built is added.
    Recache,
    /// Nothing is read or written; what is published stays in memory.
    Off,
}

/// How to open a cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The directory; `None` only with [`Mode::Off`].
    pub directory: Option<PathBuf>,
    /// What it may be used for.
    pub mode: Mode,
}

/// What [`Cache::publish`] gives: always something to load.
#[derive(Debug)]
pub struct Published {
    /// The object, in memory when it could not be written.
    pub hit: Hit,
    /// Why it was not, or not completely, written.
    pub fault: Option<CacheError>,
}

/// A handle to a cache directory. Clones share it; all methods may be called from any thread.
#[derive(Clone, Debug)]
pub struct Cache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: Option<PathBuf>,
    mode: Mode,
    /// `None` when the cache is off.
    store: Option<Store>,
    warnings: Vec<CacheWarning>,
    digests: FileDigests,
    held: HeldTraces,
    in_flight: Arc<InFlight>,
}

/// The payload of a record in `images`.
#[derive(Serialize, Deserialize)]
struct ImageRecord {
    digest: Digest,
    size: u64,
    /// Of the file when its content was last verified; `None` when not settled then.
    stamp: Option<FileStamp>,
    annotations: Vec<u8>,
}

impl Cache {
    /// Opens a cache, creating its directory with mode 0700. A directory that cannot be written
    /// to is used for reading, one that cannot be made is not used; [`Cache::warnings`] says so.
    ///
    /// # Errors
    /// The directory is not one, is a symbolic link, belongs to another user, or may be written
    /// to by others; or there is none and the mode is not [`Mode::Off`].
    pub fn open(settings: Settings) -> Result<Cache, CacheError> {
        let Opened {
            directory,
            mode,
            store,
            warnings,
        } = open::open(settings)?;
        Ok(Cache(Arc::new(Inner {
            directory,
            mode,
            store,
            warnings,
            digests: FileDigests::default(),
            held: HeldTraces::default(),
            in_flight: Arc::default(),
        })))
    }

    /// The cache that stores nothing.
    #[must_use]
    pub fn off() -> Cache {
        Cache::open(Settings {
            directory: None,
            mode: Mode::Off,
        })
        .expect("off needs no directory")
    }

    /// The directory, absolute.
    #[must_use]
    pub fn directory(&self) -> Option<&Path> {
        self.0.directory.as_deref()
    }

    /// What the cache is used for, after what opening it showed to be possible.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.0.mode
    }

    /// Why the cache does less than it was asked to.
    #[must_use]
    pub fn warnings(&self) -> &[CacheWarning] {
        &self.0.warnings
    }

    /// Looks for a trace of this fingerprint that still holds.
    ///
    /// `unit` explains a miss; `roots` place the recorded paths; `seen` is the load's view of the
    /// file system.
    ///
    /// # Errors
    /// Why there is none: of several traces, what the latest one says.
    pub fn lookup(
        &self,
        unit: &UnitKey,
        fingerprint: &Fingerprint,
        roots: &Roots,
        seen: &mut StatCache,
    ) -> Result<Hit, MissReason> {
        let store = self.readable()?;
        let key = fingerprint.digest();
        let stamp = held_traces::settled_stamp(&store.path(Bucket::Traces, &key));
        let known = stamp.and_then(|stamp| self.0.held.get(&key, stamp));
        let holds = |trace: &Trace, seen: &mut StatCache| {
            let fresh = trace::check(trace, roots, seen, &self.0.digests)?;
            has_object(store, trace).map(|()| fresh)
        };
        if let Some(trace) = known
            && holds(&trace, seen).is_ok_and(|fresh| fresh.is_empty())
        {
            return Ok(hit(&trace));
        }
        let Some(record) = store.record(Bucket::Traces, &key)? else {
            return Err(unit::why_unknown(store, unit, fingerprint));
        };
        let mut reason = None;
        for index in 0..record.len() {
            let Some(mut trace) = store::decode::<Trace>(&record, index) else {
                return Err(store.corrupt(Bucket::Traces, store.path(Bucket::Traces, &key)));
            };
            match holds(&trace, seen) {
                Ok(fresh) => {
                    let hit = hit(&trace);
                    if !fresh.is_empty() {
                        trace.refresh(fresh);
                        self.save_stamps(store, &key, record.sealed(index), &trace);
                    } else if let Some(stamp) = stamp {
                        self.0.held.keep(key, stamp, trace);
                    }
                    return Ok(hit);
                }
                Err(missing @ MissReason::ArtifactMissing { .. }) => reason = Some(missing),
                Err(other) => drop(reason.get_or_insert(other)),
            }
        }
        Err(reason.unwrap_or(MissReason::RecordMissing))
    }

    /// What [`Cache::lookup`] would give, with everything that keeps it from a hit: of several
    /// traces, what the nearest one says. Changes nothing, and takes longer than a lookup.
    #[must_use]
    pub fn explain(
        &self,
        unit: &UnitKey,
        fingerprint: &Fingerprint,
        roots: &Roots,
        seen: &mut StatCache,
    ) -> Explanation {
        match self.readable() {
            Ok(store) => {
                let (store, digests) = (store.read_only(), &self.0.digests);
                explain::explain(&store, unit, fingerprint, roots, seen, digests)
            }
            Err(reason) => Explanation::Miss(vec![reason.into()]),
        }
    }

    /// Waits until this thread alone, among all threads and processes that share the directory,
    /// may build `key`. Look up again afterwards: whoever was first has published by then.
    ///
    /// Never fails: where locks do not work, another process may build the same thing.
    #[must_use]
    pub fn begin(&self, key: &Digest) -> Flight {
        let locks = self.writable().map(|store| bucket::locks(store.root()));
        Flight::begin(&self.0.in_flight, key, locks.as_deref())
    }

    /// Adds an object and what it depended on. The flight must be that of the fingerprint.
    ///
    /// The object is written first and the record that names it last. A fault is reported beside
    /// the hit, which then carries the bytes itself. `roots` place the recorded paths.
    #[must_use]
    pub fn publish(
        &self,
        flight: &Flight,
        unit: &UnitKey,
        fingerprint: &Fingerprint,
        roots: &Roots,
        recorded: Recorded,
        object: &[u8],
    ) -> Published {
        debug_assert_eq!(
            flight.key(),
            fingerprint.digest(),
            "the flight of another key"
        );
        let digest = Digest::of(object);
        let Recorded {
            inputs,
            annotations,
        } = recorded;
        let in_memory = |annotations, fault| {
            let object = Artifact::in_memory(digest, object);
            Published {
                hit: Hit {
                    object,
                    annotations,
                },
                fault,
            }
        };
        let Some(store) = self.writable() else {
            return in_memory(annotations, None);
        };

        let trace = Trace {
            unit: unit.clone(),
            object: digest,
            object_size: object.len() as u64,
            annotations,
            // Folders that were just written to cannot vouch yet; a later lookup adds them.
            guards: guard::guards(&inputs, roots),
            inputs,
        };
        let written = store
            .write(
                &store.path(Bucket::Objects, &digest),
                object,
                Access::Sealed,
            )
            .and_then(|_| add_trace(store, &fingerprint.digest(), &trace))
            .and_then(|()| unit::remember(store, unit, fingerprint));
        match written {
            Ok(()) => {
                let object = Artifact::on_disk(digest, trace.object_size);
                Published {
                    hit: Hit {
                        object,
                        annotations: trace.annotations,
                    },
                    fault: None,
                }
            }
            Err(fault) => in_memory(trace.annotations, Some(fault)),
        }
    }

    /// The whole content of an object; its digest is verified every time.
    ///
    /// # Errors
    /// It is gone, damaged or unreadable: compile again.
    pub fn read(&self, artifact: &Artifact) -> Result<Vec<u8>, MissReason> {
        if let Some(bytes) = artifact.bytes() {
            return Ok(bytes.to_vec());
        }
        let store = self.0.store.as_ref().ok_or(MissReason::Disabled)?;
        let path = store.path(Bucket::Objects, &artifact.digest);
        match store.read(Bucket::Objects, &path, artifact.size)? {
            Some(bytes) if Digest::of(&bytes) == artifact.digest => Ok(bytes),
            Some(_) => Err(store.corrupt(Bucket::Objects, path)),
            None => Err(MissReason::ArtifactMissing { path }),
        }
    }

    /// The image of `key`. Its content is taken as verified when its stamp is the one that was
    /// recorded after it was last hashed; else it is hashed.
    ///
    /// # Errors
    /// There is none, or it is gone, damaged or unreadable: link again.
    pub fn image(&self, key: &Digest) -> Result<Image, MissReason> {
        let store = self.readable()?;
        let record: Option<ImageRecord> = store.get(Bucket::Images, key)?;
        let mut record = record.ok_or(MissReason::NeverBuilt)?;
        let path = bucket::image_path(store.root(), &record.digest);
        let (file, metadata) = match files::open_regular(&path) {
            Ok(opened) => opened,
            Err(error) => {
                store.judge(Bucket::Images, &path, &error)?;
                return Err(MissReason::ArtifactMissing { path });
            }
        };
        let (stamp, observed) = (FileStamp::of(&metadata), SystemTime::now());
        if record.stamp != Some(stamp) {
            let content =
                Digest::of_open(&file).map_err(|error| MissReason::unreadable(&path, &error))?;
            if content != record.digest || stamp.size != record.size {
                return Err(store.corrupt(Bucket::Images, path));
            }
            record.stamp = stamp.is_settled_at(observed).then_some(stamp);
            if record.stamp.is_some() && store.is_writable() {
                // Without it the image is hashed again next time.
                let _ = store.put(Bucket::Images, key, &record);
            }
        }
        Ok(Image::on_disk(record.digest, record.annotations, path))
    }

    /// Adds an image. In a cache that is off or read-only it stays in memory.
    ///
    /// # Errors
    /// It could not be written; use the bytes as they are.
    pub fn publish_image(
        &self,
        key: &Digest,
        bytes: &[u8],
        annotations: &[u8],
    ) -> Result<Image, CacheError> {
        let digest = Digest::of(bytes);
        let Some(store) = self.writable() else {
            return Ok(Image::in_memory(digest, annotations, bytes));
        };
        let path = bucket::image_path(store.root(), &digest);
        // The first use hashes it: a stamp this young could be that of a later write as well.
        store.write(&path, bytes, Access::Sealed)?;
        let annotations = annotations.to_vec();
        let record = ImageRecord {
            digest,
            size: bytes.len() as u64,
            stamp: None,
            annotations,
        };
        store.put(Bucket::Images, key, &record)?;
        Ok(Image::on_disk(digest, record.annotations, path))
    }

    /// The content digest of a file, links followed: remembered by path and stamp in memory, and
    /// for large files on disk.
    ///
    /// # Errors
    /// The file cannot be read or is not a regular file.
    pub fn file_digest(&self, path: &Path) -> io::Result<Digest> {
        let store = self
            .0
            .store
            .as_ref()
            .filter(|_| self.0.mode != Mode::Recache);
        self.0
            .digests
            .digest(path, store)
            .map(|hashed| hashed.digest)
    }

    /// What [`Cache::keep_note`] kept under `key`.
    ///
    /// # Errors
    /// There is none, or it is damaged or unreadable.
    pub fn note(&self, key: &Digest) -> Result<Vec<u8>, MissReason> {
        self.readable()?
            .get(Bucket::Notes, key)?
            .ok_or(MissReason::NeverBuilt)
    }

    /// Keeps a few bytes that are cheap to find out again; does nothing in a cache that is off or
    /// read-only.
    ///
    /// # Errors
    /// They could not be written; the note is gone.
    pub fn keep_note(&self, key: &Digest, bytes: &[u8]) -> Result<(), CacheError> {
        match self.writable() {
            Some(store) => store.put(Bucket::Notes, key, &bytes),
            None => Ok(()),
        }
    }

    /// How many files and bytes there are of each sort; all zero when the cache is off.
    ///
    /// # Errors
    /// A folder cannot be listed.
    pub fn stats(&self) -> Result<Stats, CacheError> {
        self.0
            .store
            .as_ref()
            .map_or_else(|| Ok(Stats::default()), inventory::stats)
    }

    /// The units in the cache, sorted by library and name. Damaged records are left out.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn entries(&self) -> Result<Vec<Entry>, CacheError> {
        self.0
            .store
            .as_ref()
            .map_or_else(|| Ok(Vec::new()), inventory::entries)
    }

    /// Deletes all entries, those of other versions of nlib too, and what killed processes left;
    /// what is being built just now is not disturbed. Works in [`Mode::ReadOnly`] too: it is an
    /// explicit wish.
    ///
    /// # Errors
    /// The first thing that could not be deleted; everything else has been.
    pub fn clean(&self) -> Result<Cleaned, CacheError> {
        self.0
            .store
            .as_ref()
            .map_or_else(|| Ok(Cleaned::default()), inventory::clean)
    }

    /// The store, unless nothing may be taken from it.
    fn readable(&self) -> Result<&Store, MissReason> {
        match self.0.mode {
            Mode::Recache => Err(MissReason::Recache),
            _ => self.0.store.as_ref().ok_or(MissReason::Disabled),
        }
    }

    fn writable(&self) -> Option<&Store> {
        self.0.store.as_ref().filter(|store| store.is_writable())
    }

    /// The hit of a trace that holds, after its new stamps were saved.
    /// Replaces one trace by the same with new stamps, as the most recent. Whoever is building
    /// the key writes the record too, so this only happens while nobody is.
    fn save_stamps(&self, store: &Store, key: &Digest, old: &[u8], trace: &Trace) {
        if !store.is_writable() {
            return;
        }
        let locks = bucket::locks(store.root());
        let Some(_flight) = Flight::try_begin(&self.0.in_flight, key, &locks) else {
            return;
        };
        let Ok(Some(record)) = store.record(Bucket::Traces, key) else {
            return;
        };
        let mut others: Vec<_> = (0..record.len())
            .map(|index| record.sealed(index))
            .collect();
        let Some(position) = others.iter().position(|section| *section == old) else {
            return;
        };
        others.remove(position);
        let new = record::seal(Bucket::Traces, key, store::encode(trace));
        let sections: Vec<_> = [new.as_slice()].into_iter().chain(others).collect();
        // Without them the files are hashed again next time.
        let _ = store.put_sections(Bucket::Traces, key, &sections);
    }
}

fn hit(trace: &Trace) -> Hit {
    Hit {
        object: Artifact::on_disk(trace.object, trace.object_size),
        annotations: trace.annotations.clone(),
    }
}

/// Whether the object of a trace is there. Its content is verified when it is read.
pub(crate) fn has_object(store: &Store, trace: &Trace) -> Result<(), MissReason> {
    let path = store.path(Bucket::Objects, &trace.object);
    match fs::symlink_metadata(&path) {
        Ok(metadata) if metadata.is_file() && metadata.len() == trace.object_size => Ok(()),
        Ok(_) => {
            store.discard(&path);
            Err(MissReason::ArtifactMissing { path })
        }
        Err(_) => Err(MissReason::ArtifactMissing { path }),
    }
}

/// Puts a trace before those that the fingerprint already has.
fn add_trace(store: &Store, key: &Digest, trace: &Trace) -> Result<(), CacheError> {
    let new = record::seal(Bucket::Traces, key, store::encode(trace));
    let old = store.record(Bucket::Traces, key).ok().flatten();
    let others = old.iter().flat_map(|record| {
        (0..record.len()).filter_map(|index| {
            let other: Trace = store::decode(record, index)?;
            (!other.has_inputs_of(trace)).then(|| record.sealed(index))
        })
    });
    let sections: Vec<_> = [new.as_slice()]
        .into_iter()
        .chain(others)
        .take(MAX_SECTIONS)
        .collect();
    store.put_sections(Bucket::Traces, key, &sections)
}
