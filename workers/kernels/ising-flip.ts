// A global move of 128 Ising lattices: s -> -s of every site of the lanes that take it. Which lanes do is drawn with the
// heat-bath probability 1 / (1 + e^y), y = 2 beta h M, the energy that the flip costs over T; one half without a field.
// The plain twin is KernelTwin.flip of src/model/ising/reference.ts.

import { exponential } from './exchange'

/** Beyond this e^-y is less than a 53-bit uniform can be. */
const CERTAIN: f64 = 39.0

/** flipped: v128, bit b is 1 if uniform[b] < 1 / (1 + e^y[b]). uniform, y: (128) f64. */
export function isingDrawFlips(uniform: usize, y: usize, flipped: usize): void {
  for (let part: usize = 0; part < 4; part++) {
    let word: u32 = 0
    for (let bit: u32 = 0; bit < 32; bit++, uniform += 8, y += 8) {
      const cost = load<f64>(y)
      if (cost >= CERTAIN) continue
      if (cost > -CERTAIN) {
        const e = exponential(-abs(cost))
        if (load<f64>(uniform) >= (cost > 0.0 ? e : 1.0) / (1.0 + e)) continue
      }
      word |= <u32>1 << bit
    }
    store<u32>(flipped + (part << 2), word)
  }
}

/** Turns all `count` spins of the lanes whose bit in `flipped` is 1. spins: (count) v128. */
export function isingFlip(spins: usize, count: i32, flipped: usize): void {
  const word = v128.load(flipped)
  const end = spins + (<usize>count << 4)
  for (const four = end - (<usize>(count & 3) << 4); spins < four; spins += 64) {
    v128.store(spins, v128.xor(v128.load(spins), word))
    v128.store(spins, v128.xor(v128.load(spins, 16), word), 16)
    v128.store(spins, v128.xor(v128.load(spins, 32), word), 32)
    v128.store(spins, v128.xor(v128.load(spins, 48), word), 48)
  }
  for (; spins < end; spins += 16) v128.store(spins, v128.xor(v128.load(spins), word))
}
