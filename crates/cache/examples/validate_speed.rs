//! Prints how long a lookup takes that finds all of 250 inputs as recorded: 100 files, 100
//! negative lookups, 40 probes and 10 resolved paths. Microseconds, the median of 1000.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement"
)]

use std::fs;
use std::time::{Instant, SystemTime};

use nlib_cache::{
    Cache, Digest, FileStamp, FingerprintBuilder, Input, Kind, Mode, PathState, Recorded, Roots,
    Settings, StatCache, UnitKey,
};

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path())
        .unwrap()
        .join("include/library/detail");
    fs::create_dir_all(&root).unwrap();
    let roots = Roots::new().with("source", &root);
    let file = |index: usize| root.join(format!("header_number_{index}.h"));
    for index in 0..140 {
        fs::write(file(index), format!("int variable_{index};")).unwrap();
    }
    let stamp = |index| FileStamp::of(&fs::metadata(file(index)).unwrap());
    while !stamp(139).is_settled_at(SystemTime::now()) {
        std::thread::yield_now();
    }
    let state = |index| match index {
        0..100 => {
            let digest = Digest::of_file(&file(index)).unwrap();
            PathState::File {
                digest,
                stamp: Some(stamp(index)),
            }
        }
        100..140 => PathState::Present(Kind::File),
        140..240 => PathState::Absent,
        _ => PathState::RealPath {
            target: Some(roots.fold(&file(index - 240))),
        },
    };
    let path = |index| roots.fold(&file(if index < 240 { index } else { index - 240 }));
    let inputs = (0..250)
        .map(|index| Input {
            path: path(index),
            state: state(index),
        })
        .collect();

    let directory = Some(folder.path().join("cache"));
    let cache = Cache::open(Settings {
        directory,
        mode: Mode::ReadWrite,
    })
    .unwrap();
    let unit = UnitKey {
        library: "l".into(),
        unit: "u".into(),
        place: "p".into(),
    };
    let fingerprint = FingerprintBuilder::new("speed").text("unit", "u").finish();
    let flight = cache.begin(&fingerprint.digest());
    let recorded = Recorded {
        inputs,
        annotations: Vec::new(),
    };
    let published = cache.publish(&flight, &unit, &fingerprint, &roots, recorded, b"object");
    assert!(published.fault.is_none());

    let mut times: Vec<_> = (0..1000)
        .map(|_| {
            let start = Instant::now();
            cache
                .lookup(&unit, &fingerprint, &roots, &mut StatCache::new())
                .unwrap();
            start.elapsed().as_nanos() as f64 / 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "lookup of 250 inputs: median {:.0} µs, best {:.0} µs",
        times[500], times[0]
    );

    let mut stats: Vec<_> = (0..1000)
        .map(|_| {
            let start = Instant::now();
            let found = (0..250)
                .filter(|&index| fs::metadata(file(index)).is_ok())
                .count();
            assert_eq!(found, 140);
            start.elapsed().as_nanos() as f64 / 1000.0
        })
        .collect();
    stats.sort_by(f64::total_cmp);
    println!(
        "250 stats alone:      median {:.0} µs, best {:.0} µs",
        stats[500], stats[0]
    );
}
