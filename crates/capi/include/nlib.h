/*
 * nlib.h - native libraries loaded from their sources.
 *
 *     nlib_options options = NLIB_OPTIONS_INIT;
 *     nlib_ctx *context = NULL;
 *     nlib_lib *library = NULL;
 *     void *address = NULL;
 *     nlib_error *error = nlib_open(&options, &context);
 *     if (!error) {
 *         nlib_request request = NLIB_REQUEST_INIT;
 *         request.library = "flecs.c";
 *         error = nlib_load(context, &request, &library);
 *     }
 *     if (!error) error = nlib_symbol(library, "ecs_init", &address);
 *     if (error) {
 *         fprintf(stderr, "%s\n", nlib_error_message(error));
 *         nlib_error_free(error);
 *     }
 *
 * What holds for every function:
 *
 * Errors. A function that can fail returns an `nlib_error *`: NULL when it succeeded, else an error
 * that is yours to free with nlib_error_free. What it would have given through its last parameter is
 * then NULL. Nothing prints, ends the process or lets an exception out; a fault inside nlib is an
 * error of the kind NLIB_ERROR_INTERNAL. A failed call leaves nothing behind, and a corrected one works.
 *
 * Handles. `nlib_ctx`, `nlib_lib`, `nlib_error`, `nlib_object`, `nlib_task` and `nlib_interface` are tokens, not addresses: they are
 * never to be read through. One that is NULL, that was freed or is of another type is recognised, and is
 * an error of the kind NLIB_ERROR_HANDLE. Functions that free take NULL and what was freed already.
 *
 * Threads. Every function may be called by any thread, also by several at once with the same handle. A
 * string or structure that is read must not change during the call. A library is compiled once however
 * many threads ask for it; the others wait. Constructors of a library run on the thread that loads it.
 *
 * Strings are UTF-8 and end with a NUL byte. Those that you give are copied and need not outlive the
 * call. Those that you get belong to the handle that they were asked of and end with it.
 *
 * Structures whose first member is `struct_size` may become longer in later versions of nlib: start
 * with the NLIB_..._INIT of their type, which states the size that your program was compiled with. The
 * others never change.
 *
 * Booleans are integers: 0 is false, anything else is true.
 */
#ifndef NLIB_H
#define NLIB_H

#include <stddef.h>
#include <stdint.h>

/* The version of nlib that this header belongs to. */
#define NLIB_VERSION_MAJOR 0
#define NLIB_VERSION_MINOR 1
#define NLIB_VERSION_PATCH 0
#define NLIB_VERSION (NLIB_VERSION_MAJOR * 1000000 + NLIB_VERSION_MINOR * 1000 + NLIB_VERSION_PATCH)

#ifndef NLIB_API
#if defined(__GNUC__)
#define NLIB_API __attribute__((visibility("default")))
#else
#define NLIB_API
#endif
#endif

/* An error or NULL; a compiler that can warns when it is thrown away. */
#if defined(__GNUC__)
#define NLIB_RESULT NLIB_API __attribute__((warn_unused_result))
#else
#define NLIB_RESULT NLIB_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What loads libraries: a cache, the compiler's processes, and what was loaded so far. */
typedef struct nlib_ctx nlib_ctx;
/* A loaded library. */
typedef struct nlib_lib nlib_lib;
/* Why a call failed. It does not change. */
typedef struct nlib_error nlib_error;
/* The object code of a library. It does not change. */
typedef struct nlib_object nlib_object;
/* A load that goes on beside the program. */
typedef struct nlib_task nlib_task;
/* What the public headers of a library declare. It does not change. */
typedef struct nlib_interface nlib_interface;

/* ---- Version ---------------------------------------------------------------------------------- */

/* NLIB_VERSION of the library that is running. */
NLIB_API uint32_t nlib_version(void);

/* Its version as text, "0.1.0". Valid for ever. */
NLIB_API const char *nlib_version_string(void);

/*
 * Whether the running library can do something that others may not: "jit", "image" (the linkers),
 * "manifest-text", "source-text", "object", "host-symbols", "c++-names", "tasks", "interfaces". False for NULL and for words
 * that it does not know.
 */
NLIB_API int nlib_has(const char *capability);

/* ---- Errors ----------------------------------------------------------------------------------- */

/* What an error is about. The numbers never change; new ones may be added. */
typedef uint32_t nlib_error_kind;
enum {
    NLIB_OK = 0,
    NLIB_ERROR_COMPILE = 1,   /* The source does not compile; see the diagnostics. */
    NLIB_ERROR_USAGE = 2,     /* The request makes no sense: an unknown library, a bad flag. */
    NLIB_ERROR_MANIFEST = 3,  /* A manifest or project file is wrong; see the diagnostics. */
    NLIB_ERROR_LINK = 4,      /* Symbols do not resolve, or a constructor threw. */
    NLIB_ERROR_TOOLCHAIN = 5, /* The compiler cannot be used. */
    NLIB_ERROR_IO = 6,        /* The cache, the network or the file system. */
    NLIB_ERROR_SYMBOL = 7,    /* The library has no such symbol; see the near names. */
    NLIB_ERROR_AMBIGUOUS = 8, /* A C++ name is overloaded; the near names are the overloads. */
    NLIB_ERROR_IN_USE = 9,    /* The library cannot be unloaded now; it stays as it was. */
    NLIB_ERROR_UNLOADED = 10, /* The library was unloaded. */
    NLIB_ERROR_ARGUMENT = 11, /* NULL where something is needed, a wrong size, bytes that are no UTF-8. */
    NLIB_ERROR_HANDLE = 12,   /* A handle that is NULL, was freed, or is of another type. */
    NLIB_ERROR_CANCELLED = 13, /* Somebody cancelled the task. */
    NLIB_ERROR_INTERNAL = 70  /* A fault inside nlib; please report it. */
};

/* How bad a diagnostic is. */
typedef uint32_t nlib_severity;
enum {
    NLIB_SEVERITY_REMARK = 1,
    NLIB_SEVERITY_NOTE = 2, /* More about the diagnostic before it. */
    NLIB_SEVERITY_WARNING = 3,
    NLIB_SEVERITY_ERROR = 4
};

/* One message of the compiler or about a manifest. */
typedef struct nlib_diagnostic {
    size_t struct_size;
    nlib_severity severity;
    uint32_t line;       /* From 1; 0 when the message has no place. */
    uint32_t column;     /* From 1, in bytes for a compiler's message; 0 when it has no place. */
    uint32_t reserved;   /* 0. */
    const char *file;    /* As the compiler names it; "" when the message has no place. */
    const char *text;    /* The message, without place and severity. */
    const char *option;  /* The warning's option, "-Wunused-variable"; "" without one. */
    const char *library; /* The library that was being made. */
    const char *unit;    /* Its source file; "" for a manifest. */
} nlib_diagnostic;
#define NLIB_DIAGNOSTIC_INIT { sizeof(nlib_diagnostic), 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL }

/* What it is about. NLIB_OK for NULL, NLIB_ERROR_HANDLE for what is no error. */
NLIB_API nlib_error_kind nlib_error_get_kind(const nlib_error *error);

/* What is wrong, where, and what to do; several lines sometimes. "" for what is no error. */
NLIB_API const char *nlib_error_message(const nlib_error *error);

/* How many diagnostics it has. 0 for what is no error. */
NLIB_API size_t nlib_error_diagnostic_count(const nlib_error *error);

/*
 * Writes the diagnostic at `index` into `*diagnostic`, whose struct_size says how much is written.
 * Returns whether there is one; `*diagnostic` is not touched otherwise.
 */
NLIB_API int nlib_error_diagnostic(const nlib_error *error, size_t index, nlib_diagnostic *diagnostic);

/* How many names were probably meant: symbols, libraries. 0 for what is no error. */
NLIB_API size_t nlib_error_near_count(const nlib_error *error);

/* The one at `index`, the nearest first. NULL when there is none. */
NLIB_API const char *nlib_error_near(const nlib_error *error, size_t index);

/* Frees an error and its strings. */
NLIB_API void nlib_error_free(nlib_error *error);

/* ---- Contexts --------------------------------------------------------------------------------- */

/* How the cache is used. */
typedef uint32_t nlib_cache_mode;
enum {
    NLIB_CACHE_DEFAULT = 0,   /* As the variable NLIB_CACHE says; else NLIB_CACHE_ON. */
    NLIB_CACHE_ON = 1,        /* Hits are used, what is made is stored. */
    NLIB_CACHE_OFF = 2,       /* There is none. */
    NLIB_CACHE_READ_ONLY = 3, /* Hits are used, nothing is stored. */
    NLIB_CACHE_RECACHE = 4    /* Hits are ignored, what is made is stored. */
};

/* How much a log message matters. */
typedef uint32_t nlib_log_level;
enum {
    NLIB_LOG_WARNING = 1, /* Something is wrong that does not stop the work; the compiler's warnings. */
    NLIB_LOG_INFO = 2,    /* What is fetched, compiled, loaded. */
    NLIB_LOG_DEBUG = 3    /* Everything else. */
};

/*
 * Told what nlib does, by whichever thread does it, several at once, also threads of nlib's own. `data` is
 * what the options hold. The message is valid during the call. It must return: neither by an exception nor
 * by longjmp. It may call nothing of nlib's but what is about errors and versions.
 */
typedef void (*nlib_log_callback)(void *data, nlib_log_level level, const char *message);

/* What happened. */
typedef uint32_t nlib_progress_kind;
enum {
    NLIB_PROGRESS_FETCH = 1,           /* Sources of `library` are brought. */
    NLIB_PROGRESS_COMPILES = 2,        /* `count` units have to be compiled. */
    NLIB_PROGRESS_COMPILE_STARTED = 3, /* `unit` of `library` is compiled. */
    NLIB_PROGRESS_UNIT_READY = 4,      /* It is there; `cached` when the cache had it. */
    NLIB_PROGRESS_UNIT_FAILED = 5,     /* It does not compile; the load's error says why. */
    NLIB_PROGRESS_LOADED = 6           /* `library` is loaded. */
};

/* A step of a load. */
typedef struct nlib_progress {
    size_t struct_size; /* That of the running library. */
    nlib_progress_kind kind;
    uint32_t cached;
    const char *library; /* "" where there is none. */
    const char *unit;    /* "" where there is none. */
    uint64_t count;
    uint64_t elapsed_ns; /* Nanoseconds that the step took; 0 while it is not done. */
} nlib_progress;

/* Told each step of a load. As nlib_log_callback; `progress` is valid during the call. */
typedef void (*nlib_progress_callback)(void *data, const nlib_progress *progress);

/* What a context is made of. What is 0 or NULL is as the environment says (docs/environment.md). */
typedef struct nlib_options {
    size_t struct_size;
    const char *cache_directory; /* The cache's folder. */
    const char *worker;          /* The program nlib-worker; else the one installed with libnlib (or,
                                    for the static libnlib, with this program), else with the nlib on
                                    PATH, else under /usr/local or /usr. */
    const char *project_folder;  /* The project of this folder (docs/project.md); none when NULL. */
    const char *profile;         /* For requests that name none; "release" when NULL. */
    const char *const *library_path; /* Folders with manifests, before those of the environment. */
    size_t library_path_count;
    nlib_cache_mode cache_mode;
    uint32_t offline; /* Fetch nothing over the network. */
    uint32_t jobs;    /* How many units are compiled at once; the number of processors when 0. */
    uint32_t reserved; /* 0. */
    nlib_log_callback log;
    void *log_data;
    nlib_progress_callback progress;
    void *progress_data;
} nlib_options;
#define NLIB_OPTIONS_INIT                                                                           \
    { sizeof(nlib_options), NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL }

/*
 * Makes a context. `options` may be NULL. No process is started and no compiler mapped before something
 * has to be compiled; the compiler then runs in processes of its own.
 */
NLIB_RESULT nlib_error *nlib_open(const nlib_options *options, nlib_ctx **context);

/*
 * Frees a context: waits for what is being written into the cache and ends the compiler's processes. Calls
 * of other threads that use it go on to their end, and so does what they need of it. Libraries stay
 * loaded, and their symbols can be looked up; they can no longer be unloaded.
 */
NLIB_API void nlib_close(nlib_ctx *context);

/* ---- Loading ---------------------------------------------------------------------------------- */

/* One part of a library that has no manifest: a file, or what is in memory. */
typedef struct nlib_source {
    const char *path;     /* A file; or NULL, and the rest counts. */
    const char *name;     /* The name in messages and __FILE__; "<code>" when NULL. */
    const char *language; /* "c", "c++", "assembler", "ir", "object", "archive", ...; NULL: as the first
                             bytes or the name say, else C. */
    const void *data;     /* The text or the bytes: source, an object, an archive, LLVM IR or bitcode. */
    size_t size;          /* How many bytes. */
} nlib_source;

/* A name with a value. */
typedef struct nlib_pair {
    const char *name;
    const char *value; /* A define without a value when NULL. */
} nlib_pair;

/*
 * A function or variable of the host that a library may use: of the type that the library declares under
 * that name, fit for the threads that will use it, and there as long as the library is loaded.
 */
typedef struct nlib_host_symbol {
    const char *name; /* In C++ the mangled one. */
    void *address;
} nlib_host_symbol;

/* Which linker is used. */
typedef uint32_t nlib_linker;
enum {
    NLIB_LINKER_AUTO = 0,  /* Whichever is faster and can. */
    NLIB_LINKER_JIT = 1,   /* JITLink, into memory of this process. */
    NLIB_LINKER_IMAGE = 2  /* lld makes an image in the cache; the system's loader maps it. */
};

/* What is asked for. Exactly one of `library`, `manifest_text` and `sources` says what it is. */
typedef struct nlib_request {
    size_t struct_size;
    /* A name, "flecs" or "flecs@4[core]"; or the path of a manifest (.json) or of a source file. */
    const char *library;
    /* The text of a manifest, and the folder that its paths are relative to (the working directory when
       NULL). */
    const char *manifest_text;
    const char *manifest_folder;
    /* Sources that are one library together. */
    const nlib_source *sources;
    size_t source_count;
    /* The library's name where there is no manifest; else it is called like the first source. */
    const char *name;
    /* "release", "dev" or one of the manifest's; that of the context when NULL. */
    const char *profile;
    /* Compiler flags, after those of the manifest, of defines and of include_dirs. */
    const char *const *flags;
    size_t flag_count;
    /* -DNAME=VALUE */
    const nlib_pair *defines;
    size_t define_count;
    /* -IFOLDER */
    const char *const *include_dirs;
    size_t include_dir_count;
    /* Libraries (names, manifests) that sources are compiled against and linked to. */
    const char *const *with;
    size_t with_count;
    /* Libraries of the system by link name ("m"), besides those of the manifest. */
    const char *const *system_libraries;
    size_t system_library_count;
    /* Features and options of the manifest. */
    const char *const *features;
    size_t feature_count;
    const nlib_pair *options;
    size_t option_count;
    /* What the host grants to this library and to no other. It is then linked with the jit linker. */
    const nlib_host_symbol *host_symbols;
    size_t host_symbol_count;
    /* Libraries whose symbols go before the library's own. It is then linked with the jit linker. */
    const char *const *overlays;
    size_t overlay_count;
    nlib_linker linker;
    /* Look unresolved symbols up in the libraries of the system. */
    uint32_t auto_libraries;
    /* Leave the manifest's default features off. */
    uint32_t no_default_features;
    uint32_t reserved; /* 0. */
} nlib_request;
#define NLIB_REQUEST_INIT                                                                           \
    {                                                                                               \
        sizeof(nlib_request), NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, 0, NULL, 0,     \
            NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, 0, 0, 0, 0                        \
    }

/*
 * Loads a library, and before it everything that it depends on: from the cache, or compiled now, which
 * may take as long as its compiler does. Its constructors have run when this returns. A library that is
 * loaded already and unchanged is given again, by another handle.
 *
 * The handle is yours: nlib_release or nlib_unload ends it.
 */
NLIB_RESULT nlib_error *nlib_load(nlib_ctx *context, const nlib_request *request, nlib_lib **library);

/* The library's name. "" for what is no library, and after it was unloaded. */
NLIB_API const char *nlib_name(const nlib_lib *library);

/* Which linker loaded it. NLIB_LINKER_AUTO for what is no library, and after it was unloaded. */
NLIB_API nlib_linker nlib_linked_by(const nlib_lib *library);

/* Frees a handle. The library stays loaded, and so do its thunks, until the last handle unloads it. */
NLIB_API void nlib_release(nlib_lib *library);

/*
 * Unloads a library with its thunks: its destructors run on this thread, and its memory is given back. Every
 * address in them is invalid then. The handle stays, so that later calls with it are errors of the kind
 * NLIB_ERROR_UNLOADED and nothing worse; free it with nlib_release.
 *
 * Refused with NLIB_ERROR_IN_USE, the library staying as it was, while another library is linked against
 * it, there is another handle to it, a thread runs its code, or another thread holds thread-local objects
 * of it. Whether the calling thread is inside the library shows as far as its stack can be unwound: a host
 * whose own frames cannot be (those of some just-in-time compilers) has to see itself that it does not unload
 * a library from a callback of it.
 */
NLIB_RESULT nlib_error *nlib_unload(nlib_lib *library);

/* ---- Loading beside the program --------------------------------------------------------------- */

/*
 * Told once that a task is done, by the thread that loaded, however it ended; the context of the task may
 * be closed then. It may still be running when nlib_task_wait has given the library. As nlib_log_callback,
 * but it may call everything of nlib's.
 */
typedef void (*nlib_done_callback)(void *data);

/*
 * Begins to load on a thread of nlib's own, where constructors then run. `done` may be NULL. The request is
 * copied, but what its host symbols and memory lead to must stay as for nlib_load. The task is yours to
 * free.
 */
NLIB_RESULT nlib_error *nlib_load_start(nlib_ctx *context, const nlib_request *request,
                                        nlib_done_callback done, void *data, nlib_task **task);

/* Waits without end. */
#define NLIB_FOREVER UINT32_MAX

/*
 * Waits for a task, at most so many milliseconds; 0 asks without waiting. When it is done, gives the library
 * as nlib_load does, to the first who asks, or the load's error, to all who ask. When it is not,
 * `*library` is NULL and there is no error.
 */
NLIB_RESULT nlib_error *nlib_task_wait(nlib_task *task, uint32_t milliseconds, nlib_lib **library);

/*
 * Asks for a task to be given up: compiles that run are ended, others not begun, and the error is of the
 * kind NLIB_ERROR_CANCELLED. What is being fetched or linked, or compiled for others too, is finished
 * first. One that is done stays done. Does not wait.
 */
NLIB_API void nlib_task_cancel(nlib_task *task);

/* Frees a task. One that is not done is cancelled. A library that nobody took stays loaded. */
NLIB_API void nlib_task_free(nlib_task *task);

/* ---- Symbols ---------------------------------------------------------------------------------- */

/*
 * The address of a function or variable that the library publishes; never NULL on success. `name` is its
 * name in C, its mangled name, or in C++ its qualified name, "ImGui::CreateContext", with parameters
 * where it is overloaded: "ns::area(double, double)". It is valid until the library is unloaded.
 */
NLIB_RESULT nlib_error *nlib_symbol(nlib_lib *library, const char *name, void **address);

/* A function or variable that a library publishes. */
typedef struct nlib_symbol_info {
    size_t struct_size;
    const char *name;      /* As the linker knows it: mangled, for C++. */
    const char *demangled; /* In C++ with parameters; `name` when that is not mangled. */
    void *address;
    uint64_t bytes; /* Its size; 0 when that is not known. */
    uint32_t is_function;
    uint32_t reserved; /* 0. */
} nlib_symbol_info;
#define NLIB_SYMBOL_INFO_INIT { sizeof(nlib_symbol_info), NULL, NULL, NULL, 0, 0, 0 }

/*
 * How many symbols the library publishes. The first call lists them: a millisecond per thousand. The
 * list's strings are valid until the handle is released.
 */
NLIB_RESULT nlib_error *nlib_symbol_count(nlib_lib *library, size_t *count);

/* Writes the symbol at `index`, by name, into `*info`, whose struct_size says how much is written. */
NLIB_RESULT nlib_error *nlib_symbol_at(nlib_lib *library, size_t index, nlib_symbol_info *info);

/* ---- Interfaces ------------------------------------------------------------------------------- */

/*
 * Reads what the public headers of a library declare: functions with their types, structures with
 * offsets, enumerations, constants (docs/interface.md). From the cache, or by the compiler, which may take
 * a second; a library's handle reads them once. The handle is yours to free. A header that does not parse
 * is an error of the kind NLIB_ERROR_COMPILE with diagnostics; one that has changed since the library was
 * loaded, of the kind NLIB_ERROR_USAGE: load it again. The library stays usable.
 */
NLIB_RESULT nlib_error *nlib_interface_open(nlib_lib *library, nlib_interface **interface);

/*
 * The names of everything of one kind, each on a line of its own: "function", "variable", "record", "enum",
 * "enumerator", "typedef", "constant"; of all kinds when `kind` is NULL, without repetitions. The text is
 * valid until the interface is freed.
 */
NLIB_RESULT nlib_error *nlib_interface_names(nlib_interface *interface, const char *kind,
                                             const char **names);

/*
 * Everything that has this name, of one kind or, when `kind` is NULL, of all: a list in the notation
 * "json", "lisp", "edn" or "lua" (an expression). Each element is as docs/interface.md describes, with one
 * more member, "item", which is its kind; an enumerator has "name", "value" and "enum". A function's
 * overloads are several elements; with its parameters, "ns::area(double)", it is the one. An unknown name is an error of the kind NLIB_ERROR_SYMBOL with near names.
 * The text is valid until the interface is freed.
 */
NLIB_RESULT nlib_error *nlib_interface_describe(nlib_interface *interface, const char *kind,
                                                const char *name, const char *notation,
                                                const char **text);

/*
 * The whole in a format of `nlib bind`: "json", "lisp", "edn", "lua", "c", "python", "cffi", "luajit",
 * "typescript", "rust". `size` may be NULL; else it gets the length in bytes. The text ends with a NUL byte
 * and is valid until the interface is freed.
 */
NLIB_RESULT nlib_error *nlib_interface_text(nlib_interface *interface, const char *format,
                                            const char **text, size_t *size);

/*
 * The address of a function or variable by its `symbol`, or of a thunk by that of its thunk or by the
 * function's name and the number of arguments: "ns::area/1", "ns::area(double)/1" where overloads take as
 * many (else NLIB_ERROR_AMBIGUOUS). The first thunk asked for makes all, which may take as long as its
 * compiler does. Valid until the library is unloaded.
 */
NLIB_RESULT nlib_error *nlib_interface_symbol(nlib_interface *interface, const char *symbol,
                                              void **address);

/* Frees an interface and its texts. Addresses that it gave stay valid as long as the library does. */
NLIB_API void nlib_interface_free(nlib_interface *interface);

/* ---- Object code ------------------------------------------------------------------------------ */

/*
 * Compiles a library, or takes it from the cache, without loading it: one relocatable ELF object, for
 * hosts that link it themselves. What it depends on is not in it. The handle is yours to free.
 */
NLIB_RESULT nlib_error *nlib_compile(nlib_ctx *context, const nlib_request *request,
                                     nlib_object **object);

/* The object's bytes, valid until it is freed. NULL for what is no object. */
NLIB_API const void *nlib_object_data(const nlib_object *object);

/* How many. 0 for what is no object. */
NLIB_API size_t nlib_object_size(const nlib_object *object);

/* The library's name. "" for what is no object. */
NLIB_API const char *nlib_object_name(const nlib_object *object);

/* Frees an object and its bytes. */
NLIB_API void nlib_object_free(nlib_object *object);

#ifdef __cplusplus
}
#endif

#endif /* NLIB_H */
