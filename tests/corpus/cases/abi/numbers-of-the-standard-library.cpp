// about: random engines, ratios, durations and calendar arithmetic give the values that the standard fixes
// flags: -std=c++20
#include <chrono>
#include <cstdio>
#include <numeric>
#include <random>
#include <ratio>
int main(int count, char **) {
    std::mt19937 engine(5489u * static_cast<unsigned>(count));
    std::mt19937_64 wide;
    engine.discard(9999);
    wide.discard(9999);
    std::printf("%lu %lu\n", static_cast<unsigned long>(engine()), static_cast<unsigned long>(wide()));
    using namespace std::chrono;
    auto time = hours(25) * count + minutes(61) + seconds(7);
    std::printf("%lld s, %lld min\n", static_cast<long long>(seconds(time).count()), static_cast<long long>(floor<minutes>(time).count()));
    year_month_day leap = year(2023 + count) / February / last;
    sys_days day = sys_days(leap) + days(1);
    year_month_day next = day;
    std::printf("%u, then %u.%u, weekday %u\n", static_cast<unsigned>(leap.day()), static_cast<unsigned>(next.month()),
                static_cast<unsigned>(next.day()), weekday(day).c_encoding());
    std::printf("%d %d %d\n", std::gcd(84 * count, 36), std::lcm(6, 4 * count), static_cast<int>(std::ratio_add<std::ratio<1, 3>, std::ratio<1, 6>>::den));
}
