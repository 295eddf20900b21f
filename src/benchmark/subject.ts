import { resolveJobOf } from '../job/job.ts'
import type { Plan } from '../job/plan.ts'
import type { WrittenKeys } from '../job/schema.ts'
import type { Model } from '../model/model.ts'
import type { Workload } from '../model/physics.ts'
import { planForMachine } from '../run/plan-for-machine.ts'
import type { Settings } from './settings.ts'

/** A model that is measured, with what to measure of it. */
export interface Subject {
  readonly model: Model
  readonly workload: Workload
  /** Linear sizes, ascending. */
  readonly sizes: readonly number[]
}

/** Those that the settings name, out of all models that could be measured; others are left out. */
export function subjectsOf(settings: Pick<Settings, 'models' | 'sizes'>, models: readonly Model[]): Subject[] {
  return settings.models.flatMap((name, i) => {
    const model = models.find((candidate) => candidate.name === name)
    const workload = model?.physics.workload
    return model && workload ? [{ model, workload, sizes: settings.sizes[i] ?? [] }] : []
  })
}

/** Copies of so many temperatures that fill the lanes of one bundle. */
export function copiesInBundle({ lanes }: Model, temperatures: number): number {
  return Math.max(1, Math.floor(lanes / temperatures))
}

/** What a job of a model at hand would run. */
export function planFor(model: Model, keys: WrittenKeys): Plan {
  return planForMachine(resolveJobOf(model, keys), { model })
}
