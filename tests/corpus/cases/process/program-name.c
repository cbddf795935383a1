// about: program_invocation_name is the host's
// differs: a program runs inside nlib's process, and the C library has noted the name of that
//> nlib
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
int main(void) { puts(program_invocation_short_name); }
