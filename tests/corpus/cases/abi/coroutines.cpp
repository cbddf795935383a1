// about: C++20 coroutines suspend, resume on another thread, pass exceptions and destroy their frames
// flags: -std=c++20 -pthread
#include <coroutine>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>
struct Generator {
    struct promise_type {
        int value = 0;
        std::exception_ptr error;
        Generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int next) { value = next; return {}; }
        void return_void() {}
        void unhandled_exception() { error = std::current_exception(); }
    };
    std::coroutine_handle<promise_type> handle;
    Generator(std::coroutine_handle<promise_type> given) : handle(given) {}
    Generator(Generator &&other) : handle(std::exchange(other.handle, {})) {}
    ~Generator() { if (handle) handle.destroy(); }
    bool next() {
        handle.resume();
        if (handle.promise().error) std::rethrow_exception(handle.promise().error);
        return !handle.done();
    }
};
struct Note {
    ~Note() { std::puts("frame destroyed"); }
};
static Generator count(int from, int fails_at) {
    Note note;
    for (int value = from;; value++) {
        if (value == fails_at) throw std::runtime_error("generator failed");
        co_yield value;
    }
}
int main(int arguments, char **) {
    {
        Generator numbers = count(arguments, 100);
        numbers.next();
        std::thread([&] { numbers.next(); }).join();
        std::printf("value %d\n", numbers.handle.promise().value);
    }
    Generator fails = count(5, 6);
    try {
        while (fails.next()) std::printf("value %d\n", fails.handle.promise().value);
    } catch (const std::runtime_error &error) {
        std::printf("caught %s\n", error.what());
    }
}
