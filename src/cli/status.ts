import { type Archive, openArchive } from '../archive/read.ts'
import { EXIT } from '../errors.ts'
import { formatSeconds } from '../report/number.ts'
import { alignRows } from '../report/table.ts'
import { jsonOption, type Verb } from './verb.ts'

/** `spinpool status`: how far a run is, also while it goes on (the archive is renewed every ten seconds or more). */
export const statusVerb: Verb = {
  usage: 'status <file>',
  describe: 'How far a run is; works while it goes on',
  options: { ...jsonOption },
  examples: [['spinpool status results/run.h5', 'sweeps done and the time left, for each simulation']],
  act: async (flags, terminal) => {
    const archive = await openArchive(String(flags.file))
    try {
      const status = statusOf(archive)
      if (flags.json === true) {
        terminal.print(JSON.stringify(status))
        return EXIT.done
      }
      const left = status.remainingSeconds === undefined ? '' : `, about ${formatSeconds(status.remainingSeconds)} left`
      terminal.print(
        `${archive.title}: ${status.status}, ${Math.floor(100 * status.fraction)} % after ${formatSeconds(status.elapsedSeconds)}${left}`,
      )
      const heading = ['simulation', 'sweeps', 'of', 'thermalized', 'samples', 'warnings']
      const rows = status.simulations.map(({ name, sweepsDone, sweepsTotal, thermalized, samples, warnings }) =>
        [name, sweepsDone, sweepsTotal, thermalized ? 'yes' : 'no', samples, warnings].map(String),
      )
      terminal.print(alignRows([heading, ...rows]))
    } finally {
      archive.close()
    }
    return EXIT.done
  },
}

function statusOf({ status, provenance, simulations }: Archive) {
  const done = simulations.reduce((sum, { sweepsDone, size }) => sum + sweepsDone * size ** 2, 0)
  const total = simulations.reduce((sum, { sweepsTotal, size }) => sum + sweepsTotal * size ** 2, 0)
  const fraction = done / total
  const elapsedSeconds = Number(provenance.elapsedSeconds)
  return {
    status,
    fraction,
    elapsedSeconds,
    // The estimate is as old as the archive: take off what has passed since it was written.
    ...(status === 'running' && fraction > 0
      ? { remainingSeconds: remaining(fraction, elapsedSeconds, String(provenance.startedAt)) }
      : {}),
    simulations: simulations.map(({ name, sweepsDone, sweepsTotal, thermalization, samples, warnings }) => ({
      name,
      sweepsDone,
      sweepsTotal,
      thermalized: sweepsDone >= thermalization,
      samples: samples.reduce((a, b) => a + b, 0),
      warnings: warnings.length,
    })),
  }
}

function remaining(fraction: number, elapsedSeconds: number, startedAt: string): number {
  const since = (Date.now() - Date.parse(startedAt)) / 1000
  return Math.max(0, elapsedSeconds / fraction - since)
}
