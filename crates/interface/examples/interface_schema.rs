//! Prints the JSON Schema of interfaces as committed in `schema/`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &nlib_interface::interface_schema())?;
    out.write_all(b"\n")
}
