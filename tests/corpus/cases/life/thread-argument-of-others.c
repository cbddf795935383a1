// about: a thread that has begun is not of the library that memory it was given happens to lead to
// flags: -pthread
// library maker: maker.c
// library user: user.c with maker
// step: load user
// step: call user hand_over
// step: unload user
// step: call maker finish
// step: unload maker
// step: exit 0
//--- maker.c
#include <pthread.h>
#include <semaphore.h>
static pthread_t thread;
static sem_t begun, ended;
static void *argument[1];
static void *wait_for_end(void *unused) {
    (void)unused;
    sem_post(&begun);
    sem_wait(&ended);
    return argument;
}
void make_thread(void *word) {
    argument[0] = word;
    sem_init(&begun, 0, 0);
    sem_init(&ended, 0, 0);
    pthread_create(&thread, 0, wait_for_end, argument);
    sem_wait(&begun);
}
int finish(void) {
    void *result;
    sem_post(&ended);
    pthread_join(thread, &result);
    return result == argument;
}
//--- user.c
void make_thread(void *word);
int hand_over(void) {
    make_thread((void *)hand_over);
    return 7;
}
