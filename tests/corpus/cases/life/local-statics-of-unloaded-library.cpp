// about: unloading destroys only the local statics that were constructed, in reverse order, and none again at exit
// library lazy: lazy.cpp
// step: load lazy
// step: call lazy second
// step: call lazy first
// step: unload lazy
// step: load lazy
// step: call lazy third
// step: exit 0
//--- lazy.cpp
#include <cstdio>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
extern "C" int first() { static Note note("first"); return 1; }
extern "C" int second() { static Note note("second"); return 2; }
extern "C" int third() { static Note note("third"); return 3; }
