// about: local-dynamic and global-dynamic variables stand beside each other
// refused jit: thread-local
// library a: a.c
// step: load a
// step: call a sum
// step: thread a sum
// step: call a sum
//--- a.c
__attribute__((tls_model("local-dynamic"))) static _Thread_local int one = 1;
__attribute__((tls_model("local-dynamic"))) static _Thread_local short two = 2;
__attribute__((tls_model("global-dynamic"))) _Thread_local long three = 3;
static _Thread_local char text[] = "abc";
int sum(void) {
  one++, two++, three++, text[0]++;
  return one + two + (int)three + text[0];
}
