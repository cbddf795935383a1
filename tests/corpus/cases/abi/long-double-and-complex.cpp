// about: long double and complex values keep their precision and class over a library's border
// library maths: maths.cpp
// program: main.cpp with maths
//--- maths.cpp
#include <cmath>
#include <complex>
long double fraction(int value) { return 1.0L / value + 0x1p-62L; }
std::complex<long double> power(std::complex<double> base, long double exponent) {
    return std::pow(std::complex<long double>(base), exponent);
}
std::complex<float> swap(std::complex<float> value) { return {value.imag(), value.real()}; }
//--- main.cpp
#include <complex>
#include <cstdio>
long double fraction(int value);
std::complex<long double> power(std::complex<double> base, long double exponent);
std::complex<float> swap(std::complex<float> value);
int main(int count, char **) {
    std::printf("%.20Lg %d\n", fraction(count * 3), fraction(3) > fraction(3) - 0x1p-63L);
    std::complex<long double> result = power({1.0 * count, 2}, 2);
    std::printf("%.6Lf %.6Lf\n", result.real(), result.imag());
    std::complex<float> swapped = swap({1.5f, -2.25f});
    std::printf("%.2f %.2f %.2f\n", swapped.real(), swapped.imag(), std::norm(swapped * swapped));
}
