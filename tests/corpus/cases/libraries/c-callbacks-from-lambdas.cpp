// about: captureless lambdas are C callbacks for a library in C, with state through a pointer
// library walk: walk.c
// program: main.cpp with walk
//--- walk.c
struct node {
  int value;
  const struct node *next;
};
int walk(const struct node *node, int (*visit)(int value, void *state), void *state) {
  int visited = 0;
  for (; node; node = node->next, visited++)
    if (!visit(node->value, state))
      break;
  return visited;
}
//--- main.cpp
#include <cstdio>
struct node {
    int value;
    const node *next;
};
extern "C" int walk(const node *first, int (*visit)(int value, void *state), void *state);
int main() {
    node third{30, nullptr}, second{20, &third}, first{10, &second};
    int sum = 0;
    int visited = walk(&first, [](int value, void *state) { return *static_cast<int *>(state) += value; }, &sum);
    std::printf("visited %d, sum %d\n", visited, sum);
    visited = walk(&first, +[](int value, void *) { return static_cast<int>(value < 20); }, nullptr);
    std::printf("visited %d\n", visited);
}
