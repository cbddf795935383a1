//! Units that are files beside the manifest: whether they are there.

use super::{Check, is_pattern};
use crate::manifest::{Manifest, UnitEntry};

impl Check<'_> {
    /// The units whose file `is_there` does not find, those that `when` adds included.
    pub(in crate::parse) fn absent_units(
        &mut self,
        manifest: &Manifest,
        is_there: &dyn Fn(&str) -> bool,
    ) {
        self.files(&manifest.units, is_there);
        self.each("when", &manifest.when, |check, layer| {
            check.files(&layer.units, is_there)
        });
    }

    fn files(&mut self, units: &[UnitEntry], is_there: &dyn Fn(&str) -> bool) {
        self.each("units", units, |check, unit| {
            let src = unit.src.as_ref().filter(|src| !is_pattern(src));
            if let Some(src) = src.filter(|src| !is_there(src)) {
                let message = format!("there is no file `{src}`");
                check.at(
                    "src",
                    &message,
                    "paths of units start in the manifest's folder, unless `sources` pins the files",
                );
            }
        });
    }
}
