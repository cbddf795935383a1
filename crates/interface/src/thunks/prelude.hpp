#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#if __cplusplus >= 201703L
#include <string_view>
#endif
#define NLIB_THUNK extern "C" __attribute__((visibility("default")))
NLIB_THUNK void nlib_thunk_free(void *memory) { std::free(memory); }
namespace {
inline const char *nlib_text(const char *given) { return given ? given : ""; }
inline char *nlib_copy(const char *data, std::size_t size) {
    char *made = static_cast<char *>(std::malloc(size + 1));
    if (made) {
        std::memcpy(made, data, size);
        made[size] = 0;
    }
    return made;
}
template <typename Text> char *nlib_copy(const Text &given) {
    return nlib_copy(given.data(), given.size());
}
// What is passed by value: copied, or moved where it cannot be copied.
template <typename T>
typename std::enable_if<std::is_copy_constructible<T>::value, const T &>::type
nlib_given(T *object) {
    return *object;
}
template <typename T>
typename std::enable_if<!std::is_copy_constructible<T>::value, T &&>::type nlib_given(T *object) {
    return std::move(*object);
}
// A destructor, where there is one.
template <typename T> void nlib_end(T *object, std::true_type) { object->~T(); }
template <typename T> void nlib_end(T *, std::false_type) {}
} // namespace
