/* Compression by two worker threads; a library without them refuses the parameter. */
#include "zstd.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    size_t size = 4 << 20, bound = ZSTD_compressBound(size);
    char *text = malloc(size), *back = malloc(size), *small = malloc(bound);
    for (size_t i = 0; i < size; i++) text[i] = "abcdefgh"[(i * i >> 7) & 7];
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t set = ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, 2);
    if (ZSTD_isError(set)) return puts(ZSTD_getErrorName(set)), 1;
    ZSTD_CCtx_setParameter(context, ZSTD_c_jobSize, 1 << 20);
    size_t length = ZSTD_compress2(context, small, bound, text, size);
    size_t full = ZSTD_decompress(back, size, small, length);
    printf("2 threads: %s\n", full == size && !memcmp(text, back, size) ? "same" : "different");
    ZSTD_freeCCtx(context);
    return 0;
}
