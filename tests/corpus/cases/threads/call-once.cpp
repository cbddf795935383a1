// about: std::call_once runs once among threads, and again after an exception
// flags: -pthread
// refused jit: thread-local
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>
static std::once_flag flag;
static int attempts, done;
static void work() {
    if (++attempts < 3) throw std::runtime_error("again");
    done++;
}
int main() {
    for (int index = 0; index < 2; index++)
        try {
            std::call_once(flag, work);
        } catch (const std::runtime_error &error) {
            std::printf("failed: %s\n", error.what());
        }
    std::vector<std::thread> threads;
    for (int index = 0; index < 8; index++) threads.emplace_back([] { std::call_once(flag, work); });
    for (std::thread &thread : threads) thread.join();
    std::printf("%d attempts, done %d time\n", attempts, done);
}
