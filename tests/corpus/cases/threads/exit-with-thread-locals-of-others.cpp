// about: exit() destroys thread_local objects of the calling thread only
// flags: -pthread
// refused jit: thread-local
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>
struct Note {
    const char *name = "unnamed";
    ~Note() { std::printf("destroy %s\n", name); }
};
static thread_local Note note;
int main() {
    note.name = "main's";
    std::promise<void> ready;
    std::thread([&] {
        note.name = "the thread's";
        ready.set_value();
        std::promise<void> never;
        never.get_future().wait();
    }).detach();
    ready.get_future().wait();
    std::exit(2);
}
