// about: std::pmr containers take their memory from the resource given, in a library and in the program
// flags: -std=c++17
// library filler: filler.cpp
// program: main.cpp with filler
//--- filler.cpp
#include <memory_resource>
#include <string>
#include <vector>
void fill(std::pmr::vector<std::pmr::string> &lines, int count) {
    for (int index = 0; index < count; index++) lines.emplace_back("a line that is longer than the buffer inside, " + std::to_string(index));
}
//--- main.cpp
#include <cstdio>
#include <memory_resource>
#include <string>
#include <vector>
void fill(std::pmr::vector<std::pmr::string> &lines, int count);
struct Counting : std::pmr::memory_resource {
    int open = 0, total = 0;
    void *do_allocate(std::size_t size, std::size_t alignment) override {
        open++, total++;
        return std::pmr::new_delete_resource()->allocate(size, alignment);
    }
    void do_deallocate(void *memory, std::size_t size, std::size_t alignment) override {
        open--;
        std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
    }
    bool do_is_equal(const memory_resource &other) const noexcept override { return this == &other; }
};
int main() {
    Counting counting;
    {
        std::pmr::vector<std::pmr::string> lines(&counting);
        fill(lines, 5);
        std::printf("%s; open: %s\n", lines.back().c_str(), counting.open == 6 ? "six" : "another number");
    }
    std::printf("open %d\n", counting.open);
    char buffer[4096];
    std::pmr::monotonic_buffer_resource arena(buffer, sizeof buffer, std::pmr::null_memory_resource());
    std::pmr::vector<std::pmr::string> small(&arena);
    fill(small, 2);
    bool inside = small[1].data() > buffer && small[1].data() < buffer + sizeof buffer;
    std::printf("inside the buffer: %s\n", inside ? "yes" : "no");
    try {
        fill(small, 1000);
    } catch (const std::bad_alloc &) {
        std::puts("the buffer is full");
    }
}
