//! The workers of this process, as one who looks at the list of processes finds them.

use std::path::Path;

/// Process ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkerProcesses {
    /// Those that watch.
    pub supervisors: Vec<u32>,
    /// Those below them, which compile.
    pub compilers: Vec<u32>,
}

/// Finds this process's workers: no parent tells whose they are, but their arguments do.
///
/// # Panics
///
/// When `/proc` cannot be read.
pub fn worker_processes() -> WorkerProcesses {
    let own: Vec<Worker> = std::fs::read_dir("/proc")
        .expect("Linux has /proc")
        .filter_map(|entry| Worker::at(&entry.ok()?.path()))
        .collect();
    let is_compiler = |worker: &Worker| own.iter().any(|other| other.process == worker.parent);
    let ids = |compilers: bool| {
        let those = own.iter().filter(|worker| is_compiler(worker) == compilers);
        those.map(|worker| worker.process).collect()
    };
    WorkerProcesses {
        supervisors: ids(false),
        compilers: ids(true),
    }
}

struct Worker {
    process: u32,
    parent: u32,
}

impl Worker {
    /// What `/proc` has in this folder, if it is a worker of this process that lives.
    fn at(folder: &Path) -> Option<Self> {
        let process = folder.file_name()?.to_str()?.parse().ok()?;
        let host = format!("--host={}", std::process::id());
        let words = std::fs::read_to_string(folder.join("cmdline")).ok()?;
        if !words.split('\0').any(|word| word == host) {
            return None;
        }
        let status = std::fs::read_to_string(folder.join("status")).ok()?;
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        Some(Self {
            process,
            parent: parent.trim().parse().ok()?,
        })
    }
}
