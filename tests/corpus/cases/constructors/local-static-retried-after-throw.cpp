// about: a local static whose constructor throws is constructed again at the next call, and destroyed once
#include <cstdio>
#include <stdexcept>
static volatile int attempts;
struct Stubborn {
    Stubborn() {
        attempts = attempts + 1;
        if (attempts < 3) throw std::runtime_error("not yet");
    }
    ~Stubborn() { std::puts("destroyed"); }
};
static int use() {
    static Stubborn object;
    return attempts;
}
int main() {
    for (int call = 0; call < 4; call++) {
        try {
            std::printf("constructed at attempt %d\n", use());
        } catch (const std::exception &error) {
            std::printf("failed: %s\n", error.what());
        }
    }
}
