// Types of the standard library in a library's own declarations.
#include <array>
#include <atomic>
#include <cstdint>
#include <cwchar>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/time.h>
#include <vector>

struct Aggregate { int a = 3; std::string name; std::vector<int> numbers; };
struct Holder { std::mbstate_t s; timeval t; std::array<int, 3> a; std::atomic<int> at; };
struct Points { std::unique_ptr<int> *p; const std::string &reference() const; };
std::string text(std::string_view a, const std::string &b, std::string *c, std::string d = {});
std::vector<std::string> list(std::map<int, std::string> m, std::optional<int> o, std::function<int(int)> f);
void sizes(size_t a, std::size_t b, uint32_t c, std::uint32_t d, std::ptrdiff_t e);
std::ostream *stream();
using Function = std::function<void(int)>;
inline constexpr std::string_view VIEW = "view";
