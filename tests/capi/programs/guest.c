/* libnlib as a guest: opened at run time, in a process that may hold another LLVM (named on the command
   line), with nothing left to chance about what it maps and which signals kill it. */
#include <dirent.h>
#include <dlfcn.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static int is_mapped(const char *name) {
    char line[4096];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps != NULL);
    while (fgets(line, sizeof line, maps))
        found |= strstr(line, name) != NULL;
    fclose(maps);
    return found;
}

/* Whether the process of this entry of /proc is a worker of this one, which is not its parent: the worker's
   arguments say whose it is. */
static int is_own_worker(const char *entry) {
    char path[300], words[4096], host[32];
    int length = snprintf(host, sizeof host, "--host=%d", (int)getpid());
    snprintf(path, sizeof path, "/proc/%s/cmdline", entry);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    size_t read = fread(words, 1, sizeof words - 1, file);
    fclose(file);
    words[read] = 0;
    for (size_t at = 0; at < read; at += strlen(words + at) + 1)
        if (strncmp(words + at, host, (size_t)length + 1) == 0)
            return 1;
    return 0;
}

/* Ends this process's workers, so that the next request meets a closed socket. */
static int kill_workers(void) {
    int killed = 0;
    DIR *processes = opendir("/proc");
    CHECK(processes != NULL);
    for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        if (is_own_worker(entry->d_name)) {
            /* One of the two of a worker may have gone with the other. */
            killed += kill(atoi(entry->d_name), SIGKILL) == 0;
        }
    }
    closedir(processes);
    return killed;
}

static void load(nlib_ctx *context, const char *text, int expected) {
    nlib_source source = text_source("c++", text);
    nlib_request request = of_source(&source);
    nlib_lib *library = NULL;
    WORKS(nlib_load(context, &request, &library));
    CHECK(call(library, "value()") == expected);
    WORKS(nlib_unload(library));
    nlib_release(library);
}

typedef void *(*create)(void);
typedef void (*dispose)(void *);

int main(int count, char **arguments) {
    union {
        void *address;
        create function;
    } make = {NULL};
    union {
        void *address;
        dispose function;
    } end = {NULL};
    if (count > 1) {
        /* The other LLVM, every symbol of it global, and at work. */
        void *other = dlopen(arguments[1], RTLD_NOW | RTLD_GLOBAL);
        if (!other)
            printf("%s\n", dlerror());
        CHECK(other != NULL);
        make.address = dlsym(other, "LLVMContextCreate");
        end.address = dlsym(other, "LLVMContextDispose");
        CHECK(make.address && end.address);
    } else {
        CHECK(!is_mapped("libLLVM"));
    }
    void *llvm = make.address ? make.function() : NULL;

    nlib_ctx *context = opened();
    load(context, "int value() { return 1; }\n", 1);
    load(context, "#include <string>\nint value() { return std::string(\"four\").size(); }\n", 4);
    CHECK(!is_mapped("libclang") && !is_mapped("lld"));
    CHECK(count > 1 || !is_mapped("libLLVM"));

    /* A host has not asked for SIGPIPE to be ignored. */
    CHECK(kill_workers() > 0);
    nlib_source source = text_source("c++", "int value() { return 2; }\n");
    nlib_request request = of_source(&source);
    nlib_lib *library = NULL;
    nlib_error_free(nlib_load(context, &request, &library));
    nlib_release(library);
    load(context, "int value() { return 3; }\n", 3);

    if (llvm) {
        end.function(llvm);
        end.function(make.function());
    }
    nlib_close(context);
    puts("a good guest");
    return 0;
}
