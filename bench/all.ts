// Every benchmark in turn, each in a process of its own, so that none inherits a warm or littered heap from another.
// `all.ts ising` or `all.ts o6` runs those of one model, `all.ts neural` those of networks. `--save` writes the outcomes to
// results/bench-<group>.json, with the machine.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { builtCommit } from '../src/engine/pool/built.ts'
import type { Outcome } from './bench.ts'

const benchmarks = {
  ising: ['kernel', 'run', 'threads', 'startup'],
  o6: ['o6-kernel', 'o6-threads'],
  neural: ['neural-training', 'neural-inference', 'neural-threads'],
  runs: ['checkpoint', 'watch'],
} as const
const groups = Object.keys(benchmarks) as (keyof typeof benchmarks)[]

const { values, positionals } = parseArgs({ options: { save: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.find((word) => !groups.includes(word as keyof typeof benchmarks))
if (unknown !== undefined) {
  console.error(`there are no benchmarks of '${unknown}'; allowed: ${groups.join(', ')}`)
  process.exit(2)
}
// Above some tenths other programs take part of the cores, and figures of two threads mean little.
const load = loadavg()[0] as number
console.log(`load of the machine before the start: ${load.toFixed(2)}`)
const folder = mkdtempSync(join(tmpdir(), 'spinpool-bench-all-'))
try {
  for (const group of groups) {
    if (positionals.length > 0 && !positionals.includes(group)) continue
    const outcomes = benchmarks[group].flatMap(run)
    if (values.save) save(group, outcomes)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** @returns nothing where the benchmark refused */
function run(name: string): Outcome[] {
  const json = join(folder, `${name}.json`)
  // execArgv carries the loader that runs this file.
  const words = [...process.execArgv, fileURLToPath(new URL(`${name}.ts`, import.meta.url)), '--json', json]
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
  return existsSync(json) ? [JSON.parse(readFileSync(json, 'utf8')) as Outcome] : []
}

function save(group: string, outcomes: readonly Outcome[]): void {
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    loadBefore: load,
  }
  const command = ['tsx', 'bench/all.ts', ...process.argv.slice(2)].join(' ')
  const record = { machine, date: new Date().toISOString(), command, commit: builtCommit(), outcomes }
  const results = fileURLToPath(new URL(`../results/bench-${group}.json`, import.meta.url))
  mkdirSync(dirname(results), { recursive: true })
  writeFileSync(results, `${JSON.stringify(record, undefined, 2)}\n`)
  console.log(`\nwritten: ${results}`)
}
