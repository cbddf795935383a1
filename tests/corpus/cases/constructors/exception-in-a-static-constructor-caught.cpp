// about: an exception thrown and caught inside a static constructor leaves the program as it was
#include <cstdio>
#include <stdexcept>
static int parse(const char *text) {
    if (!*text) throw std::invalid_argument("empty");
    return *text - '0';
}
static const char *volatile empty = "";
static struct Careful {
    int value;
    Careful() {
        try {
            value = parse(empty);
        } catch (const std::invalid_argument &error) {
            std::printf("caught in the constructor: %s\n", error.what());
            value = 8;
        }
    }
} careful;
int main() { std::printf("value %d\n", careful.value); }
