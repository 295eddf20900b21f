/** What workers/kernels/index.ts exports; pointers are byte offsets into the memory. */
export interface Kernels {
  sfc64Fill(random: number, out: number, count: number): void
  sfc64Uniform(random: number, out: number, count: number): void
  buildMasks(thresholds: number, masks: number, kinds: number): void
  placeLanes(table: number, width: number, rungs: number, thresholds: number, kinds: number): void
  exchangePairs(
    x: number,
    lambda: number,
    lanes: number,
    rung: number,
    uniform: number,
    accepted: number,
    pairs: number,
    rungs: number,
    copies: number,
    first: number,
  ): number
  accumulate(sample: number, origins: number, sums: number, squares: number, count: number): void
  histogramKeep(sample: number, stride: number, columns: number, count: number, kept: number, at: number, slots: number): void
  histogramFill(
    kept: number,
    made: number,
    pairs: number,
    values: number,
    places: number,
    window: number,
    bins: number,
    first: number,
    end: number,
  ): number
  histogramJoin(to: number, from: number, bytes: number): void
  isingSweep(spins: number, L: number, random: number, masks: number, antiferro: number, scratch: number, sweeps: number): void
  isingFieldSweep(
    spins: number,
    L: number,
    random: number,
    masks: number,
    free: number,
    lazy: number,
    scratch: number,
    sweeps: number,
  ): void
  isingDrawFlips(uniform: number, y: number, flipped: number): void
  isingFlip(spins: number, count: number, flipped: number): void
  isingCount(spins: number, L: number, planes: number, scratch: number, unequal: number, up: number): void
  isingEnergies(unequal: number, up: number, field: number, J: number, N: number, energy: number): void
  isingSample(energy: number, up: number, lanes: number, slots: number, N: number, out: number, stride: number): void
  isingLocalFields(spins: number, L: number, planes: number, scratch: number, counts: number): void
  drawS5(random: number, out: number, count: number): void
  o6Sweep(
    kind: number,
    sites: number,
    L: number,
    random: number,
    couplings: number,
    turn: number,
    sums: number,
    accepted: number,
    scratch: number,
  ): void
  o6Normalise(sites: number, count: number): void
  o6Swap(sites: number, count: number, swapped: number): void
  o6Cluster(
    kind: number,
    sites: number,
    L: number,
    random: number,
    couplings: number,
    projections: number,
    words: number,
    bonds: number,
    coins: number,
    flips: number,
    parents: number,
  ): void
  o6Measure(sites: number, L: number, sums: number): void
  o6Fourier(sites: number, L: number, block: number, waves: number, rows: number, out: number): void
  gatherRows(x: number, order: number, count: number, width: number, out: number, stride: number): void
  gatherPictures(
    x: number,
    order: number,
    moves: number,
    count: number,
    height: number,
    width: number,
    channels: number,
    out: number,
    stride: number,
  ): void
  denseProduct(a: number, strideA: number, b: number, strideB: number, c: number, strideC: number, m: number, k: number, n: number): void
  denseGradient(
    a: number,
    strideA: number,
    d: number,
    strideD: number,
    g: number,
    strideG: number,
    m: number,
    rows: number,
    n: number,
  ): void
  denseTranspose(w: number, strideW: number, rows: number, columns: number, out: number, strideOut: number): void
  denseActivate(z: number, biases: number, a: number, rows: number, stride: number, neurons: number, kind: number): void
  denseDerivative(delta: number, z: number, a: number, rows: number, stride: number, neurons: number, kind: number): void
  denseSumRows(d: number, stride: number, rows: number, out: number): void
  denseDropout(a: number, mask: number, rows: number, stride: number, first: number, seed: number, threshold: number, scale: number): void
  multiply(a: number, b: number, count: number): void
  adam(
    w: number,
    g: number,
    first: number,
    second: number,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
    l2: number,
    decay: number,
  ): void
  sgd(
    w: number,
    g: number,
    velocity: number,
    count: number,
    rate: number,
    momentum: number,
    nesterov: number,
    l2: number,
    first: number,
  ): void
}

const instances = new WeakMap<WebAssembly.Memory, Kernels>()

/**
 * The compiled module, bound to one memory; once per thread and memory.
 *
 * @param module kernels.wasm for a shared memory, kernels-unshared.wasm for one that is not, whose maximum must be given
 */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const known = instances.get(memory)
  if (known) return known
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels
  instances.set(memory, kernels)
  return kernels
}
