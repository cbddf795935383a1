// about: the text of #error reaches the user
// compile-error: this cannot be built here
#error this cannot be built here
int main(void) {}
