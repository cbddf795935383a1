// about: a C++ library that lacks a function fails to load with the name as it is written; corrected it loads
// library user: user.cpp
// step: fails-load user absent(int, char const*)
// step: edit user.cpp return absent(1, text) => return 1
// step: load user
// step: call user value
// differs: a shared object that lacks a function is not built at all
//> fails-load user
//> edit user.cpp
//> load user
//> value = 1
//--- user.cpp
int absent(int number, const char *text);
static const char *const text = "text";
extern "C" int value() {
    const char *kept = text;
    return absent(1, text) + !kept;
}
