//! A file or a `.tar.gz` archive by URL, through `curl`.

use std::path::Path;

use crate::clients::Clients;
use crate::error::OriginProblem;
use crate::package::{DOWNLOAD_LIMIT, Package};
use crate::process::{Command, Program};

const CURL: Program = Program {
    name: "curl",
    install: "install the package `curl`",
};

/// Endings of a URL's path that mean a gzip-compressed tar archive.
const ARCHIVE_ENDINGS: [&str; 3] = [".tar.gz", ".tgz", ".crate"];

/// How curl is to behave: errors of the server are errors; a refused or failing server gets two
/// more tries; a transfer slower than 1 byte a second for a minute is given up; nothing is read
/// from the user's `.curlrc` that could change the output.
const BEHAVIOUR: [&str; 14] = [
    "--disable",
    "--silent",
    "--show-error",
    "--fail",
    "--location",
    "--proto",
    "=https,http,file",
    "--proto-redir",
    "=https,http",
    "--retry",
    "2",
    "--connect-timeout",
    "30",
    "--globoff",
];

pub(super) fn bring(
    clients: &Clients,
    request: &str,
    scratch: &Path,
) -> Result<Package, OriginProblem> {
    let name = file_name(request).ok_or_else(|| OriginProblem::BadOrigin {
        text: request.to_owned(),
        expected: "an https, http or file URL of a file",
    })?;
    if !request.starts_with("file:") {
        clients.need_network()?;
    }
    let path = scratch.join("download");
    Command::new(CURL, scratch)
        .arguments(BEHAVIOUR)
        .arguments(["--speed-limit", "1", "--speed-time", "60"])
        .arguments(["--max-filesize", &DOWNLOAD_LIMIT.to_string()])
        .arguments(["--output", "download", "--url", request])
        // Servers that announce no size are held to the limit as well.
        .file_size_limit(DOWNLOAD_LIMIT)
        .run(clients)?;
    if ARCHIVE_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        Ok(Package::Archive {
            path,
            skip_top: false,
        })
    } else {
        Ok(Package::SingleFile {
            path,
            name: name.to_owned(),
        })
    }
}

/// The last part of the URL's path; `None` when nlib does not take the URL.
fn file_name(url: &str) -> Option<&str> {
    let after_scheme = ["https://", "http://", "file://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme))?;
    if url.chars().any(|c| c.is_control() || c == ' ') {
        return None;
    }
    let path = after_scheme.split(['?', '#']).next()?;
    let (_, name) = path.rsplit_once('/')?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        let name = file_name("https://host/a/b-1.2.tar.gz?raw=1#x/y");
        assert_eq!(name, Some("b-1.2.tar.gz"));
        assert_eq!(file_name("file:///srv/stb_image.h"), Some("stb_image.h"));
        for bad in [
            "",
            "host/a",
            "ftp://host/a",
            "https://host",
            "https://host/a/",
            "https://h/a\nb",
        ] {
            assert_eq!(file_name(bad), None, "{bad}");
        }
    }
}
