//! What the tests share: source sets, stores in temporary folders, a small HTTP server.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use nlib_cache::Digest;
use nlib_fetch::{Clients, FetchEvent, SourceStore};
use nlib_plan::manifest::{Origin, OriginKind, SourceSet};

/// A folder with a store in it, removed at the end of the test.
pub struct Fixture {
    pub folder: tempfile::TempDir,
}

impl Fixture {
    pub fn new() -> Fixture {
        Fixture {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and the folders it needs.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub fn store_with(&self, clients: Clients) -> SourceStore {
        SourceStore::new(self.path("store"), clients)
    }

    /// A store with the programs of this machine and no cargo folder of the user's.
    pub fn store(&self) -> SourceStore {
        self.store_with(clients())
    }

    /// Fetches as library `lib`, relative to the fixture; gives the root or the message, and the
    /// events.
    pub fn fetch(
        &self,
        store: &SourceStore,
        sources: &[SourceSet],
    ) -> (Result<PathBuf, String>, Vec<FetchEvent>) {
        let mut events = Vec::new();
        let result = store.fetch("lib", self.folder.path(), sources, &mut |event| {
            events.push(event);
        });
        (
            result
                .map(|tree| tree.root)
                .map_err(|error| error.to_string()),
            events,
        )
    }

    /// Files below `temporary/`, where work in progress lies.
    pub fn left_behind(&self) -> Vec<PathBuf> {
        listing(&self.path("store/temporary"))
    }
}

/// Clients as in the environment, without the user's cargo folder.
pub fn clients() -> Clients {
    Clients {
        cargo_home: None,
        ..Clients::from_environment()
    }
}

pub fn offline() -> Clients {
    Clients {
        offline: true,
        ..clients()
    }
}

/// Every entry below a folder, sorted.
pub fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            all.extend(listing(&path));
        }
        all.push(path);
    }
    all.sort();
    all
}

pub fn origin(kind: OriginKind) -> Origin {
    Origin { kind, dir: None }
}

pub fn origin_in(kind: OriginKind, dir: &str) -> Origin {
    Origin {
        kind,
        dir: Some(dir.to_owned()),
    }
}

pub fn path_origin(folder: &str) -> Origin {
    origin(OriginKind::Path(folder.to_owned()))
}

/// A set that pins these contents.
pub fn set(origins: &[Origin], files: &[(&str, &str)]) -> SourceSet {
    let pin = |(path, content): &(&str, &str)| {
        let digest = Digest::of(content.as_bytes()).to_string();
        ((*path).to_owned(), digest)
    };
    SourceSet {
        origins: origins.to_vec(),
        files: files.iter().map(pin).collect(),
    }
}

/// A set that pins one file to a digest.
pub fn pinned(origin: Origin, path: &str, digest: &str) -> SourceSet {
    SourceSet {
        origins: vec![origin],
        files: BTreeMap::from([(path.to_owned(), digest.to_owned())]),
    }
}

/// Runs a program in a folder; gives its standard output without the last line's end.
pub fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap().trim_end().into()
}

/// A gzip-compressed tar archive of plain files, in memory.
pub fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(gzip);
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, path, content.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// An answer of the test server: the status line's rest, further header lines, the body.
#[derive(Clone)]
pub struct Answer {
    pub status: &'static str,
    pub headers: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn ok(body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: "200 OK",
            headers: String::new(),
            body: body.into(),
        }
    }

    pub fn status(status: &'static str) -> Answer {
        Answer {
            status,
            ..Answer::ok("")
        }
    }
}

/// A server on 127.0.0.1 that lives until the test process ends.
pub struct Server {
    pub address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `answer` gets the path asked for, and how many requests there were before.
    pub fn start(answer: impl Fn(&str, usize) -> Answer + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client may hang up whenever it likes.
                let _ = serve(stream.unwrap(), &answer, &seen);
            }
        });
        Server { address, requests }
    }

    pub fn url(&self, path: &str) -> OriginKind {
        OriginKind::Url(format!("{}/{path}", self.address))
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &impl Fn(&str, usize) -> Answer,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let path = request_path(&mut stream)?;
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(path.clone());
        seen.len() - 1
    };
    let answer = answer(&path, before);
    write!(
        stream,
        "HTTP/1.1 {}\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n",
        answer.status,
        answer.body.len(),
        answer.headers
    )?;
    stream.write_all(&answer.body)
}

/// Reads a request's head; gives the path without the first `/` and the query.
pub fn request_path(stream: &mut (impl Read + Write)) -> std::io::Result<String> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = first.clone();
    while !line.trim().is_empty() {
        line.clear();
        reader.read_line(&mut line)?;
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    Ok(path.trim_start_matches('/').to_owned())
}
