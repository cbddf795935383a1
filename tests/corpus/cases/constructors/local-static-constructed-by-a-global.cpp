// about: a local static finished inside a global's constructor outlives that global
#include <cstdio>
struct Registry {
    int users = 0;
    Registry() { std::puts("registry opens"); }
    ~Registry() { std::printf("registry closes with %d users\n", users); }
};
static Registry &registry() {
    static Registry instance;
    return instance;
}
struct User {
    User() { registry().users++; }
    ~User() {
        registry().users--;
        std::puts("user leaves");
    }
};
static User first, second;
int main() { std::printf("main sees %d users\n", registry().users); }
