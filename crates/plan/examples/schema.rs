//! Prints the JSON Schema of the manifest format, as committed in `schema/manifest-1.json`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &nlib_plan::schema::manifest_schema())?;
    out.write_all(b"\n")
}
