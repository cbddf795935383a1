//! One trial for each host and cell; arguments choose trials as with any test:
//! `cargo test -p nlib-hosts-test --test table -- luajit/callback`.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use libtest_mimic::{Arguments, Failed, Trial};
use nlib_hosts_test::{CELLS, HOSTS, Host, run, show};
use nlib_test_support::workspace;

fn main() {
    let mut trials = vec![
        Trial::test("the_page_names_every_cell", the_page),
        Trial::test("the_guide_has_the_table", the_guide),
    ];
    for host in HOSTS {
        for cell in CELLS.iter().chain(host.further) {
            let name = format!("{}/{cell}", host.name);
            trials.push(Trial::test(name, || Ok(show(host, cell)?)));
        }
        let name = format!("{}/knows-its-cells", host.name);
        trials.push(Trial::test(name, || knows_its_cells(host)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// What a program says it shows besides is what is asked of it; and it refuses what it does not know.
fn knows_its_cells(host: &Host) -> Result<(), Failed> {
    let (output, _folder) = run(host, "--cells");
    // Some hosts say on standard output what they load; a cell is a line of one word.
    let printed = String::from_utf8_lossy(&output.stdout);
    let words = printed.lines().filter(|line| !line.contains(' '));
    let listed: BTreeSet<&str> = words.filter(|word| !CELLS.contains(word)).collect();
    let asked: BTreeSet<&str> = host.further.iter().copied().collect();
    if listed != asked {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("it lists {listed:?}, not {asked:?}\n{said}").into());
    }
    match show(host, "no-such-cell") {
        Ok(()) => Err("it claims to show what it does not know".into()),
        Err(_) => Ok(()),
    }
}

fn the_page() -> Result<(), Failed> {
    let page = std::fs::read_to_string(workspace().join("tests/hosts/README.md"))?;
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let named: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    if named == CELLS {
        return Ok(());
    }
    Err(format!("tests/hosts/README.md has {named:?}").into())
}

/// `docs/hosts.md` has the table that is run.
fn the_guide() -> Result<(), Failed> {
    let guide = std::fs::read_to_string(workspace().join("docs/hosts.md"))?;
    let table = table();
    if guide.contains(&table) {
        return Ok(());
    }
    Err(format!("docs/hosts.md lacks this table:\n{table}").into())
}

fn table() -> String {
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let names = HOSTS.iter().map(|host| host.name);
    let mut table = line(std::iter::once("").chain(names).collect());
    table += &line(vec!["---"; HOSTS.len() + 1]);
    for cell in CELLS {
        let tested = HOSTS.iter().map(|_| "tested");
        table += &line(std::iter::once(*cell).chain(tested).collect());
    }
    let further = |host: &Host| host.further.join(", ");
    let further: Vec<String> = HOSTS.iter().map(further).collect();
    let further = further.iter().map(String::as_str);
    table + &line(std::iter::once("further").chain(further).collect())
}
