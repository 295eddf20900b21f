interface Ising {
  readonly T: number
  readonly J: number
  readonly h: number
}

/** Number of configurations of the L x L torus by sum over bonds and by total spin. */
function levels(size: number): readonly (readonly [bonds: number, spin: number, count: number])[] {
  const found = new Map<string, [number, number, number]>()
  for (let configuration = 0; configuration < 2 ** (size * size); configuration++) {
    const s = (x: number, y: number): number => (((configuration >> ((y % size) * size + (x % size))) & 1) === 1 ? 1 : -1)
    let [bonds, spin] = [0, 0]
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        bonds += s(x, y) * (s(x + 1, y) + s(x, y + 1))
        spin += s(x, y)
      }
    }
    const level = found.get(`${bonds} ${spin}`)
    if (level) level[2]++
    else found.set(`${bonds} ${spin}`, [bonds, spin, 1])
  }
  return [...found.values()]
}

/** How often two replicas in equilibrium at `a` and `b` exchange: min(1, w_a(y) w_b(x) / (w_a(x) w_b(y))), averaged over both. */
export function exactAcceptance(size: number, a: Ising, b: Ising): number {
  const all = levels(size)
  const logs = [a, b].map(({ T, J, h }) => all.map(([bonds, spin]) => (J * bonds + h * spin) / T)) as [number[], number[]]
  const [inA, inB] = logs.map((log) => {
    const top = Math.max(...log)
    const weights = log.map((value, i) => (all[i]?.[2] as number) * Math.exp(value - top))
    const sum = weights.reduce((x, y) => x + y, 0)
    return weights.map((weight) => weight / sum)
  }) as [number[], number[]]
  let accepted = 0
  for (const [i, p] of inA.entries()) {
    for (const [j, q] of inB.entries()) {
      const change = (logs[0][j] as number) + (logs[1][i] as number) - (logs[0][i] as number) - (logs[1][j] as number)
      accepted += p * q * Math.min(1, Math.exp(change))
    }
  }
  return accepted
}
