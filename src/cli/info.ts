import { availableParallelism, cpus, totalmem } from 'node:os'
import { packageVersion } from '../archive/provenance.ts'
import { ARCHIVE_FORMAT, describeFile, formatOf, KINDS } from '../archive/format.ts'
import { withArchive } from '../archive/read.ts'
import { EXIT, UsageError } from '../errors.ts'
import { formatBytes } from '../text/bytes.ts'
import { modelNames } from '../model/registry.ts'
import { builtCommit, compileKernels } from '../engine/pool/built.ts'
import { threadCount } from '../engine/pool/threads.ts'
import { jsonOption, type Verb } from './verb.ts'

/** `spinpool info`: this installation and machine, or an archive's provenance and job. */
export const infoVerb: Verb = {
  usage: 'info [file]',
  describe: "Versions, cores, SIMD; or a file's provenance and job",
  options: { ...jsonOption, job: { type: 'boolean', describe: "Only the file's job, JSON that spinpool run takes" } },
  examples: [
    ['spinpool info', 'this machine'],
    ['spinpool info results/run.h5 --job > again.json', 'the job, to run it again'],
  ],
  act: async (flags, terminal) => {
    if (flags.file === undefined) {
      if (flags.job === true) throw new UsageError('--job: needs the archive whose job to print')
      const info = await machineInfo()
      terminal.print(flags.json === true ? JSON.stringify(info) : lines(info))
      return EXIT.done
    }
    const file = String(flags.file)
    const format = await formatOf(file)
    if (format !== undefined && format !== ARCHIVE_FORMAT && KINDS[format] !== undefined) {
      if (flags.job === true) throw new UsageError(`--job: ${file} is ${KINDS[format]} and holds no job; leave it out`)
      const about = await describeFile(file)
      terminal.print(flags.json === true ? JSON.stringify(about) : lines(flat(about)))
      return EXIT.done
    }
    await withArchive(file, (archive) => {
      const { status, title, shard, provenance, job, simulations } = archive
      const part = shard === undefined ? {} : { shard }
      if (flags.job === true) terminal.print(JSON.stringify(job, null, 2))
      else if (flags.json === true) terminal.print(JSON.stringify({ status, title, ...part, provenance, job }))
      else terminal.print(lines({ title, status, ...part, ...provenance, simulations: simulations.map(({ name }) => name).join(', ') }))
    })
    return EXIT.done
  },
}

/** Groups of attributes one below the other; lists on one line. */
function flat(about: Readonly<Record<string, unknown>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(about).flatMap(([key, value]): [string, string | number][] =>
      typeof value === 'number'
        ? [[key, value]]
        : Array.isArray(value)
          ? [[key, value.join(', ')]]
          : typeof value === 'object' && value !== null
            ? Object.entries(flat({ ...value }))
            : [[key, String(value)]],
    ),
  )
}

async function machineInfo(): Promise<Record<string, string | number>> {
  const simd = await compileKernels().then(
    () => 'yes, 128 bits (WebAssembly)',
    () => 'no',
  )
  return {
    version: packageVersion(),
    commit: builtCommit(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    threads: threadCount(),
    memory: formatBytes(totalmem()),
    simd,
    models: modelNames.join(', '),
  }
}

function lines(entries: Readonly<Record<string, string | number>>): string {
  const width = Math.max(...Object.keys(entries).map((key) => key.length))
  return Object.entries(entries)
    .map(([key, value]) => `${key.padEnd(width)}  ${value}`)
    .join('\n')
}
