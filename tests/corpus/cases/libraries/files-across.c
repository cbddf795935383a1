// about: what one library opens, allocates and buffers another uses and frees
// library maker: maker.c
// library user: user.c with maker
// step: load user
// step: call user run
// step: text user read
//--- maker.c
#include <stdio.h>
#include <stdlib.h>
FILE *make(char **text, size_t *length) { return open_memstream(text, length); }
char *copy(const char *text) { char *place = malloc(100); snprintf(place, 100, "copy of %s", text); return place; }
//--- user.c
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
FILE *make(char **, size_t *);
char *copy(const char *);
static char kept[100];
int run(void) {
  char *text;
  size_t length;
  FILE *file = make(&text, &length);
  fprintf(file, "%d and %s", 5, "five");
  fclose(file);
  char *copied = copy(text);
  strcpy(kept, copied);
  free(copied);
  free(text);
  return (int)length;
}
const char *read(void) { return kept; }
