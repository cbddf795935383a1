// A library of one's own with a manifest: C and C++ units, a header directory, published symbols.
//
//     nlib run --with examples/own-manifest/mylib.json examples/own-manifest/main.c
//     nlib load examples/own-manifest/mylib.json --symbol mylib_count_words
//
// The manifest is data, not a script: `nlib check examples/own-manifest/mylib.json` validates it.

#include <stdio.h>

#include "mylib.h"

static void print(const char *word, int count) {
    if (count > 1) {
        printf("%2d %s\n", count, word);
    }
}

int main(void) {
    const char *text = "How much wood would a woodchuck chuck if a woodchuck could chuck wood? "
                       "A woodchuck would chuck as much wood as a woodchuck could chuck "
                       "if a woodchuck could chuck wood.";
    mylib_count_words(text, print);
    return 0;
}
