import { withArchive } from '../archive/read.ts'
import { merge } from '../run/merge.ts'
import { EXIT, UsageError } from '../errors.ts'
import { summaryJson } from '../view/report/summary.ts'
import { jsonOption, type Verb } from './verb.ts'

/** `spinpool merge`: joins the parts of one job. */
export const mergeVerb: Verb = {
  usage: 'merge <files..>',
  describe: 'Join the parts of one job, made with --shard',
  options: {
    out: { type: 'string', alias: 'o', requiresArg: true, describe: 'The archive to write' },
    partial: { type: 'boolean', describe: 'Merge what there is, also where parts are missing or not complete' },
    force: { type: 'boolean', describe: 'Replace an archive that is there' },
    ...jsonOption,
  },
  examples: [['spinpool merge results/run.*-of-4.h5 -o results/run.h5', 'four parts to one archive, as if the job had run as a whole']],
  act: async (flags, terminal) => {
    if (flags.out === undefined) throw new UsageError('--out: missing; name the archive to write: spinpool merge FILE... -o OUT')
    const files = [flags.files].flat().map(String)
    const { path, status } = await merge(files, String(flags.out), {
      force: flags.force === true,
      partial: flags.partial === true,
      command: `spinpool ${process.argv.slice(2).join(' ')}`,
    })
    if (flags.json === true) {
      terminal.print(JSON.stringify({ path, status, ...(await withArchive(path, summaryJson)) }))
    } else {
      terminal.print(path)
    }
    if (status !== 'complete')
      terminal.warn(`parts are missing or not complete; ${path} has status interrupted; run the rest with: spinpool resume ${path}`)
    return EXIT.done
  },
}
