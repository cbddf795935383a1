// about: thread-locals of a library that sixteen threads use at once are never shared
// flags: -pthread
// library sums: sums.cpp
// program: main.cpp with sums
// refused jit: thread-local
//--- sums.cpp
#include <vector>
static thread_local std::vector<int> numbers;
static thread_local long total;
void add(int number) {
    numbers.push_back(number);
    total += number;
}
long check() {
    long sum = 0;
    for (int number : numbers) sum += number;
    return sum == total ? sum : -1;
}
//--- main.cpp
#include <cstdio>
#include <thread>
#include <vector>
void add(int number);
long check();
int main() {
    std::vector<long> sums(16);
    std::vector<std::thread> threads;
    for (int index = 0; index < 16; index++)
        threads.emplace_back([&sums, index] {
            for (int count = 0; count < 5000; count++) add(index);
            sums[index] = check();
        });
    for (std::thread &thread : threads) thread.join();
    int right = 0;
    for (int index = 0; index < 16; index++) right += sums[index] == index * 5000L;
    std::printf("%d threads had sums of their own, main has %ld\n", right, check());
}
