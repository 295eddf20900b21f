// @module-tag slow

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { jsonOf, type Outcome, spinpool, spinpoolEach } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const examples = fileURLToPath(new URL('../../examples', import.meta.url))
const program = join(examples, 'read_archive.py')
const names = readdirSync(examples)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
const texts = names.map((name) => readFileSync(join(examples, name), 'utf8'))
/** The job files as they lie below the folder that commands are typed in. */
const files = { 'results/README.md': '', ...Object.fromEntries(names.map((name, i) => [`examples/${name}`, texts[i] ?? ''])) }

/** A Python with what the program needs, if there is one: Debian's, or the one on the path. */
const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import h5py, xarray, h5netcdf, matplotlib']).status === 0,
)

/** Runs a program once for each list of arguments, and prints what came of it. */
const MANY = `
import contextlib, io, json, runpy, sys, traceback
outcomes = []
for args in json.loads(sys.argv[2]):
    out, err, code = io.StringIO(), io.StringIO(), 0
    sys_argv, sys.argv = sys.argv, [sys.argv[1], *args]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(sys.argv[0], run_name="__main__")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
            if isinstance(end.code, str): print(end.code, file=sys.stderr)
        except Exception:
            code = 1
            traceback.print_exc()
    sys.argv = sys_argv
    outcomes.append({"code": code, "stdout": out.getvalue(), "stderr": err.getvalue()})
print(json.dumps(outcomes))
`

/** The lines of a head that are to be typed, by what they begin with, as words. */
function commandsOf(text: string, start: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith(`#   ${start} `))
  return lines.map((line) => line.replace(`#   ${start} `, '').split(' '))
}

describe('the examples', () => {
  it('are numbered from 1 to 5, and all listed', () => {
    expect(names.map((name) => /^(\d)-[a-z-]+\.yaml$/.exec(name)?.[1])).toEqual(['1', '2', '3', '4', '5'])
    const list = readFileSync(join(examples, 'README.md'), 'utf8')
    for (const name of readdirSync(examples)) if (name !== 'README.md') expect(list).toContain(`](${name})`)
    for (const [, name = ''] of list.matchAll(/\]\(([^)]+)\)/g)) expect(readdirSync(examples)).toContain(name)
  })

  it('say what, why, how long, the command, what to look at, what the numbers are, and how to go on', () => {
    for (const [i, text] of texts.entries()) {
      const head = text.split('\n\n')[0] ?? ''
      expect(head).toMatch(new RegExp(`^# ${i + 1}\\. `, 'm'))
      const parts = [...head.matchAll(/^# ([A-Z][a-z]+)(?= {2}|$)/gm)].map(([, part]) => part)
      expect(parts).toEqual(['What', 'Why', 'Time', 'Run', 'Look', 'Numbers', 'Longer'])
    }
  })

  it('are jobs that can be run, and so is every command in their heads', async () => {
    const runs = names.map((name) => ['run', `examples/${name}`, '--dry-run'])
    const typed = texts.map((text) => commandsOf(text, 'npx spinpool'))
    const lines = [...runs, ...typed.flat().map((words) => (words[0] === 'run' ? [...words, '--dry-run'] : words))]
    const outcomes = await spinpoolEach(lines.map((words) => [words, files] as const))
    for (const [i, { code, stdout, stderr }] of outcomes.entries()) {
      const words = lines[i]?.join(' ')
      if (words?.startsWith('run ')) expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' })
      // These look at what the run has not written here: all of the rest of the line is understood.
      else expect({ words, code, stdout, stderr }).toEqual({ words, code: 3, stdout: '', stderr: expect.stringContaining('no such file') })
    }
    for (const [i, commands] of typed.entries()) {
      const out = `results/${names[i]?.replace('.yaml', '.h5')}`
      expect(commands[0]).toEqual(['run', `examples/${names[i]}`, '--out', out])
      for (const [verb, path] of commands.slice(1)) if (verb !== 'run') expect(path).toBe(out)
      for (const words of commandsOf(texts[i] ?? '', 'python3')) expect(words.slice(0, 2)).toEqual(['examples/read_archive.py', out])
    }
  })
})

describe('a short run of an example', () => {
  /** Of each model, and along a field. */
  const shortened = [
    { name: '1-first-run', flags: ['--size=4,10'], simulations: ['ising-L4', 'ising-L10'] },
    { name: '3-field', flags: ['--size=10', '-p', 'h=0.1,0.005'], simulations: ['ising-L10-h0.005', 'ising-L10-h0.1'] },
    { name: '5-phase-diagram', flags: ['--size=10', '-p', 'g=0.5,0', '--snapshots=1'], simulations: ['o6-L10-g0', 'o6-L10-g0.5'] },
  ]
  const path = (name: string, ending = 'h5'): string => join(folder, `${name}.${ending}`)
  const archive = path('1-first-run')
  const endings = ['png', 'svg', 'pdf']
  const drawn = shortened.map(({ name }, i) => [path(name), '-o', path(name, endings[i])])
  const refused: readonly (readonly [args: readonly string[], says: string])[] = [
    [['nowhere.h5'], 'nowhere.h5: there is no such file\n'],
    [[program], 'this is no HDF5 file\n'],
    [[archive, '-o', 'x.docx'], "x.docx: the picture's name must end in .png, .pdf or .svg\n"],
    [[archive, '-o', join(folder, 'nowhere', 'x.png')], 'cannot be written: No such file or directory\n'],
  ]
  let outcomes: Outcome[]
  let read: Outcome[] = []

  beforeAll(async () => {
    outcomes = await Promise.all(
      shortened.map(({ name, flags }) => {
        const brief = ['--sweeps=64', '--thermalization=16', '--threads=1', '--json', '--quiet']
        return spinpool(['run', join(examples, `${name}.yaml`), ...flags, ...brief, `--out=${path(name)}`])
      }),
    )
    if (!python) return
    // All in one process: it is the packages that take long to begin.
    const { stdout, stderr } = spawnSync(python, ['-c', MANY, program, JSON.stringify([...drawn, ...refused.map(([words]) => words)])], {
      encoding: 'utf8',
      env: { ...process.env, MPLCONFIGDIR: folder },
    })
    if (stdout === '') throw new Error(stderr)
    read = JSON.parse(stdout)
  })

  it('has a simulation for each size and value of a parameter', () => {
    expect(outcomes.map((outcome) => simulationsOf(outcome).map(({ name }) => name))).toEqual(
      shortened.map(({ simulations }) => simulations),
    )
  })

  describe.skipIf(!python)('and read_archive.py (skipped where Python has no h5py, xarray, h5netcdf and matplotlib)', () => {
    it.each(shortened.map(({ name }, i) => [name, i] as const))('prints and draws %s', (name, i) => {
      const { code, stdout = '', stderr } = read[i] ?? {}
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const { name, temperature, energy } of simulationsOf(outcomes[i])) {
        const table = stdout.slice(stdout.indexOf(`\n${name}: `) + 1).split('\n\n')[0] ?? ''
        const rows = table.trimEnd().split('\n').slice(2)
        expect(rows.length).toBe(temperature.length)
        // The mean to the digits that its error leaves, within half a unit of the last.
        for (const [t, row] of rows.entries()) {
          const [, T, mean = '', decimals = ''] = /^ *([\d.]+) {2}(-?\d+\.?(\d*))/.exec(row) ?? []
          expect(Number(T)).toBeCloseTo(temperature[t] ?? 0, 4)
          expect(Math.abs(Number(mean) - (energy.mean[t] ?? 0))).toBeLessThan(0.51 * 10 ** -decimals.length)
        }
      }
      const picture = path(name, endings[i])
      expect(stdout.trimEnd().endsWith(picture)).toBe(true)
      expect(readFileSync(picture).subarray(0, 5).toString('latin1')).toBe(['\x89PNG\r', '<?xml', '%PDF-'][i])
      expect(statSync(picture).size).toBeGreaterThan(10_000)
    })

    it.each(refused.map(([, says], i) => [says.trimEnd(), i] as const))('refuses in a line: %s', (says, i) => {
      const { code, stderr = '' } = read[drawn.length + i] ?? {}
      expect(code).not.toBe(0)
      expect(stderr.trimEnd().endsWith(says), stderr).toBe(true)
      expect(stderr).not.toContain('Traceback')
    })
  })

  it.skipIf(spawnSync('python3', ['--version']).status !== 0)(
    'read_archive.py names a package that is missing (skipped without Python)',
    () => {
      // Isolated, and without site packages: there is only Python itself.
      const { status, stderr } = spawnSync('python3', ['-I', '-S', program, 'x.h5'], { encoding: 'utf8' })
      expect(status).toBe(1)
      expect(stderr).toMatch(/^read_archive\.py: the package h5py is missing; try: pip install [^\n]+\n$/)
    },
  )
})

interface Simulation {
  readonly name: string
  readonly temperature: readonly number[]
  readonly energy: { readonly mean: readonly number[] }
}

function simulationsOf(outcome: Outcome | undefined): readonly Simulation[] {
  return jsonOf<{ readonly simulations: readonly Simulation[] }>(outcome).simulations
}
