import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { exampleJob } from '../../src/job/example.ts'
import { resolveJob } from '../../src/job/job.ts'
import type { Job } from '../../src/job/types.ts'
import { loadJobFile } from '../../src/job/load.ts'
import { copiesForThreads, laddersOf, planJob } from '../../src/job/plan.ts'
import { jobJsonSchema, jobKeys } from '../../src/job/schema.ts'
import { ising } from '../../src/model/ising/index.ts'
import { planForMachine } from '../../src/run/plan-for-machine.ts'
import { didYouMean, shown } from '../../src/text/suggestion.ts'
import { readTemperatures } from '../../src/job/temperatures.ts'
import { temporaryFolder } from '../support/folder.ts'

const least = { model: 'ising', size: 8, temperatures: [2, 2.3] }
const resolved = (input: object): Job => resolveJob({ ...least, ...input })

describe('a temperature grid', () => {
  it.each([
    ['a range with its stop', '2.0:2.6:0.1', [2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6]],
    ['a range whose steps do not reach the stop', '2:2.5:0.2', [2, 2.2, 2.4]],
    ['a range of one', '2:2:1', [2]],
    ['a number of temperatures from start to stop', '2.0:2.6/4', [2, 2.2, 2.4, 2.6]],
    ['one temperature by its number', '2:2/1', [2]],
    ['a list', '2.0,2.269,2.5', [2, 2.269, 2.5]],
    ['a list with spaces, in any order', ' 2.5, 2.0 ,2.269', [2, 2.269, 2.5]],
    ['powers of ten', '1e-1,1e1', [0.1, 10]],
    ['a number as text', '2.269', [2.269]],
    ['a number', 2.269, [2.269]],
    ['an array of numbers and texts', [2.5, '2.0'], [2, 2.5]],
    ['start, stop and count', { start: 2, stop: 2.6, count: 3 }, [2, 2.3, 2.6]],
    ['start, stop and step', { start: 2, stop: 2.6, step: 0.3 }, [2, 2.3, 2.6]],
  ])('may be %s', (_, input, expected) => {
    expect(readTemperatures(input)).toEqual(expected)
  })

  it('has no digits that only rounding made, and ends at the stop as it was written', () => {
    expect(0.1 + 2 * 0.1).not.toBe(0.3)
    expect(readTemperatures('0.1:0.5:0.1')).toEqual([0.1, 0.2, 0.3, 0.4, 0.5])
    const grid = readTemperatures('2.0:2.6/7')
    expect(grid.map(String)).toEqual(['2', '2.1', '2.2', '2.3', '2.4', '2.5', '2.6'])
    const third = 1 / 3
    expect(readTemperatures({ start: 0.1, stop: third, count: 5 }).at(-1)).toBe(third)
    expect(readTemperatures([2.1234567890123457])).toEqual([2.1234567890123457])
  })

  it('includes the stop also where steps add up to a little less or more', () => {
    expect(readTemperatures('0.1:0.7:0.1')).toHaveLength(7)
    expect(readTemperatures('2.0:2.6:0.05')).toHaveLength(13)
    expect(readTemperatures('2.0:2.3:0.001')).toHaveLength(301)
    expect(readTemperatures('2.0:2.3:0.001').at(-1)).toBe(2.3)
  })

  it.each([
    ['nothing', '', 'temperatures: empty; allowed: a list'],
    ['an empty array', [], 'temperatures: empty'],
    ['zero', 0, 'temperatures: 0 is no temperature; allowed: finite numbers above 0'],
    ['less than zero', '2,-1', 'temperatures[1]: -1 is no temperature'],
    ['NaN', Number.NaN, 'temperatures: NaN is no temperature'],
    ['infinity', '2,Infinity', 'temperatures[1]: Infinity is no temperature'],
    ['so little that its inverse is infinite', '1e-320', 'temperatures: 1e-320 is no temperature'],
    ['words', 'a,b', "temperatures[0]: 'a' is no number"],
    ['a gap in a list', '2,,3', "temperatures[1]: '' is no number"],
    ['a range of two parts', '2.0:2.6', "temperatures: '2.0:2.6' is no range; allowed: a list 2.0,2.269,2.5, a range start:stop:step"],
    ['a range of four parts', '1:2:3:4', "temperatures: '1:2:3:4' is no range"],
    ['a range that ends in a colon', '2:3:', "temperatures: '2:3:' is no range"],
    ['a range of words', 'a:b:c', "temperatures: 'a:b:c' is no range"],
    ['a count of a count', '1:2/3/4', "temperatures: '1:2/3/4' is no range"],
    ['no step', '2.0:2.6:0', 'temperatures: a step of 0; allowed: above 0'],
    ['a step backwards', '2.0:2.6:-0.1', 'temperatures: a step of -0.1'],
    ['a count of none', '2.0:2.6/0', 'temperatures: a count of 0; allowed: whole numbers from 1 to 100000'],
    ['a count of one and a half', '2.0:2.6/1.5', 'temperatures: a count of 1.5'],
    ['a count of one over an interval', '2.0:2.6/1', 'temperatures: one temperature cannot span 2 to 2.6'],
    ['more than there can be', '2:3:1e-9', 'has 1000000000 temperatures; allowed: at most 100000'],
    ['the higher end first', '2.6:2.0:0.1', 'temperatures: from 2.6 down to 2; the first must be the lower one'],
    ['a range from zero', '0:1:0.1', 'temperatures: from 0 to 1; allowed: finite temperatures above 0'],
    ['the same twice', '2.0,2.5,2', 'temperatures[2]: 2 is there twice'],
    ['neither count nor step', { start: 2, stop: 3 }, 'temperatures: start and stop need a count or a step'],
    ['both count and step', { start: 2, stop: 3, step: 1, count: 2 }, 'temperatures: both step and count; give one of them'],
  ])('may not be %s', (_, input, message) => {
    expect(() => readTemperatures(input)).toThrow(message)
    expect(() => readTemperatures(input)).toThrow(UsageError)
  })
})

describe('a job with its defaults filled in', () => {
  it('leaves nothing open', () => {
    expect(resolved({ seed: 1 })).toEqual({
      title: '2D Ising model, L = 8',
      model: 'ising',
      size: [8],
      temperatures: [2, 2.3],
      sweeps: 10_000,
      thermalization: 1000,
      measureEvery: 1,
      update: 'metropolis',
      tempering: false,
      copies: 64,
      parameters: { J: 1, h: 0 },
      snapshots: 0,
      series: false,
      seed: '1',
    })
  })

  it.each([
    [1, 128],
    [2, 64],
    [3, 42],
    [24, 5],
    [100, 1],
    [128, 1],
    [129, 1],
    [1000, 1],
  ])('has as many copies of %d temperatures as fill the 128 lanes of one bundle: %d', (count, copies) => {
    expect(resolved({ temperatures: { start: 1, stop: count === 1 ? 1 : 3, count } }).copies).toBe(copies)
  })

  it('thermalizes for a tenth of the sweeps, rounded up', () => {
    expect(resolved({ sweeps: 200 }).thermalization).toBe(20)
    expect(resolved({ sweeps: 1 }).thermalization).toBe(1)
    expect(resolved({ sweeps: 11 }).thermalization).toBe(2)
    expect(resolved({ sweeps: 200, thermalization: 0 }).thermalization).toBe(0)
  })

  it('draws a new seed each time, a whole number', () => {
    const seeds = new Set(Array.from({ length: 20 }, () => resolved({}).seed))
    expect(seeds.size).toBe(20)
    for (const seed of seeds) expect(seed).toMatch(/^[0-9]+$/)
  })

  it.each([
    ['a number', 12345, '12345'],
    ['the largest number without loss', 9007199254740991, '9007199254740991'],
    ['text beyond that', '9007199254740993', '9007199254740993'],
    ['the largest of 64 bits', '18446744073709551615', '18446744073709551615'],
    ['text with zeros in front', '007', '7'],
    ['zero', 0, '0'],
  ])('keeps a seed digit by digit: %s', (_, seed, expected) => {
    expect(resolved({ seed }).seed).toBe(expected)
  })

  it('resolves again to itself, so that the job in an archive can be run again', () => {
    const job = resolved({
      size: [8, 4],
      temperatures: '2:2.5:0.1',
      parameters: { h: [0, 0.1] },
      seed: '18446744073709551615',
      tempering: true,
      snapshots: 3,
    })
    expect(resolveJob(job)).toEqual(job)
    expect(resolveJob(JSON.parse(JSON.stringify(job)))).toEqual(job)
  })

  it('resolves again to itself also along a parameter', () => {
    const job = resolved({ temperatures: [2], parameters: { h: [0.3, 0] }, tempering: { along: 'h' }, seed: 5 })
    expect(job).toMatchObject({ tempering: { along: 'h' }, copies: 64 })
    expect(resolveJob(JSON.parse(JSON.stringify(job)))).toEqual(job)
  })

  it('is there for the built-in example', () => {
    const job = resolveJob(exampleJob(ising))
    expect(job.temperatures).toHaveLength(24)
    expect(job.tempering).toBe(true)
    expect(planJob(job).ladders.every(({ slots }) => slots.length % 24 === 0)).toBe(true)
  })

  it('says where a key was written', () => {
    const where = (key: string): string => `here ${key}`
    expect(() => resolveJob({ ...least, sweeps: 0 }, where)).toThrow(
      'here sweeps: 0 is not possible; allowed: whole numbers from 1 to 1e15',
    )
    expect(() => resolveJob({ ...least, parameters: { h: [0, 'x'] } }, where)).toThrow("here parameters.h[1]: 'x' is not possible")
  })

  it('names an unknown key before one that is missing: the one may be the other', () => {
    expect(() => resolveJob({ model: 'ising', size: 8, temperatues: [2] })).toThrow(
      "temperatues: unknown key; did you mean 'temperatures'?; allowed: title, model",
    )
  })

  it('takes no prototype for a parameter', () => {
    const parameters = JSON.parse('{"__proto__": {"J": 5}}') as object
    expect(() => resolved({ parameters })).toThrow('parameters.__proto__: unknown parameter of ising; allowed: J, h')
    for (const name of ['constructor', 'toString'])
      expect(() => resolved({ parameters: { [name]: 1 } })).toThrow(`parameters.${name}: unknown`)
  })

  it('keeps a long value out of a message', () => {
    const message = (() => {
      try {
        resolved({ title: `${'x'.repeat(5000)}` })
      } catch (error) {
        return (error as Error).message
      }
      return ''
    })()
    expect(message).toMatch(/^title: 'x+\.\.\. is not possible/)
    expect(message.length).toBeLessThan(200)
  })
})

describe('a plan', () => {
  it('names simulations by size, and by the parameters that vary', () => {
    const names = (input: object): string[] => planJob(resolved(input)).simulations.map(({ name }) => name)
    expect(names({ size: [8, 16] })).toEqual(['ising-L8', 'ising-L16'])
    expect(names({ parameters: { h: 0.1 } })).toEqual(['ising-L8'])
    expect(names({ parameters: { h: [0, 0.1] } })).toEqual(['ising-L8-h0', 'ising-L8-h0.1'])
    expect(names({ size: [4, 8], parameters: { J: [1, -1], h: [0.5, 0] } })).toEqual([
      'ising-L4-J1-h0.5',
      'ising-L4-J1-h0',
      'ising-L4-J-1-h0.5',
      'ising-L4-J-1-h0',
      'ising-L8-J1-h0.5',
      'ising-L8-J1-h0',
      'ising-L8-J-1-h0.5',
      'ising-L8-J-1-h0',
    ])
  })

  it('gives each simulation its own parameters, defaults included', () => {
    const plan = planJob(resolved({ parameters: { h: [0, 0.1] } }))
    const { simulations } = plan
    expect(simulations.map(({ parameters }) => parameters)).toEqual([
      { J: 1, h: 0 },
      { J: 1, h: 0.1 },
    ])
    for (const simulation of simulations) {
      for (const spec of laddersOf(plan, simulation)) expect(spec.parameters).toEqual(simulation.parameters)
    }
  })

  it('keeps whole copies of the grid in each bundle with tempering', () => {
    const job = resolved({ temperatures: '2:3/50', copies: 5, tempering: true })
    const slots = planJob(job).ladders.map(({ slots }) => slots)
    expect(slots.map((of) => of.length)).toEqual([100, 100, 50])
    for (const of of slots) {
      const copies = [...new Set(of.map(({ copy }) => copy))]
      for (const copy of copies)
        expect(of.filter((slot) => slot.copy === copy).map(({ rung }) => rung)).toEqual(Array.from({ length: 50 }, (_, t) => t))
    }
  })

  it.each([
    [128, 5, [1, 1, 1, 1, 1]],
    [129, 2, [2, 2]],
    [300, 1, [3]],
  ])('keeps %d temperatures of each copy in one ladder with tempering', (count, copies, bundles) => {
    const { ladders } = planJob(resolved({ temperatures: { start: 1, stop: 3, count }, copies, tempering: true }))
    expect(ladders.map((spec) => spec.bundles)).toEqual(bundles)
    expect(ladders.map(({ firstBundle }) => firstBundle)).toEqual(bundles.map((own, i) => i * own))
    for (const [copy, { slots, points }] of ladders.entries()) {
      expect(slots).toEqual(Array.from({ length: count }, (_, rung) => ({ copy, rung })))
      expect(points.map(({ temperature }) => temperature)).toEqual(Array.from({ length: count }, (_, t) => t))
    }
  })

  it('has a ladder for each temperature where a parameter is exchanged, and the simulations it would have without', () => {
    const parameters = { J: [1, -1], h: [0.5, 0, -0.2] }
    const job = resolved({ size: [4, 8], temperatures: [2, 3], parameters, tempering: { along: 'h' } })
    expect(job.copies).toBe(42)
    const plan = planJob(job)
    const { simulations, ladders } = plan
    const without = planJob(resolved({ size: [4, 8], temperatures: [2, 3], parameters })).simulations
    const named = (all: typeof simulations) => new Set(all.map(({ name, parameters }) => `${name} ${JSON.stringify(parameters)}`))
    expect(named(simulations)).toEqual(named(without))
    expect(ladders).toHaveLength(2 * 2 * 2)
    for (const { name, parameters, ladders: indices } of simulations) {
      const own = laddersOf(plan, { ladders: indices })
      expect(own.map(({ points }) => points[0]?.temperature)).toEqual([0, 1])
      for (const { points, slots, bundles } of own) {
        expect(points.map((point) => point.parameters.h)).toEqual([-0.2, 0, 0.5])
        expect(points.find(({ simulation }) => simulation === name)?.parameters).toEqual(parameters)
        expect([slots.length, bundles]).toEqual([126, 1])
      }
    }
    // Every stream of random numbers has a name of its own.
    const names = ladders.map((spec) => JSON.stringify([spec.simulation, spec.points.map(({ parameters }) => parameters), spec.index]))
    expect(new Set(names).size).toBe(names.length)
    expect(copiesForThreads(planJob(job), 9)).toBe(3 * 42 - 42)
  })

  it('fills every lane without tempering', () => {
    const slots = planJob(resolved({ temperatures: '2:3/50', copies: 5 })).ladders.map(({ slots }) => slots)
    expect(slots.map((of) => of.length)).toEqual([128, 122])
  })

  it.each([true, false])('has every temperature of every copy once (tempering %s)', (tempering) => {
    const { ladders } = planJob(resolved({ temperatures: '2:3/48', copies: 7, tempering }))
    const places = ladders.flatMap(({ slots, points }) => slots.map(({ copy, rung }) => `${copy} ${points[rung]?.temperature}`))
    expect(places).toHaveLength(7 * 48)
    expect(new Set(places).size).toBe(7 * 48)
  })

  it('does not depend on the machine', () => {
    const job = resolved({ size: [8, 32], copies: 300, seed: 5 })
    expect(planJob(job, { available: 1e12 })).toEqual(planJob(job, { available: 1e13 }))
  })

  it('says which memory a job needs where it does not fit', () => {
    expect(() => planJob(resolved({ size: 1000, copies: 640 }), { available: 1e8 })).toThrow(
      /the job needs [2-9]\d\d MiB of memory and this machine has 95\.4 MiB; use smaller sizes, fewer --copies/,
    )
    expect(() => planJob(resolved({ sweeps: 1e12, series: true }))).toThrow(
      /the job needs [1-9][\d.]+ PiB for one bundle, and a shared memory holds at most 4 GiB; use .* fewer sweeps with --series/,
    )
    // What runs knows the machine: some 2 TiB.
    const large = resolved({ size: 15_000, copies: 40_000 })
    expect(() => planForMachine(large)).toThrow(/the job needs [\d.]+ TiB of memory and this machine has [\d.]+ [MGT]iB; use smaller sizes/)
    expect(() => planJob(large)).not.toThrow()
    expect(() => planJob(resolved({ copies: 1e6 }))).toThrow(
      '2000000 replicas of each simulation; allowed: up to 1000000; use fewer --copies',
    )
  })

  it('knows how many copies would keep all threads busy', () => {
    expect(copiesForThreads(planJob(resolved({})), 1)).toBeUndefined()
    expect(copiesForThreads(planJob(resolved({})), 4)).toBe(256)
    expect(planJob(resolved({ copies: 256 })).ladders).toHaveLength(4)
    expect(copiesForThreads(planJob(resolved({ size: [4, 8] })), 4)).toBe(128)
  })
})

describe('a suggestion', () => {
  const keys = ['sweeps', 'temperatures', 'size', 'seed', 'J', 'h']
  it.each([
    ['sweep', 'sweeps'],
    ['temperatues', 'temperatures'],
    ['TEMPERATURES', 'temperatures'],
    ['sise', 'size'],
    ['j', 'J'],
    ['H', 'h'],
  ])('for %s is %s', (unknown, known) => {
    expect(didYouMean(unknown, keys)).toBe(`; did you mean '${known}'?`)
  })

  it.each(['lattice', 'K', 'x', '', 'constructor'])('is not made for %s, which resembles nothing', (unknown) => {
    expect(didYouMean(unknown, keys)).toBe('')
  })

  it('is not made where nothing is known', () => {
    expect(didYouMean('sweeps', [])).toBe('')
  })
})

describe('a value in a message', () => {
  it.each([
    ['text', 'abc', "'abc'"],
    ['text of two lines', 'a\nb', "'a\\nb'"],
    ['text with an escape code', '\x1b[31m', "'\\u001b[31m'"],
    ['text with quotes', 'a"b', "'a\"b'"],
    ['a number', 1e30, '1e+30'],
    ['no number', Number.NaN, 'NaN'],
    ['nothing', null, 'null'],
    ['a list', [1, 'a'], '[1,"a"]'],
  ])('is on one line: %s', (_, value, expected) => {
    expect(shown(value)).toBe(expected)
  })
})

describe('a job file', () => {
  const folder = temporaryFolder()
  const load = (text: string, name = 'job.yaml'): Record<string, unknown> => {
    writeFileSync(join(folder, name), text)
    return loadJobFile(join(folder, name))
  }

  it.each([
    ['YAML', 'model: ising\nsize: [8, 16]\ntemperatures: {start: 2, stop: 2.6, count: 3}\nparameters: {h: [0, 0.1]}\n', 'job.yaml'],
    [
      'JSON',
      '{"model": "ising", "size": [8, 16], "temperatures": {"start": 2, "stop": 2.6, "count": 3}, "parameters": {"h": [0, 0.1]}}',
      'job.json',
    ],
    [
      'YAML with Windows line ends and a byte order mark',
      '\ufeffmodel: ising\r\nsize: [8, 16]\r\ntemperatures: {start: 2, stop: 2.6, count: 3}\r\nparameters: {h: [0, 0.1]}\r\n',
      'job.yaml',
    ],
  ])('may be %s', (_, text, name) => {
    expect(load(text, name)).toEqual({
      model: 'ising',
      size: [8, 16],
      temperatures: { start: 2, stop: 2.6, count: 3 },
      parameters: { h: [0, 0.1] },
    })
  })

  it.each([
    ['YAML', 'seed: 9007199254740993\n'],
    ['YAML in quotes', 'seed: "9007199254740993"\n'],
    ['JSON', '{"seed": 9007199254740993}'],
  ])('keeps a seed above 2^53 digit by digit: %s', (_, text) => {
    expect(load(text)).toEqual({ seed: '9007199254740993' })
  })

  it('reads ranges as the text that they are, and not as times of day', () => {
    expect(load('temperatures: 2:30:1\n')).toEqual({ temperatures: '2:30:1' })
    expect(load('temperatures: 2.0:2.6/13\n')).toEqual({ temperatures: '2.0:2.6/13' })
  })
})

describe('job.schema.json', () => {
  it('is what the schema of the jobs says; npm run schema writes it anew', () => {
    const committed = readFileSync(new URL('../../job.schema.json', import.meta.url), 'utf8')
    expect(committed).toBe(`${JSON.stringify(jobJsonSchema(), null, 2)}\n`)
  })

  it('describes every key and allows no other', () => {
    const { properties, required, additionalProperties } = jobJsonSchema() as {
      properties: Record<string, { description?: string }>
      required: string[]
      additionalProperties: boolean
    }
    expect(Object.keys(properties)).toEqual(jobKeys)
    for (const [key, { description }] of Object.entries(properties)) expect(description, key).toMatch(/\w/)
    expect(required).toEqual(['model', 'size', 'temperatures'])
    expect(additionalProperties).toBe(false)
  })
})
