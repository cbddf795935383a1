/* Structures, unions and enumerations of C. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

/* Without names. */
typedef struct {
    int a;
    struct {
        int b;
        struct { char c; } deep[2];
    } inner;
    union {
        int i;
        float f;
        struct { short lo, hi; };
    };
} nested;
typedef struct { int z; } *handle, plain;
typedef struct { int q; } *only_pointer;
typedef struct { int s; } s;
struct { int in_variable; } variable;
struct clash { int tagged; };
typedef struct { char untagged; } clash;

/* Declared before they are defined, or never. */
struct tagged;
typedef struct tagged tagged_t;
struct chain { struct chain *next; struct later *later; };
struct later { struct chain first; };
struct never_used;
struct user { struct named_only *pointer; tagged_t *other; };

typedef enum { LOW = -1, HIGH = 0x7fffffff } level;
enum wide { WIDE = 0xffffffffffffffffull, SMALL = 1 };
enum { LOOSE_A = 3, LOOSE_B };
struct with_enums {
    enum { OFF, ON } mode;
    enum inside { IN } inside;
    enum wide *wide;
};

/* Layouts. */
struct bits {
    unsigned a : 3;
    int : 0;
    signed b : 5;
    _Bool flag : 1;
    uint64_t wide : 40;
    enum { FIRST, SECOND } mode : 2;
    unsigned : 7;
    union { unsigned shared : 9; struct { unsigned char low : 4, high : 4; }; };
};
struct __attribute__((packed)) packed { char c; int i; double d; short s : 9; };
#pragma pack(push, 2)
struct two { char c; long l; };
#pragma pack(pop)
struct aligned { char c; _Alignas(32) int i; };
struct flexible { size_t count; struct { int key; } items[]; };
struct zero { int n; char data[0]; };
struct odd {
    __int128 big;
    long double ld;
    _Complex double z;
    _Atomic int at;
    _Atomic(struct zero *) pointer;
    float v __attribute__((vector_size(16)));
    const volatile int cv;
    char *const names[3][4];
    int (*matrix)[5];
};
union mixed { int i; char bytes[sizeof(struct flexible)]; struct timeval when; };

/* Of the system: whole where held, opaque where pointed to. */
typedef struct timeval moment;
struct file_user { FILE *file; pthread_mutex_t lock; struct tm *broken; time_t t; };
