// about: a symbol that nobody defines is an error that names it
// link-error: absent_function
int absent_function(void);
int main(void) { return absent_function(); }
