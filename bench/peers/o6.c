/*
 * o6.c: the six-component model of competing superconducting and charge orders, in plain scalar C.
 *
 * n = (psi, Phi_x, Phi_y), |n| = 1, six doubles a site, L x L torus (L = 2 has doubled bonds), rho = a = k_B = 1:
 *
 *     H = 1/2 sum_<ij> [ (psi_i - psi_j)^2 + lambda (Phi_i - Phi_j)^2 ]
 *       + 1/2 sum_i [ g q_i + gPrime q_i^2 + w (A_i^2 + B_i^2) ],  A = |Phi_x|^2, B = |Phi_y|^2, q = A + B.
 *
 * A sweep is a Metropolis sweep with a cone move, whose width adapts during thermalisation (sweeps / 10) to an
 * acceptance of about one half and is fixed afterwards, and then an over-relaxation sweep: each of the three
 * two-component sectors is reflected about its own exchange field, which conserves the energy for all parameters.
 * xoshiro256+ (Blackman and Vigna) is the generator. Build it for your own machine:
 *
 *     cc -O3 -march=native -o o6 o6.c -lm
 *     ./o6 L T LAMBDA G GPRIME W SWEEPS SEED
 *
 * With -DOVERRELAX=n there are n over-relaxation sweeps instead of one.
 *
 * Prints one line of JSON. nanosecondsPerSite times the measured sweeps alone (one Metropolis and one
 * over-relaxation update of a site, or n), secondsPerSweep is the wall clock of the measured stage with its measurements,
 * one after each sweep. energy is the whole H per site; scOrderSquared = (M1^2 + M2^2) / N^2, cdwOrderSquared the same
 * for the other four; Tau is the integrated autocorrelation time in sweeps (1/2 if independent), and each error
 * is sqrt(2 tau variance / sweeps).
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifndef OVERRELAX
#define OVERRELAX 1
#endif

typedef struct {
  double n[6];
} Site;

typedef struct {
  double beta, lambda, g, gPrime, w;
} Model;

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

static inline double uniform(void) { return (xoshiro256plus() >> 11) * 0x1p-53; }

/* a point uniform in the unit disc; returns its squared radius, never 0 */
static inline double disc(double *x, double *y) {
  double s;
  do {
    const uint64_t r = xoshiro256plus();
    *x = ((double)(int32_t)(r >> 32) + 0.5) * 0x1p-31;
    *y = ((double)(int32_t)r + 0.5) * 0x1p-31;
    s = *x * *x + *y * *y;
  } while (s >= 1);
  return s;
}

/*
 * A direction uniform on the unit sphere in six dimensions, without logarithms: the squared lengths of its three
 * two-component parts are distributed as the three pieces of a stick broken at two uniform points, and the
 * squared radius of a point in a disc is uniform and independent of the point's direction.
 */
static inline void direction(double *xi) {
  const double s0 = disc(xi, xi + 1), s1 = disc(xi + 2, xi + 3), s2 = disc(xi + 4, xi + 5);
  const double low = s0 < s1 ? s0 : s1, high = s0 < s1 ? s1 : s0;
  const double f0 = sqrt(low / s0), f1 = sqrt((high - low) / s1), f2 = sqrt((1 - high) / s2);
  xi[0] *= f0, xi[1] *= f0;
  xi[2] *= f1, xi[3] *= f1;
  xi[4] *= f2, xi[5] *= f2;
}

/* the sum of the four neighbours */
static inline void field(double *h, const Site *a, const Site *b, const Site *c, const Site *d) {
  for (int k = 0; k < 6; k++) h[k] = (a->n[k] + b->n[k]) + (c->n[k] + d->n[k]);
}

/* 1/2 [ (g + 4 (lambda - 1)) q + gPrime q^2 + w (A^2 + B^2) ], what is left of H beside the products of neighbours */
static inline double potential(const double *n, double mass, double gPrime, double w) {
  const double A = n[2] * n[2] + n[3] * n[3], B = n[4] * n[4] + n[5] * n[5], q = A + B;
  return 0.5 * (q * (mass + gPrime * q) + w * (A * A + B * B));
}

/*
 * The proposal is (n + width xi) / |n + width xi|. For a unit n and a xi whose distribution is isotropic, the
 * density of n' depends on n.n' alone: it is symmetric between n and n', and plain Metropolis is in balance.
 *
 * In both kinds of sweep each row does its even columns and then its odd ones, so that a site seldom waits for
 * the one just before it. Sites are updated one after another all the same, and L may be odd.
 */
static long metropolis(Site *lattice, int L, const Model *model, double width) {
  const double beta = model->beta, lambda = model->lambda, gPrime = model->gPrime, w = model->w;
  const double mass = model->g + 4 * (lambda - 1);
  long accepted = 0;
  for (int y = 0; y < L; y++) {
    Site *row = lattice + (long)y * L;
    const Site *up = lattice + (long)(y == 0 ? L - 1 : y - 1) * L;
    const Site *down = lattice + (long)(y == L - 1 ? 0 : y + 1) * L;
    for (int parity = 0; parity < 2; parity++)
      for (int x = parity; x < L; x += 2) {
        double *n = row[x].n, h[6], m[6];
        field(h, up + x, down + x, row + (x == 0 ? L - 1 : x - 1), row + (x == L - 1 ? 0 : x + 1));
        direction(m);
        double norm = 0;
        for (int k = 0; k < 6; k++) {
          m[k] = n[k] + width * m[k];
          norm += m[k] * m[k];
        }
        norm = 1 / sqrt(norm);
        for (int k = 0; k < 6; k++) m[k] *= norm;
        const double sc = (m[0] - n[0]) * h[0] + (m[1] - n[1]) * h[1];
        const double cdw = (m[2] - n[2]) * h[2] + (m[3] - n[3]) * h[3] + (m[4] - n[4]) * h[4] + (m[5] - n[5]) * h[5];
        const double change = potential(m, mass, gPrime, w) - potential(n, mass, gPrime, w) - sc - lambda * cdw;
        if (change <= 0 || uniform() < exp(-beta * change)) {
          for (int k = 0; k < 6; k++) n[k] = m[k];
          accepted++;
        }
      }
  }
  return accepted;
}

static void overrelax(Site *lattice, int L) {
  for (int y = 0; y < L; y++) {
    Site *row = lattice + (long)y * L;
    const Site *up = lattice + (long)(y == 0 ? L - 1 : y - 1) * L;
    const Site *down = lattice + (long)(y == L - 1 ? 0 : y + 1) * L;
    for (int parity = 0; parity < 2; parity++)
      for (int x = parity; x < L; x += 2) {
        double *n = row[x].n, h[6];
        field(h, up + x, down + x, row + (x == 0 ? L - 1 : x - 1), row + (x == L - 1 ? 0 : x + 1));
        for (int k = 0; k < 6; k += 2) {
          const double hh = h[k] * h[k] + h[k + 1] * h[k + 1];
          const double c = hh > 0 ? 2 * (n[k] * h[k] + n[k + 1] * h[k + 1]) / hh : 0;
          n[k] = c * h[k] - n[k];
          n[k + 1] = c * h[k + 1] - n[k + 1];
        }
      }
  }
}

typedef struct {
  double energy, sc, cdw, psi;
} Measurement;

static Measurement measure(const Site *lattice, int L, const Model *model) {
  double exchange = 0, onsite = 0, psi = 0, M[6] = {0};
  for (int y = 0; y < L; y++) {
    const Site *row = lattice + (long)y * L;
    const Site *down = lattice + (long)(y == L - 1 ? 0 : y + 1) * L;
    for (int x = 0; x < L; x++) {
      const double *n = row[x].n, *r = row[x == L - 1 ? 0 : x + 1].n, *d = down[x].n;
      double square[6];
      for (int k = 0; k < 6; k++) {
        square[k] = (n[k] - r[k]) * (n[k] - r[k]) + (n[k] - d[k]) * (n[k] - d[k]);
        M[k] += n[k];
      }
      exchange += square[0] + square[1] + model->lambda * (square[2] + square[3] + square[4] + square[5]);
      onsite += potential(n, model->g, model->gPrime, model->w);
      psi += n[0] * n[0] + n[1] * n[1];
    }
  }
  const double N = (double)L * L;
  return (Measurement){(0.5 * exchange + onsite) / N, (M[0] * M[0] + M[1] * M[1]) / (N * N),
                       (M[2] * M[2] + M[3] * M[3] + M[4] * M[4] + M[5] * M[5]) / (N * N), psi / N};
}

typedef struct {
  double mean, error, tau;
} Estimate;

/* the Gamma method: autocorrelations summed up to Sokal's window, the first W with W >= 6 tau(W) */
static Estimate estimate(double *v, long n) {
  double mean = 0, variance = 0, tau = 0.5;
  for (long i = 0; i < n; i++) mean += v[i];
  mean /= n;
  for (long i = 0; i < n; i++) {
    v[i] -= mean;
    variance += v[i] * v[i];
  }
  variance /= n;
  if (n < 2 || variance <= 0) return (Estimate){mean, 0, 0.5};
  for (long t = 1; t < n / 2; t++) {
    double sum = 0;
    for (long i = 0; i + t < n; i++) sum += v[i] * v[i + t];
    tau += sum / (n - t) / variance;
    if (t >= 6 * tau) break;
  }
  return (Estimate){mean, sqrt(2 * fmax(tau, 0) * variance / n), tau};
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv) {
  const int L = argc > 1 ? atoi(argv[1]) : 16;
  const double T = argc > 2 ? atof(argv[2]) : 0.35;
  const Model model = {1 / T, argc > 3 ? atof(argv[3]) : 1, argc > 4 ? atof(argv[4]) : 0.3, argc > 5 ? atof(argv[5]) : 0,
                       argc > 6 ? atof(argv[6]) : 0};
  const long sweeps = argc > 7 ? atol(argv[7]) : 20000;
  uint64_t seed = argc > 8 ? strtoull(argv[8], NULL, 10) : 1;
  if (L < 2 || !(T > 0) || sweeps < 1) {
    fprintf(stderr, "usage: o6 L T LAMBDA G GPRIME W SWEEPS [SEED], L at least 2\n");
    return 2;
  }
  for (int i = 0; i < 4; i++) state[i] = splitmix64(&seed);
  const long N = (long)L * L;
  Site *lattice = calloc(N, sizeof(Site));
  double *energy = malloc(sweeps * sizeof(double)), *sc = malloc(sweeps * sizeof(double));
  double *cdw = malloc(sweeps * sizeof(double)), *psi = malloc(sweeps * sizeof(double));
  if (!lattice || !energy || !sc || !cdw || !psi) {
    fprintf(stderr, "o6: out of memory\n");
    return 1;
  }
  for (long i = 0; i < N; i++) lattice[i].n[0] = 1;

  double width = 1;
  long accepted = 0, tried = 0;
  for (long i = 0; i < sweeps / 10; i++) {
    accepted += metropolis(lattice, L, &model, width);
    for (int k = 0; k < OVERRELAX; k++) overrelax(lattice, L);
    tried += N;
    if (tried >= 1000) { /* beyond a width of 10 the move forgets n: hot lattices accept more than half */
      width = fmin(10, width * (0.5 + (double)accepted / tried));
      accepted = tried = 0;
    }
  }

  accepted = 0;
  double seconds = 0;
  const double start = now();
  for (long i = 0; i < sweeps; i++) {
    const double begin = now();
    accepted += metropolis(lattice, L, &model, width);
    for (int k = 0; k < OVERRELAX; k++) overrelax(lattice, L);
    seconds += now() - begin;
    const Measurement m = measure(lattice, L, &model);
    energy[i] = m.energy;
    sc[i] = m.sc;
    cdw[i] = m.cdw;
    psi[i] = m.psi;
  }
  const double total = now() - start;

  const Estimate e = estimate(energy, sweeps), s = estimate(sc, sweeps), c = estimate(cdw, sweeps), p = estimate(psi, sweeps);
  printf("{\"nanosecondsPerSite\":%.3f,\"secondsPerSweep\":%.6e,\"energy\":%.8f,\"energyError\":%.8f,"
         "\"scOrderSquared\":%.8f,\"scOrderSquaredError\":%.8f,\"scOrderSquaredTau\":%.3f,"
         "\"cdwOrderSquared\":%.8f,\"cdwOrderSquaredError\":%.8f,\"cdwOrderSquaredTau\":%.3f,"
         "\"psiSquared\":%.8f,\"psiSquaredError\":%.8f,\"acceptance\":%.4f,\"sweeps\":%ld}\n",
         seconds * 1e9 / ((double)sweeps * N), total / sweeps, e.mean, e.error, s.mean, s.error, s.tau, c.mean, c.error,
         c.tau, p.mean, p.error, (double)accepted / ((double)sweeps * N), sweeps);
  free(lattice);
  free(energy);
  free(sc);
  free(cdw);
  free(psi);
  return 0;
}
