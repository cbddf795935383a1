// about: an exception thrown by a comparison leaves the C library's qsort and bsearch
#include <cstdio>
#include <cstdlib>
static int calls;
static int compare(const void *left, const void *right) {
    if (++calls == 3) throw "third comparison";
    return *static_cast<const int *>(left) - *static_cast<const int *>(right);
}
int main() {
    int values[] = {5, 3, 9, 1, 7};
    try {
        std::qsort(values, 5, sizeof(int), compare);
        std::puts("sorted");
    } catch (const char *text) {
        std::printf("caught from qsort: %s\n", text);
    }
}
