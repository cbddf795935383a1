//! Which linker takes a library: the whole policy, in one function.

use std::fmt;

use crate::{LinkError, Obstacle};

/// How a library was, or is to be, linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Linker {
    /// JITLink, from relocatable objects.
    Jit,
    /// The platform's loader, from a shared object.
    Image,
}

impl fmt::Display for Linker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Linker::Jit => "jit",
            Linker::Image => "image",
        })
    }
}

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LinkerChoice {
    /// Whatever is faster and can do it.
    #[default]
    Auto,
    /// The jit linker, or an error.
    Jit,
    /// The image linker, or an error.
    Image,
}

/// What the decision depends on.
#[derive(Debug, Clone, Default)]
pub struct LinkFacts<'a> {
    /// What the user asked for.
    pub choice: LinkerChoice,
    /// The objects have just been compiled, so that no image of them exists yet.
    pub freshly_compiled: bool,
    /// What JITLink cannot link in these objects, from [`library_obstacles`](crate::library_obstacles).
    pub obstacles: &'a [Obstacle],
    /// An image exists or can be made.
    pub image_available: bool,
    /// The library is given symbols of the host or of an overlay, see
    /// [`LibrarySpec::host_symbols`](crate::LibrarySpec::host_symbols).
    pub bound_by_host: bool,
    /// How the dependencies were linked.
    pub dependencies: &'a [Linker],
}

/// Decides between the two linkers.
///
/// A forced choice holds or is an error. Otherwise an obstacle sends the library to `image`,
/// fresh objects go to `jit` (they need no second artifact before they run) and warm ones to
/// `image` (mapping one costs about a hundredth of linking with JITLink). An image finds its
/// dependencies by soname, so every dependency must be an image too; a jit library may depend
/// on either.
pub fn choose_linker(facts: &LinkFacts) -> Result<Linker, LinkError> {
    let no_image = if facts.bound_by_host {
        Some("the host grants or replaces symbols of the library, which only the jit linker binds")
    } else if facts.dependencies.contains(&Linker::Jit) {
        Some("a dependency was linked with the jit linker and has no shared object")
    } else if !facts.image_available {
        Some("no image exists and none can be made")
    } else {
        None
    };
    let obstacle = facts.obstacles.first();

    match (facts.choice, obstacle, no_image) {
        (LinkerChoice::Jit, None, _) => Ok(Linker::Jit),
        (LinkerChoice::Jit, Some(obstacle), _) => Err(LinkError::JitObstacle {
            library: obstacle.object.clone(),
            obstacle: obstacle.clone(),
        }),
        (LinkerChoice::Image, _, None) => Ok(Linker::Image),
        (LinkerChoice::Image, _, Some(reason)) => Err(LinkError::ImageUnavailable {
            reason: reason.to_owned(),
        }),
        (LinkerChoice::Auto, Some(_), None) => Ok(Linker::Image),
        (LinkerChoice::Auto, Some(obstacle), Some(reason)) => Err(LinkError::NoLinker {
            obstacle: obstacle.clone(),
            reason: reason.to_owned(),
        }),
        (LinkerChoice::Auto, None, Some(_)) => Ok(Linker::Jit),
        (LinkerChoice::Auto, None, None) if facts.freshly_compiled => Ok(Linker::Jit),
        (LinkerChoice::Auto, None, None) => Ok(Linker::Image),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::obstacle::ObstacleKind;

    fn obstacle() -> Obstacle {
        Obstacle {
            object: "a.c".into(),
            kind: ObstacleKind::ThreadLocal("counter".into()),
        }
    }

    fn chosen(
        choice: LinkerChoice,
        fresh: bool,
        obstacles: &[Obstacle],
        image: bool,
        dependencies: &[Linker],
    ) -> Result<Linker, String> {
        choose_linker(&LinkFacts {
            choice,
            freshly_compiled: fresh,
            obstacles,
            image_available: image,
            bound_by_host: false,
            dependencies,
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn automatic_choice_goes_by_freshness() {
        use LinkerChoice::Auto;
        assert_eq!(chosen(Auto, true, &[], true, &[]), Ok(Linker::Jit));
        assert_eq!(chosen(Auto, false, &[], true, &[]), Ok(Linker::Image));
        assert_eq!(chosen(Auto, false, &[], false, &[]), Ok(Linker::Jit));
        assert_eq!(
            chosen(Auto, false, &[], true, &[Linker::Jit]),
            Ok(Linker::Jit)
        );
    }

    #[test]
    fn an_obstacle_needs_an_image() {
        use LinkerChoice::{Auto, Jit};
        let obstacles = [obstacle()];
        assert_eq!(chosen(Auto, true, &obstacles, true, &[]), Ok(Linker::Image));
        let error = chosen(Auto, true, &obstacles, true, &[Linker::Jit]).unwrap_err();
        assert!(
            error.contains("`a.c`") && error.contains("dependency"),
            "{error}"
        );
        let error = chosen(Jit, true, &obstacles, true, &[]).unwrap_err();
        assert!(error.contains("counter"), "{error}");
    }

    #[test]
    fn a_forced_choice_holds_or_is_an_error() {
        use LinkerChoice::{Image, Jit};
        assert_eq!(chosen(Jit, false, &[], true, &[]), Ok(Linker::Jit));
        assert_eq!(chosen(Image, true, &[], true, &[]), Ok(Linker::Image));
        assert!(chosen(Image, true, &[], false, &[]).is_err());
        assert!(chosen(Image, true, &[], true, &[Linker::Jit]).is_err());
    }
}
