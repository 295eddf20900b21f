import { setFlagsFromString } from 'node:v8'

// Kernels are compiled in one pass in this process: the pass that makes them faster takes half a second of a core or more, each
// time that they are compiled, which is more than short runs save by it. Import it for its effect, before the kernels are compiled.
setFlagsFromString('--liftoff-only')
