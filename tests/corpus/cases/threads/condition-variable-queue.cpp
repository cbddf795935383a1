// about: a queue with mutex and condition_variable in a library passes work between threads of the program
// flags: -pthread
// library queue: queue.cpp
// program: main.cpp with queue
//--- queue.h
struct Queue;
Queue *make_queue();
void push(Queue *queue, int value);
int pop(Queue *queue);
void destroy(Queue *queue);
//--- queue.cpp
#include "queue.h"
#include <condition_variable>
#include <deque>
#include <mutex>
struct Queue {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<int> values;
};
Queue *make_queue() { return new Queue; }
void push(Queue *queue, int value) {
    {
        std::lock_guard lock(queue->mutex);
        queue->values.push_back(value);
    }
    queue->changed.notify_one();
}
int pop(Queue *queue) {
    std::unique_lock lock(queue->mutex);
    queue->changed.wait(lock, [queue] { return !queue->values.empty(); });
    int value = queue->values.front();
    queue->values.pop_front();
    return value;
}
void destroy(Queue *queue) { delete queue; }
//--- main.cpp
#include "queue.h"
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>
int main() {
    Queue *queue = make_queue();
    std::atomic<long> sum{0};
    std::vector<std::thread> threads;
    for (int index = 0; index < 3; index++)
        threads.emplace_back([&] {
            while (int value = pop(queue)) sum += value;
        });
    for (int value = 1; value <= 1000; value++) push(queue, value);
    for (int index = 0; index < 3; index++) push(queue, 0);
    for (std::thread &thread : threads) thread.join();
    std::printf("sum %ld\n", sum.load());
    destroy(queue);
}
