// about: overaligned types are aligned by new, in static storage, in a vector and on the stack; placement new adds nothing
// flags: -std=c++17
#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <vector>
struct alignas(128) Wide {
    float values[32];
    explicit Wide(int value = 1) { values[0] = static_cast<float>(value); }
    ~Wide() { destroyed++; }
    static inline int destroyed;
};
static Wide fixed(3);
static bool aligned(const void *address) { return reinterpret_cast<std::uintptr_t>(address) % 128 == 0; }
int main(int count, char **) {
    Wide automatic(count);
    auto single = std::make_unique<Wide>(4);
    std::vector<Wide> many(3);
    Wide *volatile array = new Wide[2];
    std::printf("%d %d %d %d %d\n", aligned(&fixed), aligned(&automatic), aligned(single.get()), aligned(&many[1]), aligned(array));
    delete[] array;
    alignas(Wide) unsigned char storage[sizeof(Wide) * 2];
    Wide *placed = new (storage + sizeof(Wide)) Wide(count * 9);
    std::printf("%d, at its place: %d\n", static_cast<int>(std::launder(placed)->values[0]),
                static_cast<void *>(placed) == storage + sizeof(Wide));
    placed->~Wide();
    std::printf("%d destroyed\n", Wide::destroyed);
}
