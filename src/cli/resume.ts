import type { Options } from 'yargs'
import { resumeJob } from '../run/resume.ts'
import { UsageError } from '../errors.ts'
import { jobFile, jobOptions, readChanges } from './job-flags.ts'
import { showRun } from './session.ts'
import { jsonOption, type Verb } from './verb.ts'
import { watchOptions } from './watch-flags.ts'

/** Flags that mean something to a resume; all others of `run` are known as well, to say why they cannot change anything. */
const SHOWN = ['sweeps', 'threads', 'time-limit', 'checkpoint-every']

const options: Readonly<Record<string, Options>> = Object.fromEntries(
  Object.entries(jobOptions).map(([name, option]) => [name, SHOWN.includes(name) ? option : { ...option, hidden: true }]),
)

/** `spinpool resume`: goes on from an archive's last checkpoint. */
export const resumeVerb: Verb = {
  usage: 'resume <file> [job]',
  describe: "Go on from the archive's last checkpoint, also with --sweeps raised",
  options: {
    ...options,
    sweeps: { ...options.sweeps, describe: 'More measured sweeps per replica than the archive has' },
    force: { type: 'boolean', describe: 'Take the archive over from a process on another machine, if that is dead' },
    ...watchOptions,
    ...jsonOption,
  },
  examples: [
    ['spinpool resume results/run.h5', 'after Ctrl-C, a time limit or a crash'],
    ['spinpool resume results/run.h5 --sweeps 1e6', 'more sweeps, also of a run that is complete'],
    ['spinpool resume results/run.h5 job.yaml', 'only if it is the archive of this job'],
  ],
  act: async (flags, terminal) => {
    if (flags.out !== undefined) throw new UsageError('--out: the archive is written where it is; copy it first, and resume the copy')
    const { where, ...changes } = await readChanges(flags, jobFile(flags))
    return showRun(terminal, flags, (settings) => resumeJob(String(flags.file), changes, { ...settings, where }))
  },
}
