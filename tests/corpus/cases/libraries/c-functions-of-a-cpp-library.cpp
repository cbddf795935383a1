// about: a program in C uses a C++ library through extern "C" functions, overloads and namespaces behind them
// library stack: stack.cpp
// program: main.c with stack
//--- main.c
#include <stdio.h>
struct stack;
struct stack *stack_new(void);
void stack_push(struct stack *stack, double value);
double stack_pop(struct stack *stack);
void stack_free(struct stack *stack);
int main(void) {
  struct stack *stack = stack_new();
  stack_push(stack, 1.5);
  stack_push(stack, 2.25);
  printf("%.2f\n", stack_pop(stack));
  printf("%.2f\n", stack_pop(stack));
  printf("%.2f\n", stack_pop(stack));
  stack_free(stack);
  return 0;
}
//--- stack.cpp
#include <stdexcept>
#include <vector>
namespace containers {
struct Stack {
    std::vector<double> values;
    double pop() {
        if (values.empty()) throw std::underflow_error("empty");
        double value = values.back();
        values.pop_back();
        return value;
    }
};
}
extern "C" {
containers::Stack *stack_new() { return new containers::Stack; }
void stack_push(containers::Stack *stack, double value) { stack->values.push_back(value); }
double stack_pop(containers::Stack *stack) try {
    return stack->pop();
} catch (const std::exception &) {
    return -1;
}
void stack_free(containers::Stack *stack) { delete stack; }
}
