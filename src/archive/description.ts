import { z } from 'zod'
import { columnsOf } from '../model/columns.ts'
import { type Description, evaluatorOf, expectedOf, referenceOf } from '../model/description.ts'
import { Damage } from './fields.ts'

// The description of a model out of a file, where anything may stand.

const named = { name: z.string(), longName: z.string() }
const direction = z.object(named)
const quantity = { ...named, units: z.string() }
const whole = z.number().int().min(0)

const schema = z.object({
  name: z.string(),
  version: z.string(),
  title: z.string(),
  parameters: z.array(z.object({ name: z.string(), describe: z.string() })),
  lattice: z.object({
    name: z.string(),
    title: z.string(),
    boundary: z.string(),
    sites: whole.min(1),
    shape: z.array(whole).min(1),
    directions: z.array(direction),
    colours: whole.min(1),
  }),
  lanes: whole.min(1),
  moves: z.literal(true).optional(),
  observables: z
    .array(
      z.object({
        ...quantity,
        series: z.boolean().optional(),
        of: z.object({ observable: z.string(), by: z.enum(['square', 'absolute']) }).optional(),
        odd: z.literal(true).optional(),
        axes: z.array(z.object({ ...named, values: z.array(z.number()) })).optional(),
      }),
    )
    .min(1),
  derived: z.array(
    z.object({
      ...quantity,
      inputs: z.record(z.string(), z.string()),
      formula: z.string(),
      fluctuation: z.literal(true).optional(),
      reference: z.object({ formula: z.string(), name: z.string(), meaning: z.string() }).optional(),
    }),
  ),
  identity: z.object({
    ...quantity,
    inputs: z.union([z.tuple([z.string(), z.string()]), z.tuple([z.string(), z.string(), z.string()])]),
    expected: z.string(),
    statement: z.string(),
  }),
  diagnostics: z.array(direction),
  configuration: z.object({
    longName: z.string(),
    type: z.enum(['int8', 'float32']),
    storage: z.enum(['bits', 'interleaved']),
    shape: z.array(whole).min(1),
    dimensions: z.array(direction),
    look: z.object({ hue: z.string(), dark: z.string() }).optional(),
  }),
  criticality: z.object({
    peaks: z.array(z.string()),
    binder: z.string(),
    powerLaws: z.union([
      z.string(),
      z.object({
        order: z.string(),
        susceptibility: z.string(),
        correction: z.object({ nu: z.number(), omega: z.number() }),
        exact: z.object({ criticalTemperature: z.number(), nu: z.number(), gammaOverNu: z.number(), betaOverNu: z.number() }).optional(),
      }),
    ]),
  }),
  orders: z.array(z.string()),
  table: z.array(z.string()),
})

/**
 * @param of the simulation that it describes
 * @throws Damage for a text that is not a description, that contradicts itself, or whose formulas cannot be computed
 */
export function readDescription(
  text: string,
  { model, size, parameters }: { readonly model: string; readonly size: number; readonly parameters: Readonly<Record<string, number>> },
): Description {
  try {
    const description = schema.parse(JSON.parse(text)) as Description
    for (const one of description.derived) {
      evaluatorOf(one, { size, sites: description.lattice.sites, parameters })
      if (one.reference) referenceOf(one.reference)
    }
    expectedOf(description.identity)
    if (description.name === model && isConsistent(description)) return description
  } catch {
    // Said below.
  }
  throw new Damage('the description of its model is not what was written')
}

/** Whether everything that a description names is in it, and its lattice has as many sites as it says. */
function isConsistent(description: Description): boolean {
  const { lattice, observables, derived, configuration, orders } = description
  const columns = new Set(columnsOf(description).map(({ name }) => name))
  const names = new Set(observables.map(({ name }) => name))
  return (
    lattice.shape.reduce((product, length) => product * length, 1) === lattice.sites &&
    lattice.shape.every((length, i) => configuration.shape[i] === length) &&
    derived.every(({ inputs }) => Object.values(inputs).every((input) => columns.has(input))) &&
    orders.every((order) => names.has(order))
  )
}
