import { basename, dirname, extname } from 'node:path'
import { UsageError } from '../errors.ts'
import type { Job } from '../job/types.ts'
import { shown } from '../text/suggestion.ts'

/** What a script for Slurm is made of; the checks below have seen all of it. */
export interface SlurmOptions {
  /** As resolved, so that all parts have one seed and later edits of the job file change nothing. */
  readonly job: Job
  readonly shards: number
  readonly cpusPerTask: number
  readonly time: string
  readonly mem?: string | undefined
  readonly partition?: string | undefined
  readonly checkpointEvery?: string | undefined
  /** Words for sbatch, of the array and of the merge. */
  readonly sbatch: readonly string[]
  /** The merged archive, absolute; the parts and the logs lie beside it. */
  readonly out: string
  /** The working folder of all jobs, absolute. */
  readonly folder: string
  /** How spinpool is called: the absolute paths of node and of the entry. */
  readonly command: readonly string[]
  readonly version: string
}

/** Seconds before the time limit at which Slurm warns; it may be a minute early. */
const WARNING_SECONDS = 120
/** A part that stops by itself sooner than this would do so for ever. */
const SHORTEST_SECONDS = 20

/** The archive of one part, from 1 to `shards`: `results/mine.1-of-4.h5` of `results/mine.h5`. */
export function partPath(out: string, part: number | string, shards: number): string {
  const [stem, extension] = cut(out)
  return `${stem}.${part}-of-${shards}${extension}`
}

/**
 * A bash script that submits the parts of a job as an array, and the merge that follows when all of them are done.
 *
 * Each task goes on from the archive of its part if there is one, so it may be ended and started again at any time: by a time
 * limit, a preemption, or with its node. Run with the argument --force the script also goes on with parts that are there.
 */
export function slurmScript(options: SlurmOptions): string {
  const { shards, out, sbatch, version } = options
  const [stem, extension] = cut(out).map(quoted)
  const words = sbatch.map((word) => ` ${quoted(word)}`).join('')
  return `#!/usr/bin/env bash
# Submits a job of spinpool to Slurm: ${shards === 1 ? 'one part' : `${shards} parts`} as an array, then the merge of their archives.
# Run it with bash. With --force it goes on with parts that are there, and replaces the merged archive.
# Written by spinpool ${version}.
set -euo pipefail

out=${quoted(out)}
if [ "\${1-}" != --force ]; then
  for part in '' {1..${shards}}; do
    file=$out
    if [ -n "$part" ]; then file=${stem}.$part-of-${shards}${extension}; fi
    if [ -e "$file" ]; then
      echo "$file exists already; name another with --out, or give --force to go on with it" >&2
      exit 3
    fi
  done
fi
command -v sbatch >/dev/null || { echo 'there is no sbatch here; submit where Slurm is' >&2; exit 127; }
mkdir -p ${quoted(dirname(out))}
# What the job that this may run in was told is not true of the new ones.
unset SLURM_RESTART_COUNT SLURM_JOB_END_TIME

array=$(sbatch --parsable${words} /dev/stdin "$@" <<'SPINPOOL_ARRAY'
${arrayScript(options)}SPINPOOL_ARRAY
)
array=\${array%%;*}

# Of the array as a whole Slurm would not forget that a task once ran out of time, also where that ended well later.
dependency=afterok$(printf ":\${array}_%s" {1..${shards}})
if ! merge=$(sbatch --parsable${words} --dependency="$dependency" --kill-on-invalid-dep=yes <<'SPINPOOL_MERGE'
${mergeScript(options)}SPINPOOL_MERGE
); then
  scancel "$array"
  echo "job $array is cancelled: the merge that follows it could not be submitted" >&2
  exit 1
fi

echo "array $array"
echo "merge \${merge%%;*}"
`
}

function arrayScript({ job, shards, cpusPerTask, time, mem, partition, checkpointEvery, out, folder, command }: SlurmOptions): string {
  const [stem, extension] = cut(out).map(quoted)
  const spinpool = command.map(quoted).join(' ')
  const every = checkpointEvery === undefined ? '' : ` --checkpoint-every ${quoted(checkpointEvery)}`
  return `#!/usr/bin/env bash
${directives({
  'job-name': jobName(out),
  array: `1-${shards}`,
  ntasks: 1,
  'cpus-per-task': cpusPerTask,
  time,
  mem,
  partition,
  chdir: folder,
  output: `${patternOf(dirname(out))}/slurm-%A_%a.log`,
  'open-mode': 'append',
  signal: `B:USR1@${WARNING_SECONDS}`,
})}
#SBATCH --requeue

# The array's own number would mean all of its tasks.
task=\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
part=${stem}.$SLURM_ARRAY_TASK_ID-of-${shards}${extension}

say() { echo "$(date '+%Y-%m-%d %H:%M:%S') $task on \${SLURMD_NODENAME-}: $*"; }

# Some versions of Slurm do not tell the task when its time is up; spinpool stops before.
if [ -z "\${SLURM_JOB_END_TIME-}" ]; then
  end=$(SLURM_TIME_FORMAT=%s squeue -h -j "$task" -o %e 2>/dev/null)
  if [[ $end =~ ^[0-9]+$ ]]; then export SLURM_JOB_END_TIME=$end; fi
fi

# A task that was started again holds the lock of a process that is gone, perhaps with its node.
force=()
if [ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ] || [ "\${1-}" = --force ]; then force=(--force); fi

# Slurm's early warning: write a checkpoint and go on. The others: write one and stop.
child='' stopped='' again=yes
warn() { again=yes; if [ -n "$child" ]; then kill -USR1 "$child" 2>/dev/null; fi; }
stop() { again=yes; stopped=$1; if [ -n "$child" ]; then kill -"$1" "$child" 2>/dev/null; fi; }
trap warn USR1
trap 'stop TERM' TERM
trap 'stop INT' INT

if [ -s "$part" ]; then
  say "goes on with $part"
  ${spinpool} resume "$part"${every} "\${force[@]}" &
else
  say "begins $part"
  ${spinpool} run - --shard "$SLURM_ARRAY_TASK_ID/${shards}" --out "$part"${every} "\${force[@]}" <<'SPINPOOL_JOB' &
${jobText(job)}
SPINPOOL_JOB
fi
child=$!
if [ -n "$stopped" ]; then kill -"$stopped" "$child"; fi

# A signal ends the waiting, not spinpool.
while [ -n "$again" ]; do
  again=''
  wait "$child"
  code=$?
done
child=''

# Stopped early, or before it could say so: the rest is for later, unless someone cancelled the task.
if [ "$code" -eq 75 ] || { [ "$code" -eq 143 ] && [ "$stopped" = TERM ]; }; then
  if [ -z "$stopped" ] && [ "$SECONDS" -lt ${SHORTEST_SECONDS} ]; then
    say "stopped after $SECONDS s by itself and would do so again; is the time limit too short?"
    exit 75
  fi
  state=$(squeue -h -j "$task" -o '%T %r' 2>/dev/null)
  case $state in
    RUNNING* | *TimeLimit)
      trap '' TERM INT USR1
      if scontrol requeue "$task"; then
        say 'stopped early, requeued'
      else
        say "stopped early, and cannot be requeued; submit again with --force to go on"
      fi
      ;;
    *) say 'stopped early' ;;
  esac
fi
exit "$code"
`
}

function mergeScript({ shards, mem, partition, out, folder, command }: SlurmOptions): string {
  const [stem, extension] = cut(out).map(quoted)
  return `#!/usr/bin/env bash
${directives({
  'job-name': `${jobName(out)}-merge`,
  ntasks: 1,
  'cpus-per-task': 1,
  time: '1:00:00',
  mem,
  partition,
  chdir: folder,
  output: `${patternOf(dirname(out))}/slurm-%j-merge.log`,
  'open-mode': 'append',
})}
#SBATCH --requeue

# Nothing was there when this was submitted: a file that is there now is of a merge that was started before.
exec ${command.map(quoted).join(' ')} merge ${stem}.{1..${shards}}-of-${shards}${extension} -o ${quoted(out)} --force
`
}

function directives(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `#SBATCH --${name}=${quoted(String(value))}`)
    .join('\n')
}

/** One key a line, to be read and compared. */
function jobText(job: Job): string {
  const lines = Object.entries(job).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  return `{\n${lines.join(',\n')}\n}`
}

/** A word as both the shell and Slurm's own reading of #SBATCH lines take it, whatever is in it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`
}

/** In the names of logs Slurm replaces %A and its like. */
function patternOf(folder: string): string {
  return folder.replaceAll('%', '%%')
}

function jobName(out: string): string {
  return `spinpool-${cut(basename(out))[0].replaceAll(/[^\w.-]+/g, '-')}`
}

function cut(out: string): [stem: string, extension: string] {
  const extension = extname(out)
  return [out.slice(0, out.length - extension.length), extension]
}

/** @throws UsageError where Slurm would not take it as a time limit, or would take it for none */
export function checkTime(time: string, where: string): string {
  const days = /^\d+-\d{1,2}(?::\d{1,2}){0,2}$/
  const short = /^\d+(?::\d{1,2}){0,2}$/
  if (/^(?:UNLIMITED|INFINITE)$/i.test(time) || ((days.test(time) || short.test(time)) && /[1-9]/.test(time))) return time
  throw new UsageError(
    `${where}: ${shown(time)} is no time limit; allowed: minutes, hours:minutes:seconds, days-hours, days-hours:minutes:seconds, or UNLIMITED`,
  )
}

/** @throws UsageError where Slurm would not take it as memory of a node */
export function checkMemory(mem: string, where: string): string {
  if (/^\d+[KMGT]?$/i.test(mem)) return mem
  throw new UsageError(`${where}: ${shown(mem)} is no memory; allowed: a whole number of megabytes, or with a unit K, M, G or T: 8G`)
}

/** @throws UsageError where it is no name, or no names with commas between them */
export function checkPartition(partition: string, where: string): string {
  if (/^[\w.+-]+(?:,[\w.+-]+)*$/.test(partition)) return partition
  throw new UsageError(`${where}: ${shown(partition)} is no partition; allowed: a name, or several with commas between them`)
}

/** @throws UsageError where a path would break a line of the script, or means something else to Slurm */
export function checkPath(path: string, where: string): string {
  const wrong = /[\p{Cc}\\]/u.exec(path)?.[0]
  if (wrong === undefined) return path
  throw new UsageError(
    `${where}: ${shown(path)} has the character ${JSON.stringify(wrong)}, which Slurm does not take in the path of a log`,
  )
}

/** What the script itself says to sbatch, and what it would be no submission with. */
const OWN = ['--array', '--dependency', '--kill-on-invalid-dep', '--parsable', '--wrap', '--wait', '--test-only']
const OWN_LETTERS = 'adW'
/** Flags of sbatch that take no word after them, by letter and by name; those with an optional value take it behind `=`. */
const LONELY_LETTERS = 'HOQVWhksuv'
const LONELY = [
  ...['--contiguous', '--exclusive', '--get-user-env', '--help', '--hold', '--ignore-pbs', '--nice', '--no-kill', '--no-requeue'],
  ...['--overcommit', '--oversubscribe', '--propagate', '--quiet', '--reboot', '--requeue', '--spread-job', '--usage', '--use-min-nodes'],
  ...['--verbose', '--version'],
]

/**
 * Words for sbatch out of one text, such as `--account=x --comment="two words"`; quotes as in a shell, nothing else is special.
 *
 * @throws UsageError where a quote is left open, where they are no flags, or one that the script needs for itself
 */
export function sbatchWords(text: string, where: string): string[] {
  const words: string[] = []
  const pattern = /\s+|((?:"[^"]*"|'[^']*'|[^\s"'])+)/gy
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (!match) throw new UsageError(`${where}: ${shown(text)} has a quote that is not closed`)
    if (match[1] !== undefined) words.push(match[1].replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
  }
  if (!words[0]?.startsWith('-')) {
    throw new UsageError(`${where}: ${shown(text)} is no flag of sbatch; allowed: text such as '--account=x --constraint=y'`)
  }
  const control = words.find((word) => /\p{Cc}/u.test(word))
  if (control !== undefined) throw new UsageError(`${where}: ${shown(control)} is not possible; allowed: words on one line`)
  const own = words.find((word) => isOwn(word))
  if (own !== undefined) throw new UsageError(`${where}: ${shown(own)} is not possible; the script itself gives it, or needs it not given`)
  const bare = words.find((word, i) => !word.startsWith('-') && !takesWord(words[i - 1] as string))
  if (bare !== undefined) throw new UsageError(`${where}: ${shown(bare)} is no flag of sbatch, which would take it for its script`)
  return words
}

/** Sbatch takes the beginning of a name for all of it, and letters without a value in front of others: -Ha1-9. */
function isOwn(word: string): boolean {
  if (!/^-./.test(word)) return false
  if (!word.startsWith('--')) return OWN_LETTERS.includes(lastLetterOf(word))
  const [name = ''] = word.split('=')
  return name.length > 2 && OWN.some((flag) => flag.startsWith(name))
}

/** Whether the next word belongs to this one. */
function takesWord(word: string): boolean {
  if (!word.startsWith('-') || word.includes('=')) return false
  if (word.startsWith('--')) return !LONELY.some((flag) => flag.startsWith(word))
  const letter = lastLetterOf(word)
  return word.endsWith(letter) && !LONELY_LETTERS.includes(letter)
}

/** The first letter of a word of short flags that takes a value, or is of this script; the last where none does. */
function lastLetterOf(word: string): string {
  const letters = word.slice(1)
  return [...letters].find((letter) => OWN_LETTERS.includes(letter) || !LONELY_LETTERS.includes(letter)) ?? letters.slice(-1)
}
