// about: a detached thread that calls exit while main waits ends the program with its status
// flags: -pthread
#include <cstdio>
#include <cstdlib>
#include <semaphore.h>
#include <thread>
int main() {
    static sem_t never;
    sem_init(&never, 0, 0);
    std::atexit([] { std::puts("handler runs once"); });
    std::thread([] { std::exit(9); }).detach();
    while (sem_wait(&never)) {}
    std::puts("not reached");
}
