// about: structured bindings, designated initialisers, bit_cast, spaceship, if constexpr and folds with run-time values
// flags: -std=c++20
#include <bit>
#include <compare>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <tuple>
struct Point {
    int x = 1, y = 2, z = 3;
    auto operator<=>(const Point &) const = default;
};
template <class... Values> static int sum(Values... values) { return (values + ... + 0); }
template <class T> static const char *kind(const T &) {
    if constexpr (std::is_integral_v<T>) return "integer";
    else if constexpr (requires { typename T::value_type; }) return "container";
    else return "other";
}
template <std::size_t N> struct Text {
    char letters[N];
    constexpr Text(const char (&given)[N]) { for (std::size_t i = 0; i < N; i++) letters[i] = given[i]; }
};
template <Text text> static int length() { return static_cast<int>(sizeof text.letters) - 1; }
int main(int count, char **) {
    Point point{.x = count * 5, .z = 9};
    auto [x, y, z] = point;
    std::printf("%d %d %d, greater: %d\n", x, y, z, point > Point());
    std::printf("%08x %d %d\n", std::bit_cast<std::uint32_t>(1.0f * static_cast<float>(count)), std::popcount(255u + static_cast<unsigned>(count)), std::countl_zero(static_cast<std::uint16_t>(count)));
    std::printf("%d %s %s %s\n", sum(1, count, 30), kind(count), kind(std::string()), kind(1.5));
    std::map<std::string, int> map{{"one", 1}};
    if (auto [place, inserted] = map.try_emplace("one", 7); !inserted) std::printf("kept %d\n", place->second);
    auto add = [total = count]<class T>(T value) mutable { return total += static_cast<int>(value); };
    int first = add(2.5), second = add('\1');
    std::printf("%d %d, length %d\n", first, second, length<"template text">());
}
