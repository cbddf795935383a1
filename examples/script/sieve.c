// The sieve of Eratosthenes.

#include <stdlib.h>

size_t count_primes(size_t limit) {
    unsigned char *composite = calloc(limit, 1);
    if (!composite) return 0;
    size_t primes = 0;
    for (size_t number = 2; number < limit; number++) {
        if (composite[number]) continue;
        primes++;
        for (size_t multiple = number * number; multiple < limit; multiple += number) {
            composite[multiple] = 1;
        }
    }
    free(composite);
    return primes;
}
