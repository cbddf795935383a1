// about: LLVM IR that does not parse is told with its file and line
// compile-error: code.ll:2:
// program: main.c code.ll
//--- main.c
int main(void) {}
//--- code.ll
define i32 @broken() {
  ret i64 %undefined
}
