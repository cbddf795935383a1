// about: constructor(n) functions and init_priority objects are one sequence, ordered by number
#include <cstdio>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
__attribute__((constructor(2500))) static void between() { std::puts("constructor 2500"); }
__attribute__((init_priority(3000))) Note object_3000("object 3000");
__attribute__((constructor(101))) static void very_first() { std::puts("constructor 101"); }
__attribute__((init_priority(2000))) Note object_2000("object 2000");
__attribute__((destructor(2500))) static void leave_between() { std::puts("destructor 2500"); }
__attribute__((destructor(101))) static void very_last() { std::puts("destructor 101"); }
int main() { std::puts("main runs"); }
