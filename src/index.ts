// spinpool as a library: Monte Carlo of lattice spin models on every core, archived in HDF5.
// Everything here is silent and never ends the process. Low to high:

// What may go wrong, with the exit code that the command line gives it.
export { FileError, MachineError, SpinpoolError, UsageError } from './errors.ts'

// Statistics: means with honest errors out of correlated values.
export { gammaMethod } from './statistics/autocorrelation.ts'
export { splitRhat } from './statistics/convergence.ts'
export { jackknife } from './statistics/jackknife.ts'

// Models, and what is known of them exactly.
export { enumerateIsing, kaufman, onsager, TC_ISING, yang } from './model/ising/exact.ts'
export { modelNames } from './model/registry.ts'

// Jobs: what may be asked for, and what it means when nothing is left open.
export { resolveJob } from './job/job.ts'
export { loadJobFile } from './job/load.ts'
export { readTemperatures } from './job/temperatures.ts'

// Running them.
export { merge } from './run/merge.ts'
export { planForMachine as planJob } from './run/plan-for-machine.ts'
export { resume } from './run/resume.ts'
export { run } from './run/run.ts'

// Archives: what a run leaves behind.
export { openArchive } from './archive/read.ts'

// Between the simulated temperatures, and what several sizes tell together.
export { finiteSizeScaling } from './statistics/finite-size.ts'
export { peakOf } from './statistics/peak.ts'
export { reweightedCurve } from './statistics/reweighting.ts'
export { reweightingOf } from './archive/reweighting.ts'

// Figures of all of it, as SVG, PNG or a page.
export { plot } from './view/plot/plot.ts'

// Labelled examples, and networks that learn from them.
export { phases } from './dataset/phases.ts'
export { readDataset } from './dataset/read.ts'
export { rectangles } from './dataset/rectangles.ts'
export { splitParts } from './dataset/split.ts'
export { writeDataset } from './dataset/write.ts'
export { evaluate } from './neural/evaluate.ts'
export { foldingError } from './neural/folding-error.ts'
export { importModel } from './neural/import.ts'
export { classify } from './neural/metrics.ts'
export { networkOf } from './neural/model.ts'
export { readModel, writeModel } from './neural/model-file.ts'
export { toOnnx } from './neural/onnx.ts'
export { predict } from './neural/prediction.ts'
export { fromSafetensors, toSafetensors } from './neural/safetensors.ts'
export { resumeTraining, train } from './neural/train.ts'
export { transitionOf } from './neural/transition.ts'

// Every type that these calls take or return.
export type * from './types.ts'
