// Which faults of kernels and couplings a run's own checks see: kernels are made wrong on purpose (faulty-stepper.mjs), and the
// table of docs/archive.md says by how many standard errors energies are off, and the identity with them. No time is measured.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SimulationData } from '../src/archive/data.ts'
import { runJob } from '../src/run/run.ts'
import type { JobInput } from '../src/job/input.ts'

interface Fault {
  readonly kind: 'none' | 'beta' | 'parameter' | 'acceptances' | 'energy' | 'no global move'
  readonly parameter?: string
  readonly factor?: number
}

/** 24 temperatures, five copies each: one bundle. */
const isingJob: JobInput = { model: 'ising', size: 32, temperatures: '1.8:2.8/24', sweeps: 20_000, tempering: true, seed: 1 }
const isingField: JobInput = { ...isingJob, parameters: { h: 0.05 } }
const o6Job: JobInput = { model: 'o6', size: 16, temperatures: '0.3:0.5/12', sweeps: 10_000, tempering: true, copies: 2, seed: 1 }
const charged: JobInput = { ...o6Job, parameters: { g: 0.3, lambda: 1.2, w: -0.5 } }

const cases: readonly { readonly job: JobInput; readonly faults: readonly Fault[] }[] = [
  {
    job: isingJob,
    faults: [
      { kind: 'none' },
      ...[1.05, 1.005, 1.001].map((factor): Fault => ({ kind: 'acceptances', factor })),
      ...[1.01, 1.002, 1.0005].map((factor): Fault => ({ kind: 'beta', factor })),
      { kind: 'energy', factor: 1.001 },
      { kind: 'no global move' },
    ],
  },
  { job: isingField, faults: [{ kind: 'parameter', parameter: 'h', factor: 1.02 }] },
  {
    job: o6Job,
    faults: [
      { kind: 'none' },
      ...[1.02, 1.005].map((factor): Fault => ({ kind: 'beta', factor })),
      ...[1.02, 1.005].map((factor): Fault => ({ kind: 'parameter', parameter: 'rho', factor })),
      ...[1.1, 1.02].map((factor): Fault => ({ kind: 'parameter', parameter: 'g', factor })),
      { kind: 'energy', factor: 1.001 },
    ],
  },
  {
    job: charged,
    faults: [
      ...(['lambda', 'w'] as const).map((parameter): Fault => ({ kind: 'parameter', parameter, factor: 1.02 })),
      { kind: 'no global move' },
    ],
  },
]

const folder = mkdtempSync(join(tmpdir(), 'spinpool-faults-'))
const worker = fileURLToPath(new URL('faulty-stepper.mjs', import.meta.url))
let runs = 0

async function simulated(job: JobInput, fault: Fault): Promise<SimulationData> {
  process.env.SPINPOOL_FAULT = JSON.stringify(fault)
  const { simulations } = await runJob(job, { out: join(folder, `${runs++}.h5`), worker })
  return simulations[0] as SimulationData
}

/** Largest difference of two runs' energies, in standard errors. */
function energyOff(a: SimulationData, b: SimulationData): number {
  const energy = ({ quantities }: SimulationData) =>
    quantities.find(({ name }) => name === 'energy') as SimulationData['quantities'][number]
  const [one, two] = [energy(a), energy(b)]
  return Math.max(
    ...one.mean.map((mean, t) => Math.abs(mean - (two.mean[t] as number)) / Math.hypot(one.error[t] as number, two.error[t] as number)),
  )
}

function described({ kind, parameter, factor }: Fault): string {
  return `${parameter ?? kind}${factor === undefined ? '' : ` x ${factor}`}`
}

try {
  console.log('| model | fault | energy off by | identity, worst temperature | temperatures above 4 | all together | warned |')
  console.log('|---|---|---|---|---|---|---|')
  for (const { job, faults } of cases) {
    const right = await simulated({ ...job, seed: 2 }, { kind: 'none' })
    for (const fault of faults) {
      const wrong = await simulated(job, fault)
      const { deviation, deviationError, combined } = wrong.check
      const off = Array.from(deviation, (value, t) => Math.abs(value) / (deviationError[t] as number))
      const parameters = Object.entries(job.parameters ?? {}).map(([name, value]) => `, ${name} = ${value}`)
      const cells = [
        `${job.model}, L = ${job.size}${parameters.join('')}`,
        described(fault),
        energyOff(wrong, right).toFixed(1),
        Math.max(...off).toFixed(1),
        `${off.filter((value) => value > 4).length} of ${off.length}`,
        combined.toFixed(1),
        wrong.warnings.some((warning) => warning.includes('identity') || warning.includes('configurational')) ? 'yes' : 'no',
      ]
      console.log(`| ${cells.join(' | ')} |`)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
