// about: -stdlib=libc++ without that library's headers is an error of the compiler that names the header
// flags: -stdlib=libc++
// compile-error: 'vector' file not found
#include <vector>
int main() { return static_cast<int>(std::vector<int>(3).size()); }
