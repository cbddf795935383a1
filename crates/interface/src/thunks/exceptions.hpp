#include <exception>
namespace {
inline void nlib_begin(char **error) {
    if (error)
        *error = nullptr;
}
inline void nlib_report(char **error, const char *message) {
    if (error)
        *error = nlib_copy(message, std::strlen(message));
}
// Called while an exception is handled.
inline void nlib_failed(char **error) {
    try {
        throw;
    } catch (const std::exception &caught) {
        nlib_report(error, caught.what());
    } catch (...) {
        nlib_report(error, "an exception that is no std::exception");
    }
}
} // namespace
