//! Versions of libraries, which upstreams write as they like, and the ranges that ask for them.
//!
//! Ranges are those of Cargo (`^1.2`, `~1.2.3`, `>=1.6, <2`, `1.*`); a bare version means exactly
//! that one. Versions are compared by their first three numbers: `2.30` is 2.30.0, and what follows
//! (`+fork`, `-ds1`) is passed over. `*` is every version, also an unstated one.

use semver::{Version, VersionReq};

/// The versions that a dependent takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange {
    text: String,
    /// `None`: exactly the text.
    range: Option<VersionReq>,
}

/// The range of all versions.
const ANY: &str = "*";

impl VersionRange {
    /// The range that a project asks for when it takes up a library in this version: what changes
    /// nothing that users rely on, as the numbers say. Every version where there are none.
    pub fn compatible_with(version: &str) -> String {
        let Some(Version {
            major,
            minor,
            patch,
            ..
        }) = numbers(version)
        else {
            return ANY.to_owned();
        };
        match patch {
            0 if (major, minor) != (0, 0) => format!("^{major}.{minor}"),
            _ => format!("^{major}.{minor}.{patch}"),
        }
    }

    /// Reads a range; the error is what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("it is empty; leave the field out if any version will do".to_owned());
        }
        let is_range = text.contains(['<', '>', '=', '^', '~', '*', ',']);
        let range = match is_range {
            true => Some(VersionReq::parse(text).map_err(|error| error.to_string())?),
            false => None,
        };
        Ok(Self {
            text: text.to_owned(),
            range,
        })
    }

    /// Whether `version` is in it.
    pub fn contains(&self, version: &str) -> bool {
        if version == self.text || self.text == ANY {
            return true;
        }
        let numbers = |text: &str| numbers(text);
        match &self.range {
            Some(range) => numbers(version).is_some_and(|version| range.matches(&version)),
            None => false,
        }
    }
}

impl std::fmt::Display for VersionRange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(formatter)
    }
}

/// Which of two versions is the later one, as far as their numbers say.
pub fn later(one: &str, other: &str) -> std::cmp::Ordering {
    numbers(one).cmp(&numbers(other))
}

/// The first three numbers of a version.
fn numbers(version: &str) -> Option<Version> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.');
    let mut parts = version[..end.unwrap_or(version.len())]
        .split('.')
        .map(|part| part.parse::<u64>());
    let first = parts.next()?.ok()?;
    let mut next = || parts.next().and_then(Result::ok).unwrap_or(0);
    Some(Version::new(first, next(), next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, version, expected) in [
            ("1.2.3", "1.2.3", true),
            ("1.2.3", "1.2.4", false),
            ("1.2", "1.2.0", false),
            ("4.1.2+fork", "4.1.2+fork", true),
            (">=1.6, <2", "1.6.43", true),
            (">=1.6, <2", "2.0", false),
            ("^1.2", "1.9.1", true),
            ("^2.30", "2.30", true),
            ("~1.2.3", "1.3.0", false),
            ("1.*", "1.7.15-1+deb12u4", true),
            ("*", "20220908", true),
            (">=4", "v4.1.2", true),
            (">=1", "unstated", false),
            ("*", "unstated", true),
        ] {
            let range = VersionRange::parse(range).unwrap();
            assert_eq!(range.contains(version), expected, "{range} {version}");
        }
        assert!(VersionRange::parse("").is_err());
        assert!(VersionRange::parse(">=").is_err());
        assert!(VersionRange::parse("^one").is_err());
    }

    #[test]
    fn a_version_is_in_the_range_made_of_it() {
        for (version, range) in [
            ("4.1.2+fork", "^4.1.2"),
            ("2.30", "^2.30"),
            ("2.08", "^2.8"),
            ("0.0", "^0.0.0"),
            ("20220908", "^20220908.0"),
            ("1.7.15-1+deb12u4", "^1.7.15"),
            ("unstated", "*"),
        ] {
            assert_eq!(VersionRange::compatible_with(version), range);
            assert!(VersionRange::parse(range).unwrap().contains(version));
        }
    }

    #[test]
    fn order() {
        assert!(later("1.10", "1.9.3").is_gt());
        assert!(later("2.30", "2.30.0").is_eq());
    }
}
