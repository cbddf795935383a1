// about: a class that the program only knows by declaration goes through it and is cast and caught in libraries
// library widgets: widgets.cpp
// library painter: painter.cpp with widgets
// program: main.cpp with painter widgets
//--- widget.h
struct Drawable {
    virtual ~Drawable() {}
};
struct Widget : Drawable {
    int size = 12;
};
//--- widgets.cpp
#include "widget.h"
Drawable *make(int which) { return which ? new Widget : new Drawable; }
void throws(Drawable *drawable) { throw dynamic_cast<Widget *>(drawable); }
//--- painter.cpp
#include "widget.h"
int paint(Drawable *drawable) {
    Widget *widget = dynamic_cast<Widget *>(drawable);
    return widget ? widget->size : -1;
}
int caught(void (*function)(Drawable *), Drawable *drawable) {
    try {
        function(drawable);
    } catch (Drawable *found) {
        return found ? 2 : 1;
    }
    return 0;
}
//--- main.cpp
#include <cstdio>
struct Drawable;
struct Widget;
Drawable *make(int which);
int paint(Drawable *drawable);
void throws(Drawable *drawable);
int caught(void (*function)(Drawable *), Drawable *drawable);
int main() {
    Drawable *plain = make(0), *widget = make(1);
    std::printf("%d %d\n", paint(plain), paint(widget));
    std::printf("%d %d\n", caught(throws, plain), caught(throws, widget));
    try {
        throws(widget);
    } catch (void *found) {
        std::printf("the program catches it as void *: %s\n", found ? "yes" : "no");
    }
}
