// Sums and sums of squares of one sample less the first one, for any model: sample, origins, sums, squares: (count) f64, count even.

export function accumulate(sample: usize, origins: usize, sums: usize, squares: usize, count: i32): void {
  const bytes = <usize>count << 3
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = f64x2.sub(v128.load(sample + at), v128.load(origins + at))
    v128.store(sums + at, f64x2.add(v128.load(sums + at), x))
    v128.store(squares + at, f64x2.add(v128.load(squares + at), f64x2.mul(x, x)))
  }
}
