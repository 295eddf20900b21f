import { counted } from '../text/number.ts'
import { type AmdahlFit, fitAmdahl } from './amdahl.ts'
import { type Benchmark, controlSpeedUps, type ThreadScaling, speedUps } from './benchmark.ts'
import { spreadOf } from './spread.ts'

// Where a benchmark allows no claim, in plain words.

/** Relative scatter of repeats above which they are called noisy. */
const NOISY = 0.05
/** Fraction of the cores' time that others may take, and that of one core's worth of load before the start. */
export const BUSY = 0.05
/** Fewest cores for a fit that could fail. */
const CORES_FOR_FIT = 4
/** Fraction of the ideal speed-up that the control must reach. */
const CONTROL = 0.9

/** One line each; none where nothing stands in the way. */
export function warningsOf(benchmark: Benchmark): string[] {
  return [...aboutMachine(benchmark), ...aboutThreadScaling(benchmark), ...aboutRepeats(benchmark)]
}

function percent(fraction: number): string {
  return fraction > 1 ? 'more than 100 %' : `${Math.round(100 * fraction)} %`
}

function aboutMachine({ machine, quiet, settings, scalings }: Benchmark): string[] {
  const { cores, loadBefore, cpuLimit } = machine
  const most = Math.max(...settings.threads)
  const lines: string[] = []
  if (loadBefore > BUSY * cores + 0.2) {
    lines.push(
      `the machine was busy before the start (load ${loadBefore.toFixed(2)} on ${counted(cores, 'core')}): times are longer than they need be`,
    )
  }
  if (quiet.others > BUSY)
    lines.push(`other programs took ${percent(quiet.others)} of the cores' time meanwhile: repeat it on a quiet machine`)
  if (quiet.stolen > BUSY / 2) lines.push(`the host of this virtual machine took ${percent(quiet.stolen)} of the cores' time away`)
  if (scalings.length === 0) return lines
  if (most > cores) lines.push(`${most} threads on ${counted(cores, 'core')}: numbers beyond ${cores} say nothing of scaling`)
  if (cpuLimit > 0 && cpuLimit < Math.min(most, cores)) lines.push(`a control group allows only ${cpuLimit} cores' worth of time`)
  if (machine.physicalCores < Math.min(most, cores)) {
    lines.push(`${machine.physicalCores} physical cores: more threads share a core by two (SMT), and an efficiency of one is not to be had`)
  }
  if (Math.min(most, cores) < CORES_FOR_FIT) {
    lines.push(
      `${counted(Math.min(most, cores), 'core')}: too few for a claim on scaling; Amdahl's law is tested from ${CORES_FOR_FIT} on, and a serial fraction out of fewer is only another way to write the speed-up`,
    )
  }
  return lines
}

/** What stands in the way of several jobs alike is said once. */
function aboutThreadScaling({ scalings, machine }: Benchmark): string[] {
  const seen = scalings.flatMap((scaling) => {
    const [own, plain] = [speedUps(scaling), controlSpeedUps(scaling)]
    return scaling.threads.flatMap((count, i) =>
      count > 1 && count <= machine.cores ? [{ scaling, count, own: spreadOf(own[i] ?? []), plain: spreadOf(plain[i] ?? []) }] : [],
    )
  })
  const lines: string[] = []
  const bad = seen.filter(({ count, plain }) => plain.median < CONTROL * count)
  const lowest = bad.reduce<(typeof bad)[number] | undefined>(
    (low, one) => (low && low.plain.median / low.count < one.plain.median / one.count ? low : one),
    undefined,
  )
  if (lowest) {
    lines.push(
      `plain arithmetic on ${lowest.count} threads reaches only ${lowest.plain.median.toFixed(2)} x beside ${nameOf(lowest.scaling)}: the machine itself does not scale, whatever the program`,
    )
  }
  const noisy = seen.filter(({ own }) => own.scatter > NOISY)
  if (noisy.length > 0) {
    const names = [...new Set(noisy.map(({ scaling }) => nameOf(scaling)))]
    const worst = Math.max(...noisy.map(({ own }) => own.scatter))
    lines.push(`speed-ups scatter by up to ${percent(worst)} between rounds, too much for a claim: ${names.join('; ')}`)
  }
  for (const scaling of scalings) {
    const fit = fitOf(scaling, machine.cores)
    if (fit && fit.points > 1 && fit.misfit > NOISY) {
      lines.push(`${nameOf(scaling)}: Amdahl's law is off by up to ${percent(fit.misfit)}; it is not what limits this job`)
    }
  }
  return lines
}

function aboutRepeats({ measurements }: Benchmark): string[] {
  const scattered = measurements.filter(({ values }) => spreadOf(values).scatter > NOISY)
  if (scattered.length === 0) return []
  const worst = scattered.reduce((a, b) => (spreadOf(b.values).scatter > spreadOf(a.values).scatter ? b : a))
  return [
    `${scattered.length} of ${measurements.length} kernels and archives scatter by more than ${percent(NOISY)} between repeats, most of all ${worst.longName}: ${percent(spreadOf(worst.values).scatter)}`,
  ]
}

/** `strong scaling, ising, L = 64` */
export function nameOf({ kind, model, size }: ThreadScaling): string {
  return `${kind} scaling, ${model}, L = ${size}`
}

/** Amdahl's law through the speed-ups of strong scaling, up to the number of cores; undefined where there is nothing to fit. */
export function fitOf({ kind, threads, seconds }: ThreadScaling, cores: number): AmdahlFit | undefined {
  return kind === 'strong' ? fitAmdahl(threads, seconds, cores) : undefined
}
