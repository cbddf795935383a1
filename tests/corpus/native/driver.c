// Runs a script of steps with dlopen, dlsym and dlclose, and prints what nlib-corpus-driver prints
// for the same steps. `open` loads what is not loaded yet; `say` prints; the rest is in step.rs.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4096 };

struct library {
  char name[128];
  char path[512];
  void *handle;
};

static struct library libraries[MOST];
static int loaded;
static pthread_t threads[MOST];
static int started;

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  _Exit(99);
}

// The place of the library of this name that was loaded last.
static int find(const char *name) {
  for (int i = loaded - 1; i >= 0; i--)
    if (!strcmp(libraries[i].name, name))
      return i;
  fail(name);
  return -1;
}

static void *symbol(const char *library, const char *name) {
  void *found = dlsym(libraries[find(library)].handle, name);
  if (!found)
    fail(dlerror());
  return found;
}

static void open_library(const char *name, const char *path) {
  for (int i = 0; i < loaded; i++)
    if (!strcmp(libraries[i].path, path))
      return;
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    fail(dlerror());
  struct library *library = &libraries[loaded++];
  snprintf(library->name, sizeof library->name, "%s", name);
  snprintf(library->path, sizeof library->path, "%s", path);
  library->handle = handle;
}

static void unload(const char *name) {
  int place = find(name);
  void *handle = libraries[place].handle;
  memmove(&libraries[place], &libraries[place + 1], (loaded - place - 1) * sizeof *libraries);
  loaded--;
  if (dlclose(handle))
    fail(dlerror());
}

static void *call(void *function) {
  return (void *)(long)((int (*)(void))function)();
}

static pthread_t start(const char *library, const char *function) {
  pthread_t thread;
  if (pthread_create(&thread, 0, call, symbol(library, function)))
    fail("no thread");
  return thread;
}

int main(int count, char **arguments) {
  FILE *script = count == 2 ? fopen(arguments[1], "re") : 0;
  if (!script)
    fail("the script cannot be read");
  char line[1024];
  while (fgets(line, sizeof line, script)) {
    char word[32], library[128] = "", rest[800] = "";
    line[strcspn(line, "\n")] = 0;
    sscanf(line, "%31s %127s %799s", word, library, rest);
    if (!strcmp(word, "say")) {
      puts(line + 4);
    } else if (!strcmp(word, "open")) {
      open_library(library, rest);
    } else if (!strcmp(word, "unload")) {
      printf("unload %s\n", library);
      unload(library);
    } else if (!strcmp(word, "call")) {
      int value = (int)(long)call(symbol(library, rest));
      printf("%s = %d\n", rest, value);
    } else if (!strcmp(word, "thread")) {
      void *value;
      pthread_join(start(library, rest), &value);
      printf("%s on a thread = %d\n", rest, (int)(long)value);
    } else if (!strcmp(word, "text")) {
      const char *text = ((const char *(*)(void))symbol(library, rest))();
      printf("%s: %s\n", rest, text);
    } else if (!strcmp(word, "start")) {
      printf("start %s\n", rest);
      threads[started++] = start(library, rest);
    } else if (!strcmp(word, "join")) {
      while (started)
        pthread_join(threads[--started], 0);
      puts("joined");
    } else if (!strcmp(word, "exit")) {
      printf("exit %s\n", library);
      exit(atoi(library));
    } else {
      fail(line);
    }
  }
  fclose(script);
  return 0;
}
