// about: a library's pool of threads, a static object, runs the program's work and joins its threads at exit
// flags: -pthread -std=c++20
// library pool: pool.cpp
// program: main.cpp with pool
//--- pool.cpp
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>
static struct Pool {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> work;
    bool closed = false;
    int ran = 0;
    std::vector<std::thread> threads;
    Pool() {
        for (int index = 0; index < 3; index++) threads.emplace_back([this] { serve(); });
    }
    ~Pool() {
        {
            std::lock_guard lock(mutex);
            closed = true;
        }
        changed.notify_all();
        for (std::thread &thread : threads) thread.join();
        std::printf("pool closed after %d pieces of work\n", ran);
    }
    void serve() {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return closed || !work.empty(); });
            if (work.empty()) return;
            std::function<void()> function = std::move(work.front());
            work.pop_front();
            ran++;
            lock.unlock();
            function();
            lock.lock();
        }
    }
} pool;
void submit(std::function<void()> function) {
    std::lock_guard lock(pool.mutex);
    pool.work.push_back(std::move(function));
    pool.changed.notify_one();
}
//--- main.cpp
#include <atomic>
#include <cstdio>
#include <functional>
void submit(std::function<void()> function);
static std::atomic<int> sum;
int main() {
    std::atomic<int> left{50};
    for (int value = 1; value <= 50; value++)
        submit([&left, value] {
            sum += value;
            if (--left == 0) left.notify_all();
        });
    for (int seen; (seen = left.load()) > 0;) left.wait(seen);
    std::printf("sum %d\n", sum.load());
}
