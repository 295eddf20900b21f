/** What workers/kernels/index.ts exports; pointers are byte offsets into the shared memory. */
export interface Kernels {
  sfc64Fill(random: number, out: number, count: number): void
  sfc64Uniform(random: number, out: number, count: number): void
  buildMasks(thresholds: number, masks: number, kinds: number): void
  placeLanes(table: number, width: number, points: number, thresholds: number, kinds: number): void
  exchangePairs(
    x: number,
    lambda: number,
    lanes: number,
    point: number,
    uniform: number,
    accepted: number,
    pairs: number,
    points: number,
    copies: number,
    first: number,
  ): number
  accumulate(sample: number, sums: number, squares: number, count: number): void
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
  isingCount(spins: number, L: number, planes: number, scratch: number, unequal: number, up: number): void
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
}

const instances = new WeakMap<WebAssembly.Memory, Kernels>()

/** The compiled module, bound to one shared memory; once per thread and memory. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const known = instances.get(memory)
  if (known) return known
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels
  instances.set(memory, kernels)
  return kernels
}
