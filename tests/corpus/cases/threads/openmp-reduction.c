// about: -fopenmp brings OpenMP's runtime library along, and loops run on several threads
// flags: -fopenmp
#include <omp.h>
#include <stdio.h>
int main(void) {
  volatile int last = 100000;
  long sum = 0;
  int most = 0;
#pragma omp parallel for reduction(+ : sum) num_threads(4)
  for (int i = 1; i <= last; i++)
    sum += i;
#pragma omp parallel num_threads(3)
  {
#pragma omp single
    most = omp_get_num_threads();
  }
  printf("sum %ld, team of %d\n", sum, most);
}
