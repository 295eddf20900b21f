// Every benchmark in turn, each in a process of its own, so that none inherits a warm or littered heap from another.
// `--save` writes the outcomes to results/bench-ising.json, with the machine.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { builtCommit } from '../src/pool/built.ts'
import type { Outcome } from './bench.ts'

const names = ['kernel', 'run', 'threads', 'startup']
const results = fileURLToPath(new URL('../results/bench-ising.json', import.meta.url))

const { save } = parseArgs({ options: { save: { type: 'boolean' } } }).values
// Above some tenths other programs take part of the cores, and figures of two threads mean little.
const load = loadavg()[0] as number
console.log(`load of the machine before the start: ${load.toFixed(2)}`)
const folder = mkdtempSync(join(tmpdir(), 'spinpool-bench-all-'))
try {
  const outcomes = names.flatMap((name) => {
    const json = join(folder, `${name}.json`)
    // execArgv carries the loader that runs this file.
    const words = [...process.execArgv, fileURLToPath(new URL(`${name}.ts`, import.meta.url)), '--json', json]
    const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
    return existsSync(json) ? [JSON.parse(readFileSync(json, 'utf8')) as Outcome] : []
  })
  if (save) {
    const machine = {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
      loadBefore: load,
    }
    const command = ['tsx', 'bench/all.ts', ...process.argv.slice(2)].join(' ')
    const record = { machine, date: new Date().toISOString(), command, commit: builtCommit(), outcomes }
    mkdirSync(dirname(results), { recursive: true })
    writeFileSync(results, `${JSON.stringify(record, undefined, 2)}\n`)
    console.log(`\nwritten: ${results}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
