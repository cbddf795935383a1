// The C interface between crates/clang and clang, LLVM and lld.
//
// No C++ type and no exception crosses it. Strings are (pointer, length) pairs that live for the
// duration of the call they are passed to. Every function runs on the calling thread.
#ifndef NLIB_CLANG_SHIM_H
#define NLIB_CLANG_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const char *data;
  size_t size;
} NlibString;

// What the file system answered for a path. Received as an integer on the Rust side.
typedef enum {
  NLIB_ABSENT = 0,
  NLIB_FILE = 1,
  NLIB_DIRECTORY = 2,
  NLIB_OTHER = 3,
} NlibPathKind;

typedef enum {
  NLIB_REMARK = 0,
  NLIB_NOTE = 1,
  NLIB_WARNING = 2,
  NLIB_ERROR = 3,
  NLIB_FATAL = 4,
} NlibSeverity;

typedef enum {
  NLIB_PHASE_DRIVER = 0,
  NLIB_PHASE_FRONT_END = 1,
  NLIB_PHASE_BACK_END = 2,
} NlibPhase;

// What a compile reads that no recorded lookup can stand for.
typedef enum {
  NLIB_HIDDEN_TIME_MACRO = 0,     // name: __DATE__, __TIME__ or __TIMESTAMP__
  NLIB_HIDDEN_ASM_DIRECTIVE = 1,  // name: .incbin, .include, ...
} NlibHidden;

typedef struct {
  NlibString file;
  uint32_t line, column;          // 1-based; 0 where there is none
  uint32_t end_line, end_column;  // end of the range to replace (fix-its), exclusive
  NlibString text;                // the replacement
} NlibFixIt;

typedef struct {
  uint32_t severity;              // NlibSeverity
  NlibString file;                // empty when the diagnostic has no place
  uint32_t line, column;
  NlibString message;
  NlibString option;              // "-Wunused-variable", or empty
  const NlibFixIt *fixits;
  size_t fixit_count;
} NlibDiagnostic;

// Callbacks of one compile; `context` is passed through. None may unwind.
typedef struct {
  void *context;
  void (*phase)(void *context, uint32_t phase);
  // A lookup of `path` (absolute) that asked only what is there.
  void (*looked_up)(void *context, NlibString path, uint32_t kind);
  // `path` is about to be opened.
  void (*opening)(void *context, NlibString path);
  // The content that clang was given for `path`.
  void (*read)(void *context, NlibString path, NlibString content);
  void (*listing)(void *context, NlibString path);
  void (*real_path)(void *context, NlibString path, NlibString target, uint32_t found);
  void (*hidden)(void *context, uint32_t hidden, NlibString name);
  void (*diagnostic)(void *context, const NlibDiagnostic *diagnostic);
} NlibObserver;

typedef struct {
  const NlibString *arguments;    // driver arguments, without compiler, input and output
  size_t argument_count;
  NlibString source;              // path, as it shall appear in messages and __FILE__
  NlibString working_directory;
  const NlibString *virtual_paths;     // absolute
  const NlibString *virtual_contents;
  size_t virtual_count;
  uint32_t has_source_date_epoch;
  uint64_t source_date_epoch;     // seconds since 1970
  NlibString driver;              // path of a clang driver; names the resource directory
  uint32_t preprocess;            // NlibPreprocess
} NlibCompile;

// Whether the preprocessed text is wanted instead of an object: with line markers, comments, and the
// directives that define macros. It is then given also where there were errors. Received as an integer.
typedef enum {
  NLIB_NO_TEXT = 0,
  NLIB_TEXT = 1,
  NLIB_TEXT_WITH_MACRO_COMMENTS = 2, // also the comments in those directives
} NlibPreprocess;

// Calls `sink` at most once per kind with the result: the object or the preprocessed text, and the text
// of all diagnostics as clang renders them, with ANSI colours. Returns 0 when the former was made.
typedef void (*NlibSink)(void *context, NlibString bytes);
int nlib_clang_compile(const NlibCompile *compile, const NlibObserver *observer, void *sink_context,
                       NlibSink object, NlibSink rendered);

// Registers every target of this LLVM; once, before the first compile.
void nlib_clang_initialize(void);

void nlib_clang_version(void *context, NlibSink version);
void nlib_clang_default_triple(void *context, NlibSink triple);

// Runs lld's ELF driver. Returns 0 on success, else 1 (2: lld must not run again here).
int nlib_lld_link(const NlibString *arguments, size_t argument_count, void *context, NlibSink errors);

#ifdef __cplusplus
}
#endif
#endif
