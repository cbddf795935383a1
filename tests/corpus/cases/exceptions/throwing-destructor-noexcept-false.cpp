// about: a destructor with noexcept(false) may throw, and the objects around it are still destroyed
#include <cstdio>
struct Note {
    ~Note() { std::puts("the note is destroyed"); }
};
struct Throws {
    int value;
    ~Throws() noexcept(false) { throw value; }
};
int main(int count, char **) {
    try {
        Note before;
        Throws throws{count * 12};
    } catch (int value) {
        std::printf("caught %d\n", value);
    }
}
