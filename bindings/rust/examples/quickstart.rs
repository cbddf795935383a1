//! The quick start of README.md, word for word; the build script takes it out.

include!(concat!(env!("OUT_DIR"), "/quickstart/main.rs"));
