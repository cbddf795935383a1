// about: _GLIBCXX_ASSERTIONS stops an access past the end with SIGABRT
// flags: -D_GLIBCXX_ASSERTIONS
#include <cstdio>
#include <vector>
int main(int count, char **) {
    std::vector<int> numbers(3);
    std::printf("inside %d\n", numbers[count]);
    std::fflush(stdout);
    std::printf("outside %d\n", numbers[count + 2]);
}
