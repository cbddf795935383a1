// about: checks that call a sanitizer's runtime, unless -fsanitize-trap makes them trap
// flags: -fsanitize=undefined
// refused jit: __ubsan_handle_mul_overflow
// refused image: __ubsan_handle_mul_overflow
// refused auto: __ubsan_handle_mul_overflow
int main(int count, char **arguments) {
  (void)arguments;
  return count << (count * 40);
}
