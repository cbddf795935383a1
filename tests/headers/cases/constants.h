/* Macros and variables that are constants. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>

typedef struct point { double x, y; } point;
typedef struct nest { point p; int a[3]; struct { short s; }; unsigned bits : 3; _Bool flag : 1; } nest;
typedef struct named { const char *name; int number; } named;
typedef enum mode { MODE_A = 4, MODE_B } mode;
typedef void (*callback)(void *data);

#define DECIMAL 42
#define NEGATIVE (-42)
#define HEXADECIMAL 0xFFu
#define LONG 5L
#define LARGEST 18446744073709551615ull
#define SMALLEST INT64_MIN
#define EXACT 9007199254740991
#define INEXACT 9007199254740992
#define FLOAT 1.5f
#define DOUBLE 1e300
#define LONG_DOUBLE 1.25L
#define INFINITE INFINITY
#define NEGATIVE_INFINITE (-INFINITY)
#define TINY FLT_MIN
#define CHARACTER 'a'
#define WIDE_CHARACTER L'é'
#define STRING "text"
#define JOINED "a" "b"
#define BRACKETED ("in brackets")
#define WIDE L"wîde"
#define UTF16 u"utf"
#define UTF8 u8"utf"
#define ESCAPES "a\n\t\"\\\x41é"
#define WITH_NUL "ab\0cd"
#define TEXT_OF(x) #x
#define STRINGIZED TEXT_OF(DECIMAL /* not this */)
#define ALIAS DECIMAL
#define EXPRESSION ((DECIMAL + 1) << 2)
#define SIZE sizeof(point)
#define CAST ((uint8_t)300)
#define ENUMERATOR MODE_B
#define CHOICE (DECIMAL > 3 ? 1 : 2)
#define GENERIC _Generic(1, int: 7, default: 8)
#define TRUTH ((_Bool)5)
#define ADDRESS ((volatile uint32_t *)0x40021000)
#define NULL_POINTER ((void *)0)
#define MINUS_ONE ((callback)-1)
#define RECORD ((point){1.0, 2.0})
#define NESTED_RECORD ((nest){{1, 2}, {3, 4, 5}, {6}, 7, 1})
#define CALLED TWICE(9)
#define TWICE(x) (2 * (x))

static const int CONST_INT = 7;
const int EXTERNAL_CONST = 8;
static const double CONST_DOUBLE = 2.5;
static const char CONST_ARRAY[] = "array";
static const char *const CONST_POINTER = "pointer";
static const point CONST_POINT = {1, 2};
static const unsigned char CONST_BYTE = 200;
#define WITH_NUL "AB\0CD"
#define ESCAPED "\033[0m\\0"
#define HUGE_LONG_DOUBLE 1e400L
#define TINY_LONG_DOUBLE 1e-4000L
static const char NUL_ARRAY[8] = "ab\0cd";
static const char PADDED_ARRAY[8] = "ab";
static const char *const NUL_POINTER = "a\x00" "b";
