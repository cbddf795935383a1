// about: libraries still loaded at exit are destroyed once each, users before what they use
// library base: base.cpp
// library top: top.cpp with base
// step: load top
// step: call top use
// step: exit 3
//--- base.cpp
#include <cstdio>
static struct Log {
    int lines = 0;
    ~Log() { std::printf("log closes after %d lines\n", lines); }
} log_object;
void append(const char *text) { std::printf("log %d: %s\n", ++log_object.lines, text); }
//--- top.cpp
void append(const char *text);
static struct Top {
    Top() { append("top opens"); }
    ~Top() { append("top closes"); }
} top;
extern "C" int use() {
    append("used");
    return 0;
}
