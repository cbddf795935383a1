// about: _Unwind_Backtrace and backtrace walk from a callback through a library and the program to main's caller
// library walker: walker.cpp
// program: main.cpp with walker
//--- walker.cpp
__attribute__((noinline)) int descend(int depth, int (*callback)()) {
    int result = depth ? descend(depth - 1, callback) : callback();
    return result + 1;
}
//--- main.cpp
#include <cstdio>
#include <execinfo.h>
#include <unwind.h>
int descend(int depth, int (*callback)());
int main();
static int frames, in_main, traced;
static _Unwind_Reason_Code step(_Unwind_Context *context, void *) {
    frames++;
    void *function = _Unwind_FindEnclosingFunction(reinterpret_cast<void *>(_Unwind_GetIP(context) - 1));
    if (function == reinterpret_cast<void *>(&main)) in_main++;
    return _URC_NO_REASON;
}
__attribute__((noinline)) static int callback() {
    _Unwind_Backtrace(step, nullptr);
    void *addresses[200];
    traced = backtrace(addresses, 200);
    return 0;
}
int main() {
    int (*volatile called)() = callback;
    std::printf("depth %d\n", descend(20, called));
    std::printf("backtrace has at least 22 frames: %s\n", traced >= 22 ? "yes" : "no");
    std::printf("at least 22 frames: %s, main found %d time\n", frames >= 22 ? "yes" : "no", in_main);
    frames = in_main = 0;
    descend(3, called);
    std::printf("main found %d time\n", in_main);
}
