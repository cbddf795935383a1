// about: classes go by value as the ABI says: trivial ones in registers, others by address, results through memory
// library values: values.cpp
// program: main.cpp with values
//--- values.h
struct Pair { long first; double second; };
struct Floats { float x, y, z; };
struct Large { long numbers[5]; };
struct Counted {
    int value;
    static int alive;
    explicit Counted(int given) : value(given) { alive++; }
    Counted(const Counted &other) : value(other.value) { alive++; }
    ~Counted() { alive--; }
};
struct Empty {};
Pair swap(Pair pair, Empty, Floats floats);
Large twice(Large large, char tail);
Counted join(Counted left, Counted right);
long many(int a, double b, long c, float d, short e, Pair f, char g, Pair h, long double i, bool j, Floats k, int l);
//--- values.cpp
#include "values.h"
int Counted::alive;
Pair swap(Pair pair, Empty, Floats floats) { return {static_cast<long>(pair.second + floats.z), pair.first + floats.x * 0.5}; }
Large twice(Large large, char tail) {
    for (long &number : large.numbers) number = number * 2 + tail;
    return large;
}
Counted join(Counted left, Counted right) { return Counted(left.value * 10 + right.value + Counted::alive * 100); }
long many(int a, double b, long c, float d, short e, Pair f, char g, Pair h, long double i, bool j, Floats k, int l) {
    return a + static_cast<long>(b * 10) + c * 100 + static_cast<long>(d * 1000) + e * 3 + f.first + static_cast<long>(h.second) + g
        + static_cast<long>(i) + j + static_cast<long>(k.x + k.y + k.z) + l;
}
//--- main.cpp
#include "values.h"
#include <cstdio>
int main(int count, char **) {
    Pair pair = swap({3, 4.5}, {}, {1.0f * count, 2, 3});
    std::printf("%ld %.2f\n", pair.first, pair.second);
    Large large = twice({{1, 2, 3, 4, 5L * count}}, 7);
    std::printf("%ld %ld\n", large.numbers[0], large.numbers[4]);
    Counted joined = join(Counted(4), Counted(count + 1));
    std::printf("%d, %d alive\n", joined.value, Counted::alive);
    long sum = many(count, 1.5, 2, 3.5f, 4, {5, 6.0}, 'a', {7, 8.5}, 9.75L, true, {1, 2, 3}, -11);
    std::printf("%ld\n", sum);
}
