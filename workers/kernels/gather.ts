// Batches out of the data: rows in any order, pictures also turned by a symmetry of the square and moved around the edges.
// Nothing is multiplied, so every number comes out as it is, or with the other sign.

// @ts-ignore: decorator
@inline const LEFT_RIGHT: i32 = 1
// @ts-ignore: decorator
@inline const UPSIDE_DOWN: i32 = 2
// @ts-ignore: decorator
@inline const TRANSPOSED: i32 = 4
// @ts-ignore: decorator
@inline const FLIPPED: i32 = 8

/** Row i of `out` (count, stride) is row order[i] of `x` (any, width), then zeros. order: (count) i32. */
export function gatherRows(x: usize, order: usize, count: i32, width: i32, out: usize, stride: i32): void {
  const bytes = <usize>stride << 2
  for (let i = 0; i < count; i++, order += 4, out += bytes) {
    copyForward(x + ((<usize>load<i32>(order) * <usize>width) << 2), out, width, 0)
    clear(out, width, stride)
  }
}

/**
 * As gatherRows for pictures (height, width, channels), each by a move of its own. moves: (count, 4) i32: what is done, dy, dx, unused.
 *
 * out[y][x] = ± in[(Y + dy) mod height][(X + dx) mod width]: (Y, X) begins as (y, x), or as (x, y) where bit 4 is set (square pictures
 * only); then X becomes width - 1 - X where bit 1 is set, Y becomes height - 1 - Y where bit 2 is set. Bit 8: the minus sign, of all
 * channels. dy and dx may be any whole numbers.
 */
export function gatherPictures(
  x: usize,
  order: usize,
  moves: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  out: usize,
  stride: i32,
): void {
  const site = channels << 2
  const row = width * site
  for (let i = 0; i < count; i++, order += 4, moves += 16, out += <usize>stride << 2) {
    const op = load<i32>(moves)
    const transposed = (op & TRANSPOSED) != 0
    const vertical = remainder(load<i32>(moves, 4), height)
    const horizontal = remainder(load<i32>(moves, 8), width)
    const sign: u32 = op & FLIPPED ? 0x80000000 : 0
    // One coordinate of the source stays along a row of the output, the other one runs up or down and wraps once.
    const still = transposed ? horizontal : vertical
    const stillUnit = transposed ? site : row
    const stillBack = (op & (transposed ? LEFT_RIGHT : UPSIDE_DOWN)) != 0
    const back = (op & (transposed ? UPSIDE_DOWN : LEFT_RIGHT)) != 0
    const unit = transposed ? row : site
    const step = back ? -unit : unit
    // As long as it is wide: transposed pictures are square.
    const start = remainder((back ? width - 1 : 0) + (transposed ? vertical : horizontal), width)
    const first = back ? start + 1 : width - start
    const from = x + <usize>load<i32>(order) * <usize>(height * row)
    let at = remainder((stillBack ? height - 1 : 0) + still, height)
    let to = out
    for (let y = 0; y < height; y++, to += <usize>row) {
      const line = from + <usize>(at * stillUnit)
      copy(line + <usize>(start * unit), to, first, channels, step, sign)
      copy(line + (back ? <usize>((width - 1) * unit) : 0), to + <usize>(first * site), width - first, channels, step, sign)
      at += stillBack ? -1 : 1
      if (at < 0) at = height - 1
      else if (at == height) at = 0
    }
    clear(out, height * width * channels, stride)
  }
}

/** a mod n, never negative. */
function remainder(a: i32, n: i32): i32 {
  const r = a % n
  return r < 0 ? r + n : r
}

/** `count` sites, `step` bytes from one to the next where they come from. */
function copy(from: usize, to: usize, count: i32, channels: i32, step: i32, sign: u32): void {
  if (step == channels << 2) copyForward(from, to, count * channels, sign)
  else if (step == -4) copyBackward(from, to, count, sign)
  else if (channels == 1) copyColumn(from, to, count, step, sign)
  else for (; count > 0; count--, from += step, to += <usize>channels << 2) copyForward(from, to, channels, sign)
}

function copyForward(from: usize, to: usize, count: i32, sign: u32): void {
  if (count < 4) {
    for (; count > 0; count--, from += 4, to += 4) store<u32>(to, load<u32>(from) ^ sign)
    return
  }
  const signs = i32x4.splat(sign)
  const last = from + (<usize>(count - 4) << 2)
  const lastTo = to + (<usize>(count - 4) << 2)
  for (; from + 48 < last; from += 64, to += 64) {
    const a = v128.load(from)
    const b = v128.load(from, 16)
    const c = v128.load(from, 32)
    const d = v128.load(from, 48)
    v128.store(to, v128.xor(a, signs))
    v128.store(to, v128.xor(b, signs), 16)
    v128.store(to, v128.xor(c, signs), 32)
    v128.store(to, v128.xor(d, signs), 48)
  }
  for (; from < last; from += 16, to += 16) v128.store(to, v128.xor(v128.load(from), signs))
  // Up to three numbers once more: cheaper than a loop over what is left.
  v128.store(lastTo, v128.xor(v128.load(last), signs))
}

/** From `from` downwards. */
function copyBackward(from: usize, to: usize, count: i32, sign: u32): void {
  if (count < 4) {
    for (; count > 0; count--, from -= 4, to += 4) store<u32>(to, load<u32>(from) ^ sign)
    return
  }
  const signs = i32x4.splat(sign)
  const last = from - (<usize>(count - 1) << 2)
  const lastTo = to + (<usize>(count - 4) << 2)
  for (from -= 12; from > last; from -= 16, to += 16) v128.store(to, v128.xor(reversed(v128.load(from)), signs))
  v128.store(lastTo, v128.xor(reversed(v128.load(last)), signs))
}

// @ts-ignore: decorator
@inline
function reversed(four: v128): v128 {
  return v128.shuffle<i32>(four, four, 3, 2, 1, 0)
}

function copyColumn(from: usize, to: usize, count: i32, step: i32, sign: u32): void {
  for (; count >= 4; count -= 4, to += 16) {
    const second = from + step
    const third = second + step
    const fourth = third + step
    store<u32>(to, load<u32>(from) ^ sign)
    store<u32>(to, load<u32>(second) ^ sign, 4)
    store<u32>(to, load<u32>(third) ^ sign, 8)
    store<u32>(to, load<u32>(fourth) ^ sign, 12)
    from = fourth + step
  }
  for (; count > 0; count--, from += step, to += 4) store<u32>(to, load<u32>(from) ^ sign)
}

/** Zeros from column `width` to the end of a row. */
function clear(row: usize, width: i32, stride: i32): void {
  const end = row + (<usize>stride << 2)
  for (let at = row + (<usize>width << 2); at < end; at += 4) store<u32>(at, 0)
}
