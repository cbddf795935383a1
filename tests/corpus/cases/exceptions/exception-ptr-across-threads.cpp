// about: an exception_ptr carries an exception to another thread; the object dies with the last pointer
// flags: -pthread
#include <cstdio>
#include <exception>
#include <thread>
#include <vector>
static int alive;
struct Error {
    int number;
    explicit Error(int given) : number(given) { alive++; }
    Error(const Error &other) : number(other.number) { alive++; }
    ~Error() { alive--; }
};
int main() {
    std::vector<std::exception_ptr> caught(4);
    for (int index = 0; index < 4; index++)
        std::thread([&caught, index] {
            try {
                throw Error(index * 10);
            } catch (...) {
                caught[index] = std::current_exception();
            }
        }).join();
    std::printf("%d alive after their threads\n", alive);
    for (const std::exception_ptr &pointer : caught) try {
            std::rethrow_exception(pointer);
        } catch (const Error &error) {
            std::printf("error %d\n", error.number);
        }
    caught.clear();
    std::printf("%d alive at the end\n", alive);
}
