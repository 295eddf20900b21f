/*
 * ising.c: the 2D Ising model as a careful user would write it in plain C.
 *
 * One byte a spin, L x L torus, checkerboard Metropolis, a table of acceptances, xoshiro256+ (Blackman and
 * Vigna) as the generator. Build it for your own machine:
 *
 *     cc -O3 -march=native -o ising ising.c -lm
 *     ./ising L T SWEEPS SEED
 *
 * Prints one line of JSON: attempted updates per nanosecond, the mean energy per site with its error, and |m|,
 * so that a benchmark can refuse a peer that is fast and wrong. L must be even.
 *
 * Whether a spin turns is decided by an `if`, which a processor guesses well where few spins or nearly all turn and
 * badly in between: the speed depends on T. With -DBRANCHLESS the sign is turned by a mask instead: the same
 * lattices, at about one speed for all T.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state[4];

static inline uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t xoshiro256plus(void) {
  const uint64_t result = state[0] + state[3];
  const uint64_t t = state[1] << 17;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= t;
  state[3] = rotl(state[3], 45);
  return result;
}

static uint64_t splitmix64(uint64_t *x) {
  uint64_t z = (*x += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

static void sweep(int8_t *restrict s, int L, const uint32_t *restrict accept) {
  for (int colour = 0; colour < 2; colour++) {
    for (int y = 0; y < L; y++) {
      int8_t *row = s + y * L;
      const int8_t *up = s + (y == 0 ? L - 1 : y - 1) * L;
      const int8_t *down = s + (y == L - 1 ? 0 : y + 1) * L;
      for (int x = (y + colour) & 1; x < L; x += 2) {
        const int left = x == 0 ? L - 1 : x - 1;
        const int right = x == L - 1 ? 0 : x + 1;
        const int k = row[x] * (up[x] + down[x] + row[left] + row[right]);
        /* flipping costs 2 k J; accept[] holds min(1, exp(-2 k / T)) in 32 bits */
        const int turns = (uint32_t)(xoshiro256plus() >> 32) <= accept[(k + 4) >> 1];
#ifdef BRANCHLESS
        row[x] = (int8_t)((row[x] ^ -turns) + turns);
#else
        if (turns) row[x] = -row[x];
#endif
      }
    }
  }
}

int main(int argc, char **argv) {
  const int L = argc > 1 ? atoi(argv[1]) : 64;
  const double T = argc > 2 ? atof(argv[2]) : 2.269185314213;
  const long sweeps = argc > 3 ? atol(argv[3]) : 20000;
  uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
  if (L < 2 || L % 2 || T <= 0 || sweeps < 1) {
    fprintf(stderr, "usage: ising L T SWEEPS [SEED], L even\n");
    return 2;
  }
  for (int i = 0; i < 4; i++) state[i] = splitmix64(&seed);
  const int N = L * L;
  int8_t *s = malloc(N);
  for (int i = 0; i < N; i++) s[i] = 1;
  uint32_t accept[5];
  for (int k = 0; k < 5; k++) {
    const double p = exp(-2.0 * (2 * k - 4) / T);
    accept[k] = p >= 1 ? UINT32_MAX : (uint32_t)(p * 4294967296.0);
  }
  for (long i = 0; i < sweeps / 10 + 1; i++) sweep(s, L, accept);
  double energy = 0, absolute = 0, seconds = 0;
  enum { BINS = 20, BLOCKS = 100 * BINS };
  const long per = sweeps / BLOCKS > 0 ? sweeps / BLOCKS : 1;
  double bins[BINS] = {0};
  for (long b = 0; b < BLOCKS; b++) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (long i = 0; i < per; i++) sweep(s, L, accept);
    clock_gettime(CLOCK_MONOTONIC, &end);
    seconds += (end.tv_sec - begin.tv_sec) + 1e-9 * (end.tv_nsec - begin.tv_nsec);
    int e = 0, m = 0; /* measured outside the clock: the peer is timed for its flips alone */
    for (int y = 0; y < L; y++)
      for (int x = 0; x < L; x++) {
        e -= s[y * L + x] * (s[y * L + (x + 1) % L] + s[((y + 1) % L) * L + x]);
        m += s[y * L + x];
      }
    energy += (double)e / N;
    bins[b / (BLOCKS / BINS)] += (double)e / N / (BLOCKS / BINS);
    absolute += fabs((double)m / N);
  }
  double squares = 0; /* bins are long against the autocorrelation away from T_c, so their scatter gives the error */
  for (int i = 0; i < BINS; i++) squares += (bins[i] - energy / BLOCKS) * (bins[i] - energy / BLOCKS);
  printf("{\"flipsPerNanosecond\":%.6f,\"energy\":%.8f,\"energyError\":%.8f,\"absMagnetization\":%.6f}\n",
         (double)per * BLOCKS * N / (seconds * 1e9), energy / BLOCKS, sqrt(squares / (BINS * (BINS - 1))), absolute / BLOCKS);
  free(s);
  return 0;
}
