// about: pthread_exit unwinds a thread's C++ frames: destructors run, catch (...) sees it and passes it on
// flags: -pthread
#include <cstdio>
#include <pthread.h>
struct Note {
    const char *name;
    ~Note() { std::printf("destroy %s\n", name); }
};
static void *work(void *) {
    Note outer{"outer"};
    try {
        Note inner{"inner"};
        pthread_exit(reinterpret_cast<void *>(21L));
    } catch (...) {
        std::puts("catch all");
        throw;
    }
    return nullptr;
}
int main() {
    pthread_t thread;
    void *result;
    pthread_create(&thread, nullptr, work, nullptr);
    pthread_join(thread, &result);
    std::printf("result %ld\n", reinterpret_cast<long>(result));
}
