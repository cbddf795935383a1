// about: with the old string ABI a program has reference-counted strings and links against their symbols
// flags: -D_GLIBCXX_USE_CXX11_ABI=0
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <string>
int main() {
    std::string text = "shared text", copy = text;
    std::printf("%zu bytes, shared: %s\n", sizeof text, text.c_str() == copy.c_str() ? "yes" : "no");
    copy += '!';
    std::ostringstream stream;
    stream << copy << ' ' << text;
    std::printf("%s\n", stream.str().c_str());
    try {
        throw std::runtime_error(copy);
    } catch (const std::exception &error) {
        std::printf("caught %s\n", error.what());
    }
}
