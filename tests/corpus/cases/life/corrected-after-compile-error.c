// about: a library that does not compile leaves nothing behind; corrected it loads in the same process
// library a: a.c
// step: edit a.c return 1; => return 1
// step: fails-load a expected ';'
// step: edit a.c return 1 => return 2;
// step: load a
// step: call a value
//--- a.c
int value(void) { return 1; }
