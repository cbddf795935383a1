//! Prints `docs/environment.md`: `cargo run -p nlib-cli --example environment`.

#![forbid(unsafe_code)]

use std::io::Write;

/// The page, made from the list of variables.
pub fn page() -> String {
    let mut page = String::from(
        "# Environment variables\n\n\
         Written from `nlib::environment::VARIABLES` by\n\
         `cargo run -p nlib-cli --example environment > docs/environment.md`; not edited by hand.\n\n\
         An empty variable counts as unset. A value that means nothing is an error, exit status 2.\n\
         `nlib doctor` shows the variables in effect. The compiler sees none of the environment.\n\n\
         | variable | meaning |\n|---|---|\n",
    );
    for variable in nlib::environment::VARIABLES {
        page += &format!("| `{}` | {} |\n", variable.name, variable.meaning);
    }
    page += "\n`NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` mean to `nlib` what they mean to other \
             programs;\n`--color` goes before them.\n";
    page
}

fn main() -> std::io::Result<()> {
    std::io::stdout().lock().write_all(page().as_bytes())
}
