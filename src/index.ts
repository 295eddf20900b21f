// spinpool as a library: Monte Carlo of lattice spin models on every core, archived in HDF5.
// Everything here is silent and never ends the process. Low to high:

// What may go wrong, with the exit code that the command line gives it.
export { FileError, MachineError, SpinpoolError, UsageError } from './errors.ts'

// Statistics: means with honest errors out of correlated values.
export { type GammaResult, gammaMethod } from './statistics/autocorrelation.ts'
export { splitRhat } from './statistics/convergence.ts'
export { type JackknifeResult, jackknife } from './statistics/jackknife.ts'

// Models, and what is known of them exactly.
export { enumerateIsing, kaufman, onsager, TC_ISING, yang } from './model/ising/exact.ts'
export { modelNames } from './model/registry.ts'

// Jobs: what may be asked for, and what it means when nothing is left open.
export { type Job, resolveJob } from './job/job.ts'
export { loadJobFile } from './job/load.ts'
export { planJob, type Plan, type SimulationPlan } from './job/plan.ts'
export type { JobInput } from './job/schema.ts'
export { readTemperatures } from './job/temperatures.ts'

// Running them.
export type { Progress } from './coordinator/progress.ts'
export { type MergeOptions, type MergeResult, merge } from './coordinator/merge.ts'
export { type ResumeResult, resume } from './coordinator/resume.ts'
export { type RunOptions, run } from './coordinator/run.ts'
export type { RunResult, SessionOptions, Started } from './coordinator/session.ts'

// Archives: what a run leaves behind.
export type { ArchiveStatus, Provenance, QuantityData, SimulationData } from './archive/data.ts'
export { type Archive, type ArchivedSimulation, openArchive, type Quantity } from './archive/read.ts'

// Between the simulated temperatures, and what several sizes tell together.
export type { Estimate } from './statistics/estimate.ts'
export { finiteSizeScaling } from './statistics/finite-size.ts'
export { peakOf } from './statistics/peak.ts'
export { reweightedCurve, reweightingOf } from './statistics/reweighting.ts'

// Labelled examples, and networks that learn from them.
export type { Dataset, Labels, PartName, SymmetryName } from './dataset/dataset.ts'
export { type PhaseSettings, phases } from './dataset/phases.ts'
export { readDataset } from './dataset/read.ts'
export { type RectangleSettings, rectangles } from './dataset/rectangles.ts'
export { splitParts } from './dataset/split.ts'
export { writeDataset } from './dataset/write.ts'
export type { Architecture, LayerParameters } from './neural/architecture.ts'
export { evaluate } from './neural/evaluate.ts'
export { importModel } from './neural/import.ts'
export { classify } from './neural/metrics.ts'
export { networkOf, type TrainedModel } from './neural/model.ts'
export { readModel, writeModel } from './neural/model-file.ts'
export type { Network } from './neural/network.ts'
export { toOnnx } from './neural/onnx.ts'
export type { TrainingInput } from './neural/options.ts'
export { type Prediction, predict } from './neural/prediction.ts'
export { fromSafetensors, toSafetensors } from './neural/safetensors.ts'
export { resumeTraining, type TrainOptions, type TrainResult, train } from './neural/train.ts'
export { transitionOf } from './neural/transition.ts'
