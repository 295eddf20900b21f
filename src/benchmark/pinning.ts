import type { Machine } from './machine.ts'

// How to keep threads where they are. Node pins no thread itself; the system does it for the whole process.

type Asked = Pick<Machine, 'cores' | 'physicalCores' | 'oneEach' | 'allowed' | 'numaNodes' | 'slurmCpus' | 'os' | 'cpuLimit'>

/** Commands that fit this machine, one a line, with why; none where there is nothing to gain. */
export function pinningAdvice({ cores, physicalCores, oneEach, allowed, numaNodes, slurmCpus, os, cpuLimit }: Asked): string[] {
  if (!os.startsWith('Linux')) return []
  const lines: string[] = []
  if (cpuLimit > 0 && cpuLimit < cores) {
    const threads = Math.max(1, Math.floor(cpuLimit))
    lines.push(`a control group allows ${cpuLimit} cores' worth of time: spinpool run job.yaml --threads ${threads}`)
  }
  if (slurmCpus > 0) {
    lines.push(`within Slurm: srun --cpu-bind=cores${physicalCores < cores ? ' --hint=nomultithread' : ''} spinpool run job.yaml`)
  }
  if (numaNodes > 1) {
    const each = Math.max(1, Math.floor(physicalCores / numaNodes))
    lines.push(
      `${numaNodes} memory nodes, one part of the job on each: numactl --cpunodebind=0 --membind=0 spinpool run job.yaml --shard 1/${numaNodes} --threads ${each}`,
    )
  }
  if (physicalCores < cores && oneEach !== '') {
    lines.push(`one thread on each physical core: taskset -c ${oneEach} spinpool run job.yaml --threads ${physicalCores}`)
  } else if (allowed !== '' && slurmCpus === 0) {
    lines.push(`beside other programs: taskset -c ${allowed} spinpool run job.yaml --threads ${cores}, and start those on other cores`)
  }
  return lines
}
