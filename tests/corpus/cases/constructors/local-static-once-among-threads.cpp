// about: a local static that eight threads reach at once is constructed once, and all see it finished
// flags: -pthread
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>
static std::atomic<int> constructed;
struct Slow {
    int values[2000];
    Slow() {
        constructed++;
        for (int &value : values) value = 1;
    }
};
static int sum() {
    static Slow slow;
    int total = 0;
    for (int value : slow.values) total += value;
    return total;
}
int main() {
    std::atomic<int> waiting{8}, complete{0};
    std::vector<std::thread> threads;
    for (int index = 0; index < 8; index++)
        threads.emplace_back([&] {
            waiting--;
            while (waiting > 0) {}
            if (sum() == 2000) complete++;
        });
    for (std::thread &thread : threads) thread.join();
    std::printf("constructed %d time, complete for %d threads\n", constructed.load(), complete.load());
}
