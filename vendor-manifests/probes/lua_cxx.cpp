// An error of Lua's is an exception: destructors run on its way.
#include "lua.h"
#include "lauxlib.h"
#include <cstdio>
static int fail(lua_State *state) {
    struct Guard {
        ~Guard() { std::puts("destroyed"); }
    } guard;
    lua_pushliteral(state, "boom");
    return lua_error(state);
}
int main() {
    lua_State *state = luaL_newstate();
    lua_pushcfunction(state, fail);
    lua_pcall(state, 0, 0, 0);
    std::puts(lua_tostring(state, -1));
    lua_close(state);
}
