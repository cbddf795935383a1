// about: a class whose key function is nowhere defined is a link error that names the vtable
// link-error: vtable for Shape
struct Shape {
    virtual ~Shape() {}
    virtual int sides() const;
};
static Shape shape;
int main() { return shape.sides(); }
