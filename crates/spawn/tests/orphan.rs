//! Orphans, as the process that starts them sees them.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests start children and make files"
)]

use std::fs::File;
use std::io::{self, PipeReader, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nlib_spawn::{Half, Orphan, Streams, fork, start_orphan};

/// Starts a shell with `script`; gives what the script writes.
fn shell(script: &str, input: OwnedFd) -> io::Result<PipeReader> {
    Ok(shell_and_pipe(script, input)?.1)
}

fn shell_and_pipe(script: &str, input: OwnedFd) -> io::Result<(Orphan, PipeReader)> {
    let (reader, writer) = io::pipe()?;
    let streams = Streams {
        input,
        output: writer.into(),
        error: null(),
    };
    let words = ["-c".to_string(), script.to_string()];
    let orphan = start_orphan(Path::new("/bin/sh"), &words, streams)?;
    Ok((orphan, reader))
}

fn null() -> OwnedFd {
    File::open("/dev/null").unwrap().into()
}

fn written(mut pipe: PipeReader) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).unwrap();
    text
}

fn assert_no_children() {
    let mut status = 0;
    // SAFETY: `status` may be written.
    assert_eq!(unsafe { libc::wait(&mut status) }, -1, "a child");
    let error = io::Error::last_os_error();
    assert_eq!(error.raw_os_error(), Some(libc::ECHILD));
}

#[test]
fn no_wait_tells_of_an_orphan() {
    let (input, mut hold) = io::pipe().unwrap();
    let orphan = shell("read line; echo \"$line\"", input.into()).unwrap();
    let mut child = Command::new("true").spawn().unwrap();
    let mut status = 0;
    // SAFETY: `status` may be written.
    let waited = unsafe { libc::wait(&mut status) };
    assert_eq!(waited.cast_unsigned(), child.id());
    assert_no_children();
    assert!(child.try_wait().is_err(), "it was waited for");
    // The orphan lives through all that.
    hold.write_all(b"still here\n").unwrap();
    assert_eq!(written(orphan), "still here\n");
}

#[test]
fn an_orphan_takes_nothing_over_but_its_streams() {
    // SAFETY: the calls read no memory; the descriptor is open.
    let kept = unsafe { libc::dup(null().as_raw_fd()) };
    let path = format!("/proc/self/fd/{kept}");
    assert!(Path::new(&path).exists());
    // One that a program runs with: `sh` itself ignores and forgets.
    // SAFETY: the call reads no memory.
    unsafe { libc::signal(libc::SIGUSR1, libc::SIG_IGN) };
    let script = format!(
        "[ -e {path} ] && echo descriptor; \
         grep -E 'SigBlk|SigIgn' /proc/self/status | tr -d '[:space:]'; \
         [ \"$(cut -d' ' -f5 /proc/$$/stat)\" = $$ ] && echo ' group'; \
         tr '\\0' '\\n' < /proc/$$/environ; echo \"$HOME\""
    );
    let said = written(shell(&script, null()).unwrap());
    // 32 and 33 are glibc's own; it ignores them in what it spawns.
    assert_eq!(
        said,
        "SigBlk:0000000000000000SigIgn:0000000180000000 group\n\n"
    );
}

#[test]
fn streams_may_have_the_numbers_of_standard_streams() {
    const INSIDE: &str = "NLIB_TEST_WITHOUT_STREAMS";
    if std::env::var_os(INSIDE).is_some() {
        without_streams();
    }
    // In a child, as the descriptors of a test's process are everybody's.
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "streams_may_have_the_numbers_of_standard_streams",
        ])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(WELL), "{output:?}");
}

/// How a process ends in which all went well: not as tests that pass.
const WELL: i32 = 7;

/// Closes the standard streams, and starts an orphan with pipes that take their numbers.
fn without_streams() -> ! {
    for stream in 0..3 {
        // SAFETY: this process exits below, and nobody else uses the numbers until then.
        unsafe { libc::close(stream) };
    }
    let (input, mut hold) = io::pipe().unwrap();
    assert_eq!(input.as_raw_fd(), 0);
    let said = shell("cat", input.into()).unwrap();
    hold.write_all(b"text").unwrap();
    drop(hold);
    let status = if written(said) == "text" { WELL } else { 1 };
    // SAFETY: ends this process.
    unsafe { libc::_exit(status) }
}

#[test]
fn what_cannot_be_started_is_an_error() {
    let streams = || Streams {
        input: null(),
        output: null(),
        error: null(),
    };
    let folder = tempfile::tempdir().unwrap();
    let missing = start_orphan(&folder.path().join("missing"), &[], streams()).unwrap_err();
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    let text = folder.path().join("text");
    std::fs::write(&text, "no program").unwrap();
    let refused = start_orphan(&text, &[], streams()).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    let nul = start_orphan(Path::new("/bin/true"), &["a\0b".to_string()], streams());
    assert_eq!(nul.unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn an_orphan_can_be_ended() {
    let (input, _hold) = io::pipe().unwrap();
    let (orphan, pipe) = shell_and_pipe("read line", input.into()).unwrap();
    assert_eq!(orphan.has_ended(), Some(false));
    orphan.end_within(Duration::from_millis(1));
    assert_eq!(written(pipe), "");
    // It closes its streams first.
    while orphan.has_ended() == Some(false) {
        std::thread::yield_now();
    }
    assert_eq!(orphan.has_ended(), Some(true));
    orphan.end_within(Duration::ZERO);
}

#[test]
fn a_process_that_takes_orphans_is_left_none() {
    // SAFETY: the call reads no memory.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) }, 0);
    let (orphan, pipe) = shell_and_pipe("exit 3", null()).unwrap();
    assert_eq!(written(pipe), "");
    orphan.end_within(Duration::from_secs(60));
    assert_no_children();
}

#[test]
fn a_process_with_threads_is_not_divided() {
    // The test harness runs tests on threads of their own.
    match fork() {
        Err(error) => assert!(error.to_string().contains("threads"), "{error}"),
        Ok(Half::Parent(_)) => panic!("divided"),
        // SAFETY: ends the child alone.
        Ok(Half::Child) => unsafe { libc::_exit(1) },
    }
}
