// about: a thread_local member of a template is one for each type and thread, initialised at its first use
// flags: -pthread
// refused jit: thread-local
#include <cstdio>
#include <string>
#include <thread>
template <class T> struct Slot { static thread_local std::string text; };
template <class T> thread_local std::string Slot<T>::text = std::to_string(sizeof(T)) + " bytes";
int main() {
    Slot<char>::text += " of main";
    std::thread([] {
        Slot<char>::text += " of a thread";
        std::printf("%s, %s\n", Slot<char>::text.c_str(), Slot<double>::text.c_str());
    }).join();
    std::printf("%s, %s\n", Slot<char>::text.c_str(), Slot<double>::text.c_str());
}
