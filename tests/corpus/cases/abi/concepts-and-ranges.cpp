// about: concepts choose overloads and ranges compose lazily, with values known at run time only
// flags: -std=c++20
#include <algorithm>
#include <concepts>
#include <cstdio>
#include <ranges>
#include <string>
#include <vector>
template <class T> concept Sized = requires(const T &value) { { value.size() } -> std::convertible_to<std::size_t>; };
static std::size_t measure(const Sized auto &value) { return value.size(); }
static std::size_t measure(std::integral auto value) { return static_cast<std::size_t>(value) + 1000; }
int main(int count, char **) {
    std::vector<int> numbers;
    for (int number : std::views::iota(count, count + 20) | std::views::filter([](int n) { return n % 3 == 0; })
                          | std::views::transform([](int n) { return n * n; }) | std::views::take(4))
        numbers.push_back(number);
    std::ranges::sort(numbers, std::ranges::greater());
    for (int number : numbers | std::views::reverse) std::printf("%d ", number);
    std::printf("\n%zu %zu %zu\n", measure(numbers), measure(std::string("four")), measure(count));
    auto found = std::ranges::find_if(numbers, [](int n) { return n < 50; });
    std::printf("found %d\n", *found);
}
