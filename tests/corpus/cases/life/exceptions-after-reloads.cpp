// about: exceptions are found in a library that was loaded a second and third time, and in one loaded between
// library thrower: thrower.cpp
// library other: other.cpp
// step: load thrower
// step: call thrower catches
// step: unload thrower
// step: load other
// step: load thrower
// step: call other other_catches
// step: call thrower catches
// step: unload other
// step: call thrower catches
// step: unload thrower
// step: load thrower
// step: call thrower catches
//--- thrower.cpp
#include <stdexcept>
static int calls;
extern "C" int catches() {
    try {
        throw std::runtime_error("four");
    } catch (const std::exception &error) {
        return error.what()[0] + ++calls;
    }
}
//--- other.cpp
#include <string>
static volatile int depth = 5;
static int descend(int left) {
    std::string text(static_cast<std::size_t>(left), 'x');
    if (!left) throw text + "thrown";
    return descend(left - 1) + static_cast<int>(text.size());
}
extern "C" int other_catches() {
    try {
        return descend(depth);
    } catch (const std::string &text) {
        return static_cast<int>(text.size()) - 1;
    }
}
