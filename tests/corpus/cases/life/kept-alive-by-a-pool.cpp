// about: a library whose own thread still runs is not unloaded, stays usable, and joins the thread at exit
// flags: -pthread
// library pool: pool.cpp
// step: load pool
// step: call pool run
// step: refused-unload pool runs its code
// step: call pool run
// step: exit 0
//--- pool.cpp
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
static struct Pool {
    std::mutex mutex;
    std::condition_variable changed;
    int asked = 0, done = 0;
    bool closed = false;
    std::thread thread{[this] {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return closed || asked > done; });
            if (closed) return;
            done++;
            changed.notify_all();
        }
    }};
    ~Pool() {
        {
            std::lock_guard lock(mutex);
            closed = true;
            changed.notify_all();
        }
        thread.join();
        std::printf("pool closed after %d\n", done);
    }
} pool;
extern "C" int run() {
    std::unique_lock lock(pool.mutex);
    pool.asked++;
    pool.changed.notify_all();
    pool.changed.wait(lock, [] { return pool.asked == pool.done; });
    return pool.done;
}
