//! What one request may use of the machine.

use std::time::Duration;

use rustix::process::{Resource, Rlimit};
use rustix::time::ClockId;

/// The worker's arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The process that asks. It stands among the arguments also for people who look at a list of processes:
    /// no parent tells whose worker it is.
    pub host: i32,
    /// Address space of the process, in bytes.
    pub memory: u64,
    /// Processor time of one request.
    pub cpu: Duration,
    /// Size of any file written, in bytes.
    pub output: u64,
}

impl Settings {
    /// Reads `--host=PID --memory=BYTES --cpu-seconds=N --output=BYTES`.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let [mut host, mut memory, mut cpu, mut output] = [None; 4];
        for argument in arguments {
            let (name, value) = argument.split_once('=').ok_or_else(usage)?;
            let slot = match name {
                "--host" => &mut host,
                "--memory" => &mut memory,
                "--cpu-seconds" => &mut cpu,
                "--output" => &mut output,
                _ => return Err(usage()),
            };
            *slot = Some(value.parse::<u64>().map_err(|_| usage())?);
        }
        let host = host.and_then(|host| i32::try_from(host).ok());
        Ok(Self {
            host: host.ok_or_else(usage)?,
            memory: memory.ok_or_else(usage)?,
            cpu: Duration::from_secs(cpu.ok_or_else(usage)?),
            output: output.ok_or_else(usage)?,
        })
    }

    /// Sets the limits that hold for the life of the process.
    pub fn apply(&self) {
        limit(Resource::As, self.memory);
        limit(Resource::Fsize, self.output);
        limit(Resource::Core, 0);
    }

    /// Gives the request that follows its processor time, on top of what was used so far.
    pub fn begin_request(&self) {
        let used = rustix::time::clock_gettime(ClockId::ProcessCPUTime).tv_sec;
        let used = u64::try_from(used).unwrap_or(0);
        limit(Resource::Cpu, used + self.cpu.as_secs().max(1) + 1);
    }
}

fn usage() -> String {
    "this program is started by nlib; it takes --host=PID --memory=BYTES --cpu-seconds=N --output=BYTES \
     and sockets as standard input and output"
        .to_string()
}

/// Lowers the soft limit; a hard limit below it stays, and an error leaves the machine's own limit.
fn limit(resource: Resource, value: u64) {
    let hard = rustix::process::getrlimit(resource).maximum;
    let current = Some(hard.map_or(value, |hard| hard.min(value)));
    let _ = rustix::process::setrlimit(
        resource,
        Rlimit {
            current,
            maximum: hard,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_or_refused() {
        let parse = |text: &str| Settings::parse(text.split_whitespace().map(String::from));
        let settings = parse("--host=7 --output=3 --memory=1 --cpu-seconds=2");
        assert_eq!(
            settings,
            Ok(Settings {
                host: 7,
                memory: 1,
                cpu: Duration::from_secs(2),
                output: 3
            })
        );
        assert!(parse("--output=3 --memory=1 --cpu-seconds=2").is_err());
        assert!(parse("--host=7 --memory=1 --output=2").is_err());
        assert!(parse("--host=7 --memory=many --cpu-seconds=2 --output=3").is_err());
        assert!(parse("file.c").is_err());
    }
}
