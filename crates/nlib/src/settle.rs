//! What everybody asks for, met: asks → manifests → further [`Ask`]s, until nothing changes: [`Demands`].
//!
//! Each round walks from what was asked for first through the manifests that answered in the round
//! before. A library that is asked for otherwise than before may get another manifest; then the next walk
//! no longer meets what the former one asked for, nor what followed from that. So an error of one round
//! may be gone in the next, and counts only when nothing changes any more. Until then a library without
//! an answer asks for nothing.
//!
//! Manifests could ask each other away for ever. So an ask that goes for the second time is kept
//! instead: there are finitely many, and what still changes then is what is not kept.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use nlib_plan::manifest::Dependency;
use nlib_plan::{Target, dependencies};

use crate::answer::Manifests;
use crate::demand::{Ask, Asker, Demand, Wanted};
use crate::error::Error;
use crate::session::Inner;

/// Every library of one load by name, and what is asked of it.
#[derive(Debug, Default)]
pub(crate) struct Demands {
    libraries: BTreeMap<String, Demand>,
    manifests: Manifests,
}

impl Demands {
    /// Meets `asks` and what follows from them; `manifests` are those that are in no file.
    pub(crate) fn settle(
        inner: &Inner,
        manifests: Manifests,
        asks: Vec<Ask>,
        target: &Target,
        profile: Option<&str>,
    ) -> Result<Self, Error> {
        let of_project = inner.asks_of_project(&asks);
        let mut rounds = Rounds {
            inner,
            target,
            profile,
            first: asks.into_iter().chain(of_project).collect(),
            manifests,
            libraries: BTreeMap::new(),
            withdrawn: Vec::new(),
            kept: Vec::new(),
        };
        loop {
            let mut met = Met::default();
            rounds.walk(rounds.first.clone(), &mut met)?;
            rounds.walk(rounds.kept.clone(), &mut met)?;
            if !rounds.answer(met) {
                return rounds.finish();
            }
        }
    }

    /// Every library, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Demand)> {
        let libraries = self.libraries.iter();
        libraries.map(|(name, demand)| (name.as_str(), demand))
    }

    /// Whether nobody asks for anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.libraries.is_empty()
    }

    /// What is asked of a library that somebody asked for.
    ///
    /// # Panics
    /// Nobody did.
    pub(crate) fn get(&self, name: &str) -> &Demand {
        &self.libraries[name]
    }

    /// The name of a library that was asked for so.
    ///
    /// # Panics
    /// Nobody asked so.
    pub(crate) fn name_of<'a>(&'a self, ask: &'a Ask) -> &'a str {
        match &ask.wanted {
            Wanted::Name(name) => name,
            Wanted::Manifest(path) => self.manifests.name_of(path),
        }
    }
}

/// Libraries that are asked for, the nearest to the first asks first, and all that is asked of each.
#[derive(Default)]
struct Met {
    names: Vec<String>,
    asks: BTreeMap<String, Vec<Ask>>,
}

/// What one round makes of a library.
struct Answered {
    asks: Vec<Ask>,
    demand: Result<Demand, Error>,
    needs: Vec<Dependency>,
}

/// The work on [`Demands`].
struct Rounds<'s> {
    inner: &'s Inner,
    target: &'s Target,
    profile: Option<&'s str>,
    /// What requests and the project ask for.
    first: Vec<Ask>,
    manifests: Manifests,
    libraries: BTreeMap<String, Answered>,
    /// Asks that went once.
    withdrawn: Vec<Ask>,
    /// Asks that stay, whether their manifests are taken or not.
    kept: Vec<Ask>,
}

impl Rounds<'_> {
    /// Meets `asks` and all that follows from them by the answers of the round before.
    fn walk(&mut self, asks: Vec<Ask>, met: &mut Met) -> Result<(), Error> {
        let mut open: VecDeque<Ask> = asks.into();
        while let Some(ask) = open.pop_front() {
            let name = match &ask.wanted {
                Wanted::Name(name) => name.clone(),
                Wanted::Manifest(path) => self.manifests.read(path)?.name.clone(),
            };
            let is_new = !met.asks.contains_key(&name);
            let asks = met.asks.entry(name.clone()).or_default();
            if is_new {
                asks.extend(self.inner.project_ask(&name));
                if let Some(known) = self.libraries.get(&name) {
                    open.extend(known.further_asks(&name, &ask));
                }
                met.names.push(name);
            }
            if !asks.contains(&ask) {
                asks.push(ask);
            }
        }
        Ok(())
    }

    /// Answers what is asked otherwise than in the round before; says whether anything is.
    fn answer(&mut self, mut met: Met) -> bool {
        let mut former = std::mem::take(&mut self.libraries);
        let mut is_changed = false;
        for name in met.names {
            let asks = met.asks.remove(&name).expect("every name is asked for");
            let known = former.remove(&name);
            if let Some(known) = &known {
                self.withdraw(&known.asks, &asks);
            }
            let answered = match known {
                Some(known) if known.asks == asks => known,
                _ => {
                    is_changed = true;
                    self.answered(&name, asks)
                }
            };
            self.libraries.insert(name, answered);
        }
        for gone in former.values() {
            is_changed = true;
            self.withdraw(&gone.asks, &[]);
        }
        is_changed
    }

    /// Notes which asks are there no longer.
    fn withdraw(&mut self, former: &[Ask], asks: &[Ask]) {
        for gone in former.iter().filter(|ask| !asks.contains(ask)) {
            let went_before = self.withdrawn.contains(gone);
            let list = match went_before {
                true => &mut self.kept,
                false => &mut self.withdrawn,
            };
            list.push(gone.clone());
        }
    }

    fn answered(&mut self, name: &str, asks: Vec<Ask>) -> Answered {
        let demand = Demand::new(self.inner, &mut self.manifests, name, &asks, self.profile);
        // A choice that cannot be met brings nothing: another manifest may still answer, and if none
        // does, the plan says what is wrong.
        let needs = demand
            .as_ref()
            .ok()
            .and_then(|demand| dependencies(&demand.manifest, self.target, &demand.choices).ok());
        Answered {
            asks,
            demand,
            needs: needs.unwrap_or_default(),
        }
    }

    /// The demands that follow from the first asks alone.
    fn finish(mut self) -> Result<Demands, Error> {
        let mut met = Met::default();
        self.walk(self.first.clone(), &mut met)?;
        let mut done = BTreeSet::new();
        let mut needs = BTreeMap::new();
        let mut libraries = BTreeMap::new();
        for name in &met.names {
            let answered = self.libraries.remove(name);
            let answered = answered.expect("the rounds met more asks than these");
            needs.insert(name.as_str(), answered.needs);
            libraries.insert(name.clone(), answered.demand?);
        }
        for name in &met.names {
            refuse_cycles(name, &needs, &mut Vec::new(), &mut done)?;
        }
        Ok(Demands {
            libraries,
            manifests: self.manifests,
        })
    }
}

impl Answered {
    /// What the manifest of a library asks for that was first asked for so.
    fn further_asks(&self, name: &str, ask: &Ask) -> Vec<Ask> {
        let Ok(demand) = &self.demand else {
            return Vec::new();
        };
        let mut chain = ask.chain.clone();
        chain.push(name.to_owned());
        let further = |dependency: &Dependency| Ask {
            wanted: Wanted::Name(dependency.name.clone()),
            selection: dependency.into(),
            flags: Vec::new(),
            chain: chain.clone(),
            asker: Asker::Manifest(demand.place.clone()),
        };
        self.needs.iter().map(further).collect()
    }
}

/// Refuses libraries that need themselves. `path` leads to the library, `done` were looked at.
fn refuse_cycles<'n>(
    name: &'n str,
    needs: &'n BTreeMap<&str, Vec<Dependency>>,
    path: &mut Vec<&'n str>,
    done: &mut BTreeSet<&'n str>,
) -> Result<(), Error> {
    if let Some(start) = path.iter().position(|link| *link == name) {
        let chain = path[start..].iter().chain([&name]);
        return Err(Error::DependencyCycle {
            chain: chain.map(|link| (*link).to_owned()).collect(),
        });
    }
    if !done.insert(name) {
        return Ok(());
    }
    path.push(name);
    for dependency in &needs[name] {
        refuse_cycles(&dependency.name, needs, path, done)?;
    }
    path.pop();
    Ok(())
}
