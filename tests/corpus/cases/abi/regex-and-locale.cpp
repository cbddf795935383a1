// about: std::regex matches and replaces; locales, facets and stream formatting work in loaded code
#include <iomanip>
#include <iostream>
#include <locale>
#include <regex>
#include <sstream>
struct Comma : std::numpunct<char> {
    char do_thousands_sep() const override { return '\''; }
    std::string do_grouping() const override { return "\3"; }
    std::string do_truename() const override { return "right"; }
};
int main(int count, char **) {
    std::string text = "one=1, two=22, three=333";
    std::regex pair("([a-z]+)=(\\d+)");
    for (std::sregex_iterator match(text.begin(), text.end(), pair), end; match != end; ++match)
        std::cout << (*match)[1] << ':' << std::stoi((*match)[2]) + count << ' ';
    std::cout << std::regex_replace(text, pair, "$2") << '\n';
    try {
        std::regex broken("(");
    } catch (const std::regex_error &error) {
        std::cout << "broken: " << (error.code() == std::regex_constants::error_paren) << '\n';
    }
    std::ostringstream stream;
    stream.imbue(std::locale(std::locale::classic(), new Comma));
    stream << 1234567 * count << ' ' << std::boolalpha << (count > 0) << ' ' << std::hex << std::showbase << 255;
    std::cout << stream.str() << ' ' << std::setw(8) << std::setfill('*') << std::fixed << std::setprecision(2) << 3.14159 << '\n';
    std::cout << std::use_facet<std::ctype<char>>(std::locale()).toupper('q') << '\n';
}
