// about: a throwing constructor destroys the bases, members and array elements that were finished, and frees the memory
#include <cstdio>
#include <cstdlib>
#include <new>
static int allocated;
struct Member {
    const char *name;
    explicit Member(const char *given) : name(given) {}
    ~Member() { std::printf("destroy %s\n", name); }
};
struct Base : Member {
    Base() : Member("base") {}
};
static volatile bool fails = true;
struct Whole : Base {
    Member first{"first"}, second{"second"};
    Whole() {
        if (fails) throw 3;
    }
    ~Whole() { std::puts("never"); }
    static void *operator new(std::size_t size) { allocated++; return std::malloc(size); }
    static void operator delete(void *memory) { allocated--; std::free(memory); }
};
struct Element {
    static inline int count;
    int number = ++count;
    Element() {
        if (number == 3) throw number;
    }
    ~Element() { std::printf("destroy element %d\n", number); }
};
int main() {
    try {
        delete new Whole;
    } catch (int value) {
        std::printf("caught %d, %d allocations left\n", value, allocated);
    }
    try {
        delete[] new Element[5];
    } catch (int value) {
        std::printf("caught %d\n", value);
    }
}
