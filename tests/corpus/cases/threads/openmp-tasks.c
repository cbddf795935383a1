// about: OpenMP's tasks, critical and ordered sections, in a library loaded at run time
// flags: -fopenmp
// library tasks: tasks.c
// step: load tasks
// step: call tasks fibonacci
// step: call tasks in_order
// step: unload tasks
// step: load tasks
// step: call tasks fibonacci
//--- tasks.c
#include <omp.h>
static int compute(int n) {
  if (n < 2)
    return n;
  int a, b;
#pragma omp task shared(a)
  a = compute(n - 1);
#pragma omp task shared(b)
  b = compute(n - 2);
#pragma omp taskwait
  return a + b;
}
int fibonacci(void) {
  int result = 0;
#pragma omp parallel num_threads(4)
#pragma omp single
  result = compute(15);
  return result;
}
int in_order(void) {
  int digits = 0;
#pragma omp parallel for ordered num_threads(3)
  for (int i = 1; i <= 8; i++) {
#pragma omp ordered
    digits = digits * 10 + i;
  }
  return digits;
}
