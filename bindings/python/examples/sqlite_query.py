"""SQLite: a table in memory, rows inserted, a query: python3 sqlite_query.py"""

import nlib

sqlite = nlib.load("sqlite3")


def check(result):
    if result not in (sqlite.SQLITE_OK, sqlite.SQLITE_ROW, sqlite.SQLITE_DONE):
        raise RuntimeError(sqlite.sqlite3_errmsg(database))
    return result


opened = nlib.out()
check(sqlite.sqlite3_open(":memory:", opened))
database = opened.value


def prepared(text):
    statement = nlib.out()
    check(sqlite.sqlite3_prepare_v2(database, text, -1, statement, None))
    return statement.value


check(
    sqlite.sqlite3_exec(database, "CREATE TABLE moon (name TEXT, planet TEXT, radius REAL)", None, None, None)
)

insert = prepared("INSERT INTO moon VALUES (?, ?, ?)")
for name, planet, radius in [
    ("Ganymede", "Jupiter", 2634.1),
    ("Titan", "Saturn", 2574.7),
    ("Luna", "Earth", 1737.4),
    ("Phobos", "Mars", 11.3),
    ("Þrymr", "Saturn", 4.0),
]:
    sqlite.sqlite3_bind_text(insert, 1, name, -1, sqlite.SQLITE_TRANSIENT)
    sqlite.sqlite3_bind_text(insert, 2, planet, -1, sqlite.SQLITE_TRANSIENT)
    sqlite.sqlite3_bind_double(insert, 3, radius)
    check(sqlite.sqlite3_step(insert))
    check(sqlite.sqlite3_reset(insert))
sqlite.sqlite3_finalize(insert)

select = prepared("SELECT name, planet, radius FROM moon WHERE radius > ? ORDER BY radius DESC")
sqlite.sqlite3_bind_double(select, 1, 1000)
while check(sqlite.sqlite3_step(select)) == sqlite.SQLITE_ROW:
    name = nlib.text(sqlite.sqlite3_column_text(select, 0))
    planet = nlib.text(sqlite.sqlite3_column_text(select, 1))
    print(f"{name:<8} {planet:<7} {sqlite.sqlite3_column_double(select, 2):.1f} km")
sqlite.sqlite3_finalize(select)


def row(data, count, values, columns):
    """Called by SQLite for each row."""
    print(", ".join(f"{columns[i]}: {values[i]}" for i in range(count)))
    return 0


text = "SELECT planet, count(*) AS moons FROM moon GROUP BY planet HAVING moons > 1"
check(sqlite.sqlite3_exec(database, text, row, None, None))
sqlite.sqlite3_close(database)
