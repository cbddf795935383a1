// about: a static constructor may call into a dependency, whose own statics are ready by then
// library registry: registry.cpp
// library plugin: plugin.cpp with registry
// program: main.cpp with plugin registry
//--- registry.cpp
#include <map>
#include <string>
static std::map<std::string, int> entries;
void enter(const char *name, int value) { entries[name] = value; }
int find(const char *name) { return entries.count(name) ? entries[name] : -1; }
//--- plugin.cpp
void enter(const char *name, int value);
namespace {
struct AtLoad {
    AtLoad() { enter("plugin", 42); }
} at_load;
}
int plugin_is_used() { return 1; }
//--- main.cpp
#include <cstdio>
int find(const char *name);
int plugin_is_used();
int main() { std::printf("plugin = %d, absent = %d, used = %d\n", find("plugin"), find("absent"), plugin_is_used()); }
