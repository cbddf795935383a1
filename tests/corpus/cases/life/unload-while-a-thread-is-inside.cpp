// about: a library cannot be unloaded while a started thread is inside one of its functions
// flags: -pthread
// library worker: worker.cpp
// step: load worker
// step: start worker work
// step: call worker wait_for_work
// step: refused-unload worker thread
// step: call worker release
// step: join
// step: unload worker
//--- worker.cpp
#include <condition_variable>
#include <cstdio>
#include <mutex>
// Never destroyed: to destroy them while a thread waits would hang.
static std::mutex &mutex = *new std::mutex;
static std::condition_variable &changed = *new std::condition_variable;
static bool inside, released;
static struct Note {
    ~Note() { std::puts("destroy after the work"); }
} note;
extern "C" int work() {
    std::unique_lock lock(mutex);
    inside = true;
    changed.notify_all();
    changed.wait(lock, [] { return released; });
    return 0;
}
extern "C" int wait_for_work() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [] { return inside; });
    return inside;
}
extern "C" int release() {
    std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
    return released;
}
