import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, hostname, loadavg, release, totalmem, type } from 'node:os'
import { machineMemory } from '../run/machine-memory.ts'

// What a benchmark ran on, as far as the system tells. Everything that only Linux has is left out elsewhere.

/** Plain numbers and texts, so that it can be an attribute each. */
export interface Machine {
  readonly host: string
  readonly cpu: string
  /** Hardware threads that this process may use. */
  readonly cores: number
  /** Their numbers, as taskset takes them: `0-3`; empty where the system does not tell. */
  readonly allowed: string
  /** Physical cores among them; the same as `cores` without SMT, or where the system does not tell. */
  readonly physicalCores: number
  /** One hardware thread of each physical core, as taskset takes them. */
  readonly oneEach: string
  /** Memory nodes that the system has. */
  readonly numaNodes: number
  /** Cores' worth of time that a control group allows; 0 where it sets no limit. */
  readonly cpuLimit: number
  readonly memoryBytes: number
  /** That the process may use; 0 where nothing limits it. */
  readonly memoryLimitBytes: number
  /** SLURM_CPUS_PER_TASK; 0 outside of Slurm. */
  readonly slurmCpus: number
  readonly virtual: 'yes' | 'no' | 'unknown'
  readonly node: string
  readonly v8: string
  readonly os: string
  /** Mean number of busy programs in the minute before, this one not counted. */
  readonly loadBefore: number
}

export function describeMachine(): Machine {
  const cores = availableParallelism()
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(textOf('/proc/self/status'))?.[1] ?? ''
  const oneEach = firstSiblings(listOf(allowed))
  const info = textOf('/proc/cpuinfo')
  const memory = machineMemory()
  return {
    host: hostname(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores,
    allowed,
    physicalCores: oneEach.length > 0 ? Math.min(cores, oneEach.length) : cores,
    oneEach: oneEach.join(','),
    numaNodes: Math.max(1, namesIn('/sys/devices/system/node').filter((name) => /^node\d+$/.test(name)).length),
    cpuLimit: cpuLimit(),
    memoryBytes: totalmem(),
    memoryLimitBytes: memory < totalmem() ? memory : 0,
    slurmCpus: Number(process.env.SLURM_CPUS_PER_TASK) || 0,
    virtual: info === '' ? 'unknown' : /^flags\s*:.*\bhypervisor\b/m.test(info) ? 'yes' : 'no',
    node: process.version,
    v8: process.versions.v8,
    os: `${type()} ${release()} ${process.arch}`,
    loadBefore: loadavg()[0] ?? 0,
  }
}

/** What is in a file of the system; nothing where it cannot be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** 0, 1, 2, 3, 8 of `0-3,8`. */
export function listOf(text: string): number[] {
  return text
    .trim()
    .split(',')
    .flatMap((range) => {
      const [from, to = from] = range.split('-').map(Number)
      if (range === '' || from === undefined || to === undefined || Number.isNaN(from + to)) return []
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })
}

/** Those of the hardware threads that are the first ones of their cores. */
function firstSiblings(threads: readonly number[]): number[] {
  const seen = new Set<string>()
  return threads.filter((thread) => {
    const siblings = textOf(`/sys/devices/system/cpu/cpu${thread}/topology/thread_siblings_list`).trim() || String(thread)
    if (seen.has(siblings)) return false
    seen.add(siblings)
    return true
  })
}

/** The least that the control groups of this process allow, version 2 or 1. */
function cpuLimit(): number {
  const groups = textOf('/proc/self/cgroup')
  const own = /^0::(.*)$/m.exec(groups)?.[1] ?? '/'
  const old = /^\d+:(?:\w+,)*cpu(?:,\w+)*:(.*)$/m.exec(groups)?.[1] ?? '/'
  const limits: number[] = []
  for (const path of parentsOf(own)) {
    const [quota, period] = textOf(`/sys/fs/cgroup${path}/cpu.max`).split(' ').map(Number)
    limits.push((quota ?? 0) / (period ?? 1))
  }
  for (const path of parentsOf(old)) {
    const [quota, period] = ['quota', 'period'].map((name) => Number(textOf(`/sys/fs/cgroup/cpu${path}/cpu.cfs_${name}_us`)))
    limits.push((quota ?? 0) / (period ?? 1))
  }
  const set = limits.filter((limit) => limit > 0 && Number.isFinite(limit))
  return set.length > 0 ? Math.min(...set) : 0
}

/** `/a/b`, `/a` and the root, which is empty. */
function parentsOf(path: string): string[] {
  const steps = path.split('/').filter(Boolean)
  return Array.from({ length: steps.length + 1 }, (_, i) =>
    steps
      .slice(0, steps.length - i)
      .map((step) => `/${step}`)
      .join(''),
  )
}

/** Seconds of the allowed cores by kind since the system began; undefined where it does not tell. */
export interface CoreTime {
  readonly busy: number
  readonly idle: number
  readonly stolen: number
  /** Seconds of this process. */
  readonly own: number
}

/** Linux counts in hundredths of a second. */
const TICK = 0.01

export function coreTime(): CoreTime | undefined {
  const allowed = listOf(/^Cpus_allowed_list:\s*(\S+)/m.exec(textOf('/proc/self/status'))?.[1] ?? '')
  const rows = [...textOf('/proc/stat').matchAll(/^cpu(\d+) (.+)$/gm)].filter((row) => allowed.includes(Number(row[1])))
  if (rows.length === 0) return undefined
  let [busy, idle, stolen] = [0, 0, 0]
  for (const row of rows) {
    const [user = 0, nice = 0, system = 0, free = 0, waiting = 0, interrupts = 0, soft = 0, steal = 0] = (row[2] ?? '')
      .split(' ')
      .map(Number)
    busy += TICK * (user + nice + system + interrupts + soft)
    idle += TICK * (free + waiting)
    stolen += TICK * steal
  }
  const own = process.cpuUsage()
  return { busy, idle, stolen, own: (own.user + own.system) / 1e6 }
}

/** Shares of the cores' time from one moment to another. */
export function quietBetween(
  before: CoreTime | undefined,
  after: CoreTime | undefined,
): { readonly others: number; readonly stolen: number } {
  if (!before || !after) return { others: Number.NaN, stolen: Number.NaN }
  const [busy, idle, stolen] = [after.busy - before.busy, after.idle - before.idle, after.stolen - before.stolen]
  const all = busy + idle + stolen
  if (all <= 0) return { others: Number.NaN, stolen: Number.NaN }
  return { others: Math.max(0, busy - (after.own - before.own)) / all, stolen: stolen / all }
}
