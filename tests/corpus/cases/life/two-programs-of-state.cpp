// about: two libraries of equal public and private names, loaded side by side, keep their state apart over reloads
// library one: one.cpp
// library two: two.cpp
// step: load one
// step: load two
// step: call one bump
// step: call two bump
// step: call one bump
// step: unload one
// step: call two bump
// step: load one
// step: call one bump
// step: call two bump
// step: unload two
// step: call one bump
//--- one.cpp
#include <vector>
std::vector<int> history;
int increment = 1;
static int sum() {
    int total = 0;
    for (int value : history) total += value;
    return total;
}
extern "C" int bump() {
    history.push_back(increment);
    return sum();
}
//--- two.cpp
#include <map>
std::map<int, long> history;
int increment = 100;
static int sum() { return static_cast<int>(history.size()) * increment; }
extern "C" int bump() {
    history[static_cast<int>(history.size())] = increment;
    return sum();
}
