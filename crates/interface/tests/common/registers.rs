//! A library whose records are passed in registers that few languages would choose.

use std::path::Path;

use nlib_interface::{Interface, thunks};
use serde_json::json;

use super::{char, double, field, float, function, int, named, parameter, record, run};

const HEADER: &str = "
struct cx { _Complex double z; };
struct ld { long double l; };
struct __attribute__((packed, aligned(4))) pa { char a; double d; };
struct __attribute__((packed)) pb { char a; int d; };
struct gap { float a; _Alignas(8) float b; };
struct cx_holder { struct cx inner[1]; };
int cxf(struct cx c, int k);
int ldf(struct ld a, int k);
int paf(struct pa p, int k);
int pbf(struct pb p, int k);
int gapf(struct gap g, int k);
struct cx_holder holderf(int k);
int manyf(struct cx c, ...);
";

const SOURCE: &str = "
#include \"registers.h\"
int cxf(struct cx c, int k) { return (int)__real__ c.z * 10 + (int)__imag__ c.z + k * 1000; }
int ldf(struct ld a, int k) { return (int)a.l + k * 1000; }
int paf(struct pa p, int k) { return (int)p.d + k * 1000; }
int pbf(struct pb p, int k) { return (int)p.d + k * 1000; }
int gapf(struct gap g, int k) { return (int)g.a * 10 + (int)g.b + k * 1000; }
struct cx_holder holderf(int k) { struct cx_holder made; made.inner[0].z = k + 2 * k * 1i; return made; }
int manyf(struct cx c, ...) { return (int)__real__ c.z; }
";

/// What `registers.h` declares.
pub fn registers() -> Interface {
    interface("registers.h")
}

/// The same of a source alone, whose thunks cannot have its types.
pub fn source() -> Interface {
    interface("registers.c")
}

fn interface(header: &str) -> Interface {
    let taking = |name: &str, of: &str| {
        let parameters = json!([parameter("it", named("record", of)), parameter("k", int())]);
        function(name, int(), parameters)
    };
    let complex = json!({"kind": "unsupported", "spelling": "_Complex double", "size": 16});
    let long = json!({"kind": "float", "name": "long double", "size": 16});
    let inner = json!({"kind": "array", "of": named("record", "cx"), "length": 1});
    let many = json!({"name": "manyf", "symbol": "manyf", "result": int(), "variadic": true, "noexcept": true,
                      "parameters": [parameter("it", named("record", "cx"))]});
    let mut registers = super::c(json!({
        "library": "registers",
        "headers": [header],
        "functions": [
            taking("cxf", "cx"), taking("ldf", "ld"), taking("paf", "pa"), taking("pbf", "pb"), taking("gapf", "gap"),
            function("holderf", named("record", "cx_holder"), json!([parameter("k", int())])),
            many,
        ],
        "records": [
            record("cx", 16, 8, json!([field("z", complex, 0)])),
            record("ld", 16, 16, json!([field("l", long, 0)])),
            record("pa", 12, 4, json!([field("a", char(), 0), field("d", double(), 1)])),
            record("pb", 5, 1, json!([field("a", char(), 0), field("d", int(), 1)])),
            record("gap", 16, 8, json!([field("a", float(), 0), field("b", float(), 8)])),
            record("cx_holder", 16, 8, json!([field("inner", inner, 0)])),
        ],
    }));
    thunks::attach(&mut registers, &|_| true);
    registers
}

/// Builds the library and its thunks in a folder; gives its path.
pub fn library(folder: &Path) -> String {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(path("registers.h"), HEADER).unwrap();
    std::fs::write(path("registers.c"), SOURCE).unwrap();
    std::fs::write(path("thunks.c"), thunks::source(&registers())).unwrap();
    let library = path("libregisters.so");
    let arguments = ["-shared", "-fPIC", "-I", &path("")];
    let files = [&path("registers.c"), &path("thunks.c"), "-o", &library];
    run("clang-22", &[arguments, files].concat(), "");
    library
}
