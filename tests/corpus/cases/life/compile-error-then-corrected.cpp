// about: a library that stops compiling fails to load with the compiler's message, and loads once corrected
// library shape: shape.cpp
// step: load shape
// step: call shape area
// step: unload shape
// step: edit shape.cpp side * side => side * sade
// step: fails-load shape undeclared identifier 'sade'
// step: edit shape.cpp side * sade => side * side * 2
// step: load shape
// step: call shape area
// differs: natively the script has no shared object to go on with
//> load shape
//> area = 36
//> unload shape
//> edit shape.cpp
//> fails-load shape
//> edit shape.cpp
//> load shape
//> area = 72
//--- shape.cpp
static volatile int side = 6;
extern "C" int area() { return side * side; }
