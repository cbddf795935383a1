// about: a static destructor may use a static object of another unit that was constructed before
// program: log.cpp user.cpp
//--- log.cpp
#include <cstdio>
#include <string>
struct Log {
    std::string text;
    ~Log() { std::printf("log: %s\n", text.c_str()); }
};
Log log_of_all;
void append(const char *word) {
    log_of_all.text += word;
    log_of_all.text += ' ';
}
//--- user.cpp
void append(const char *word);
struct User {
    User() { append("constructed"); }
    ~User() { append("destroyed"); }
};
static User user;
int main() { append("main"); }
