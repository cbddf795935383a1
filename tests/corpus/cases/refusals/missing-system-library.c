// about: a system library that is not installed is told by name
// link-error: nosuchlibrary
// program: main.c -lnosuchlibrary
//--- main.c
int main(void) {}
