// about: glibc hands argc, argv and the environment to constructors, also to a library's
// library a: a.c
// step: load a
// step: call a arguments_are_there
//--- a.c
extern char **environ;
static int complete;
__attribute__((constructor)) static void begin(int count, char **arguments, char **environment) {
  complete = count > 0 && arguments[0] && !arguments[count] && environment == environ;
}
int arguments_are_there(void) { return complete; }
