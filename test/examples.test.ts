import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Batched, type Outcome, spinpool, spinpoolMany } from './command.ts'
import { temporaryFolder } from './folder.ts'

const folder = temporaryFolder()
const examples = fileURLToPath(new URL('../examples', import.meta.url))
const program = join(examples, 'read_archive.py')
const names = readdirSync(examples)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
const texts = names.map((name) => readFileSync(join(examples, name), 'utf8'))
/** The job files as they lie below the folder that commands are typed in. */
const files = Object.fromEntries(names.map((name, i) => [`examples/${name}`, texts[i] ?? '']))

/** A Python with what the program needs, if there is one: Debian's, or the one on the path. */
const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import h5py, xarray, h5netcdf, matplotlib']).status === 0,
)

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

  it('are jobs that can be run, and so is every command in their heads', () => {
    const runs = names.map((name) => ['run', `examples/${name}`, '--dry-run'])
    const typed = texts.map((text) => commandsOf(text, 'npx spinpool'))
    const lines = [...runs, ...typed.flat().map((words) => (words[0] === 'run' ? [...words, '--dry-run'] : words))]
    const outcomes = spinpoolMany(lines.map((words) => [words, files] as const))
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
  const shortened = names.map((name) => ({
    name,
    flags: ['--sweeps=64', '--thermalization=16', ...(name.startsWith('3') ? [] : ['--size=4,10']), '--threads=1'],
  }))
  const path = (name: string): string => join(folder, name.replace('.yaml', '.h5'))
  let outcomes: Outcome[]

  beforeAll(async () => {
    outcomes = await Promise.all(
      shortened.map(({ name, flags }) => spinpool(['run', join(examples, name), ...flags, `--out=${path(name)}`, '--json', '--quiet'])),
    )
  })

  it('has a simulation for each size and value of a parameter', () => {
    const counts = outcomes.map(({ code, stdout }) => (code === 0 ? JSON.parse(stdout).simulations.length : code))
    expect(counts).toEqual([2, 2, 6, 2, 10])
  })

  describe.skipIf(!python)('and read_archive.py (skipped where Python has no h5py, xarray, h5netcdf and matplotlib)', () => {
    const read = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
      spawnSync(python ?? '', [program, ...args], { encoding: 'utf8', env: { ...process.env, MPLCONFIGDIR: folder, ...env } })

    it.each([0, 2, 4])('prints and draws it: number %i + 1', (i) => {
      const picture = join(folder, `${i}.${i === 2 ? 'pdf' : 'png'}`)
      const { status, stdout, stderr } = read([path(names[i] ?? ''), '-o', picture])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const { simulations } = JSON.parse(outcomes[i]?.stdout ?? '')
      for (const { name, temperature, energy } of simulations) {
        const table = stdout.slice(stdout.indexOf(`\n${name}: `)).split('\n\n')[0] ?? ''
        const rows = table.split('\n').slice(3)
        expect(rows.length).toBe(temperature.length)
        // The mean to the digits that its error leaves, within half a unit of the last.
        for (const [t, row] of rows.entries()) {
          const [, T, mean = '', decimals = ''] = /^ *([\d.]+) {2}(-?\d+\.?(\d*))/.exec(row) ?? []
          expect(Number(T)).toBeCloseTo(temperature[t], 4)
          expect(Math.abs(Number(mean) - energy.mean[t])).toBeLessThan(0.51 * 10 ** -decimals.length)
        }
      }
      expect(stdout.trimEnd().endsWith(picture)).toBe(true)
      expect(readFileSync(picture).subarray(0, 4).toString('latin1')).toBe(i === 2 ? '%PDF' : '\x89PNG')
      expect(statSync(picture).size).toBeGreaterThan(10_000)
    })

    it('refuses what is no archive, and no picture, in a line', () => {
      const archive = path(names[0] ?? '')
      const refused: [string[], string][] = [
        [['nowhere.h5'], 'nowhere.h5: there is no such file\n'],
        [[program], 'this is no HDF5 file\n'],
        [[archive, '-o', 'x.docx'], "x.docx: the picture's name must end in .png, .pdf or .svg\n"],
        [[archive, '-o', join(folder, 'nowhere', 'x.png')], 'cannot be written: No such file or directory\n'],
      ]
      for (const [args, says] of refused) {
        const { status, stderr } = read(args)
        expect(status).not.toBe(0)
        expect(stderr.endsWith(says), stderr).toBe(true)
        expect(stderr).not.toContain('Traceback')
      }
      expect(existsSync('x.docx')).toBe(false)
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
