// @module-tag slow

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { resolveJob } from '../../src/job/job.ts'
import { checkTime, partPath, sbatchWords, type SlurmOptions, slurmScript } from '../../src/run/slurm-script.ts'
import { type Batched, expectNothingDone, expectRefusal, folderWith, jsonOf, main, spinpool, spinpoolEach } from '../support/command.ts'

// The script that runs a job as an array of Slurm: what is in it, and what it does, with stand-ins for Slurm and spinpool.

const job = resolveJob({ model: 'ising', size: [4, 6], temperatures: [2, 2.3], sweeps: 100, seed: 7, title: `it's "mine" $HOME` })
const basic: SlurmOptions = {
  job,
  shards: 3,
  cpusPerTask: 2,
  time: '24:00:00',
  sbatch: [],
  out: '/data/results/mine.h5',
  folder: '/data',
  command: ['/usr/bin/node', '/opt/spinpool/main.js'],
  version: '0.0.0',
}
const awkward = `it's "$HOME" 50%; \`x\``
const jobFile = 'model: ising\nsize: [4, 6, 8]\ntemperatures: [2, 2.3]\nsweeps: 100\nseed: 7\n'

/** Words of a command line or signals, one a line. */
const RECORD = 'for word in "$@"; do echo "$word"; done'

/** Commands of Slurm that note what they are called with, in a folder of their own; and the tools that scripts need. */
function fakeSlurm(commands: Readonly<Record<string, string>>): string {
  const folder = folderWith()
  for (const tool of ['bash', 'mkdir', 'cat', 'date', 'env', 'sleep']) {
    const path = ['/bin', '/usr/bin'].map((place) => join(place, tool)).find(existsSync)
    if (path !== undefined) symlinkSync(path, join(folder, tool))
  }
  for (const [name, body] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/bash\nnotes=${folder}\n${body}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

/** Keeps the n-th script and its words as array 41, merge 42. */
const SBATCH = `n=1; [ -e "$notes/script-1" ] && n=2
{ ${RECORD}; } > "$notes/words-$n"
cat > "$notes/script-$n"
echo $((40 + n))`

function bash(script: string, args: readonly string[], path: string, cwd?: string) {
  return spawnSync('bash', ['-s', '--', ...args], { input: script, encoding: 'utf8', env: { PATH: path }, cwd })
}

describe('the text', () => {
  const everything = slurmScript({
    ...basic,
    mem: '8G',
    partition: 'long',
    checkpointEvery: '5m',
    sbatch: ['--account=x', '--comment=two words'],
  })
  const scripts = [slurmScript(basic), everything, slurmScript({ ...basic, shards: 1, out: `/data/${awkward}/x`, folder: `/${awkward}` })]

  it('is what bash can read', () => {
    for (const script of scripts)
      expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  it.skipIf(spawnSync('shellcheck', ['--version']).status !== 0)('has nothing that shellcheck minds', () => {
    const within = (script: string): string[] =>
      [...script.matchAll(/<<'(SPINPOOL_(?:ARRAY|MERGE))'\n(.*?)\n\1\n/gs)].map((match) => `${match[2]}\n`)
    const all = scripts.flatMap((script) => [script, ...within(script)])
    expect(all).toHaveLength(9)
    // That $ in single quotes stands for itself is meant; what traps call is reached.
    for (const input of all) expect(spawnSync('shellcheck', ['--exclude=SC2016,SC2317', '-'], { input, encoding: 'utf8' }).stdout).toBe('')
  })

  it('has every option where Slurm looks for it', () => {
    const [array = '', merge = ''] = everything.split('if ! merge=')
    for (const line of [
      ...['--job-name=spinpool-mine', '--array=1-3', '--ntasks=1', '--cpus-per-task=2', '--time=24:00:00', '--mem=8G', '--partition=long'],
      ...['--chdir=/data', '--output=/data/results/slurm-%A_%a.log', '--open-mode=append', '--requeue', '--signal=B:USR1@120'],
    ])
      expect(array).toContain(`#SBATCH ${line}\n`)
    expect(array).toContain('--checkpoint-every 5m')
    for (const line of [
      '--job-name=spinpool-mine-merge',
      '--ntasks=1',
      '--cpus-per-task=1',
      '--mem=8G',
      '--partition=long',
      '--chdir=/data',
    ])
      expect(merge).toContain(`#SBATCH ${line}\n`)
    expect(merge).not.toContain('--array')
    for (const half of [array, merge]) expect(half).toContain("sbatch --parsable --account=x '--comment=two words' ")
    expect(merge).toContain('--dependency="$dependency" --kill-on-invalid-dep=yes')
  })

  it('leaves to Slurm what nobody asked for', () => {
    expect(slurmScript(basic)).not.toMatch(/--mem|--partition|--checkpoint-every|--nodes/)
  })

  it('holds the job with its seed, as resolved', () => {
    const text = /<<'SPINPOOL_JOB' &\n(.*?)\nSPINPOOL_JOB\n/s.exec(everything)?.[1] ?? ''
    expect(JSON.parse(text)).toEqual(job)
  })

  it('names the archive of each part after the whole', () => {
    expect(partPath('/a.b/mine.h5', 2, 4)).toBe('/a.b/mine.2-of-4.h5')
    expect(partPath('/a.b/mine', 1, 1)).toBe('/a.b/mine.1-of-1')
  })

  it('takes time limits as Slurm writes them, and no others', () => {
    for (const time of ['30', '90:00', '24:00:00', '2-0', '2-12', '1-0:30', '1-00:30:15', 'UNLIMITED', 'infinite']) {
      expect(checkTime(time, '--time')).toBe(time)
    }
    for (const time of ['', '0', '00:00:00', '24h', '1:2:3:4', '-5', '1-', '1.5', '12:00:00 ', 'soon', '1-2-3']) {
      expect(() => checkTime(time, '--time'), time).toThrow(/^--time: '.*' is no time limit; allowed: /)
    }
  })

  it('reads words for sbatch as a shell would', () => {
    expect(sbatchWords(` --account=x  --comment="two words" '--qos=it"s' -C a"b c"d `, '--sbatch')).toEqual([
      ...['--account=x', '--comment=two words', '--qos=it"s', '-C', 'ab cd'],
    ])
    expect(() => sbatchWords('--comment="open', '--sbatch')).toThrow(`--sbatch: '--comment="open' has a quote that is not closed`)
    for (const none of ['', 'script.sh', 'x --account=y']) expect(() => sbatchWords(none, '--sbatch')).toThrow('is no flag of sbatch')
    for (const own of ['--array=1-9', '-a', '--dependency=singleton', '--wrap=x', '--test-only', '-W']) {
      expect(() => sbatchWords(`--account=x ${own}`, '--sbatch')).toThrow(`--sbatch: '${own}' is not possible; the script itself`)
    }
    // Sbatch takes the beginning of a name, and letters one after the other.
    for (const own of ['-a1-1', '--arr=1', '--dep=singleton', '-d1', '--wra=x', '--test', '--kill=no', '-Ha1-9', '-QvW']) {
      expect(() => sbatchWords(`--account=x ${own}`, '--sbatch')).toThrow(`--sbatch: '${own}' is not possible; the script itself`)
    }
    for (const bare of ['--hold x.sh', '--account=x x.sh', '-H x.sh', '-Cz x.sh', '-C z x.sh', '--account x x.sh', '--exc x.sh']) {
      expect(() => sbatchWords(bare, '--sbatch')).toThrow("--sbatch: 'x.sh' is no flag of sbatch, which would take it for its script")
    }
    for (const fine of ['--wait-all-nodes=1', '-C z -A x', '--account x -vQ', '-HC z', '--exclude n1', '-e log', '--exclusive=user']) {
      expect(sbatchWords(fine, '--sbatch')).toEqual(fine.split(' '))
    }
  })
})

describe('submitting', () => {
  it('gives the array to sbatch, then the merge that waits for it, whatever paths look like', () => {
    const folder = join(folderWith(), awkward)
    mkdirSync(folder)
    const script = slurmScript({ ...basic, folder, out: join(folder, 'results', 'mine.h5'), sbatch: ['--comment=$HOME "x"'] })
    const slurm = fakeSlurm({ sbatch: SBATCH })
    expect(bash(script, [], slurm)).toMatchObject({ status: 0, stdout: 'array 41\nmerge 42\n', stderr: '' })
    const note = (name: string): string => readFileSync(join(slurm, name), 'utf8')
    expect(note('words-1').split('\n')).toEqual(['--parsable', '--comment=$HOME "x"', '/dev/stdin', ''])
    expect(note('words-2').split('\n')).toEqual([
      ...['--parsable', '--comment=$HOME "x"', '--dependency=afterok:41_1:41_2:41_3', '--kill-on-invalid-dep=yes', ''],
    ])
    for (const name of ['script-1', 'script-2']) {
      expect(spawnSync('bash', ['-n'], { input: note(name), encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
      expect(note(name)).toMatch(/^#!\/usr\/bin\/env bash\n#SBATCH --job-name=spinpool-mine/)
    }
    expect(existsSync(join(folder, 'results'))).toBe(true)
  })

  it('refuses where the archive or a part of it exists, unless told to go on', () => {
    for (const name of ['mine.h5', 'mine.2-of-3.h5']) {
      const folder = folderWith({ [name]: 'there' })
      const script = slurmScript({ ...basic, folder, out: join(folder, 'mine.h5') })
      const slurm = fakeSlurm({ sbatch: SBATCH })
      const refused = bash(script, [], slurm)
      expect(refused).toMatchObject({ status: 3, stdout: '' })
      expect(refused.stderr).toBe(`${join(folder, name)} exists already; name another with --out, or give --force to go on with it\n`)
      expect(readdirSync(slurm)).not.toContain('script-1')
      expect(bash(script, ['--force'], slurm)).toMatchObject({ status: 0, stdout: 'array 41\nmerge 42\n' })
      expect(readFileSync(join(slurm, 'words-1'), 'utf8')).toBe('--parsable\n/dev/stdin\n--force\n')
    }
  })

  it('leaves no array behind where the merge cannot be submitted', () => {
    const folder = folderWith()
    const slurm = fakeSlurm({
      sbatch: `if [ -e "$notes/first" ]; then echo 'sbatch: error: no more' >&2; exit 1; fi; echo > "$notes/first"; echo 41`,
      scancel: 'echo "$@" > "$notes/cancelled"',
    })
    const { status, stderr } = bash(slurmScript({ ...basic, folder, out: join(folder, 'mine.h5') }), [], slurm)
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'sbatch: error: no more\njob 41 is cancelled: the merge that follows it could not be submitted\n',
    })
    expect(readFileSync(join(slurm, 'cancelled'), 'utf8')).toBe('41\n')
  })
})

/** Notes how it is called, and ends as it is told by the file `then`: with that code, or when a signal comes with 75. */
const STAND_IN = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
const note = (text) => appendFileSync('notes', text + '\\n')
const then = readFileSync('then', 'utf8').trim()
for (const signal of ['SIGUSR1', 'SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    note(signal)
    if (signal !== 'SIGUSR1') setTimeout(() => process.exit(75), 100)
    else if (then === 'warned') setTimeout(() => process.exit(5), 100)
  })
}
const words = process.argv.slice(2)
if (words[0] === 'run') JSON.parse(readFileSync(0, 'utf8'))
note(words.join(' ') + ' until ' + (process.env.SLURM_JOB_END_TIME ?? 'ever'))
if (/^\\d+$/.test(then)) process.exit(Number(then))
setInterval(() => {}, 1000)
`

interface Ended {
  readonly code: number | null
  readonly notes: readonly string[]
  readonly log: string
  readonly requeued: boolean
}

/** Runs the second task of the array, as Slurm would on a node. */
async function runTask(
  then: string,
  {
    files = {},
    env = {},
    args = [],
    state = 'RUNNING None',
    signal,
  }: {
    readonly files?: Readonly<Record<string, string>>
    readonly env?: NodeJS.ProcessEnv
    readonly args?: readonly string[]
    /** What squeue says of the task when it has ended. */
    readonly state?: string
    readonly signal?: NodeJS.Signals
  } = {},
): Promise<Ended> {
  const folder = folderWith({ ...files, then, 'stand-in.mjs': STAND_IN })
  const submitted = fakeSlurm({ sbatch: SBATCH })
  const command = [process.execPath, join(folder, 'stand-in.mjs')]
  expect(bash(slurmScript({ ...basic, command, folder, out: join(folder, 'mine.h5') }), ['--force'], submitted).status).toBe(0)
  const slurm = fakeSlurm({
    squeue: `case "$*" in *'-j 41_2 -o %e') echo 1800000000;; *'-j 41_2 -o %T %r') echo '${state}';; esac`,
    scontrol: `[ "$*" = 'requeue 41_2' ] && echo > "$notes/requeued"`,
  })
  const child = spawn('bash', [join(submitted, 'script-1'), ...args], {
    cwd: folder,
    env: { PATH: slurm, SLURM_ARRAY_JOB_ID: '41', SLURM_ARRAY_TASK_ID: '2', SLURMD_NODENAME: 'n1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
  }
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const notes = (): string[] =>
    existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').replaceAll(`${folder}/`, '').trimEnd().split('\n') : []
  if (signal !== undefined) {
    while (notes().length === 0) await sleep(20)
    child.kill(signal)
  }
  return { code: await closed, notes: notes(), log, requeued: existsSync(join(slurm, 'requeued')) }
}

describe('a task of the array', () => {
  it('begins its part, with the time at which Slurm will end it', async () => {
    const { code, notes, requeued } = await runTask('0')
    expect({ code, notes, requeued }).toEqual({
      code: 0,
      notes: ['run - --shard 2/3 --out mine.2-of-3.h5 until 1800000000'],
      requeued: false,
    })
  })

  it('goes on with the part that is there', async () => {
    const { notes, log } = await runTask('0', { files: { 'mine.2-of-3.h5': 'begun' } })
    expect(notes).toEqual(['resume mine.2-of-3.h5 until 1800000000'])
    expect(log).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 41_2 on n1: goes on with \/.*\/mine\.2-of-3\.h5\n$/)
  })

  it('takes the lock over where Slurm has started it again, or where it was submitted so', async () => {
    const part = { 'mine.2-of-3.h5': 'begun' }
    const [again, first, forced, empty] = await Promise.all([
      runTask('0', { files: part, env: { SLURM_RESTART_COUNT: '1' } }),
      runTask('0', { files: part, env: { SLURM_RESTART_COUNT: '0' } }),
      runTask('0', { files: part, args: ['--force'] }),
      runTask('0', { files: { 'mine.2-of-3.h5': '' }, env: { SLURM_RESTART_COUNT: '2' } }),
    ])
    expect(again.notes).toEqual(['resume mine.2-of-3.h5 --force until 1800000000'])
    expect(first.notes).toEqual(['resume mine.2-of-3.h5 until 1800000000'])
    expect(forced.notes).toEqual(['resume mine.2-of-3.h5 --force until 1800000000'])
    expect(empty.notes).toEqual(['run - --shard 2/3 --out mine.2-of-3.h5 --force until 1800000000'])
  })

  it('believes Slurm where it does tell when the time is up', async () => {
    expect((await runTask('0', { env: { SLURM_JOB_END_TIME: '1900000000' } })).notes[0]).toMatch(/until 1900000000$/)
  })

  it('ends with the code of spinpool', async () => {
    const { code, requeued } = await runTask('4')
    expect({ code, requeued }).toEqual({ code: 4, requeued: false })
  })

  it('hands the early warning on and waits for what follows', async () => {
    const { code, notes, requeued } = await runTask('warned', { signal: 'SIGUSR1' })
    expect({ code, notes: notes.slice(1), requeued }).toEqual({ code: 5, notes: ['SIGUSR1'], requeued: false })
  })

  it.each([
    ['is requeued', 'while it runs', 'SIGTERM', 'RUNNING None', true],
    ['is requeued', 'while it runs', 'SIGINT', 'RUNNING None', true],
    ['is requeued', 'at its time limit', 'SIGTERM', 'COMPLETING TimeLimit', true],
    ['is not requeued', 'when it is cancelled, or requeued already', 'SIGTERM', 'COMPLETING None', false],
  ] as const)('%s where a signal ends it %s', async (_, __, signal, state, requeues) => {
    const { code, notes, requeued } = await runTask('run', { signal, state })
    expect({ code, notes: notes.slice(1), requeued }).toEqual({ code: 75, notes: [signal], requeued: requeues })
  })

  it('is not requeued where it stops as soon as it begins: it would never end', async () => {
    const { code, log, requeued } = await runTask('75')
    expect({ code, requeued }).toEqual({ code: 75, requeued: false })
    expect(log).toMatch(/41_2 on n1: stopped after \d+ s by itself and would do so again; is the time limit too short\?\n$/)
  })
})

describe('spinpool slurm', () => {
  const files = { 'job.yaml': jobFile }

  it('prints the script and writes nothing', async () => {
    const [plain, json] = await spinpoolEach([
      [['slurm', 'job.yaml', '--shards=3', '--out=mine.h5', '--time=2-12'], files],
      [['slurm', 'job.yaml', '--json'], files],
    ])
    expect(plain).toMatchObject({ code: 0, stderr: '' })
    expect(plain?.after).toEqual(plain?.before)
    expect(plain?.stdout).toMatch(/^#!\/usr\/bin\/env bash\n/)
    expect(plain?.stdout).toContain('#SBATCH --array=1-3\n')
    expect(plain?.stdout).toContain('#SBATCH --time=2-12\n')
    expect(plain?.stdout).toContain(`${process.execPath} ${main} resume`)
    const { script, out, parts } = jsonOf<{ script: string; out: string; parts: string[] }>(json)
    expect(script).toContain('#SBATCH --array=1-3\n')
    expect(out).toMatch(/\/results\/ising-\d{4}-\d\d-\d\d-\d{6}\.h5$/)
    expect(parts).toEqual([1, 2, 3].map((part) => partPath(out, part, 3)))
    expect(json?.after).toEqual(json?.before)
  })

  it('lets flags win over the job file, and takes the job from stdin', async () => {
    const jobOf = (script: string): unknown => JSON.parse(/<<'SPINPOOL_JOB' &\n(.*?)\nSPINPOOL_JOB\n/s.exec(script)?.[1] ?? '')
    const [flags] = await spinpoolEach([[['slurm', 'job.yaml', '--sweeps=300', '--size=4,6'], files]])
    expect(jobOf(flags?.stdout ?? '')).toMatchObject({ size: [4, 6], sweeps: 300, seed: '7' })
    const { stdout } = await spinpool(['slurm', '-', '--seed=9'], { input: jobFile, alone: true })
    expect(jobOf(stdout)).toMatchObject({ size: [4, 6, 8], sweeps: 100, seed: '9' })
  })

  it('gives each part as many cores as it can use, or as are asked for', async () => {
    const lines = [[], ['--copies=640'], ['--copies=640', '--cpus-per-task=5'], ['--copies=64000']]
    const asked = await spinpoolEach(lines.map((line) => [['slurm', 'job.yaml', '--shards=3', ...line], files] as const))
    const own = await spinpoolEach([[['slurm', 'job.yaml'], { 'job.yaml': `${jobFile}threads: 6\n` }]])
    expect([...asked, ...own].map(({ stdout }) => /--cpus-per-task=(\d+)/.exec(stdout)?.[1])).toEqual(['1', '10', '5', '16', '6'])
  })

  it('takes what is for sbatch with and without =', async () => {
    const [joined, apart] = await spinpoolEach([
      [['slurm', 'job.yaml', '--sbatch=--account=x --qos=y', '--sbatch=-C z', '--out=mine.h5'], files],
      [['slurm', 'job.yaml', '--sbatch', '--account=x --qos=y', '--sbatch', '-C z', '--out', 'mine.h5'], files],
    ])
    for (const outcome of [joined, apart]) {
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      expect(outcome?.stdout).toContain('sbatch --parsable --account=x --qos=y -C z /dev/stdin')
    }
  })

  describe('--submit', () => {
    it('submits exactly what a dry run prints, and says the numbers of the jobs', async () => {
      const cwd = folderWith(files)
      const own = fakeSlurm({ sbatch: SBATCH })
      const args = ['slurm', 'job.yaml', '--out=mine.h5', '--shards=2']
      const env = { PATH: own }
      expect(await spinpool([...args, '--submit'], { cwd, env, alone: true })).toEqual({
        code: 0,
        stdout: `array 41: 2 parts\nmerge 42: ${join(cwd, 'mine.h5')}\n`,
        stderr: '',
      })
      const { stdout } = await spinpool(args, { cwd })
      for (const name of ['script-1', 'script-2']) expect(stdout).toContain(readFileSync(join(own, name), 'utf8'))
      expect(readdirSync(cwd)).toEqual(['job.yaml'])
    })

    it('prints them as JSON', async () => {
      const env = { PATH: fakeSlurm({ sbatch: SBATCH }) }
      const outcome = await spinpool(['slurm', 'job.yaml', '--submit', '--json'], { cwd: folderWith(files), env })
      expect(jsonOf(outcome)).toEqual({ array: 41, merge: 42 })
    })

    it('refuses where the archive or a part exists, and goes on with --force', async () => {
      for (const name of ['mine.h5', 'mine.1-of-3.h5']) {
        const cwd = folderWith({ ...files, [name]: 'there' })
        const args = ['slurm', 'job.yaml', '--out=mine.h5', '--submit']
        const env = { PATH: fakeSlurm({ sbatch: SBATCH }) }
        expectRefusal(await spinpool(args, { cwd, env }), 3, [`--out: ${join(cwd, name)} exists already`, '--force'])
        expect(await spinpool([...args, '--force'], { cwd, env })).toMatchObject({ code: 0 })
      }
    })

    it('says what sbatch said where it fails, and where there is none', async () => {
      const cwd = folderWith(files)
      const args = ['slurm', 'job.yaml', '--out=mine.h5', '--submit']
      const failing = fakeSlurm({ sbatch: "echo 'sbatch: error: invalid partition specified: x' >&2; exit 1" })
      expectRefusal(await spinpool(args, { cwd, env: { PATH: failing } }), 4, [
        '--submit: nothing was submitted: sbatch: error: invalid partition specified: x',
      ])
      expectRefusal(await spinpool(args, { cwd, env: { PATH: fakeSlurm({}) } }), 4, [
        '--submit: nothing was submitted: there is no sbatch here',
      ])
      expectRefusal(await spinpool(args, { cwd, env: { PATH: folderWith() } }), 4, ['--submit: bash cannot be run'])
    })
  })

  const refused = [
    ['a time limit that is none', ['--time=24h'], "--time: '24h' is no time limit; allowed: minutes, hours:minutes:seconds"],
    ['no shards', ['--shards=0'], "--shards: '0' is not possible; allowed: whole numbers from 1 to 3"],
    ['shards that are no number', ['--shards=x'], "--shards: 'x' is not possible; allowed: whole numbers from 1 to 3"],
    ['half a shard', ['--shards=1.5'], "--shards: '1.5' is not possible"],
    ['more shards than the job has', ['--shards=4'], "--shards: '4' is not possible; the job has 3 ladders, and none is cut; allowed: "],
    ['several of one', ['--size=4', '--shards=2'], '; the job has one ladder, and none is cut; allowed: 1; more --copies make more'],
    ['no cores', ['--cpus-per-task=0'], "--cpus-per-task: '0' is not possible; allowed: whole numbers from 1 to 1024"],
    ['memory without a number', ['--mem=lots'], "--mem: 'lots' is no memory; allowed: "],
    ['two partitions with a space', ['--partition=a b'], "--partition: 'a b' is no partition; allowed: "],
    ['an interval without a unit', ['--checkpoint-every=5'], '--checkpoint-every: '],
    ['words that are no flags', ['--sbatch=script.sh'], "--sbatch: 'script.sh' is no flag of sbatch; allowed: "],
    ['an array of its own', ['--sbatch', '--array=1-9'], "--sbatch: '--array=1-9' is not possible; the script itself gives it"],
    ['--force alone', ['--force'], '--force: goes with --submit'],
    ['threads', ['--threads=2'], '--threads: unknown flag'],
    ['a path that breaks the line', ['--out=a\nb.h5'], '--out: '],
    ['a wrong key', ['--sweeps=none'], "--sweeps: 'none' is not possible"],
  ] as const
  let refusals: Batched[]
  beforeAll(async () => {
    refusals = await spinpoolEach(refused.map(([, flags]) => [['slurm', 'job.yaml', ...flags], files] as const))
  })

  it.each(refused.map(([what, , says], i) => [what, says, i] as const))('refuses %s', (_, says, i) => {
    expectNothingDone(refusals[i], 2, [says])
  })

  it('refuses a part of a job, a job that is not there, and none', async () => {
    const [part, missing, none] = await spinpoolEach([
      [['slurm', 'job.yaml'], { 'job.yaml': `${jobFile}shard: 1/2\n` }],
      [['slurm', 'no.yaml'], files],
      [['slurm'], files],
    ])
    expectNothingDone(part, 2, ["job.yaml: shard: '1/2' is not possible here; the job must be whole, it is cut by --shards"])
    expectNothingDone(missing, 3, ['no.yaml: there is no such job file'])
    expectNothingDone(none, 2, ['the file is missing; write spinpool slurm <job>'])
  })

  it('has help with an example', async () => {
    const [help] = await spinpoolEach([[['slurm', '--help']]])
    expect(help?.stdout).toMatch(/Examples:\n +spinpool slurm job\.yaml/)
  })
})
