// Functions, variables and names of C++.
extern "C" {
struct c_struct { int a; };
int c_function(struct c_struct *s);
typedef void (*c_callback)(void *);
}
extern "C++" int back(int);
namespace { int hidden(); struct Hidden {}; }
namespace lib {
inline namespace v2 { struct Versioned { int x; }; int versioned(Versioned v); }
namespace inner {
enum Plain { A, B = 7 };
enum class Scoped : unsigned char { C = 255 };
enum { LOOSE = 3 };
struct Versioned { lib::Versioned outer; };
Versioned same_name(lib::Versioned);
} // namespace inner
struct Point { int x; Point *next; };
int add(int a, int b);
double add(double a, double b);
void references(int &a, int &&b, const int (&c)[4], Point *&d, void (&f)(int));
void characters(char8_t a, char16_t b, char32_t c, wchar_t d, const char8_t *e);
void unsupported(int Point::*m, int (Point::*f)(int), decltype(nullptr) n);
void defaults(int a = 1 + (2, 3), const char *b = "=", int (*f)(int) = nullptr, Point c = Point{1, nullptr},
              bool d = 1 == 2, void *e = __null);
void late(int a, int);
void late(int renamed, int b = 3);
void throwing() noexcept(false);
void quiet() noexcept;
void computed() noexcept(sizeof(int) == 4);
void never() throw();
[[noreturn]] void die();
[[deprecated("why")]] int old();
auto deduced() { return 3u; }
auto lambda = [](int x) { return x; };
inline int inline_function(int x) { return x; }
static inline int static_inline(int x) { return x; }
static int static_function(int x) { return x; }
constexpr int constexpr_function(int x) { return x; }
consteval int consteval_function(int x) { return x; }
using Callback = void (*)(int code, const char *message);
using Function = int(int, ...) noexcept;
Function declared_by_typedef;
namespace alias = inner;
using inner::Plain;
void using_declared(Plain p);
void variadic(const char *format, ...);
Point operator*(const Point &a, int b);
int operator""_unit(unsigned long long v);

constexpr int CONSTANT = 42;
constexpr double RATIO = CONSTANT / 4.0;
constexpr const char *TEXT = "text";
constexpr Point RECORD{5, nullptr};
inline constexpr bool FLAG = true;
const int INTERNAL = 3;
extern const int EXTERNAL;
inline int inline_variable = 3;
extern int variable;
static int hidden_static;
} // namespace lib
lib::Versioned global_versioned();
struct WithStatic { static int table[3]; static const int in_class = 5; static constexpr double pi = 3.25; };

#define MACRO_CONST lib::CONSTANT
#define MACRO_ENUM lib::inner::Scoped::C
#define MACRO_RECORD (lib::Point{1, nullptr})
#define MACRO_CONSTRUCTED lib::Versioned{4}
#define MACRO_TRUE true
#define MACRO_LAMBDA []() {}
#define MACRO_CHAR 'c'
#define MACRO_WIDE L"w"
