// Whether the errors that `spinpool scaling` quotes cover what is exact: one job of three sizes with many seeds, and in how many of
// them each fit is within one quoted error of the Ising model's T_c and exponents. 68 % would be right.
//
// `tsx bench/coverage-exponents.ts --seeds 40 --folder runs` keeps the archives in that folder, and takes those that are there
// already: the analysis can then be repeated without the runs.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { withArchive } from '../src/archive/read.ts'
import { run } from '../src/run/run.ts'
import { alignRows } from '../src/text/table.ts'
import { finiteSizeScaling, type ScalingFit } from '../src/statistics/finite-size.ts'
import { reweightingOf } from '../src/archive/reweighting.ts'

/** Peaks of all three sizes are inside of the temperatures; energies of neighbours overlap. */
const JOB = {
  model: 'ising',
  temperatures: '2.1:2.7/16',
  thermalization: 1000,
  sweeps: 8000,
  measureEvery: 4,
  copies: 8,
  tempering: true,
} as const

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '40' },
    sizes: { type: 'string', default: '8,16,32' },
    threads: { type: 'string', default: '1' },
    folder: { type: 'string' },
  },
})
const sizes = values.sizes.split(',').map(Number)
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'spinpool-coverage-'))
mkdirSync(folder, { recursive: true })

const seen = new Map<string, ScalingFit[]>()
try {
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const out = join(folder, `${sizes.join('-')}-seed${seed}.h5`)
    if (!existsSync(out)) await run({ ...JOB, size: sizes, seed }, { out, threads: Number(values.threads) })
    const { fits } = await withArchive(out, ({ simulations }) => finiteSizeScaling(simulations.map(reweightingOf)))
    for (const fit of fits) {
      const name = `${fit.name} from ${fit.from}`
      seen.set(name, [...(seen.get(name) ?? []), fit])
    }
  }
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true })
}

const percent = (count: number, of: number): string => `${Math.round((100 * count) / of)} %`
const average = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length
const rows = [...seen].map(([name, fits]) => {
  const known = fits.filter(({ exact }) => exact !== undefined)
  const off = known.map(({ value, exact = Number.NaN }) => value.mean - exact)
  const within = (error: (fit: ScalingFit) => number, errors: number): number =>
    known.filter((fit, i) => Math.abs(off[i] as number) <= errors * error(fit)).length
  const bias = average(off)
  return [
    name,
    String(known.length),
    percent(
      within(({ value }) => value.error, 1),
      known.length,
    ),
    percent(
      within(({ value }) => value.error, 2),
      known.length,
    ),
    bias.toPrecision(2),
    Math.sqrt(average(off.map((one) => (one - bias) ** 2))).toPrecision(2),
    average(known.map(({ value }) => value.error)).toPrecision(2),
  ]
})
console.log(`L = ${sizes.join(', ')}; ${JSON.stringify(JOB)}`)
console.log(alignRows([['fit', 'seeds', 'within 1 error', 'within 2', 'mean - exact', 'scatter', 'mean error'], ...rows]))
