// about: a program ends while detached threads still run in it
// flags: -pthread -std=c++20
#include <atomic>
#include <cstdio>
#include <thread>
static std::atomic<int> running;
static std::atomic<bool> never;
struct Note {
    ~Note() { std::printf("static object destroyed while %d threads run\n", running.load()); }
};
static Note note;
int main() {
    for (int index = 0; index < 4; index++)
        std::thread([] {
            running++;
            running.notify_all();
            never.wait(false);
        }).detach();
    for (int seen; (seen = running.load()) < 4;) running.wait(seen);
    std::puts("main returns");
    return 5;
}
