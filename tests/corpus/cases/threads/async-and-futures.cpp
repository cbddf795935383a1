// about: std::async, promise and shared_future carry values and exceptions between threads
// flags: -pthread
// refused jit: thread-local
#include <cstdio>
#include <future>
#include <stdexcept>
#include <thread>
static int work(int value) {
    if (value == 3) throw std::invalid_argument("three");
    return value * value;
}
int main() {
    for (int value = 2; value < 5; value++) {
        std::future<int> result = std::async(std::launch::async, work, value);
        try {
            std::printf("async %d\n", result.get());
        } catch (const std::invalid_argument &error) {
            std::printf("async failed: %s\n", error.what());
        }
    }
    std::promise<int> promise;
    std::shared_future<int> shared = promise.get_future().share();
    std::future<int> sum = std::async(std::launch::async, [shared] { return shared.get() + 1; });
    std::future<int> lazy = std::async(std::launch::deferred, [shared] { return shared.get() + 2; });
    promise.set_value(40);
    std::printf("shared %d %d\n", sum.get(), lazy.get());
    std::packaged_task<int(int)> task(work);
    std::future<int> packaged = task.get_future();
    std::thread(std::move(task), 9).join();
    std::printf("packaged %d\n", packaged.get());
    std::future<int> broken = std::promise<int>().get_future();
    try {
        broken.get();
    } catch (const std::future_error &error) {
        std::printf("broken promise: %s\n", error.code() == std::future_errc::broken_promise ? "yes" : "no");
    }
}
