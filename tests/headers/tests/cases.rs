//! What is read out of headers: for each file in `cases`, beside what a compiled program says of the same
//! declarations. `cargo insta review` shows changes.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read files"
)]

use std::path::Path;

use nlib_headers_test::{Headers, compare, outline};

/// Reads `cases/NAME`, compares it with its snapshot and with a compiled program.
fn check(name: &str, arguments: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let headers = Headers {
        cpp: name.ends_with(".hpp"),
        folder: &folder,
        names: vec![name.to_owned()],
        arguments: [&["-I."], arguments]
            .concat()
            .into_iter()
            .map(String::from)
            .collect(),
    };
    let interface = headers.read().unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, outline(&interface)));
    compare(&headers, &interface);
}

/// A test for each case.
macro_rules! cases {
    ($($test:ident: $name:literal $argument:literal),* $(,)?) => {
        $(
            #[test]
            fn $test() {
                check($name, &[$argument]);
            }
        )*
    };
}

cases! {
    records: "records.h" "-std=gnu11",
    functions: "functions.h" "-std=gnu11",
    constants: "constants.h" "-std=gnu11",
    hostile: "hostile.h" "-std=gnu11",
    classes: "classes.hpp" "-std=c++20",
    templates: "templates.hpp" "-std=c++20",
    functions_of_cpp: "functions.hpp" "-std=c++20",
    standard: "standard.hpp" "-std=c++20",
}
