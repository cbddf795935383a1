// about: a C++ program reads its arguments and std::cin, and mixes cout, cerr, printf and clog in order
// arguments: alpha beta=2 --gamma
// stdin: 12 words and 3.5 more
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>
int main(int count, char **values) {
    std::vector<std::string> arguments(values + 1, values + count);
    for (const std::string &argument : arguments) std::cout << argument << '|';
    std::printf("%zu arguments\n", arguments.size());
    int number;
    std::string word, rest;
    double real;
    std::cin >> number >> word >> rest >> real;
    std::cout << number * 2 << ' ' << word << ' ' << real * 2 << '\n';
    std::cerr << "to standard error\n";
    std::getline(std::cin, rest);
    std::cout << '[' << rest << "] " << std::boolalpha << static_cast<bool>(std::cin >> number) << ' ' << std::cin.eof() << std::endl;
    std::puts("last line");
    return static_cast<int>(arguments.size());
}
