// about: an extern thread_local of another unit is initialised through its wrapper at the first use on each thread
// flags: -pthread
// program: uses.cpp defines.cpp
// refused jit: thread-local
//--- uses.cpp
#include <cstdio>
#include <thread>
extern thread_local int number;
extern thread_local const int plain;
int main() {
    std::printf("main: %d %d\n", number, plain);
    std::thread([] { std::printf("thread: %d\n", number++); }).join();
    std::thread([] { std::printf("thread: %d\n", number++); }).join();
    std::printf("main: %d\n", number);
}
//--- defines.cpp
#include <atomic>
static std::atomic<int> next{100};
extern thread_local int number;
extern thread_local const int plain;
thread_local int number = next++;
thread_local const int plain = 5;
