// about: std::function goes both ways between libraries, with captures that are copied and destroyed once each
// library events: events.cpp
// program: main.cpp with events
//--- events.h
#include <functional>
void subscribe(std::function<int(int)> handler);
std::function<int()> publisher(int value);
void clear();
//--- events.cpp
#include "events.h"
#include <memory>
#include <vector>
static std::vector<std::function<int(int)>> handlers;
void subscribe(std::function<int(int)> handler) { handlers.push_back(std::move(handler)); }
std::function<int()> publisher(int value) {
    return [kept = std::make_shared<int>(value)] {
        int sum = 0;
        for (auto &handler : handlers) sum += handler((*kept)++);
        return sum;
    };
}
void clear() { handlers.clear(); }
//--- main.cpp
#include "events.h"
#include <cstdio>
#include <memory>
static int twice(int value) { return value * 2; }
int main() {
    auto state = std::make_shared<int>(100);
    subscribe([state](int value) { return *state += value; });
    subscribe(twice);
    std::function<int()> publish = publisher(5);
    int first = publish(), second = publish();
    std::printf("%d %d\n", first, second);
    std::printf("%ld owners, target is a function: %s\n", state.use_count(),
                std::function<int(int)>(twice).target<int (*)(int)>() ? "yes" : "no");
    clear();
    std::printf("%ld owner\n", state.use_count());
}
