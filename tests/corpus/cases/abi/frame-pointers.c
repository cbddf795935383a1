// about: -fno-omit-frame-pointer gives a chain of frames that can be walked
// flags: -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer
#include <stdio.h>
__attribute__((noinline)) static int frames(void *until) {
  int count = 0;
  for (void **frame = __builtin_frame_address(0); frame && count < 100; frame = *frame, count++)
    if (frame == until)
      return count;
  return -1;
}
__attribute__((noinline)) static int deep(int levels, void *until) {
  int count = levels ? deep(levels - 1, until) : frames(until);
  __asm__ volatile("" : "+r"(count));
  return count;
}
int main(void) { printf("%d frames\n", deep(5, __builtin_frame_address(0))); }
