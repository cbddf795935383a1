// What is made of templates.
enum class E { X, Y };
namespace lib {
template <class T> struct Vec { int size; T *data; Vec(); ~Vec(); T &operator[](int i); using value = T; };
template <class T> using Alias = Vec<T>;
template <class T, int N> struct Fixed { T items[N]; };
template <> struct Vec<bool> { int bits; };
template <class T> struct Vec<T *> { T **pointers; };
template <bool B, class T> struct Flag { T t; };
template <> struct Flag<true, unsigned> { int special; };
template <E e> struct OfEnum { int v; };
template <> struct OfEnum<E::Y> { char c; };
template <class T> struct Unused { T t; };
template <> struct Unused<int> { int never_named; };
template <class T> T identity(T value);
template <> int identity<int>(int value);
template <class T> T variable = 3;
struct Plain { int a; };

void takes(const Vec<int> &a, Alias<float> b, Fixed<char, 3> c, Vec<bool> *d, Vec<Plain> *behind, Vec<int *> e);
Vec<int>::value member(Vec<int>::value v);
struct Uses { Flag<true, unsigned> f; Flag<false, int> g; OfEnum<E::X> x; OfEnum<E::Y> y; };
class Keeps { struct Hidden { Vec<short> v; }; Hidden hidden; };

// What does not work stays opaque.
struct Incomplete;
template <class T> struct Breaks { typename T::missing m; };
template <class T> struct Asserts { static_assert(sizeof(T) == 1, "no"); };
void breaks(Breaks<int> *b, Breaks<Incomplete> &c, Asserts<int> *d, Asserts<char> *e);
} // namespace lib
