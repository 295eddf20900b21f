// What all bit-sliced kernels share: 128 lanes of one bit in a v128. Lane b is bit b of the word, so bit b % 32 of its
// 32-bit part b / 32.
//
// Probabilities become masks, bit i (from the top) of every lane's threshold in one word; counts over many words become
// planes, bit i (from the bottom) of every lane's count in one word.

/** Number of positions of a threshold; what is still undecided after them keeps the last bit (a chance of 2^-32). */
export const POSITIONS: i32 = 32

/**
 * One step of the 32 x 32 bit transpose (Hacker's Delight, 7-3), of four matrices at once: the four 32-bit parts.
 * rows: (32) v128.
 */
// @ts-ignore: decorator
@inline
function exchangeBlocks(rows: usize, distance: i32, mask: u32): void {
  const m = i32x4.splat(mask)
  const step = <usize>distance << 4
  for (let k = 0; k < 32; k = (k + distance + 1) & ~distance) {
    const at = rows + (<usize>k << 4)
    const upper = v128.load(at)
    const lower = v128.load(at + step)
    const t = v128.and(v128.xor(i32x4.shr_u(upper, distance), lower), m)
    v128.store(at, v128.xor(upper, i32x4.shl(t, distance)))
    v128.store(at + step, v128.xor(lower, t))
  }
}

/** Transposes four 32 x 32 bit matrices in place: bit c of row r becomes bit r of row c, in each 32-bit part. rows: (32) v128. */
function transposeBits(rows: usize): void {
  exchangeBlocks(rows, 16, 0x0000ffff)
  exchangeBlocks(rows, 8, 0x00ff00ff)
  exchangeBlocks(rows, 4, 0x0f0f0f0f)
  exchangeBlocks(rows, 2, 0x33333333)
  exchangeBlocks(rows, 1, 0x55555555)
}

/**
 * Turns the thresholds of 128 lanes into the masks that a kernel walks down.
 *
 * thresholds: (kinds, 32, 4) u32, lane b at [b % 32][b / 32]; overwritten. masks: (32, kinds) v128.
 * A bit that is 1 with probability p takes bit i of p where i is the position of the first 1 in a random stream. While a
 * lane is undecided a kernel adds (xor) masks[0] ^ masks[1] ^ ... so each mask holds the *change* from position i - 1
 * to i: after the first 1 at position i the sum is bit i itself.
 */
export function buildMasks(thresholds: usize, masks: usize, kinds: i32): void {
  for (let kind = 0; kind < kinds; kind++) {
    const rows = thresholds + (<usize>kind << 9)
    transposeBits(rows)
    let previous = i64x2.splat(0)
    for (let i = 0; i < POSITIONS; i++) {
      const row = v128.load(rows + (<usize>(POSITIONS - 1 - i) << 4))
      v128.store(masks + (<usize>(i * kinds + kind) << 4), v128.xor(row, previous))
      previous = row
    }
  }
}

/**
 * Gives every lane the thresholds of the point at which it is.
 *
 * table: (kinds, width) u32, thresholds by rung; rungs: (128) i32; thresholds: (kinds, 32, 4) u32 as buildMasks wants them.
 */
export function placeLanes(table: usize, width: i32, rungs: usize, thresholds: usize, kinds: i32): void {
  for (let kind = 0; kind < kinds; kind++) {
    for (let lane: usize = 0; lane < 128; lane++) {
      const threshold = load<u32>(table + (<usize>load<i32>(rungs + (lane << 2)) << 2))
      store<u32>(thresholds + ((lane & 31) << 4) + ((lane >> 5) << 2), threshold)
    }
    table += <usize>width << 2
    thresholds += 512
  }
}

/** The sum bit of three bits. */
// @ts-ignore: decorator
@inline
export function sum(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c)
}

/** The carry bit of three bits; the xor is shared with sum() after inlining. */
// @ts-ignore: decorator
@inline
export function carry(a: v128, b: v128, c: v128): v128 {
  return v128.or(v128.and(a, b), v128.and(v128.xor(a, b), c))
}

/** Adds a word of weight 2^level to the planes. */
// @ts-ignore: decorator
@inline
export function addWord(planes: usize, level: i32, word: v128): void {
  for (let at = planes + (<usize>level << 4); v128.any_true(word); at += 16) {
    const plane = v128.load(at)
    v128.store(at, v128.xor(plane, word))
    word = v128.and(plane, word)
  }
}

/**
 * Adds `count` words of weight 2^level to the planes by carry-save adders, eight words to one of eight times the weight.
 *
 * words: (count) v128; list: (count / 8) v128, overwritten, and may be `words` itself; planes: (32) v128.
 */
export function addList(words: usize, count: i32, list: usize, planes: usize, level: i32): void {
  while (count > 0) {
    let ones = i64x2.splat(0)
    let twos = i64x2.splat(0)
    let fours = i64x2.splat(0)
    let from = words
    let to = list
    let left = count
    for (; left >= 8; left -= 8, from += 128, to += 16) {
      const a = v128.load(from)
      const b = v128.load(from, 16)
      const c = v128.load(from, 32)
      const d = v128.load(from, 48)
      const e = v128.load(from, 64)
      const f = v128.load(from, 80)
      const g = v128.load(from, 96)
      const h = v128.load(from, 112)
      const s1 = sum(ones, a, b)
      const t1 = carry(ones, a, b)
      const s2 = sum(s1, c, d)
      const t2 = carry(s1, c, d)
      const u1 = sum(twos, t1, t2)
      const f1 = carry(twos, t1, t2)
      const s3 = sum(s2, e, f)
      const t3 = carry(s2, e, f)
      ones = sum(s3, g, h)
      const t4 = carry(s3, g, h)
      twos = sum(u1, t3, t4)
      const f2 = carry(u1, t3, t4)
      v128.store(to, carry(fours, f1, f2))
      fours = sum(fours, f1, f2)
    }
    for (; left > 0; left--, from += 16) addWord(planes, level, v128.load(from))
    addWord(planes, level, ones)
    addWord(planes, level + 1, twos)
    addWord(planes, level + 2, fours)
    words = list
    count = count >> 3
    level += 3
  }
}

/** Reads the planes out into counts and clears them. planes: (32) v128, counts: (128) i32. */
export function readPlanes(planes: usize, counts: usize): void {
  // Bit p of the count of lane 32 w + r is bit r of part w of plane p, so transposed planes are counts: that of the lane in
  // part w of row r. Four rows at a time are put in the order of lanes.
  transposeBits(planes)
  for (let row: usize = 0; row < 512; row += 64, counts += 16) {
    const a = v128.load(planes + row)
    const b = v128.load(planes + row, 16)
    const c = v128.load(planes + row, 32)
    const d = v128.load(planes + row, 48)
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
    v128.store(counts, v128.shuffle<i64>(ab, cd, 0, 2))
    v128.store(counts, v128.shuffle<i64>(ab, cd, 1, 3), 128)
    const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
    const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
    v128.store(counts, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 256)
    v128.store(counts, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 384)
  }
  memory.fill(planes, 0, 512)
}
