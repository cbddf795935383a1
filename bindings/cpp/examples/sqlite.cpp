// SQLite from C++: a table in memory, rows, a query.
//
//     c++ -std=c++17 sqlite.cpp -I "$(nlib fetch sqlite3 --print-dir)" $(pkg-config --cflags --libs nlib)
#include <nlib.hpp>

#include <cstdio>
#include <stdexcept>

#include "sqlite3.h"

#define SQLITE(name) sqlite.fn<decltype(::name)>(#name)

int main() {
    nlib::context context;
    nlib::library sqlite = context.load("sqlite3");
    sqlite3 *database = nullptr;
    const auto must = [&](int status) {
        if (status != SQLITE_OK && status != SQLITE_DONE)
            throw std::runtime_error(SQLITE(sqlite3_errmsg)(database));
    };
    must(SQLITE(sqlite3_open)(":memory:", &database));
    must(SQLITE(sqlite3_exec)(database, "CREATE TABLE moons (planet TEXT, name TEXT, radius INTEGER)", nullptr,
                              nullptr, nullptr));

    sqlite3_stmt *statement = nullptr;
    const auto prepare = [&](const char *text) {
        must(SQLITE(sqlite3_prepare_v2)(database, text, -1, &statement, nullptr));
    };
    const struct {
        const char *planet, *name;
        int radius;
    } moons[] = {{"Earth", "Moon", 1737}, {"Saturn", "Titan", 2575}, {"Saturn", "Iapetus", 735}};
    prepare("INSERT INTO moons VALUES (?, ?, ?)");
    for (const auto &moon : moons) {
        must(SQLITE(sqlite3_bind_text)(statement, 1, moon.planet, -1, SQLITE_TRANSIENT));
        must(SQLITE(sqlite3_bind_text)(statement, 2, moon.name, -1, SQLITE_TRANSIENT));
        must(SQLITE(sqlite3_bind_int)(statement, 3, moon.radius));
        must(SQLITE(sqlite3_step)(statement));
        must(SQLITE(sqlite3_reset)(statement));
    }
    must(SQLITE(sqlite3_finalize)(statement));

    prepare("SELECT planet, count(*), max(radius) FROM moons GROUP BY planet ORDER BY planet");
    while (SQLITE(sqlite3_step)(statement) == SQLITE_ROW)
        std::printf("%s: %d moons, the largest %d km\n",
                    reinterpret_cast<const char *>(SQLITE(sqlite3_column_text)(statement, 0)),
                    SQLITE(sqlite3_column_int)(statement, 1), SQLITE(sqlite3_column_int)(statement, 2));
    must(SQLITE(sqlite3_finalize)(statement));
    must(SQLITE(sqlite3_close)(database));
}
