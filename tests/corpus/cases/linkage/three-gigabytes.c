// about: data beyond the reach of 32-bit addresses, under the default code model
// refused jit: MiB of memory, more than relative addresses reach
static char large[3l << 30];
int main(int count, char **arguments) {
  (void)arguments;
  large[(3l << 30) - count] = 5;
  return large[(3l << 30) - 1] + large[count];
}
