// How weights follow their gradients: Adam, AdamW and SGD, as PyTorch defines them. `count` floats in every array, any count.
// An element whose weight, gradient and moments are 0 (padding) stays exactly 0.

/** The smallest normal float: below it many processors are a hundred times slower, and no weight would notice. */
const TINY = memory.data<f32>([1.17549435e-38], 4)
/** Every bit but the sign: V8 makes three instructions of f32x4.abs. */
const MAGNITUDE = memory.data<u32>([0x7fffffff], 4)

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
  // Where m and v are 0 nothing is to change, also if ε = 0; where v is kept at all, √v is far above this.
  const more = <f32>max(epsilon, 1e-30)
  const a1 = f32x4.splat(keep1)
  const b1 = f32x4.splat(take1)
  const a2 = f32x4.splat(keep2)
  const b2 = f32x4.splat(take2)
  const steps = f32x4.splat(step)
  const roots = f32x4.splat(root)
  const epsilons = f32x4.splat(more)
  const l2s = f32x4.splat(<f32>l2)
  const shrinks = f32x4.splat(shrink)
  const tiny = v128.load32_splat(TINY)
  const magnitude = v128.load32_splat(MAGNITUDE)
  // Eight at a time: constants that are used only once in a loop would be made anew each time.
  for (; count >= 8; count -= 8, w += 32, g += 32, first += 32, second += 32) {
    adamFour(w, g, first, second, a1, b1, a2, b2, steps, roots, epsilons, l2s, shrinks, tiny, magnitude)
    adamFour(w + 16, g + 16, first + 16, second + 16, a1, b1, a2, b2, steps, roots, epsilons, l2s, shrinks, tiny, magnitude)
  }
  for (; count > 0; count--, w += 4, g += 4, first += 4, second += 4) {
    const x = load<f32>(w)
    const slope = load<f32>(g) + <f32>l2 * x
    const m = keep1 * load<f32>(first) + take1 * slope
    const v = keep2 * load<f32>(second) + take2 * (slope * slope)
    store<f32>(first, abs(m) < load<f32>(TINY) ? 0 : m)
    store<f32>(second, v < load<f32>(TINY) ? 0 : v)
    store<f32>(w, x * shrink - (step * m) / (sqrt(v) * root + more))
  }
}

// @ts-ignore: decorator
@inline
function adamFour(
  w: usize,
  g: usize,
  first: usize,
  second: usize,
  a1: v128,
  b1: v128,
  a2: v128,
  b2: v128,
  steps: v128,
  roots: v128,
  epsilons: v128,
  l2s: v128,
  shrinks: v128,
  tiny: v128,
  magnitude: v128,
): void {
  const x = v128.load(w)
  const slope = f32x4.add(v128.load(g), f32x4.mul(l2s, x))
  const m = f32x4.add(f32x4.mul(a1, v128.load(first)), f32x4.mul(b1, slope))
  const v = f32x4.add(f32x4.mul(a2, v128.load(second)), f32x4.mul(b2, f32x4.mul(slope, slope)))
  // Not "keep what is at least tiny": NaN is to stay. The step waits for neither: its chain is what takes the time.
  v128.store(first, v128.andnot(m, f32x4.lt(v128.and(m, magnitude), tiny)))
  v128.store(second, v128.andnot(v, f32x4.lt(v, tiny)))
  const change = f32x4.div(f32x4.mul(steps, m), f32x4.add(f32x4.mul(f32x4.sqrt(v), roots), epsilons))
  v128.store(w, f32x4.sub(f32x4.mul(x, shrinks), change))
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
