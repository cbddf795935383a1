// about: with forty libraries loaded, each linked to the one before, an exception passes through all and each unwinds its frame
// library l0: l0.cpp
// library l1: l1.cpp with l0
// library l2: l2.cpp with l1
// library l3: l3.cpp with l2
// library l4: l4.cpp with l3
// library l5: l5.cpp with l4
// library l6: l6.cpp with l5
// library l7: l7.cpp with l6
// library l8: l8.cpp with l7
// library l9: l9.cpp with l8
// library l10: l10.cpp with l9
// library l11: l11.cpp with l10
// library l12: l12.cpp with l11
// library l13: l13.cpp with l12
// library l14: l14.cpp with l13
// library l15: l15.cpp with l14
// library l16: l16.cpp with l15
// library l17: l17.cpp with l16
// library l18: l18.cpp with l17
// library l19: l19.cpp with l18
// library l20: l20.cpp with l19
// library l21: l21.cpp with l20
// library l22: l22.cpp with l21
// library l23: l23.cpp with l22
// library l24: l24.cpp with l23
// library l25: l25.cpp with l24
// library l26: l26.cpp with l25
// library l27: l27.cpp with l26
// library l28: l28.cpp with l27
// library l29: l29.cpp with l28
// library l30: l30.cpp with l29
// library l31: l31.cpp with l30
// library l32: l32.cpp with l31
// library l33: l33.cpp with l32
// library l34: l34.cpp with l33
// library l35: l35.cpp with l34
// library l36: l36.cpp with l35
// library l37: l37.cpp with l36
// library l38: l38.cpp with l37
// library l39: l39.cpp with l38
// program: main.cpp with l39 l20
//--- link.h
struct Counted {
    int &count;
    explicit Counted(int &given) : count(given) {}
    ~Counted() { count++; }
};
#define LINK(mine, below)          \
    int below(int value, int &count); \
    int mine(int value, int &count) { \
        Counted counted(count);    \
        return below(value, count) + 1; \
    }
//--- main.cpp
#include <cstdio>
int f39(int value, int &count);
int f20(int value, int &count);
int main() {
    int unwound = 0;
    std::printf("returned %d\n", f39(0, unwound));
    unwound = 0;
    try {
        f39(7, unwound);
    } catch (long value) {
        std::printf("caught %ld after %d frames\n", value, unwound);
    }
    unwound = 0;
    try {
        f20(8, unwound);
    } catch (long value) {
        std::printf("caught %ld after %d frames\n", value, unwound);
    }
}
//--- l0.cpp
int f0(int value, int &) {
    if (value) throw value * 100L;
    return 0;
}
//--- l1.cpp
#include "link.h"
LINK(f1, f0)
//--- l2.cpp
#include "link.h"
LINK(f2, f1)
//--- l3.cpp
#include "link.h"
LINK(f3, f2)
//--- l4.cpp
#include "link.h"
LINK(f4, f3)
//--- l5.cpp
#include "link.h"
LINK(f5, f4)
//--- l6.cpp
#include "link.h"
LINK(f6, f5)
//--- l7.cpp
#include "link.h"
LINK(f7, f6)
//--- l8.cpp
#include "link.h"
LINK(f8, f7)
//--- l9.cpp
#include "link.h"
LINK(f9, f8)
//--- l10.cpp
#include "link.h"
LINK(f10, f9)
//--- l11.cpp
#include "link.h"
LINK(f11, f10)
//--- l12.cpp
#include "link.h"
LINK(f12, f11)
//--- l13.cpp
#include "link.h"
LINK(f13, f12)
//--- l14.cpp
#include "link.h"
LINK(f14, f13)
//--- l15.cpp
#include "link.h"
LINK(f15, f14)
//--- l16.cpp
#include "link.h"
LINK(f16, f15)
//--- l17.cpp
#include "link.h"
LINK(f17, f16)
//--- l18.cpp
#include "link.h"
LINK(f18, f17)
//--- l19.cpp
#include "link.h"
LINK(f19, f18)
//--- l20.cpp
#include "link.h"
LINK(f20, f19)
//--- l21.cpp
#include "link.h"
LINK(f21, f20)
//--- l22.cpp
#include "link.h"
LINK(f22, f21)
//--- l23.cpp
#include "link.h"
LINK(f23, f22)
//--- l24.cpp
#include "link.h"
LINK(f24, f23)
//--- l25.cpp
#include "link.h"
LINK(f25, f24)
//--- l26.cpp
#include "link.h"
LINK(f26, f25)
//--- l27.cpp
#include "link.h"
LINK(f27, f26)
//--- l28.cpp
#include "link.h"
LINK(f28, f27)
//--- l29.cpp
#include "link.h"
LINK(f29, f28)
//--- l30.cpp
#include "link.h"
LINK(f30, f29)
//--- l31.cpp
#include "link.h"
LINK(f31, f30)
//--- l32.cpp
#include "link.h"
LINK(f32, f31)
//--- l33.cpp
#include "link.h"
LINK(f33, f32)
//--- l34.cpp
#include "link.h"
LINK(f34, f33)
//--- l35.cpp
#include "link.h"
LINK(f35, f34)
//--- l36.cpp
#include "link.h"
LINK(f36, f35)
//--- l37.cpp
#include "link.h"
LINK(f37, f36)
//--- l38.cpp
#include "link.h"
LINK(f38, f37)
//--- l39.cpp
#include "link.h"
LINK(f39, f38)
