// about: shared_mutex lets readers in together and writers alone
// flags: -pthread
#include <atomic>
#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>
static std::shared_mutex mutex;
static int left, right;
int main() {
    std::atomic<int> torn{0}, readers{0};
    std::vector<std::thread> threads;
    for (int index = 0; index < 2; index++)
        threads.emplace_back([&] {
            std::shared_lock lock(mutex);
            readers++;
            while (readers < 2) {}
        });
    for (std::thread &thread : threads) thread.join();
    std::printf("%d readers inside together\n", readers.load());
    threads.clear();
    for (int index = 0; index < 4; index++)
        threads.emplace_back([&, index] {
            for (int count = 0; count < 2000; count++)
                if (index % 2) {
                    std::unique_lock lock(mutex);
                    left++;
                    right++;
                } else {
                    std::shared_lock lock(mutex);
                    torn += left != right;
                }
        });
    for (std::thread &thread : threads) thread.join();
    std::printf("%d written, torn reads: %d\n", left, torn.load());
}
