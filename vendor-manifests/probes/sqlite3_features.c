/* Full-text search, R*Trees, JSON and mathematics. */
#include "sqlite3.h"
#include <stdio.h>
static int row(void *unused, int columns, char **values, char **names) {
    (void)unused, (void)names;
    for (int i = 0; i < columns; i++) printf("%s%s", i ? "|" : "", values[i] ? values[i] : "NULL");
    puts("");
    return 0;
}
int main(void) {
    sqlite3 *database;
    if (sqlite3_open(":memory:", &database)) return 1;
    const char *statements[] = {
        "CREATE VIRTUAL TABLE note USING fts5(text)",
        "INSERT INTO note VALUES ('the quick brown fox'), ('a lazy dog'), ('quick thinking')",
        "SELECT rowid, snippet(note, 0, '[', ']', '', 8) FROM note WHERE note MATCH 'quick' ORDER BY rowid",
        "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1)",
        "INSERT INTO box VALUES (1, 0, 1, 0, 1), (2, 5, 6, 5, 6), (3, 0.5, 5.5, 0.5, 5.5)",
        "SELECT group_concat(id) FROM (SELECT id FROM box WHERE x1 >= 5 AND y1 >= 5 ORDER BY id)",
        "SELECT json_group_array(value * 2) FROM json_each('[1,2,3]')",
        "SELECT round(pi(), 4), sqlite_compileoption_used('THREADSAFE=1')",
    };
    for (unsigned i = 0; i < sizeof statements / sizeof *statements; i++) {
        char *error = 0;
        if (sqlite3_exec(database, statements[i], row, 0, &error)) return printf("%s\n", error), 1;
    }
    return sqlite3_close(database);
}
