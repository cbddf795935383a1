// about: a map by type_index in one library is filled by another and read by the program
// library registry: registry.cpp
// library plugin: plugin.cpp with registry
// program: main.cpp with plugin registry
//--- types.h
#include <typeindex>
struct Apple {};
template <class T> struct Box { T value; };
void enter(std::type_index type, const char *name);
const char *find(std::type_index type);
//--- registry.cpp
#include "types.h"
#include <unordered_map>
static std::unordered_map<std::type_index, const char *> &names() {
    static std::unordered_map<std::type_index, const char *> map;
    return map;
}
void enter(std::type_index type, const char *name) { names()[type] = name; }
const char *find(std::type_index type) {
    auto found = names().find(type);
    return found == names().end() ? "unknown" : found->second;
}
//--- plugin.cpp
#include "types.h"
void plugin() {
    enter(typeid(Apple), "apple");
    enter(typeid(Box<int>), "box of int");
}
//--- main.cpp
#include "types.h"
#include <cstdio>
void plugin();
int main() {
    plugin();
    enter(typeid(Box<Apple>), "box of apples");
    std::printf("%s, %s, %s, %s\n", find(typeid(Apple)), find(typeid(Box<int>)), find(typeid(Box<Apple>)), find(typeid(Box<long>)));
}
