// about: with -fvisibility=hidden a library keeps its own helper although the program has one of that name
// flags: -fvisibility=hidden -fvisibility-inlines-hidden
// library engine: engine.cpp
// program: main.cpp with engine
//--- engine.h
#define PUBLIC __attribute__((visibility("default")))
class PUBLIC Engine {
public:
    virtual ~Engine();
    virtual int power() const;
};
PUBLIC Engine *make_engine();
//--- engine.cpp
#include "engine.h"
int helper() { return 40; }
Engine::~Engine() {}
int Engine::power() const { return helper(); }
struct Strong : Engine {
    int power() const override { return helper() * 2; }
};
Engine *make_engine() { return new Strong; }
//--- main.cpp
#include "engine.h"
#include <cstdio>
int helper() { return 1; }
struct Mine : Engine {
    int power() const override { return Engine::power() + helper(); }
};
PUBLIC int main() {
    Mine mine;
    Engine *made = make_engine();
    std::printf("%d %d\n", mine.power(), made->power());
    delete made;
}
