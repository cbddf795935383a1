// about: a library whose static constructor throws fails to load and leaves nothing; the corrected one loads
// library fragile: fragile.cpp
// step: fails-load fragile not today
// step: edit fragile.cpp weekday = 7 => weekday = 1
// step: load fragile
// step: call fragile value
// step: unload fragile
// differs: dlopen passes a constructor's exception on to nobody and the process ends
//> fails-load fragile
//> first constructed
//> first destroyed
//> edit fragile.cpp
//> load fragile
//> first constructed
//> second constructed
//> value = 11
//> unload fragile
//> second destroyed
//> first destroyed
//--- fragile.cpp
#include <cstdio>
#include <stdexcept>
static volatile int weekday = 7;
struct Note {
    const char *name;
    explicit Note(const char *given, bool fails = false) : name(given) {
        if (fails) throw std::runtime_error("not today");
        std::printf("%s constructed\n", name);
    }
    ~Note() { std::printf("%s destroyed\n", name); }
};
static Note first("first");
static Note second("second", weekday == 7);
extern "C" int value() { return weekday + 10; }
