// about: two libraries with a section set of one name each see their own entries
// library a: a.c
// library b: b.c
// step: load a
// step: load b
// step: call a sum
// step: call b sum
//--- a.c
__attribute__((section("numbers"), used)) static const int entries[] = {1, 2, 3};
__attribute__((visibility("hidden"))) extern const int __start_numbers[], __stop_numbers[];
int sum(void) {
  int sum = 0;
  for (const int *number = __start_numbers; number < __stop_numbers; number++)
    sum += *number;
  return sum;
}
//--- b.c
__attribute__((section("numbers"), used)) static const int entries[] = {10, 20};
__attribute__((visibility("hidden"))) extern const int __start_numbers[], __stop_numbers[];
int sum(void) {
  int sum = 0;
  for (const int *number = __start_numbers; number < __stop_numbers; number++)
    sum += *number;
  return sum;
}
