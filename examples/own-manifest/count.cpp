#include "mylib.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <utility>
#include <vector>

void mylib_count_words(const char *text, void (*visit)(const char *word, int count)) {
    std::map<std::string, int> counts;
    size_t length;
    while ((text = mylib_next_word(text, &length)) != nullptr) {
        std::string word(text, length);
        for (char &letter : word) {
            letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        }
        ++counts[word];
        text += length;
    }

    std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto &one, const auto &other) {
        return one.second != other.second ? one.second > other.second : one.first < other.first;
    });
    for (const auto &[word, count] : sorted) {
        visit(word.c_str(), count);
    }
}
