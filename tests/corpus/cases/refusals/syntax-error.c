// about: a syntax error is told with file, line and column
// compile-error: syntax-error.c:4:28: error: expected expression
int twice(int);
int main(void) { return 1 +; }
