// about: a function-try-block of a constructor sees the exception of a member and passes another one on
#include <cstdio>
#include <string>
struct Part {
    explicit Part(int value) {
        if (value > 2) throw value;
    }
};
struct Whole {
    Part part;
    explicit Whole(int value) try : part(value) {
        std::printf("constructed with %d\n", value);
    } catch (int refused) {
        throw "refused " + std::to_string(refused);
    }
};
static int both(int value) try {
    Whole whole(value);
    return 1;
} catch (const std::string &text) {
    std::printf("%s\n", text.c_str());
    return 0;
}
int main(int count, char **) { std::printf("%d %d\n", both(count), both(count + 2)); }
