// about: a thread_local object is constructed at first use on each thread and destroyed when that thread ends
// flags: -pthread
// refused jit: thread-local
#include <cstdio>
#include <thread>
struct Note {
    int value = 0;
    Note() { std::puts("construct"); }
    ~Note() { std::printf("destroy with %d\n", value); }
};
static thread_local Note note;
static void add(int value) { note.value += value; }
int main() {
    for (int number = 1; number <= 3; number++)
        std::thread([number] {
            add(number);
            add(number * 10);
        }).join();
    std::thread([] {}).join();
    add(7);
    std::puts("main returns");
}
