// How often does the standard error of one short chain cover the truth? For a Gaussian 68.3 % of the time.
//
//   tsx bench/coverage.ts [--chains 300] [--threads 2] [ising | ising-tempering | o6 ...]
//
// All chains of a length are the copies of one job; each is then judged as an archive of its own would be, with its own errors
// and warnings. The truth is exact for Ising (Kaufman's energies, the distribution of the magnetization by the transfer matrix),
// and the mean over all chains for o6, whose own error is that of one chain over the root of their number.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { SimulationData } from '../src/archive/data.ts'
import { withArchive } from '../src/archive/read.ts'
import { gridsOf, restoreGrid } from '../src/run/checkpoint.ts'
import { collectGrid } from '../src/run/collect.ts'
import { ownSlots } from '../src/run/grid.ts'
import { runJob } from '../src/run/run.ts'
import { ladderBytes } from '../src/sampling/layout.ts'
import { LadderMemory } from '../src/sampling/memory.ts'
import { planPart } from '../src/job/plan.ts'
import type { JobInput } from '../src/job/input.ts'
import { TC_ISING } from '../src/model/ising/exact.ts'
import { alignRows } from '../src/view/report/table.ts'
import { shortIsing } from './short-ising.ts'

type Truth = (name: string, t: number) => number | undefined

interface Setting {
  readonly job: JobInput
  /** Sweeps of the chains. */
  readonly lengths: readonly number[]
  /** Exact values by name and temperature, where there are any. */
  readonly exact?: (name: string, temperature: number) => number | undefined
}

const ising: JobInput = { model: 'ising', size: 8, temperatures: [2, TC_ISING, 2.6], thermalization: 3000 }
const exact = shortIsing(8)
const settings: Readonly<Record<string, Setting>> = {
  ising: { job: ising, lengths: [1000, 5000, 20_000], exact },
  'ising-tempering': { job: { ...ising, tempering: true }, lengths: [200, 1000, 5000], exact },
  o6: { job: { model: 'o6', size: 2, temperatures: [0.3, 0.5, 1], thermalization: 1000 }, lengths: [400, 2000] },
}

const { values, positionals } = parseArgs({
  options: { chains: { type: 'string', default: '300' }, threads: { type: 'string', default: '2' } },
  allowPositionals: true,
})
const folder = mkdtempSync(join(tmpdir(), 'spinpool-coverage-'))
try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(settings)) {
    const setting = settings[name]
    if (!setting) throw new Error(`no setting '${name}'; known: ${Object.keys(settings).join(', ')}`)
    console.log(`\n${name}, ${values.chains} chains: share of them whose error covers the truth, in %, of those without a warning of`)
    console.log('too few samples or rare events; in brackets of all')
    const columns: ReadonlyMap<string, string>[] = []
    for (const sweeps of setting.lengths) columns.push(await coverage(setting, sweeps))
    const names = [...(columns[0] as ReadonlyMap<string, string>).keys()]
    console.log(
      alignRows([
        ['sweeps', ...setting.lengths.map(String)],
        ...names.map((row) => [row, ...columns.map((column) => column.get(row) ?? '')]),
      ]),
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Coverage by observable and temperature, as text. */
async function coverage({ job, exact }: Setting, sweeps: number): Promise<Map<string, string>> {
  const out = join(folder, `${job.model}-${sweeps}.h5`)
  await runJob({ ...job, sweeps, copies: Number(values.chains), seed: 1 }, { out, threads: Number(values.threads), force: true })
  const { all, chains } = await chainsOf(out)
  const truth: Truth = (name, t) =>
    exact ? exact(name, all.temperature[t] as number) : all.quantities.find((quantity) => quantity.name === name)?.mean[t]
  const quiet = chains.map(({ warnings }) => !warnings.some((warning) => /independent samples|too few samples|rare events/.test(warning)))
  const percent = (part: number, whole: number): string => (whole === 0 ? '-' : ((100 * part) / whole).toFixed(1))
  const found = new Map([['without a warning', percent(quiet.filter(Boolean).length, quiet.length)]])
  for (const [k, { name, axes }] of all.quantities.entries()) {
    if (axes) continue
    for (const [t, T] of all.temperature.entries()) {
      const expected = truth(name, t)
      if (expected === undefined) continue
      const covered = chains.map(({ quantities }) => {
        return Math.abs((quantities[k]?.mean[t] as number) - expected) < (quantities[k]?.error[t] as number)
      })
      // Constant in truth, as the current is on 2 x 2: there is no error to judge.
      if (chains.every(({ quantities }) => Number.isNaN(quantities[k]?.error[t]))) continue
      const own = covered.filter((_, i) => quiet[i])
      found.set(
        `${name} at T = ${Number(T.toPrecision(4))}`,
        `${percent(own.filter(Boolean).length, own.length)} (${percent(covered.filter(Boolean).length, covered.length)})`,
      )
    }
  }
  return found
}

/** All copies of an archive together, and each by itself. */
async function chainsOf(path: string): Promise<{ readonly all: SimulationData; readonly chains: readonly SimulationData[] }> {
  return withArchive(path, (archive) => {
    const [grid] = gridsOf(planPart(archive.job))
    const reader = grid && archive.checkpoint(grid.name)
    const plan = grid?.simulations[0]
    if (!grid || !reader || !plan) throw new Error(`${path}: no checkpoint`)
    const targets = grid.ladders.map((spec) => {
      const { all, lattices } = ladderBytes(spec, grid.model)
      return { memory: new LadderMemory(new ArrayBuffer(all - lattices), 0, spec, grid.model) }
    })
    restoreGrid(archive, reader, grid, targets)
    const owned = grid.ladders.map((spec, e) => ownSlots(plan, spec, (targets[e] as (typeof targets)[number]).memory))
    const idle = { wait: 0, save: 0 }
    const one = { ...plan, copies: 1 }
    const chains = Array.from({ length: plan.copies }, (_, copy) => {
      const ladders = owned
        .map((own) => ({ ...own, slots: own.slots.filter((slot) => slot.copy === copy).map((slot) => ({ ...slot, copy: 0 })) }))
        .filter(({ slots }) => slots.length > 0)
        // What is exchanged is counted by ladder, and is not looked at.
        .map((own) => ({ ...own, spec: { ...own.spec, scheme: { name: 'independent' } } }))
      return collectGrid([{ plan: one, ladders, idle }])[0] as SimulationData
    })
    return { all: collectGrid([{ plan, ladders: owned, idle }])[0] as SimulationData, chains }
  })
}
