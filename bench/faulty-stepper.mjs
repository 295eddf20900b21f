// @ts-nocheck: it overwrites what is read-only everywhere else.
// A worker whose kernels are wrong on purpose: bench/faults.ts asks what a run's own checks see of it. Lattices are moved by a
// stepper at wrong points, or with wrong acceptances; a right one measures and checks them.

import { ising } from '../dist/src/model/ising/index.js'
import { o6 } from '../dist/src/model/o6/index.js'
import step from '../dist/workers/stepper.js'

const { kind, parameter, factor } = JSON.parse(process.env.SPINPOOL_FAULT ?? '{}')

/** Bytes from a bundle's memory of the Ising model to its table of acceptances: the generators lie before it. */
const TABLE = 64

function wrongPoint({ inverseTemperature, parameters }) {
  if (kind === 'beta') return { inverseTemperature: inverseTemperature * factor, parameters }
  return { inverseTemperature, parameters: { ...parameters, [parameter]: parameters[parameter] * factor } }
}

function scaleAcceptances({ memory, offset, points }) {
  const table = new Uint32Array(memory.buffer, offset + TABLE, 2 * points.length)
  const { inverseTemperature, parameters } = points[0]
  const first = Math.round(Math.exp(-4 * inverseTemperature * Math.abs(parameters.J)) * 2 ** 32)
  if (table[0] !== first) throw new Error(`the acceptances are elsewhere: ${table[0]} in place of ${first}`)
  for (let i = 0; i < table.length; i++) table[i] = Math.min(2 ** 32 - 1, Math.round(table[i] * factor))
}

for (const model of [ising, o6]) {
  const { open } = model
  model.open = (context) => {
    const right = open(context)
    const moves = kind === 'beta' || kind === 'parameter' ? open({ ...context, points: context.points.map(wrongPoint) }) : right
    return {
      initialise: (stream, points) => {
        moves.initialise(stream, points)
        if (kind !== 'acceptances') return
        scaleAcceptances(context)
        moves.setPoints(points)
      },
      restore: () => moves.restore(),
      setPoints: (points) => moves.setPoints(points),
      moveGlobally: () => {
        if (kind !== 'no global move') moves.moveGlobally()
      },
      sweep: (count, thermalizing) => moves.sweep(count, thermalizing),
      measure: (energy, slope) => {
        right.measure(energy, slope)
        if (kind === 'energy') for (let lane = 0; lane < energy.length; lane++) energy[lane] *= factor
      },
      sample: (...out) => right.sample(...out),
      measureIdentity: (...out) => right.measureIdentity(...out),
      diagnose: (out) => right.diagnose?.(out),
      configurations: () => right.configurations(),
    }
  }
}

export default step
