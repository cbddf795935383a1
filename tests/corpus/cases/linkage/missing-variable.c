// about: a missing variable of a library is an error that names it and who refers to it
// link-error: absent_variable
// library a: a.c
// step: load a
//--- a.c
extern int absent_variable;
int read(void) { return absent_variable; }
