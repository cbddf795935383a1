// about: two unrelated libraries with different inline functions of one name each keep their own
// library left: left.cpp
// library right: right.cpp
// step: load left
// step: load right
// step: call left left_value
// step: call right right_value
// step: call left left_count
// step: call right right_count
// step: call left left_count
//--- left.cpp
inline __attribute__((noinline)) int helper() { return 1; }
inline int &counter() {
    static int count = 10;
    return count;
}
extern "C" int left_value() { return helper(); }
extern "C" int left_count() { return ++counter(); }
//--- right.cpp
inline __attribute__((noinline)) int helper() { return 2; }
inline int &counter() {
    static int count = 20;
    return count;
}
extern "C" int right_value() { return helper(); }
extern "C" int right_count() { return ++counter(); }
