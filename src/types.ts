// Every type that calls of index.ts take or return, by the room that it comes from.

// Models and their names.
export type { DescribedConfiguration, DescribedLattice, DescribedObservable, Description } from './model/description.ts'
export type { ExactValues } from './model/exact.ts'
export type { IsingParameters, IsingQuantities, IsingTypes } from './model/ising/types.ts'
export type {
  Axis,
  Configuration,
  Criticality,
  Derived,
  Diagnostic,
  Identity,
  Look,
  Moves,
  Observable,
  Parameters,
  Power,
  PowerLaws,
  Reference,
} from './model/model.ts'
export type { O6Parameters, O6Quantities, O6Types } from './model/o6/types.ts'
export type {
  AlongName,
  ColumnName,
  MeasuredName,
  ModelName,
  Models,
  ModelTypes,
  ParameterName,
  ParametersOf,
  QuantitiesOf,
  QuantityKind,
  QuantityName,
  QuantityOfKind,
  ReflectionName,
  SampledName,
  TypesOf,
  UpdateName,
} from './model/types.ts'

// Jobs and plans.
export type { ExchangeData, SchemeGroup } from './sampling/scheme.ts'
export type { LadderSpec, Point, SchemeSpec, Slot, Tempering } from './sampling/spec.ts'
export type { JobInput, JobKeys, ModelKeys, MoveKeys } from './job/input.ts'
export type { Job, ResolvedJob } from './job/types.ts'
export type { Where } from './text/where.ts'
export type { Plan, PlanGroup, PlanOptions, SimulationPlan } from './job/plan.ts'
export type { Shard } from './job/shard.ts'
export type { TemperatureInput } from './job/temperatures.ts'

// Runs and archives.
export type { Place } from './archive/atomic.ts'
export type { ArchiveStatus, AxisData, HistogramData, Provenance, QuantityData, SimulationData } from './archive/data.ts'
export type { Archive, ArchivedSimulation, OpenOptions, Quantity, Row } from './archive/read.ts'
export type { MergeOptions, MergeResult } from './run/merge.ts'
export type { Progress } from './run/progress.ts'
export type { ResumeResult } from './run/resume.ts'
export type { RunOptions } from './run/run.ts'
export type { RunResult, SessionOptions, Started } from './run/session.ts'

// Statistics.
export type { GammaResult } from './statistics/autocorrelation.ts'
export type { CurveCrossing } from './statistics/crossing.ts'
export type { Estimate } from './statistics/estimate.ts'
export type { FiniteSizeScaling, ScalingFit } from './statistics/finite-size.ts'
export type { JackknifeResult } from './statistics/jackknife.ts'
export type { Peak } from './statistics/peak.ts'
export type { ReweightedCurve, Reweighting } from './statistics/reweighting.ts'

// Figures.
export type { ArchiveFigureName, FigureName } from './view/figure/figure.ts'
export type { Plotted, PlotOptions } from './view/plot/plot.ts'
export type { PlotFormat } from './view/plot/request.ts'

// Labelled examples.
export type { Dataset, Labels, PartName } from './dataset/dataset.ts'
export type { SymmetryName } from './model/physics.ts'
export type { PhaseSettings } from './dataset/phases.ts'
export type { Definition } from './dataset/picture.ts'
export type { RectangleSettings } from './dataset/rectangles.ts'
export type { Shares } from './dataset/split.ts'
export type { Making } from './dataset/write.ts'

// Networks.
export type { ActivationName, Architecture, CostName, LayerParameters, LayerShape } from './neural/architecture.ts'
export type { Baseline } from './neural/baseline.ts'
export type { Crossing, Curve } from './neural/curve.ts'
export type { Networks } from './neural/evaluate.ts'
export type { ModelImport } from './neural/import.ts'
export type { EpochReport } from './neural/learner.ts'
export type { Classification } from './neural/metrics.ts'
export type { History, NetworkCheckpoint, TrainedModel, TrainedNetwork, TrainingRecord } from './neural/model.ts'
export type { Network, Standardisation } from './neural/network.ts'
export type { About } from './neural/onnx.ts'
export type { Prediction } from './neural/prediction.ts'
export type { ImportOptions } from './neural/safetensors.ts'
export type { InitialisationName, OptimizerName, OptimizerSettings, Schedule, TrainingSettings } from './neural/settings.ts'
export type { TrainingStarted, TrainOptions, TrainResult } from './neural/train.ts'
export type { TrainingInput } from './neural/training-input.ts'
export type { LineFit, SizedCurve, Transition } from './neural/transition.ts'
