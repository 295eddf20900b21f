# Energy u and specific heat c per site of the L x L Ising torus (J = 1) from far below to far above T_c, in hundreds of digits:
# python3 ising-extremes.py > ising-extremes.json. Small lattices by counting configurations, larger ones by Kaufman's formula,
# the infinite one by Onsager's; derivatives by differences, which cost no digits that matter here. Also what a field does to L = 3.
import json
from mpmath import mp, mpf, acosh, cos, cosh, coth, ellipk, exp, log, pi, sinh, tanh, fabs

mp.dps = 1000
TEMPERATURES = ['0.02', '0.05', '0.2', '0.5', '0.8', '0.86', '0.88', '1.3', '2', '2.5', '4', '9', '9.9', '10.1', '12', '100', '1e4', '1e7', '1e9', '1e12']


def levels(L):
    found = {}
    for configuration in range(2 ** (L * L)):
        s = lambda x, y: 1 if configuration >> (y % L * L + x % L) & 1 else -1
        bonds = sum(s(x, y) * (s(x + 1, y) + s(x, y + 1)) for y in range(L) for x in range(L))
        M = sum(s(x, y) for y in range(L) for x in range(L))
        found[bonds, M] = found.get((bonds, M), 0) + 1
    return found


def moments(density, T, J, h):
    terms = [(-J * bonds - h * M, M, count * exp((J * bonds + h * M) / T)) for (bonds, M), count in density.items()]
    Z = sum(w for _, _, w in terms)
    return lambda value: sum(w * value(E, M) for E, M, w in terms) / Z


def enumerated(L, density, T, J=mpf(1), h=mpf(0)):
    N = L * L
    mean = moments(density, T, J, h)
    E, absolute, m2, m4 = mean(lambda E, M: E), mean(lambda E, M: abs(M)), mean(lambda E, M: M ** 2), mean(lambda E, M: M ** 4)
    return {
        'energy': E / N,
        'magnetization': mean(lambda E, M: M) / N,
        'specific_heat': (mean(lambda E, M: E * E) - E * E) / (N * T * T),
        'susceptibility': (m2 - absolute ** 2) / (N * T),
        'binder': 1 - m4 / (3 * m2 ** 2),
    }


def kaufman(L, K):
    def gamma(l):
        return 2 * K + log(tanh(K)) if l == 0 else acosh(cosh(2 * K) * coth(2 * K) - cos(pi * l / L))
    odd, even = [gamma(2 * r + 1) for r in range(L)], [gamma(2 * r) for r in range(L)]
    def product(of, gammas):
        p = mpf(1)
        for g in gammas:
            p *= 2 * of(L * g / 2)
        return p
    Z = product(cosh, odd) + product(sinh, odd) + product(cosh, even) + product(sinh, even)
    return L * L * log(2 * sinh(2 * K)) / 2 + log(Z / 2)


def by_differences(L, T):
    K, N = 1 / T, L * L
    h = K * mpf(10) ** -150
    before, here, after = kaufman(L, K - h), kaufman(L, K), kaufman(L, K + h)
    return {'energy': -(after - before) / (2 * h * N), 'specific_heat': K * K * (after - 2 * here + before) / (h * h * N)}


def onsager(T):
    def u(K):
        k = 2 * sinh(2 * K) / cosh(2 * K) ** 2
        return -coth(2 * K) * (1 + 2 / pi * (2 * tanh(2 * K) ** 2 - 1) * ellipk(k * k))
    K = 1 / T
    h = K * mpf(10) ** -150
    return {'energy': u(K), 'specific_heat': -K * K * (u(K + h) - u(K - h)) / (2 * h)}


def plain(values):
    return {name: float(value) for name, value in values.items()}


small = {L: levels(L) for L in (2, 3, 4)}
result = {'source': __doc__ or 'ising-extremes.py, mpmath with 1000 digits; H = -J sum s s - h sum s, L = 2 has doubled bonds'}
result['zeroField'] = {
    **{f'L{L}': {T: plain(enumerated(L, small[L], mpf(T))) for T in TEMPERATURES} for L in small},
    **{f'L{L}': {T: plain(by_differences(L, mpf(T))) for T in TEMPERATURES} for L in (5, 8, 16)},
    'infinite': {T: plain(onsager(mpf(T))) for T in TEMPERATURES},
}
result['others'] = [
    {'L': L, 'J': J, 'h': h, 'T': T, **plain(enumerated(L, small[L], mpf(T), mpf(J), mpf(h)))}
    for L, J, h in ((3, '1', '0.25'), (3, '-1', '0'), (4, '-1', '0.5'), (2, '0', '1'))
    for T in ('0.05', '0.5', '2', '100', '1e7', '1e12')
]
print(json.dumps(result, indent=1))
