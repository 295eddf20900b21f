// SFC64 (Chris Doty-Humphrey's small fast counting generator, the one NumPy calls SFC64): 192 bits of state and a
// 64-bit counter, so two streams can only meet after 2^64 draws.
//
// A v128 state is two independent streams side by side: { a, b, c, counter } as four v128, 64 bytes. One step gives
// 128 random bits, one for each lane of a bundle. A scalar state is four u64, 32 bytes.
// The plain twin is src/engine/random/sfc64.ts.

/** The bytes of a 64-bit rotation to the left by 24 bits, in both halves: one shuffle in place of three operations. */
export const ROTATE_24: v128 = i8x16(5, 6, 7, 0, 1, 2, 3, 4, 13, 14, 15, 8, 9, 10, 11, 12)

/** Writes `count` words (16 bytes each) of a two-stream generator at `random` to `out`. */
export function sfc64Fill(random: usize, out: usize, count: i32): void {
  let a = v128.load(random)
  let b = v128.load(random, 16)
  let c = v128.load(random, 32)
  let counter = v128.load(random, 48)
  const one = i64x2.splat(1)
  const end = out + (<usize>count << 4)
  for (; out < end; out += 16) {
    const word = i64x2.add(i64x2.add(a, counter), b)
    counter = i64x2.add(counter, one)
    a = v128.xor(b, i64x2.shr_u(b, 11))
    b = i64x2.add(c, i64x2.shl(c, 3))
    c = i64x2.add(i8x16.swizzle(c, ROTATE_24), word)
    v128.store(out, word)
  }
  v128.store(random, a)
  v128.store(random, b, 16)
  v128.store(random, c, 32)
  v128.store(random, counter, 48)
}

/** Writes `count` uniform doubles in [0, 1) of the scalar generator at `random` to `out`; 53 bits each, as NumPy does. */
export function sfc64Uniform(random: usize, out: usize, count: i32): void {
  let a = load<u64>(random)
  let b = load<u64>(random, 8)
  let c = load<u64>(random, 16)
  let counter = load<u64>(random, 24)
  for (let k = 0; k < count; k++) {
    const word = a + b + counter
    counter++
    a = b ^ (b >> 11)
    b = c + (c << 3)
    c = rotl<u64>(c, 24) + word
    store<f64>(out + (<usize>k << 3), <f64>(word >> 11) * (1.0 / 9007199254740992.0))
  }
  store<u64>(random, a)
  store<u64>(random, b, 8)
  store<u64>(random, c, 16)
  store<u64>(random, counter, 24)
}
