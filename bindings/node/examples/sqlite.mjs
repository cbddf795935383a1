// SQLite: a table in memory, rows inserted with a prepared statement, a query.
//
//     node sqlite.mjs

import { load, ref } from "nlib";

const sqlite = await load("sqlite3");
const { SQLITE_OK, SQLITE_ROW, SQLITE_DONE } = sqlite;

const opened = ref();
check(sqlite.sqlite3_open(":memory:", opened));
const database = opened.value;

function check(status, expected = SQLITE_OK) {
    if (status !== expected) throw new Error(`SQLite: ${sqlite.sqlite3_errmsg(database)}`);
}

function prepare(sql) {
    const statement = ref();
    check(sqlite.sqlite3_prepare_v2(database, sql, -1, statement, null));
    return statement.value;
}

check(sqlite.sqlite3_exec(database, "CREATE TABLE moon (planet TEXT, name TEXT, radius INTEGER)", null, null, null));

const moons = [
    ["Earth", "Moon", 1737],
    ["Mars", "Phobos", 11],
    ["Jupiter", "Io", 1822],
    ["Jupiter", "Ganymede", 2634],
    ["Saturn", "Titan", 2575],
];
// SQLITE_TRANSIENT: SQLite copies the text.
const transient = sqlite.SQLITE_TRANSIENT;
const insert = prepare("INSERT INTO moon VALUES (?, ?, ?)");
for (const [planet, name, radius] of moons) {
    check(sqlite.sqlite3_bind_text(insert, 1, planet, -1, transient));
    check(sqlite.sqlite3_bind_text(insert, 2, name, -1, transient));
    check(sqlite.sqlite3_bind_int(insert, 3, radius));
    check(sqlite.sqlite3_step(insert), SQLITE_DONE);
    check(sqlite.sqlite3_reset(insert));
}
check(sqlite.sqlite3_finalize(insert));

const query = prepare("SELECT planet, count(*), max(radius) FROM moon GROUP BY planet ORDER BY planet");
for (;;) {
    const status = sqlite.sqlite3_step(query);
    if (status !== SQLITE_ROW) {
        check(status, SQLITE_DONE);
        break;
    }
    const planet = sqlite.sqlite3_column_text(query, 0).text();
    const count = sqlite.sqlite3_column_int(query, 1);
    const radius = sqlite.sqlite3_column_int(query, 2);
    console.log(`${planet.padEnd(7)} ${count} ${count === 1 ? "moon " : "moons"} up to ${radius} km`);
}
check(sqlite.sqlite3_finalize(query));
check(sqlite.sqlite3_close(database));
sqlite.unload();
