// about: strings, vectors, maps and smart pointers pass between libraries: made here, changed there, freed elsewhere
// library text: text.cpp
// library words: words.cpp with text
// program: main.cpp with words text
//--- text.h
#include <map>
#include <memory>
#include <string>
#include <vector>
std::vector<std::string> split(const std::string &text);
std::map<std::string, int> count(const std::string &text);
std::shared_ptr<std::string> longest(std::vector<std::string> words);
//--- text.cpp
#include "text.h"
std::vector<std::string> split(const std::string &text) {
    std::vector<std::string> words(1);
    for (char letter : text)
        if (letter == ' ') words.emplace_back();
        else words.back() += letter;
    return words;
}
//--- words.cpp
#include "text.h"
std::map<std::string, int> count(const std::string &text) {
    std::map<std::string, int> counts;
    for (std::string &word : split(text)) counts[std::move(word)]++;
    return counts;
}
std::shared_ptr<std::string> longest(std::vector<std::string> words) {
    auto best = std::make_shared<std::string>();
    for (std::string &word : words)
        if (word.size() > best->size()) best->swap(word);
    return best;
}
//--- main.cpp
#include "text.h"
#include <cstdio>
int main() {
    std::string text = "one two one incomprehensibilities two one";
    for (auto &[word, number] : count(text)) std::printf("%s %d\n", word.c_str(), number);
    std::weak_ptr<std::string> watched;
    {
        auto found = longest(split(text));
        watched = found;
        std::printf("%s, %ld owner\n", found->c_str(), found.use_count());
    }
    std::printf("freed: %s\n", watched.expired() ? "yes" : "no");
}
