// about: handlers of pthread_atfork run around fork: prepare in reverse, parent and child in order
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void say(const char *text) { write(1, text, strlen(text)); }
static void prepare1(void) { say("prepare 1\n"); }
static void prepare2(void) { say("prepare 2\n"); }
static void parent1(void) { say("parent 1\n"); }
static void parent2(void) { say("parent 2\n"); }
static int gate[2];
static void child1(void) {
  char byte;
  close(gate[1]);
  read(gate[0], &byte, 1); // until the parent has said its lines
  say("child 1\n");
}
static void child2(void) { say("child 2\n"); }
int main(void) {
  pipe(gate);
  pthread_atfork(prepare1, parent1, child1);
  pthread_atfork(prepare2, parent2, child2);
  pid_t child = fork();
  if (child == 0) {
    say("in the child\n");
    _exit(5);
  }
  close(gate[0]);
  close(gate[1]);
  int status;
  waitpid(child, &status, 0);
  say(WEXITSTATUS(status) == 5 ? "the child ended with 5\n" : "the child ended otherwise\n");
}
