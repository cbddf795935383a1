-- SQLite from Lua: a table in memory, a prepared statement, a query, a function of SQL's written in Lua.
--
--     luajit sqlite.lua

local ffi = require "ffi"
local nlib = require "nlib"

local sqlite = assert(nlib.load "sqlite3")

local handle = sqlite.new "sqlite3 *[1]"
assert(sqlite.sqlite3_open(":memory:", handle) == sqlite.SQLITE_OK)
local database = handle[0]

local function expect(status, wanted)
    if status ~= wanted then
        error("sqlite: " .. sqlite.sqlite3_errmsg(database), 2)
    end
end

local function prepare(sql)
    local statement = sqlite.new "sqlite3_stmt *[1]"
    expect(sqlite.sqlite3_prepare_v2(database, sql, #sql, statement, nil), sqlite.SQLITE_OK)
    return statement[0]
end

expect(sqlite.sqlite3_exec(database, "CREATE TABLE moon (planet TEXT, name TEXT PRIMARY KEY, radius REAL)", nil, nil, nil),
    sqlite.SQLITE_OK)

-- Parsed once, run once for each moon; the values never become part of the SQL text.
local insert = prepare "INSERT INTO moon VALUES (?, ?, ?)"
for _, moon in ipairs {
    { "Earth", "Moon", 1737 }, { "Mars", "Phobos", 11 }, { "Mars", "Deimos", 6 }, { "Jupiter", "Io", 1822 },
    { "Jupiter", "Europa", 1561 }, { "Jupiter", "Ganymede", 2634 }, { "Jupiter", "Callisto", 2410 },
} do
    sqlite.sqlite3_bind_text(insert, 1, moon[1], #moon[1], sqlite.SQLITE_TRANSIENT)
    sqlite.sqlite3_bind_text(insert, 2, moon[2], #moon[2], sqlite.SQLITE_TRANSIENT)
    sqlite.sqlite3_bind_double(insert, 3, moon[3])
    expect(sqlite.sqlite3_step(insert), sqlite.SQLITE_DONE)
    sqlite.sqlite3_reset(insert)
end
sqlite.sqlite3_finalize(insert)

-- SQLite keeps this function: it is made with lib:callback. One that is needed during a call only, such as that of
-- sqlite3_exec below, is given as it is.
local miles = sqlite:callback("void (*)(sqlite3_context *, int, sqlite3_value **)", function(context, _, values)
    sqlite.sqlite3_result_double(context, sqlite.sqlite3_value_double(values[0]) / 1.609344)
end)
expect(sqlite.sqlite3_create_function_v2(database, "miles", 1, sqlite.SQLITE_UTF8, nil, miles, nil, nil, nil), sqlite.SQLITE_OK)

local query = prepare [[
    SELECT planet, count(*), miles(max(radius)), name FROM moon GROUP BY planet ORDER BY count(*) DESC, planet
]]
print "planet   moons  largest"
while sqlite.sqlite3_step(query) == sqlite.SQLITE_ROW do
    print(("%-7s  %5d  %-8s  %6.1f miles"):format(ffi.string(sqlite.sqlite3_column_text(query, 0)),
        sqlite.sqlite3_column_int(query, 1), ffi.string(sqlite.sqlite3_column_text(query, 3)),
        sqlite.sqlite3_column_double(query, 2)))
end
sqlite.sqlite3_finalize(query)

local count = 0
expect(sqlite.sqlite3_exec(database, "SELECT name FROM moon", function()
    count = count + 1
    return 0
end, nil, nil), sqlite.SQLITE_OK)
print(count .. " moons")

expect(sqlite.sqlite3_close(database), sqlite.SQLITE_OK)
miles:free()
