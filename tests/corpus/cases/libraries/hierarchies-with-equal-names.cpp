// about: two unrelated libraries with different classes of one name each use their own vtable and throw their own
// library left: left.cpp
// library right: right.cpp
// step: load left
// step: load right
// step: call left left_value
// step: call right right_value
// step: call left left_caught
// step: call right right_caught
//--- left.cpp
struct Shape {
    virtual ~Shape() {}
    virtual int value() const { return 1; }
};
static const Shape *volatile shape = new Shape;
extern "C" int left_value() { return shape->value(); }
extern "C" int left_caught() {
    try {
        throw Shape();
    } catch (const Shape &caught) {
        return caught.value();
    }
}
//--- right.cpp
struct Shape {
    int more = 40;
    virtual ~Shape() {}
    virtual int other() const { return 7; }
    virtual int value() const { return 2 + more; }
};
static const Shape *volatile shape = new Shape;
extern "C" int right_value() { return shape->value(); }
extern "C" int right_caught() {
    try {
        throw Shape();
    } catch (const Shape &caught) {
        return caught.value();
    }
}
