// about: C++20's latch, barrier, semaphore and atomic wait synchronise threads
// flags: -pthread -std=c++20
#include <atomic>
#include <barrier>
#include <cstdio>
#include <latch>
#include <semaphore>
#include <thread>
#include <vector>
int main() {
    constexpr int count = 4;
    std::latch ready(count);
    int phases = 0;
    std::atomic<int> sum{0};
    std::barrier barrier(count, [&]() noexcept { std::printf("phase %d: sum %d\n", ++phases, sum.load()); });
    std::counting_semaphore<count> permits(2);
    std::atomic<int> inside{0}, most{0};
    std::vector<std::jthread> threads;
    for (int index = 1; index <= count; index++)
        threads.emplace_back([&, index] {
            ready.arrive_and_wait();
            for (int phase = 0; phase < 3; phase++) {
                sum += index;
                barrier.arrive_and_wait();
            }
            permits.acquire();
            int now = ++inside, seen = most;
            while (now > seen && !most.compare_exchange_weak(seen, now)) {}
            inside--;
            permits.release();
        });
    threads.clear();
    std::printf("never more than two inside: %s\n", most <= 2 ? "yes" : "no");
}
