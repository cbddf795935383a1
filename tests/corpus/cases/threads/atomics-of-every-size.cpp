// about: atomics of one to eight bytes count right among threads; fences order plain writes
// flags: -pthread
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>
static std::atomic<unsigned char> bytes;
static std::atomic<short> shorts;
static std::atomic<long> longs;
static std::atomic<double> doubles;
static int payload;
static std::atomic_flag flag = ATOMIC_FLAG_INIT;
static std::atomic<bool> published;
int main() {
    std::vector<std::thread> threads;
    int guarded = 0;
    for (int index = 0; index < 4; index++)
        threads.emplace_back([&] {
            for (int count = 0; count < 1000; count++) {
                bytes++;
                shorts += 2;
                longs.fetch_sub(3);
                double seen = doubles;
                while (!doubles.compare_exchange_weak(seen, seen + 0.5)) {}
                while (flag.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
                guarded++;
                flag.clear(std::memory_order_release);
            }
        });
    std::thread writer([] {
        payload = 17;
        std::atomic_thread_fence(std::memory_order_release);
        published.store(true, std::memory_order_relaxed);
    });
    while (!published.load(std::memory_order_relaxed)) std::this_thread::yield();
    std::atomic_thread_fence(std::memory_order_acquire);
    int read = payload;
    writer.join();
    for (std::thread &thread : threads) thread.join();
    std::printf("%d %d %ld %.1f %d %d\n", bytes.load(), shorts.load(), longs.load(), doubles.load(), guarded, read);
}
