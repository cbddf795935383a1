// about: a template instantiated explicitly in a library is used, not instantiated again, by the program
// library tables: tables.cpp
// program: main.cpp with tables
//--- table.h
template <class T> struct Table {
    T values[8] = {};
    int count = 0;
    void add(T value);
    T sum() const;
    static int made;
};
extern template struct Table<int>;
extern template struct Table<double>;
//--- tables.cpp
#include "table.h"
template <class T> void Table<T>::add(T value) { values[count++] = value; made++; }
template <class T> T Table<T>::sum() const {
    T total = T();
    for (int index = 0; index < count; index++) total += values[index];
    return total;
}
template <class T> int Table<T>::made = 0;
template struct Table<int>;
template struct Table<double>;
//--- main.cpp
#include "table.h"
#include <cstdio>
int main() {
    Table<int> whole;
    Table<double> real;
    whole.add(3);
    whole.add(4);
    real.add(0.25);
    std::printf("%d %.2f %d %d\n", whole.sum(), real.sum(), Table<int>::made, Table<double>::made);
}
