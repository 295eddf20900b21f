import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { readLock } from '../archive/lock.ts'
import { withArchive } from '../archive/read.ts'
import { EXIT } from '../errors.ts'
import { type Status, statusOf, statusText } from '../view/report/status.ts'
import { jsonOption, type Verb } from './verb.ts'

const REFRESH_MILLISECONDS = 2000

/** `spinpool status`: how far a run is, also while it goes on. */
export const statusVerb: Verb = {
  usage: 'status <file>',
  describe: 'How far a run is; works while it goes on',
  options: { watch: { type: 'boolean', alias: 'w', describe: 'Refresh every two seconds until it ends' }, ...jsonOption },
  examples: [
    ['spinpool status results/run.h5', 'sweeps done and the time left, for each simulation'],
    ['spinpool status results/run.h5 --watch', 'the same, again and again'],
  ],
  act: async (flags, terminal) => {
    const file = String(flags.file)
    for (;;) {
      const { title, status } = await look(file)
      if (flags.json === true) terminal.print(JSON.stringify(status))
      else if (flags.watch === true) terminal.redraw(statusText(title, file, status))
      else terminal.print(statusText(title, file, status))
      if (flags.watch !== true || status.status !== 'running') return EXIT.done
      await wait(REFRESH_MILLISECONDS)
    }
  },
}

async function look(file: string): Promise<{ readonly title: string; readonly status: Status }> {
  const lock = readLock(file)
  const owner = lock?.state === 'dead' ? undefined : lock?.owner
  // A run that has just begun has no archive yet.
  if (owner && !existsSync(file)) return { title: file, status: statusOf(undefined, owner) }
  return withArchive(file, (archive) => ({ title: archive.title, status: statusOf(archive, owner) }))
}
