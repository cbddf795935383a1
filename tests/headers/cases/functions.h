/* Functions and the types of C that they take. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>
#include <wchar.h>

typedef int (*compare)(const void *left, const void *right);
typedef void (*nested_callback)(int level, compare inner, int (*deep)(char *name, ...), void (*)(int first, int));
typedef int function_type(int x);
typedef float matrix[16];
typedef void (*table[4])(int index);
typedef compare (*returns_callback)(int which);
struct operations { int (*open)(const char *path, int flags); function_type *plain; returns_callback find; };

int plain(void);
int old_style();
int arrays(int a[3], const int b[][4], matrix m, const matrix n, char *argv[], int vla[*]);
int callbacks(function_type f, function_type *g, int h(int y), nested_callback k, table t);
int (*returns_function_pointer(int a))(double b);
struct timeval by_value(struct timeval t, div_t *behind);
void list(const char *format, va_list arguments);
int variadic(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool truth(bool b, _Bool c);
signed char integers(unsigned char a, signed char b, short c, unsigned short d, unsigned e, long f,
                     unsigned long g, long long h, unsigned long long i, size_t j, int64_t k);
void characters(const wchar_t *text, uint8_t *bytes, int8_t *small, unsigned char *raw, char *text2);
void qualified(const volatile int *a, int *const b, int *restrict c);
void opaque(struct declared_here *p);

/* Attributes. */
_Noreturn void die(int code);
void die_too(void) __attribute__((__noreturn__));
int old(void) __attribute__((deprecated("use plain")));
int older(void) __attribute__((deprecated));
int some(int *a, int *b, int *c) __attribute__((nonnull(1, 3)));
int all(int *a, int n) __attribute__((nonnull));
int one(int *a __attribute__((nonnull)), int *b);
int *_Nonnull nullability(int *_Nullable p, const char *const _Nonnull *names);
int renamed(void) __asm__("other_symbol");

/* Bodies. */
static inline int inline_function(int a) { return a + 1; }
static int static_function(int a) { return a; }
inline int c99_inline(int a) { return a; }
extern inline int gnu_inline(int a) { return a; }

/* Declared twice. */
int twice(int);
int twice(int named);

extern int counter;
extern const int constant;
extern _Thread_local int per_thread;
extern int numbers[10];
extern char *(*hook)(int argument);
static int internal;
int told_later();
int told_later(int a, double b);
int told_at_last();
int told_at_last(a) int a; { return a; }
