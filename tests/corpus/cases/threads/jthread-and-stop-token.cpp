// about: a jthread is asked to stop and joined by its destructor; stop callbacks run once
// flags: -pthread -std=c++20
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stop_token>
#include <thread>
int main() {
    std::mutex mutex;
    std::condition_variable_any changed;
    int steps = 0;
    {
        std::jthread thread([&](std::stop_token token) {
            std::stop_callback callback(token, [] { std::puts("stop callback"); });
            std::unique_lock lock(mutex);
            steps = 1;
            changed.notify_all();
            bool more = changed.wait(lock, token, [] { return false; });
            std::printf("woken, more work: %s\n", more ? "yes" : "no");
            steps = 2;
        });
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return steps == 1; });
        std::printf("first request: %s\n", thread.request_stop() ? "yes" : "no");
        std::printf("second request: %s\n", thread.request_stop() ? "yes" : "no");
    }
    std::printf("joined after step %d\n", steps);
}
