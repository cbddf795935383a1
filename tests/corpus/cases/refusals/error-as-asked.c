// about: -Werror makes a warning an error
// flags: -Wall -Werror
// compile-error: unused variable 'nothing'
int main(void) {
  int nothing;
}
