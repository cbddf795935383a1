// Runs a Lua script that calls back into C, and prints what the script returns.
//
//     nlib run --with lua examples/lua-script/main.c -- examples/lua-script/script.lua
//
// The argument is the script.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

// crc32(text): the checksum that ZIP and PNG use, bit by bit.
static int crc32(lua_State *lua) {
    size_t length;
    const char *text = luaL_checklstring(lua, 1, &length);
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
    }
    lua_pushinteger(lua, (lua_Integer)(crc ^ 0xFFFFFFFF));
    return 1; // one result on the stack
}

// Adds to an error's message where in the script it happened.
static int with_traceback(lua_State *lua) {
    luaL_traceback(lua, lua, lua_tostring(lua, 1), 1);
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "the one argument is a Lua script\n");
        return EXIT_FAILURE;
    }
    lua_State *lua = luaL_newstate();
    if (lua == NULL) {
        fprintf(stderr, "no memory for an interpreter\n");
        return EXIT_FAILURE;
    }
    luaL_openlibs(lua);
    lua_register(lua, "crc32", crc32);

    // The stack: the handler, then the script, then in its place what the script returns.
    lua_pushcfunction(lua, with_traceback);
    if (luaL_loadfile(lua, argv[1]) != LUA_OK || lua_pcall(lua, 0, LUA_MULTRET, 1) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
        lua_close(lua);
        return EXIT_FAILURE;
    }
    for (int i = 2; i <= lua_gettop(lua); i++) {
        printf("result %d: %s\n", i - 1, luaL_tolstring(lua, i, NULL));
        lua_pop(lua, 1); // the text
    }
    lua_close(lua);
    return EXIT_SUCCESS;
}
