// about: exit() called by another thread destroys the static objects once, on that thread
// flags: -pthread
#include <cstdio>
#include <cstdlib>
#include <thread>
static std::thread::id exiting;
struct Note {
    ~Note() { std::printf("destroyed on the exiting thread: %s\n", exiting == std::this_thread::get_id() ? "yes" : "no"); }
};
static Note note;
int main() {
    std::thread leaves([] {
        exiting = std::this_thread::get_id();
        std::exit(3);
    });
    leaves.join();
    std::puts("not reached");
}
