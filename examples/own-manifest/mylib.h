// Counts words: split in C, counted in C++, used from either.

#ifndef MYLIB_H
#define MYLIB_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Finds the next word (letters only) in `text`: sets `length` and gives its start, NULL at the end.
const char *mylib_next_word(const char *text, size_t *length);

// Calls `visit` for each different word of `text`, in lower case, the most frequent first and
// equally frequent ones in alphabetical order.
void mylib_count_words(const char *text, void (*visit)(const char *word, int count));

#ifdef __cplusplus
}
#endif

#endif
