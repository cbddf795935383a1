; about: a program that is one file of LLVM's intermediate representation, with a constructor
@text = private constant [16 x i8] c"from LLVM's own\00"
@early = private constant [12 x i8] c"constructor\00"
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @begin, ptr null }]

declare i32 @puts(ptr)

define internal void @begin() {
  %printed = call i32 @puts(ptr @early)
  ret void
}

define i32 @main() {
  %printed = call i32 @puts(ptr @text)
  ret i32 7
}
