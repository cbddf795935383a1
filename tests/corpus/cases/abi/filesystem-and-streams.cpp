// about: std::filesystem writes, lists and removes files below the working directory; file streams agree
// flags: -std=c++17
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
namespace fs = std::filesystem;
int main() {
    fs::path folder = "made by the case";
    fs::remove_all(folder);
    fs::create_directories(folder / "inner");
    std::ofstream(folder / "a.txt") << "twelve bytes";
    std::ofstream(folder / "inner" / "b.bin", std::ios::binary).write("\0\1\2", 3);
    std::set<std::string> names;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder))
        names.insert(entry.path().lexically_relative(folder).generic_string());
    for (const std::string &name : names) std::printf("%s\n", name.c_str());
    std::printf("%ju bytes\n", fs::file_size(folder / "a.txt"));
    std::string word;
    std::ifstream(folder / "a.txt") >> word;
    std::printf("%s\n", word.c_str());
    std::error_code error;
    (void)fs::file_size(folder / "absent", error);
    std::printf("absent: %s\n", error == std::errc::no_such_file_or_directory ? "yes" : "no");
    try {
        fs::rename(folder / "absent", folder / "new");
    } catch (const fs::filesystem_error &caught) {
        std::printf("caught for %s\n", caught.path1().filename().c_str());
    }
    std::printf("removed %ju\n", fs::remove_all(folder));
}
