//! What a load would find in the cache, without compiling, fetching or storing anything.
//!
//! [`why`] takes the steps of a load up to the lookup, with a session that only looks: closure,
//! commands, [`Cache::explain`](nlib_cache::Cache::explain) → [`UnitForecast`]; where every unit
//! would hit, the key of the image → [`ImageForecast`]; both make a [`Forecast`] of the library.

use std::path::PathBuf;

use nlib_cache::{Difference, Digest, Explanation, FieldHasher, MissReason, Mode, StatCache};
use nlib_compile::{Annotations, Uncacheable};
use nlib_plan::plan::UnitText;

use crate::build::{BuiltLibrary, BuiltUnit};
use crate::command::{Product, UnitCommand};
use crate::error::Error;
use crate::request::Request;
use crate::resolve::{Closure, closure};
use crate::session::{Inner, Session};
use crate::settings::Settings;

/// What a load would find of one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The library.
    pub library: String,
    /// The folder that its sources lie in; `None` when they have not been fetched yet, and
    /// nothing else is known then.
    pub root: Option<PathBuf>,
    /// Its units.
    pub units: Vec<UnitForecast>,
    /// Its image.
    pub image: ImageForecast,
}

/// What a load would find of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitForecast {
    /// The unit.
    pub unit: String,
    /// Everything that keeps it from a hit; empty for a hit.
    pub differences: Vec<Difference>,
    /// Why its object was not kept when it was last compiled just so, if it was.
    pub unkept: Vec<Uncacheable>,
}

/// What a load would find of a library's image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageForecast {
    /// It is stored.
    Stored,
    /// There is none for these objects: they are linked anew.
    NotStored,
    /// Which one is wanted shows when the units of the library, or of one it is linked to, have
    /// been compiled.
    Undecided,
}

impl Forecast {
    /// Whether nothing of it would be compiled.
    pub fn hits(&self) -> bool {
        self.root.is_some() && self.units.iter().all(|unit| unit.differences.is_empty())
    }
}

/// Says for each library that loading `requests` needs, dependencies first, what the cache has of
/// it and what is different from what it has.
///
/// Nothing is fetched, compiled or written into the cache, whatever the mode in `settings`. A
/// worker may be started to learn which compiler it is.
///
/// # Errors
/// What keeps a load from getting as far as the cache: an unknown library, a manifest that is
/// wrong, a source file or a compiler that is not there.
pub fn why(settings: Settings, requests: &[Request]) -> Result<Vec<Forecast>, Error> {
    let rebuild = settings.cache_mode == Mode::Recache;
    let session = Session::open_to_look(settings)?;
    let looking = Looking {
        inner: session.inner(),
        toolchain: session.toolchain()?.digest,
        rebuild,
    };
    let mut forecasts: Vec<(Vec<Digest>, Forecast)> = Vec::new();
    for request in requests {
        for (keys, forecast) in looking.at(request)? {
            let known = |(other, of): &&(Vec<Digest>, Forecast)| {
                *other == keys && of.library == forecast.library
            };
            if forecasts.iter().find(known).is_none() {
                forecasts.push((keys, forecast));
            }
        }
    }
    Ok(forecasts
        .into_iter()
        .map(|(_, forecast)| forecast)
        .collect())
}

/// Looks at sources without a manifest as far as that goes without compiling: the files are there,
/// their directives make sense, the libraries that they name can be found, and of headers it is clear
/// what to compile.
///
/// # Errors
/// The first thing that is wrong.
pub fn check_sources(settings: Settings, request: &Request) -> Result<(), Error> {
    let session = Session::open_to_look(settings)?;
    let found = closure(session.inner(), std::slice::from_ref(request));
    let closure = match found {
        Ok((closure, _)) => closure,
        Err(Error::SourcesNotFetched { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    for library in closure
        .libraries
        .iter()
        .filter(|one| one.manifest.is_none())
    {
        for unit in &library.plan.units {
            if let UnitText::File(file) = &unit.text {
                let path = library.root.join(file);
                let opened = std::fs::File::open(&path);
                opened.map_err(|source| Error::Source {
                    library: library.plan.name.clone(),
                    path,
                    source,
                })?;
            }
        }
    }
    Ok(())
}

struct Looking<'a> {
    inner: &'a Inner,
    toolchain: Digest,
    /// Everything is to be built anew, whatever the cache has.
    rebuild: bool,
}

impl Looking<'_> {
    /// The forecasts of one request, with the keys of the units.
    fn at(&self, request: &Request) -> Result<Vec<(Vec<Digest>, Forecast)>, Error> {
        let closure = match closure(self.inner, std::slice::from_ref(request)) {
            Ok((closure, _)) => closure,
            Err(Error::SourcesNotFetched { library }) => {
                return Ok(vec![(Vec::new(), not_fetched(library))]);
            }
            Err(error) => return Err(error),
        };
        let mut seen = StatCache::new();
        let mut all_keys = Vec::new();
        let mut found = Vec::new();
        let mut units = Vec::new();
        for place in 0..closure.libraries.len() {
            let (keys, hits, forecasts) = self.units(&closure, place, &mut seen)?;
            all_keys.push(keys);
            found.push(hits);
            units.push(forecasts);
        }
        let images = self.images(&closure, &found, &units)?;
        let libraries = closure.libraries.into_iter().zip(units).zip(images);
        let forecasts = libraries.map(|((library, units), image)| Forecast {
            library: library.plan.name,
            root: Some(library.root),
            units,
            image,
        });
        Ok(all_keys.into_iter().zip(forecasts).collect())
    }

    /// The units of one library: their keys, the objects of those that hit, the forecasts of all.
    fn units(
        &self,
        closure: &Closure,
        place: usize,
        seen: &mut StatCache,
    ) -> Result<(Vec<Digest>, BuiltLibrary, Vec<UnitForecast>), Error> {
        let mut keys = Vec::new();
        let mut hits = BuiltLibrary::default();
        let mut forecasts = Vec::new();
        let library = &closure.libraries[place];
        for unit in &library.plan.units {
            if let Some(given) = self.inner.prebuilt(library, unit)? {
                let given = BuiltUnit::prebuilt(&unit.name, given);
                keys.push(given.key());
                forecasts.push(UnitForecast {
                    unit: given.name.clone(),
                    differences: Vec::new(),
                    unkept: Vec::new(),
                });
                hits.units.push(given);
                continue;
            }
            let command = UnitCommand::new(
                self.inner,
                self.toolchain,
                closure,
                place,
                unit,
                Product::Object,
            )?;
            let UnitCommand {
                key,
                fingerprint,
                roots,
                ..
            } = command;
            keys.push(fingerprint.digest());
            let explained = match self.rebuild {
                true => Explanation::Miss(vec![MissReason::Recache.into()]),
                false => self.inner.cache.explain(&key, &fingerprint, &roots, seen),
            };
            let mut unkept = Vec::new();
            let differences = match explained {
                Explanation::Hit(hit) => {
                    let kept = Annotations::from_bytes(&hit.annotations);
                    let unit = BuiltUnit::compiled(&key.unit, hit.object, kept, false);
                    hits.units.push(unit);
                    Vec::new()
                }
                Explanation::Miss(differences) => {
                    unkept = self.inner.recall_unkept(&fingerprint.digest());
                    differences
                }
            };
            forecasts.push(UnitForecast {
                unit: key.unit,
                differences,
                unkept,
            });
        }
        Ok((keys, hits, forecasts))
    }

    /// The images, library by library. Only of objects that are there the key is known.
    fn images(
        &self,
        closure: &Closure,
        found: &[BuiltLibrary],
        units: &[Vec<UnitForecast>],
    ) -> Result<Vec<ImageForecast>, Error> {
        let identities = self.inner.identities(closure, found, self.toolchain)?;
        let hits = |place: &usize| units[*place].iter().all(|unit| unit.differences.is_empty());
        let image = |(place, identity): (usize, &crate::image::Identity)| {
            if !hits(&place) || !closure.all_dependencies(place).iter().all(hits) {
                return ImageForecast::Undecided;
            }
            match self.inner.cache.image(&identity.key) {
                Ok(_) => ImageForecast::Stored,
                Err(_) => ImageForecast::NotStored,
            }
        };
        Ok(identities.iter().enumerate().map(image).collect())
    }
}

impl Inner {
    /// Notes why the object of a unit was not kept, for whoever asks why it never hits.
    pub(crate) fn remember_unkept(&self, unit: &Digest, reasons: &[Uncacheable]) {
        if let Ok(bytes) = serde_json::to_vec(reasons) {
            // A fault costs an explanation.
            let _ = self.cache.keep_note(&unkept_key(unit), &bytes);
        }
    }

    pub(crate) fn recall_unkept(&self, unit: &Digest) -> Vec<Uncacheable> {
        let note = self.cache.note(&unkept_key(unit)).ok();
        note.and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }
}

/// The note lies under the unit's fingerprint.
fn unkept_key(unit: &Digest) -> Digest {
    FieldHasher::new("nlib unkept")
        .field("fingerprint", unit.as_bytes())
        .finish()
}

fn not_fetched(library: String) -> Forecast {
    Forecast {
        library,
        root: None,
        units: Vec::new(),
        image: ImageForecast::Undecided,
    }
}
