// The one wasm module: every kernel that the host may call, low to high. Pointers and counts in, results in memory.

export { sfc64Fill, sfc64Uniform } from './sfc64'
export { buildMasks, placeLanes } from './lanes'
export { accumulate } from './accumulate'
export { exchangePairs } from './exchange'
export { isingSweep } from './ising'
export { isingFieldSweep } from './ising-field'
export { isingCount, isingLocalFields } from './ising-measure'
export { drawS5 } from './sphere'
export { o6Normalise, o6Sweep } from './o6'
export { o6Fourier, o6Measure } from './o6-measure'
export { o6Cluster } from './o6-cluster'
