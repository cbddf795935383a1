//! Units by name, so that a miss can be explained by what was different last time.

use serde::{Deserialize, Serialize};

use crate::bucket::Bucket;
use crate::digest::{Digest, FieldHasher};
use crate::fingerprint::{Field, Fingerprint};
use crate::miss::{MissReason, explain};
use crate::store::Store;

/// Identifies "the same unit as last time", whatever its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UnitKey {
    /// The library's name.
    pub library: String,
    /// The unit's name within the library.
    pub unit: String,
    /// Where it is built from, for example the root of its sources: two checkouts of one library
    /// do not explain each other's misses.
    pub place: String,
}

impl UnitKey {
    fn digest(&self) -> Digest {
        FieldHasher::new("nlib unit")
            .field("library", self.library.as_bytes())
            .field("unit", self.unit.as_bytes())
            .field("place", self.place.as_bytes())
            .finish()
    }
}

/// Why there is no record for `now`.
pub(crate) fn why_unknown(store: &Store, unit: &UnitKey, now: &Fingerprint) -> MissReason {
    match recall(store, unit) {
        Some(was) => explain(&was, now.fields()).unwrap_or(MissReason::RecordMissing),
        None => MissReason::NeverBuilt,
    }
}

/// The fields of the unit's last fingerprint. They only explain: damaged ones explain nothing.
pub(crate) fn recall(store: &Store, unit: &UnitKey) -> Option<Vec<Field>> {
    store.get(Bucket::Units, &unit.digest()).ok().flatten()
}

/// Remembers the fields of the fingerprint that was built.
pub(crate) fn remember(
    store: &Store,
    unit: &UnitKey,
    fingerprint: &Fingerprint,
) -> Result<(), crate::error::CacheError> {
    store.put(Bucket::Units, &unit.digest(), &fingerprint.fields())
}
