// about: a library may have a function called main, which is called like any other
// library a: a.c
// step: load a
// step: call a main
// step: call a twice
//--- a.c
int main(void) { return 21; }
int twice(void) { return main() * 2; }
