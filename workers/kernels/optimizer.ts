// How weights follow their gradients: Adam, AdamW and SGD, as PyTorch defines them. `count` floats in every array, any count.
// An element whose weight, gradient and moments are 0 (padding) stays exactly 0.

/** The smallest normal float: below it many processors are a hundred times slower, and no weight would notice. */
const TINY = memory.data<f32>([1.17549435e-38], 4)

/**
 * One step of Adam: g' = g + l2 w; m = β₁ m + (1 - β₁) g'; v = β₂ v + (1 - β₂) g'²; w = w (1 - rate decay) - rate (m / correction1) /
 * (√(v / correction2) + ε). correctionᵢ = 1 - βᵢ^t in step t, from 1. AdamW is decay > 0 with l2 = 0. w, g, first = m, second = v: (count).
 */
export function adam(
  w: usize,
  g: usize,
  first: usize,
  second: usize,
  count: i32,
  rate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  correction1: f64,
  correction2: f64,
  l2: f64,
  decay: f64,
): void {
  // 1 - β in doubles: as floats, 1 - 0.999 is off by 10^-5 of itself.
  const keep1 = <f32>beta1
  const take1 = <f32>(1.0 - beta1)
  const keep2 = <f32>beta2
  const take2 = <f32>(1.0 - beta2)
  const step = <f32>(rate / correction1)
  const root = <f32>(1.0 / Math.sqrt(correction2))
  const shrink = <f32>(1.0 - rate * decay)
  const a1 = f32x4.splat(keep1)
  const b1 = f32x4.splat(take1)
  const a2 = f32x4.splat(keep2)
  const b2 = f32x4.splat(take2)
  const steps = f32x4.splat(step)
  const roots = f32x4.splat(root)
  const epsilons = f32x4.splat(<f32>epsilon)
  const l2s = f32x4.splat(<f32>l2)
  const shrinks = f32x4.splat(shrink)
  const tiny = v128.load32_splat(TINY)
  const zero = f32x4.splat(0)
  for (; count >= 4; count -= 4, w += 16, g += 16, first += 16, second += 16) {
    const x = v128.load(w)
    const slope = f32x4.add(v128.load(g), f32x4.mul(l2s, x))
    let m = f32x4.add(f32x4.mul(a1, v128.load(first)), f32x4.mul(b1, slope))
    let v = f32x4.add(f32x4.mul(a2, v128.load(second)), f32x4.mul(b2, f32x4.mul(slope, slope)))
    // Not "keep what is at least tiny": NaN is to stay.
    m = v128.andnot(m, f32x4.lt(f32x4.abs(m), tiny))
    v = v128.andnot(v, f32x4.lt(v, tiny))
    v128.store(first, m)
    v128.store(second, v)
    const change = f32x4.div(f32x4.mul(steps, m), f32x4.add(f32x4.mul(f32x4.sqrt(v), roots), epsilons))
    // Where m is 0 there is no change; with ε = 0 it would be 0/0.
    v128.store(w, f32x4.sub(f32x4.mul(x, shrinks), v128.and(change, f32x4.ne(m, zero))))
  }
  for (; count > 0; count--, w += 4, g += 4, first += 4, second += 4) {
    const x = load<f32>(w)
    const slope = load<f32>(g) + <f32>l2 * x
    let m = keep1 * load<f32>(first) + take1 * slope
    let v = keep2 * load<f32>(second) + take2 * (slope * slope)
    if (abs(m) < load<f32>(TINY)) m = 0
    if (v < load<f32>(TINY)) v = 0
    store<f32>(first, m)
    store<f32>(second, v)
    store<f32>(w, x * shrink - (m != 0 ? (step * m) / (sqrt(v) * root + <f32>epsilon) : 0))
  }
}

/**
 * One step of SGD: g' = g + l2 w; v = momentum v + g', in the first step v = g'; w -= rate v, or with `nesterov` rate (g' + momentum v).
 * w, g, velocity = v: (count); what the velocity holds before the first step is not read. nesterov, first: 0 or 1.
 */
export function sgd(w: usize, g: usize, velocity: usize, count: i32, rate: f64, momentum: f64, nesterov: i32, l2: f64, first: i32): void {
  const speed = <f32>rate
  const keep = <f32>momentum
  const decay = <f32>l2
  const speeds = f32x4.splat(speed)
  const keeps = f32x4.splat(keep)
  const decays = f32x4.splat(decay)
  const tiny = v128.load32_splat(TINY)
  for (; count >= 4; count -= 4, w += 16, g += 16, velocity += 16) {
    const x = v128.load(w)
    const slope = f32x4.add(v128.load(g), f32x4.mul(decays, x))
    let v = slope
    if (!first) v = f32x4.add(f32x4.mul(keeps, v128.load(velocity)), slope)
    v = v128.andnot(v, f32x4.lt(f32x4.abs(v), tiny))
    v128.store(velocity, v)
    if (nesterov) v = f32x4.add(slope, f32x4.mul(keeps, v))
    v128.store(w, f32x4.sub(x, f32x4.mul(speeds, v)))
  }
  for (; count > 0; count--, w += 4, g += 4, velocity += 4) {
    const x = load<f32>(w)
    const slope = load<f32>(g) + decay * x
    let v = first ? slope : keep * load<f32>(velocity) + slope
    if (abs(v) < load<f32>(TINY)) v = 0
    store<f32>(velocity, v)
    if (nesterov) v = slope + keep * v
    store<f32>(w, x - speed * v)
  }
}
