// about: -fno-threadsafe-statics keeps the plain guard: constructed once, destroyed once
// flags: -fno-threadsafe-statics
#include <cstdio>
struct Note {
    Note() { std::puts("construct"); }
    ~Note() { std::puts("destroy"); }
    int value = 5;
};
static int use(int add) {
    static Note note;
    return note.value += add;
}
int main(int count, char **) {
    use(count);
    use(count);
    std::printf("value %d\n", use(count));
}
