import { type Benchmark, controlSpeedUps, type Measurement, type ThreadScaling, speedUps } from '../../benchmark/benchmark.ts'
import type { Comparison } from '../../benchmark/compare.ts'
import { pinningAdvice } from '../../benchmark/pinning.ts'
import { spreadOf } from '../../benchmark/spread.ts'
import { BUSY, fitOf, nameOf, warningsOf } from '../../benchmark/verdict.ts'
import { formatBytes } from '../../text/bytes.ts'
import { counted, formatWithError } from '../../text/number.ts'
import { jsonNumber } from '../../text/cell.ts'
import { alignRows } from '../../text/table.ts'
import { wrapped } from '../../text/wrap.ts'

// A benchmark for people and for programs. Medians over the repeats, with their standard errors in brackets, and the range.

/** Everything that a benchmark says, as lines. */
export function benchmarkTables(benchmark: Benchmark): string {
  const { machine, scalings, measurements } = benchmark
  const tables = [
    machineLines(benchmark),
    ...scalings.map((scaling) => threadScalingTable(scaling, machine.cores)),
    ...(measurements.length > 0 ? [measurementTable(measurements)] : []),
  ]
  const warnings = warningsOf(benchmark)
  if (warnings.length > 0) tables.push(['What this machine does not allow to say:', ...listed(warnings)].join('\n'))
  const advice = pinningAdvice(machine)
  if (advice.length > 0 && scalings.length > 0) tables.push(['To keep threads where they are:', ...listed(advice)].join('\n'))
  return tables.join('\n\n')
}

function listed(lines: readonly string[]): string[] {
  return lines.map((line) => wrapped(`- ${line}`, 2))
}

function machineLines({ machine, quiet, settings }: Benchmark): string {
  const { cpu, cores, physicalCores, numaNodes, memoryBytes, memoryLimitBytes, slurmCpus, cpuLimit, virtual, node, v8, os, loadBefore } =
    machine
  const details = [
    counted(cores, 'core'),
    ...(physicalCores < cores ? [`${physicalCores} of them physical`] : []),
    ...(numaNodes > 1 ? [`${numaNodes} memory nodes`] : []),
    ...(virtual === 'yes' ? ['a virtual machine'] : []),
    ...(cpuLimit > 0 ? [`limited to ${cpuLimit}`] : []),
    ...(slurmCpus > 0 ? [`${slurmCpus} from Slurm`] : []),
    formatBytes(memoryLimitBytes > 0 ? memoryLimitBytes : memoryBytes),
  ]
  const others = Number.isNaN(quiet.others) ? '' : `, other programs meanwhile ${Math.round(100 * quiet.others)} % of the cores' time`
  return [
    wrapped(`${cpu}: ${details.join(', ')}`, 2),
    wrapped(`Node ${node.replace(/^v/, '')}, V8 ${v8}, ${os}; load before ${loadBefore.toFixed(2)}${others}`, 2),
    `medians of ${settings.repeats} repeats${settings.quick ? ' (quick)' : ''}`,
  ].join('\n')
}

function threadScalingTable(scaling: ThreadScaling, cores: number): string {
  const { threads, updates, seconds, job } = scaling
  const [own, plain] = [speedUps(scaling), controlSpeedUps(scaling)]
  const rows = threads.map((count, i) => {
    const time = spreadOf(seconds[i] ?? [])
    const rate = spreadOf((seconds[i] ?? []).map((value) => (updates[i] ?? Number.NaN) / (1e9 * value)))
    const gain = spreadOf(own[i] ?? [])
    const control = spreadOf(plain[i] ?? [])
    return [
      String(count),
      digits(time.median),
      `${digits(time.min)} to ${digits(time.max)}`,
      digits(rate.median),
      ...(count === 1
        ? ['1', '1', '1', '1']
        : [
            formatWithError(gain.median, gain.error),
            formatWithError(gain.median / count, gain.error / count),
            formatWithError(control.median, control.error),
            (gain.median / control.median).toFixed(2),
          ]),
    ]
  })
  const heading = ['threads', 'seconds', 'min to max', 'updates/ns', 'speed-up', 'efficiency', 'control', 'of control']
  const fit = fitOf(scaling, cores)
  const law =
    fit === undefined
      ? []
      : [
          `serial fraction by Amdahl's law: ${formatWithError(fit.fraction, fit.error)}${fit.points === 1 ? ', out of one number of threads: the law is not tested' : `, off by up to ${(100 * fit.misfit).toFixed(1)} %`}`,
        ]
  return [wrapped(`${nameOf(scaling)}: ${job}`, 2), alignRows([heading, ...rows]), ...law].join('\n')
}

function measurementTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ longName, unit, values }) => {
    const { median, min, max, scatter } = spreadOf(values)
    return [longName, digits(median), unit, `${digits(min)} to ${digits(max)}`, share(scatter)]
  })
  return leftFirst([['one thread, but for barriers', 'median', '', 'min to max', 'scatter'], ...rows])
}

/** The table of a comparison, and what stands in its way. */
export function comparisonTable({ changes, onlyBefore, onlyAfter, differences, others }: Comparison): string {
  const rows = changes.map(({ what, unit, before, after, ratio, error, verdict }) => [
    // Or lines would be longer than a terminal.
    what.replace(' scaling,', ','),
    digits(before),
    digits(after),
    unit,
    digits(ratio),
    share(error / ratio),
    verdict === 'within noise' ? '' : verdict.toUpperCase(),
  ])
  const faster = changes.filter(({ verdict }) => verdict === 'faster').length
  const slower = changes.filter(({ verdict }) => verdict === 'slower').length
  const lines = changes.length > 0 ? [leftFirst([['', 'before', 'now', '', 'ratio', 'noise', ''], ...rows])] : []
  return [
    ...differences.map((line) => `note: ${line}`),
    ...(others > BUSY
      ? [wrapped(`note: other programs took up to ${share(others)} of the cores' time; what they may have caused is no change`, 2)]
      : []),
    ...lines,
    ...[...onlyBefore.map((what) => `only before: ${what}`), ...onlyAfter.map((what) => `only now: ${what}`)],
    changes.length === 0
      ? 'nothing was measured in both'
      : `${changes.length} compared: ${slower} slower and ${faster} faster beyond three times the noise of a single repeat`,
  ].join('\n')
}

/** The first column to the left. */
function leftFirst(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map((row) => row[0]?.length ?? 0))
  const lines = alignRows(rows.map(([first = '', ...others]) => [first.padEnd(width), ...others])).split('\n')
  return lines.map((line) => line.trimEnd()).join('\n')
}

function share(value: number): string {
  return value > 1 ? '> 100 %' : `${(100 * value).toFixed(0)} %`
}

/** Three digits. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toPrecision(3)
}

/** `bench --json`: every repeat, and what is printed besides. */
export function benchmarkJson(benchmark: Benchmark): Record<string, unknown> {
  const { machine, quiet, settings, scalings, measurements, provenance } = benchmark
  return {
    machine,
    quiet: { others: jsonNumber(quiet.others), stolen: jsonNumber(quiet.stolen) },
    settings,
    scaling: scalings.map((scaling) => ({
      ...scaling,
      speedUp: speedUps(scaling).map((values) => spreadOf(values).median),
      controlSpeedUp: controlSpeedUps(scaling).map((values) => spreadOf(values).median),
      amdahl: fitOf(scaling, machine.cores),
    })),
    measurements: measurements.map((measurement) => ({ ...measurement, ...spreadOf(measurement.values) })),
    warnings: warningsOf(benchmark),
    advice: pinningAdvice(machine),
    provenance,
  }
}
