#include "mylib.h"

#include <ctype.h>

const char *mylib_next_word(const char *text, size_t *length) {
    while (*text != '\0' && !isalpha((unsigned char)*text)) {
        text++;
    }
    *length = 0;
    while (isalpha((unsigned char)text[*length])) {
        (*length)++;
    }
    return *length > 0 ? text : NULL;
}
