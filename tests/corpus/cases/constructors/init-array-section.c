// about: function pointers placed into .init_array and .fini_array by hand run like constructors
#include <stdio.h>
static void begin(void) { puts("from .init_array"); }
static void end(void) { puts("from .fini_array"); }
typedef void function(void);
__attribute__((section(".init_array"), used)) static function *const begins[] = {begin};
__attribute__((section(".fini_array"), used)) static function *const ends[] = {end};
int main(void) { puts("main"); }
