// about: pointers to members, virtual and not, taken in a library work on objects of the program and back
// library table: table.cpp
// program: main.cpp with table
//--- item.h
struct Item {
    int number = 3;
    virtual ~Item() {}
    int plain(int add) { return number + add; }
    virtual int changes(int add) { return number * add; }
    virtual int fixed(int add);
};
using Method = int (Item::*)(int);
extern const Method methods[3];
extern int Item::*const field;
//--- table.cpp
#include "item.h"
int Item::fixed(int add) { return number - add; }
const Method methods[3] = {&Item::plain, &Item::changes, &Item::fixed};
int Item::*const field = &Item::number;
//--- main.cpp
#include "item.h"
#include <cstdio>
struct Special : Item {
    int changes(int add) override { return -add; }
};
int main() {
    Item item;
    Special special;
    special.*field = 50;
    for (Method method : methods) std::printf("%d %d\n", (item.*method)(4), (special.*method)(4));
    Method volatile mine = &Item::changes;
    Method same = mine;
    std::printf("equal: %s\n", same == methods[1] ? "yes" : "no");
}
