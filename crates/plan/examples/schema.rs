//! Prints a JSON Schema as committed in `schema/`: `manifest` (the default) or `project`.

use std::io::Write;

use nlib_plan::schema::{manifest_schema, project_schema};

fn main() -> std::io::Result<()> {
    let schema = match std::env::args().nth(1).as_deref() {
        Some("project") => project_schema(),
        _ => manifest_schema(),
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema)?;
    out.write_all(b"\n")
}
