import { random } from './random.ts'

/** All 2^16 configurations of the 4 x 4 torus, J = 1, h = 0, by energy and magnetization, one by one. */
const levels = new Map<string, { readonly E: number; readonly m: number; count: number }>()
for (let configuration = 0; configuration < 2 ** 16; configuration++) {
  const s = (x: number, y: number): number => ((configuration >> (4 * (y % 4) + (x % 4))) & 1 ? 1 : -1)
  let [E, M] = [0, 0]
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      E -= s(x, y) * (s(x + 1, y) + s(x, y + 1))
      M += s(x, y)
    }
  }
  const key = `${E} ${M}`
  const level = levels.get(key)
  if (level) level.count++
  else levels.set(key, { E, m: M / 16, count: 1 })
}

/** ln Z */
export function logPartition(temperature: number): number {
  return Math.log([...levels.values()].reduce((sum, { E, count }) => sum + count * Math.exp(-E / temperature), 0))
}

/** Independent samples of the 4 x 4 Ising model, drawn from the exact distribution. */
export function drawIsing(temperature: number, samples: number, seed: number): { readonly energy: Float64Array; readonly m: Float64Array } {
  const all = [...levels.values()]
  const ends: number[] = []
  for (const { E, count } of all) ends.push((ends.at(-1) ?? 0) + count * Math.exp(-E / temperature))
  const next = random(seed)
  const [energy, m] = [new Float64Array(samples), new Float64Array(samples)]
  for (let i = 0; i < samples; i++) {
    const at = next() * (ends.at(-1) as number)
    let [low, high] = [0, ends.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] as number) > at) high = middle
      else low = middle + 1
    }
    energy[i] = all[low]?.E as number
    m[i] = all[low]?.m as number
  }
  return { energy, m }
}
