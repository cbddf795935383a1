// SQLite in one screen: a database in memory, prepared statements, an aggregate query.
//
//     nlib run --with sqlite3 examples/sqlite-query/main.c
//
// SQLite's 250,000 lines are compiled the first time, and come from the cache after that.

#include <stdio.h>
#include <stdlib.h>

#include "sqlite3.h"

struct moon {
    const char *planet;
    const char *name;
    int radius_km;
    int discovered; // year, or 0 when it was always known
};

static const struct moon moons[] = {
    {"Earth", "Moon", 1737, 0},
    {"Mars", "Phobos", 11, 1877},
    {"Mars", "Deimos", 6, 1877},
    {"Jupiter", "Io", 1822, 1610},
    {"Jupiter", "Europa", 1561, 1610},
    {"Jupiter", "Ganymede", 2634, 1610},
    {"Jupiter", "Callisto", 2410, 1610},
    {"Saturn", "Titan", 2575, 1655},
    {"Saturn", "Iapetus", 735, 1671},
    {"Saturn", "Rhea", 764, 1672},
    {"Uranus", "Titania", 788, 1787},
    {"Uranus", "Oberon", 761, 1787},
    {"Neptune", "Triton", 1353, 1846},
};

// Ends the program with SQLite's own words unless `status` is the one expected.
static void expect(sqlite3 *database, int status, int expected) {
    if (status != expected) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(database));
        sqlite3_close(database);
        exit(EXIT_FAILURE);
    }
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = NULL;
    expect(database, sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

static void create_and_fill(sqlite3 *database) {
    const char *table = "CREATE TABLE moon (planet TEXT, name TEXT PRIMARY KEY,"
                        "                   radius_km INTEGER, discovered INTEGER)";
    expect(database, sqlite3_exec(database, table, NULL, NULL, NULL), SQLITE_OK);

    // Parsed once, run once for each moon; the values never become part of the SQL text.
    sqlite3_stmt *insert = prepare(database, "INSERT INTO moon VALUES (?, ?, ?, ?)");
    for (size_t i = 0; i < sizeof moons / sizeof moons[0]; i++) {
        sqlite3_bind_text(insert, 1, moons[i].planet, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, moons[i].name, -1, SQLITE_STATIC);
        sqlite3_bind_int(insert, 3, moons[i].radius_km);
        if (moons[i].discovered != 0) {
            sqlite3_bind_int(insert, 4, moons[i].discovered);
        } else {
            sqlite3_bind_null(insert, 4);
        }
        expect(database, sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
}

int main(void) {
    sqlite3 *database = NULL;
    expect(database, sqlite3_open(":memory:", &database), SQLITE_OK);
    create_and_fill(database);

    // Beside max(), SQLite takes plain columns such as `name` from the row with the maximum.
    sqlite3_stmt *query = prepare(database, "SELECT planet, count(*), avg(radius_km),"
                                            "       max(radius_km), name, discovered"
                                            "  FROM moon GROUP BY planet"
                                            " ORDER BY count(*) DESC, planet");
    printf("planet   moons  mean radius  largest\n");
    int status;
    while ((status = sqlite3_step(query)) == SQLITE_ROW) {
        const unsigned char *year = sqlite3_column_text(query, 5);
        printf("%-7s  %5d  %8.1f km  %-8s  %4d km, seen since %s\n",
               sqlite3_column_text(query, 0), sqlite3_column_int(query, 1),
               sqlite3_column_double(query, 2), sqlite3_column_text(query, 4),
               sqlite3_column_int(query, 3), year ? (const char *)year : "ever");
    }
    expect(database, status, SQLITE_DONE);
    sqlite3_finalize(query);
    return sqlite3_close(database) == SQLITE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
