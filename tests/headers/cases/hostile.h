/* Macros that are no constants, or look like it; LAST still is one. */
#define FIRST 1
int global;
int a_function(int x);
struct point { int x, y; };

#define BEGIN do {
#define END } while (0)
#define SELF SELF
#define LOOP_A LOOP_B
#define LOOP_B LOOP_A
#define FUNCTION(x) (x)
#define NOT_CALLED FUNCTION
#define TWO(a, b) a
#define TOO_FEW TWO(1)
#define TOO_MANY TWO(1, 2, 3)
#define OPENS FUNCTION(
#define MAKES_OPEN(a) a(
#define OPENS_LATER MAKES_OPEN(FUNCTION)
#define OPENS_TWICE MAKES_OPEN(FUNCTION) MAKES_OPEN(TWO)
#define UNBALANCED (1
#define CROSSED ([)]
#define SEMICOLON 1;
#define STATEMENT return 1
#define LIST 1, 2, 3
#define TYPE int
#define POINTER_TYPE int *
#define KEYWORD static
#define ATTRIBUTE __attribute__((unused))
#define EMPTY
#define EMPTY_EXPANSION EMPTY
#define QUOTE '
#define DOUBLE_QUOTE "
#define LINE __LINE__
#define LINE_BEHIND FUNCTION(LINE)
#define FILE_ __FILE__
#define COUNTER __COUNTER__
#define DATE __DATE__ " " __TIME__
#define PRAGMA _Pragma("GCC diagnostic push")
#define PASTE a ## b
#define BAD_PASTE(a, b) a ## b
#define PASTED BAD_PASTE(+, /)
#define GLOBAL global
#define GLOBAL_ADDRESS (&global)
#define CALL a_function(1)
#define FUNCTION_NAME a_function
#define UNKNOWN unknown_name
#define DIVISION (1 / 0)
#define STATEMENT_EXPRESSION ({ 1; })
#define LABEL &&label
#define ASM asm("nop")
#define BACKSLASH \
#define AT @
#define LETTER é
#define DEFINED defined(X)
#define INCLUDED __has_include("x.h")
#define STATIC_ASSERT _Static_assert(0, "no")
#define STRUCT struct point
#define NEW_STRUCT ((struct fresh { int a; }){1})
#define NEW_ENUM ((enum { NEW })0)
#define POINTER_TO_NEW ((struct unheard_of *)4)
#define NOT_UTF8 "\xff"
#define INT128 ((__int128)1 << 100)
#define VARIABLE_SIZE sizeof(int[global])
#define DEEP ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
#define COMMENT 1 // with a comment
#define REDEFINED 1
#undef REDEFINED
#define REDEFINED 2
#define UNDEFINED 1
#undef UNDEFINED
#define BECOMES_FUNCTION 1
#undef BECOMES_FUNCTION
#define BECOMES_FUNCTION(x) 1
#define nlib_probe_0 5
#define nlib_probe_end 6
#define NULL_TYPE ((void)0)
#define LAST 99
