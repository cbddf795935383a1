// about: qsort, bsearch, tsearch and ftw call functions of loaded code
#define _GNU_SOURCE
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
static int calls;
static int compare(const void *a, const void *b) {
  calls++;
  return *(const int *)a - *(const int *)b;
}
static int sum;
static void visit(const void *node, VISIT order, int depth) {
  (void)depth;
  if (order == postorder || order == leaf)
    sum = sum * 10 + **(const int *const *)node;
}
static int reversed(const void *a, const void *b, void *context) {
  ++*(int *)context;
  return compare(b, a);
}
int main(void) {
  int numbers[] = {5, 3, 9, 1, 7}, key = 7, context = 0;
  void *tree = 0;
  qsort(numbers, 5, sizeof *numbers, compare);
  int *found = bsearch(&key, numbers, 5, sizeof *numbers, compare);
  for (int i = 0; i < 5; i++)
    tsearch(&numbers[i], &tree, compare);
  twalk(tree, visit);
  qsort_r(numbers, 5, sizeof *numbers, reversed, &context);
  printf("%td %d %d %s %s\n", found - numbers, sum, numbers[0], calls > 10 ? "called" : "not called",
         context ? "with context" : "without");
}
