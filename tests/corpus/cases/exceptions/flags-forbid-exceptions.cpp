// about: with -fno-exceptions a throw does not compile
// flags: -fno-exceptions
// compile-error: cannot use 'throw' with exceptions disabled
int main(int count, char **) {
    if (count > 5) throw count;
}
