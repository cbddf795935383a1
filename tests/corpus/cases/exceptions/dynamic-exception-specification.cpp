// about: an exception outside a throw() list calls the unexpected handler, which may throw what is listed
// flags: -std=c++14 -Wno-deprecated-dynamic-exception-spec -Wno-deprecated-declarations
#include <cstdio>
#include <exception>
__attribute__((noinline)) static void listed(int value) throw(int) {
    if (value > 1) throw "text";
    throw value;
}
int main(int count, char **) {
    std::set_unexpected([] { throw 99; });
    for (int value = count; value < count + 2; value++)
        try {
            listed(value);
        } catch (int caught) {
            std::printf("caught %d\n", caught);
        }
}
