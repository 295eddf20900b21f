// @module-tag slow

import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import h5wasm, { type Group, type File as H5File } from 'h5wasm/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { FORMAT_VERSION } from '../../src/archive/data.ts'
import { type Archive, openArchive } from '../../src/archive/read.ts'
import { readJob } from '../../src/cli/job-flags.ts'
import { run } from '../../src/run/run.ts'
import { UsageError } from '../../src/errors.ts'
import { resolveJob } from '../../src/job/job.ts'
import { planJob } from '../../src/job/plan.ts'
import { type Batched, contents, expectNothingDone, expectRefusal, folderWith, spinpool, spinpoolEach } from '../support/command.ts'
import { copyHdf5 } from '../support/copy-hdf5.ts'

/** What a group or dataset is checked by. */
const isSeal = (name: string): boolean => /@(?:seal|crc32)$/.test(name)

/** A job that would take a moment: what is wrong in a case replaces or joins one of its keys. */
const good: Readonly<Record<string, string>> = { model: 'ising', size: '8', temperatures: '2.0,2.3', sweeps: '200' }
const sizes = 'allowed: whole numbers from 2 to 16000'
const noNumber = 'is no number; allowed: a list 2.0,2.269,2.5, a range start:stop:step (stop included) or start:stop/count'

interface Wrong {
  readonly what: string
  readonly key: string
  /** As a flag, and in YAML where that is written in another way. */
  readonly value: string
  readonly yaml?: string
  /** What the line on stderr says behind the key. */
  readonly says: string
  readonly yamlSays?: string
  /** Other keys that make it wrong. */
  readonly besides?: Readonly<Record<string, string>>
}

const wrongValues: readonly Wrong[] = [
  { what: 'an unknown model', key: 'model', value: 'potts', says: ": 'potts' is not possible; allowed: ising" },
  { what: 'a misspelt model', key: 'model', value: 'isign', says: ": 'isign' is not possible; did you mean 'ising'?; allowed: ising" },
  { what: 'a size of 0', key: 'size', value: '0', says: `: 0 is not possible; ${sizes}` },
  { what: 'a size of 1', key: 'size', value: '1', says: `: 1 is not possible; ${sizes}` },
  { what: 'a size of one and a half', key: 'size', value: '1.5', says: `: 1.5 is not possible; ${sizes}` },
  { what: 'a size below 0', key: 'size', value: '-4', says: `: -4 is not possible; ${sizes}` },
  {
    what: 'a size that no memory holds',
    key: 'size',
    value: '1e9',
    says: ': L = 1000000000 would need 13.9 EiB for the lattices of one bundle alone; allowed: from 2 to 16000',
  },
  { what: 'a word for a size', key: 'size', value: 'abc', says: `: 'abc' is not possible; ${sizes}` },
  { what: 'an empty size', key: 'size', value: '', yaml: '""', says: `: '' is not possible; ${sizes}` },
  {
    what: 'a gap in the sizes',
    key: 'size',
    value: '8,,16',
    yaml: '[8, , 16]',
    says: `[1]: '' is not possible; ${sizes}`,
    yamlSays: ', line 2: ',
  },
  {
    what: 'a size there twice',
    key: 'size',
    value: '8,16,8',
    yaml: '[8, 16, 8]',
    says: '[2]: 8 is there twice; for more statistics use --copies or --sweeps',
  },
  {
    what: 'no temperature',
    key: 'temperatures',
    value: '',
    yaml: '[]',
    says: ': empty; allowed: a list 2.0,2.269,2.5, a range start:stop:step',
  },
  { what: 'a temperature of 0', key: 'temperatures', value: '0', says: ': 0 is no temperature; allowed: finite numbers above 0' },
  {
    what: 'a temperature below 0',
    key: 'temperatures',
    value: '2,-1',
    yaml: '[2, -1]',
    says: '[1]: -1 is no temperature; allowed: finite numbers above 0',
  },
  {
    what: 'a temperature that is no number',
    key: 'temperatures',
    value: 'NaN',
    yaml: '.nan',
    says: `: 'NaN' ${noNumber}`,
    yamlSays: ': NaN is not possible; allowed: numbers above 0',
  },
  {
    what: 'an infinite temperature',
    key: 'temperatures',
    value: 'Infinity',
    yaml: '.inf',
    says: ': Infinity is no temperature; allowed: finite',
    yamlSays: ': Infinity is not possible; allowed: numbers above 0',
  },
  {
    what: 'a temperature there twice',
    key: 'temperatures',
    value: '2,2.5,2',
    yaml: '[2, 2.5, 2]',
    says: '[2]: 2 is there twice; for more statistics use --copies or --sweeps',
  },
  {
    what: 'a range without a step',
    key: 'temperatures',
    value: '2.0:2.6',
    says: ": '2.0:2.6' is no range; allowed: a list 2.0,2.269,2.5, a range start:stop:step",
  },
  { what: 'a range with a step of 0', key: 'temperatures', value: '2.0:2.6:0', says: ': a step of 0; allowed: above 0' },
  {
    what: 'a range of no temperatures',
    key: 'temperatures',
    value: '2.0:2.6/0',
    says: ': a count of 0; allowed: whole numbers from 1 to 100000',
  },
  {
    what: 'a range from high to low',
    key: 'temperatures',
    value: '2.6:2.0:0.1',
    says: ': from 2.6 down to 2; the first must be the lower one',
  },
  { what: 'words for temperatures', key: 'temperatures', value: 'a,b', says: `[0]: 'a' ${noNumber}` },
  { what: 'no sweeps', key: 'sweeps', value: '0', says: ': 0 is not possible; allowed: whole numbers from 1 to 1e15' },
  { what: 'sweeps below 0', key: 'sweeps', value: '-1', says: ': -1 is not possible; allowed: whole numbers from 1 to 1e15' },
  { what: 'one and a half sweeps', key: 'sweeps', value: '1.5', says: ': 1.5 is not possible; allowed: whole numbers from 1 to 1e15' },
  {
    what: 'more sweeps than can be counted',
    key: 'sweeps',
    value: '1e30',
    says: ': 1e+30 is not possible; allowed: whole numbers from 1 to 1e15',
  },
  { what: 'a word for sweeps', key: 'sweeps', value: 'many', says: ": 'many' is not possible; allowed: whole numbers from 1 to 1e15" },
  {
    what: 'a thermalization below 0',
    key: 'thermalization',
    value: '-1',
    says: ': -1 is not possible; allowed: whole numbers from 0 to 1e15',
  },
  {
    what: 'no sweeps between measurements',
    key: 'measureEvery',
    value: '0',
    says: ': 0 is not possible; allowed: whole numbers from 1 to 1e9',
  },
  {
    what: 'more sweeps between measurements than there are',
    key: 'measureEvery',
    value: '201',
    says: ': 201 is more than the 200 sweeps there are, nothing would be measured; allowed: from 1 to 200',
  },
  { what: 'no copies', key: 'copies', value: '0', says: ': 0 is not possible; allowed: whole numbers from 1 to 1e6' },
  {
    what: 'more copies than there can be',
    key: 'copies',
    value: '1e7',
    says: ': 10000000 is not possible; allowed: whole numbers from 1 to 1e6',
  },
  { what: 'no threads', key: 'threads', value: '0', says: ': 0 is not possible; allowed: whole numbers from 1 to 1024' },
  { what: 'a word for threads', key: 'threads', value: 'x', says: ": 'x' is not possible; allowed: whole numbers from 1 to 1024" },
  {
    what: 'a seed below 0',
    key: 'seed',
    value: '-1',
    says: ": '-1' is not possible; allowed: whole numbers from 0 to 2^64 - 1",
    yamlSays: ': -1 is not possible; allowed: whole numbers from 0',
  },
  {
    what: 'a seed of one and a half',
    key: 'seed',
    value: '1.5',
    says: ": '1.5' is not possible; allowed: whole numbers from 0",
    yamlSays: ': 1.5 is not possible; allowed: whole numbers from 0',
  },
  {
    what: 'a seed of 2^64',
    key: 'seed',
    value: '18446744073709551616',
    says: ': 18446744073709551616 is not possible; allowed: whole numbers from 0 to 2^64 - 1',
  },
  {
    what: 'more snapshots than samples',
    key: 'snapshots',
    value: '12801',
    says: ': 12801 per temperature, but 64 copies take only 200 samples each; allowed: up to 12800',
  },
  {
    what: 'an update that the model has not',
    key: 'update',
    value: 'wolff',
    says: ": the model ising has no update 'wolff'; allowed: metropolis",
  },
  { what: 'an empty title', key: 'title', value: '', yaml: '""', says: ": '' is not possible; allowed: text on one line" },
  {
    what: 'a title of two lines',
    key: 'title',
    value: 'a\nb',
    yaml: '"a\\nb"',
    says: ": 'a\\nb' is not possible; allowed: text on one line",
  },
  { what: 'an empty path', key: 'out', value: '', yaml: '""', says: ": '' is not possible; allowed: a path" },
  {
    what: 'one temperature with tempering',
    key: 'tempering',
    value: 'true',
    says: ': one temperature has no neighbour to exchange with; give two or more',
    besides: { temperatures: '2' },
  },
]

function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function flags(keys: Readonly<Record<string, string>>): string[] {
  return Object.entries(keys).map(([key, value]) => `${flagOf(key)}=${value}`)
}

describe('spinpool run refuses a flag with', () => {
  let outcomes: Batched[]

  beforeAll(async () => {
    outcomes = await spinpoolEach(wrongValues.map(({ key, value, besides }) => [['run', ...flags({ ...good, ...besides, [key]: value })]]))
  })

  it.each(wrongValues.map((wrong, i) => [wrong.what, wrong, i] as const))('%s', (_, { key, says }, i) => {
    expectNothingDone(outcomes[i], 2, [`spinpool: ${flagOf(key)}${says}`])
  })
})

/** What `spinpool run FILE` says of a job file, in this process. */
async function refusalOf(text: string | Uint8Array, name = 'job.yaml', given = {}): Promise<UsageError> {
  const path = join(folderWith({ [name]: text }), name)
  try {
    const { input, where } = await readJob(given, path)
    planJob(resolveJob(input, where))
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function yaml(keys: Readonly<Record<string, string>>): string {
  return `${Object.entries(keys)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n')}\n`
}

describe('a job file is refused with', () => {
  it('nothing where nothing is wrong: so these cases are told apart by what they change', async () => {
    await expect(refusalOf(yaml(good))).rejects.toThrow('nothing was refused')
  })

  it.each(wrongValues.map((wrong) => [wrong.what, wrong] as const))('%s', async (_, {
    key,
    value,
    yaml: written = value,
    says,
    yamlSays = says,
    besides,
  }) => {
    const { message, exitCode } = await refusalOf(yaml({ ...good, ...besides, [key]: written }))
    expect(exitCode).toBe(2)
    expect(message).toContain(yamlSays.startsWith(',') ? `job.yaml${yamlSays}` : `job.yaml: ${key}${yamlSays}`)
    expect(message).not.toContain('\n')
  })

  it.each([
    [
      'an unknown key',
      yaml({ ...good, lattice: 'square' }),
      'job.yaml: lattice: unknown key; allowed: title, model, size, temperatures, sweeps',
    ],
    [
      'a misspelt key',
      'model: ising\nsize: 8\ntemperatues: 2\n',
      "job.yaml: temperatues: unknown key; did you mean 'temperatures'?; allowed: title",
    ],
    [
      'a flag for a key',
      yaml({ ...good, 'measure-every': '2' }),
      "job.yaml: measure-every: unknown key; did you mean 'measureEvery'?; allowed: title",
    ],
    ['no model', 'size: 8\ntemperatures: 2\n', 'job.yaml: model: missing; allowed: ising'],
    ['no size', 'model: ising\ntemperatures: 2\n', `job.yaml: size: missing; ${sizes}`],
    [
      'a key without a value',
      yaml({ ...good, sweeps: '' }),
      'job.yaml: sweeps: null is not possible; allowed: whole numbers from 1 to 1e15',
    ],
    ['a number in quotes', yaml({ ...good, size: '"8"' }), `job.yaml: size: '8' is not possible; ${sizes}`],
    ['no number in a list', yaml({ ...good, size: '[8, abc]' }), `job.yaml: size[1]: 'abc' is not possible; ${sizes}`],
    ['an empty list of sizes', yaml({ ...good, size: '[]' }), `job.yaml: size: [] is not possible; ${sizes}`],
    [
      'yes for true',
      yaml({ ...good, tempering: 'yes' }),
      "job.yaml: tempering: 'yes' is not possible; allowed: true, false, or { along: the name of a parameter }",
    ],
    [
      'tempering along an unknown parameter',
      yaml({ ...good, tempering: '{ along: H }' }),
      "job.yaml: tempering.along: unknown parameter of ising 'H'; did you mean 'h'?; allowed: h",
    ],
    [
      'tempering along a parameter of one value',
      yaml({ ...good, tempering: '{ along: h }', parameters: '{ h: [0.5] }' }),
      'job.yaml: tempering.along: h has only the value 0.5 and nothing to exchange it with; give two or more: -p h=0,0.1,0.2, or h: [0, 0.1, 0.2] under parameters',
    ],
    [
      'tempering along a number',
      yaml({ ...good, tempering: '{ along: 3 }' }),
      'job.yaml: tempering.along: 3 is not possible; allowed: true, false, or { along: the name of a parameter }',
    ],
    [
      'a misspelt key of tempering',
      yaml({ ...good, tempering: '{ along: h, alnog: h }' }),
      "job.yaml: tempering.alnog: unknown key; did you mean 'along'?; allowed: along",
    ],
    ['tempering along nothing', yaml({ ...good, tempering: '{}' }), 'job.yaml: tempering.along: missing; allowed: true, false'],
    [
      'a misspelt key of a range',
      yaml({ ...good, temperatures: '{start: 2, stop: 3, conut: 3}' }),
      "job.yaml: temperatures.conut: unknown key; did you mean 'count'?; allowed: start, stop, step, count",
    ],
    [
      'half a range',
      yaml({ ...good, temperatures: '{start: 2, count: 3}' }),
      'job.yaml: temperatures.stop: missing; allowed: numbers above 0',
    ],
    ['an unknown parameter', yaml({ ...good, parameters: '{K: 1}' }), 'job.yaml: parameters.K: unknown parameter of ising; allowed: J, h'],
    [
      'a parameter in the wrong case',
      yaml({ ...good, parameters: '{j: 1}' }),
      "job.yaml: parameters.j: unknown parameter of ising; did you mean 'J'?; allowed: J, h",
    ],
    ['J = 0', yaml({ ...good, parameters: '{J: 0}' }), 'job.yaml: parameters.J: 0 is not possible; it must not be 0'],
    ['J = 0 in a list', yaml({ ...good, parameters: '{J: [1, 0]}' }), 'job.yaml: parameters.J[1]: 0 is not possible; it must not be 0'],
    [
      'a word for J',
      yaml({ ...good, parameters: '{J: abc}' }),
      "job.yaml: parameters.J: 'abc' is not possible; allowed: numbers, or lists of numbers",
    ],
    [
      'J without a value',
      yaml({ ...good, parameters: 'J' }),
      "job.yaml: parameters: 'J' is not possible; allowed: numbers, or lists of numbers, by name",
    ],
    ['an infinite field', yaml({ ...good, parameters: '{h: .inf}' }), 'job.yaml: parameters.h: Infinity is not possible; allowed: numbers'],
    ['the same field twice', yaml({ ...good, parameters: '{h: [0, 0.1, 0]}' }), 'job.yaml: parameters.h[2]: 0 is there twice'],
    [
      'more replicas than there can be',
      yaml({ ...good, copies: '600000' }),
      '1200000 replicas of each simulation; allowed: up to 1000000; use fewer --copies',
    ],
  ])('%s', async (_, text, says) => {
    const { message, exitCode } = await refusalOf(text)
    expect(exitCode).toBe(2)
    expect(message).toContain(says)
    expect(message).not.toContain('\n')
  })

  it('the flag where the flag is wrong, and the file where the file is', async () => {
    const text = yaml({ ...good, sweeps: '0', parameters: '{K: 1}' })
    expect((await refusalOf(text)).message).toMatch(/^job\.yaml: sweeps: 0/)
    expect((await refusalOf(text, 'job.yaml', { sweeps: '-1' })).message).toMatch(/^--sweeps: -1/)
    expect((await refusalOf(text, 'job.yaml', { sweeps: '10', parameter: ['h=1'] })).message).toMatch(/^job\.yaml: parameters\.K: unknown/)
    expect((await refusalOf(text, 'job.yaml', { sweeps: '10', parameter: ['Q=1'] })).message).toMatch(/^job\.yaml: parameters\.K: unknown/)
    expect((await refusalOf(yaml(good), 'job.yaml', { parameter: ['Q=1'] })).message).toMatch(/^--parameter Q: unknown/)
  })

  it.each([
    '__proto__: {polluted: 1}',
    'constructor: {polluted: 1}',
    'parameters: {__proto__: {polluted: 1}}',
    'parameters: {constructor: 1}',
    'temperatures: {__proto__: 1}',
  ])('%s, and no object is any the worse', async (line) => {
    const text = `model: ising\nsize: 8\n${line.startsWith('temperatures') ? '' : 'temperatures: 2\n'}${line}\n`
    expect((await refusalOf(text)).message).toMatch(/^job\.yaml: (?:parameters\.|temperatures)?\w+.*(?:unknown|not possible|missing)/)
    expect(
      (await refusalOf(JSON.stringify({ model: 'ising' }).replace('}', ', "__proto__": {"polluted": 1}}'), 'job.json')).message,
    ).toMatch(/^job\.json: __proto__: unknown key/)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('a file is refused as a job where', () => {
  it.each([
    ['it is a list', '- a\n- b\n', /job\.yaml: a list; a job file is a mapping of keys to values, such as 'model: ising'/],
    ['it is one word', 'hello\n', /job\.yaml: only the value 'hello'; a job file is a mapping/],
    ['it is one number', '42\n', /job\.yaml: only the value 42; a job file is a mapping/],
    ['it is empty', '', /job\.yaml: empty; a job file is a mapping/],
    ['it holds only comments', '# model: ising\n', /job\.yaml: empty; a job file is a mapping/],
    ['a key is there twice', 'model: ising\nsize: 8\n\nsize: 9\n', /job\.yaml, line 4: size is there twice; allowed: every key once$/],
    ['a key is there twice further down', 'model: ising\nparameters:\n  J: 1\n  h: 2\n  J: 3\n', /job\.yaml, line 5: J is there twice/],
    ['a bracket is not closed', 'model: ising\nsize: [8, 16\ntemperatures: 2\n', /job\.yaml, line 3: Flow sequence/],
    ['a quote is not closed', 'model: "ising\nsize: 8\n', /job\.yaml, line \d: Missing closing "quote$/],
    ['a tab indents', 'parameters:\n\tJ: 1\n', /job\.yaml, line 2: Tabs are not allowed as indentation$/],
    [
      'it holds two jobs',
      'model: ising\n---\nmodel: ising\n',
      /job\.yaml, line 2: a second document begins here; allowed: one job in a file$/,
    ],
    ['it refers to nothing', 'model: *which\n', /job\.yaml: Unresolved alias.*which$/],
    [
      'it refers to itself a million times over',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.replaceAll(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
      /job\.yaml: Excessive alias count/,
    ],
    ['a tag is unknown', 'model: !potts ising\n', /job\.yaml, line 1: Unresolved tag: !potts$/],
    ['it is binary', Uint8Array.of(0, 1, 2, 3, 255, 254), /job\.yaml: binary, not a job file; a job is YAML or JSON text$/],
    ['it is text with a zero byte', 'model: ising\0\n', /job\.yaml: binary, not a job file/],
    ['it is not UTF-8', Buffer.from('title: Größe\n', 'latin1'), /job\.yaml: not UTF-8; a job is YAML or JSON text, saved as UTF-8$/],
    [
      'it is longer than any job',
      `# ${'x'.repeat(11 * 1024 * 1024)}\n`,
      /job\.yaml: larger than 10485760 bytes, too large for a job file$/,
    ],
  ])('%s', async (_, text, says) => {
    const { message, exitCode } = await refusalOf(text)
    expect(exitCode).toBe(2)
    expect(message).toMatch(says)
    expect(message).not.toContain('\n')
  })

  it('is JSON that breaks off', async () => {
    expect((await refusalOf('{"model": "ising",\n "size": 8,\n', 'job.json')).message).toMatch(
      /job\.json, line \d: Flow map must end with a }$/,
    )
  })
})

const ask = ['run', ...flags(good)]

const wrongUsage: readonly (readonly [string, readonly string[], string])[] = [
  ['an unknown flag', [...ask, '--lattice=square'], '--lattice: unknown flag; see spinpool run --help'],
  ['a misspelt flag', ['run', '--sweep', '3'], "--sweep: unknown flag; did you mean '--sweeps'?; see spinpool run --help"],
  ['a misspelt flag that says no', [...ask, '--no-temperign'], "--temperign: unknown flag; did you mean '--tempering'?"],
  ['an exchange along an unknown parameter', [...ask, '--along', 'K'], "--along: unknown parameter of ising 'K'; allowed: h"],
  [
    'an exchange along a parameter that cannot be exchanged',
    [...ask, '--along', 'J', '-p', 'J=1,2'],
    '--along: replicas of ising cannot exchange J; allowed: h',
  ],
  [
    'an exchange along a parameter of one value',
    [...ask, '--along=h', '-p', 'h=0.1'],
    '--along: h has only the value 0.1 and nothing to exchange it with; give two or more: -p h=0,0.1,0.2',
  ],
  [
    'an exchange along a parameter that was not given',
    [...ask, '--along=h', '--tempering'],
    '--along: h has only the value 0 and nothing to exchange it with',
  ],
  [
    'an exchange along a parameter and no tempering',
    [...ask, '--along=h', '--no-tempering', '-p', 'h=0,1'],
    '--along: exchanges along a parameter are tempering; leave --no-tempering out',
  ],
  ['an unknown short flag', [...ask, '-x'], '-x: unknown flag; see spinpool run --help'],
  ['a flag named __proto__', [...ask, '--__proto__', '2'], '--__proto__: unknown flag'],
  ['the same flag twice', [...ask, '--size=8'], '--size: given 2 times; allowed: once'],
  ['the same flag twice with other values', [...ask, '--seed', '1', '--seed', '2'], '--seed: given 2 times; allowed: once'],
  ['the log level twice', [...ask, '--log-level=warn', '--log-level=info'], '--log-level: given 2 times; allowed: once'],
  ['an unknown log level', [...ask, '--log-level=loud'], "--log-level: 'loud' is not possible; allowed: error, warn, info, debug"],
  ['a flag without its value at the end', [...ask, '--seed'], '--seed: its value is missing; see spinpool run --help'],
  ['a flag without its value before another', ['run', '--size', '--dry-run'], '--size: its value is missing'],
  ['a value for a flag that takes none', [...ask, '--series=maybe'], "--series: 'maybe' is not possible; allowed: --series or --no-series"],
  ['no before a flag that takes a value', [...ask, '--no-seed'], '--no-seed: unknown flag; --seed takes a value'],
  ['a second job file', [...ask, 'a.yaml', 'b.yaml'], "'b.yaml' is one argument too many; see spinpool run --help"],
  ['words behind --', [...ask, '--', 'stray'], "'stray': arguments after -- are not taken"],
  ['an unknown parameter', [...ask, '-p', 'K=1'], '--parameter K: unknown parameter of ising; allowed: J, h'],
  ['a parameter in the wrong case', [...ask, '-p', 'j=1'], "--parameter j: unknown parameter of ising; did you mean 'J'?; allowed: J, h"],
  ['J = 0', [...ask, '-p', 'J=0'], '--parameter J: 0 is not possible; it must not be 0'],
  ['J = 0 among others', [...ask, '-p', 'J=1,0'], '--parameter J[1]: 0 is not possible; it must not be 0'],
  ['a word for J', [...ask, '-p', 'J=abc'], "--parameter J: 'abc' is not possible; allowed: numbers"],
  ['J without a value', [...ask, '-p', 'J'], "--parameter: 'J' is not possible; allowed: name=value, such as -p J=1"],
  ['J with an empty value', [...ask, '-p', 'J='], "--parameter: 'J=' is not possible; allowed: name=value"],
  ['-p alone', [...ask, '-p'], '-p: its value is missing; see spinpool run --help'],
  [
    'the same parameter twice',
    [...ask, '-p', 'J=1', '-p', 'J=2'],
    '--parameter J: given more than once; for several values write -p J=1,2',
  ],
  [
    'a misspelt model for the built-in example',
    ['run', '--model', 'isign'],
    "--model: 'isign' is not possible; did you mean 'ising'?; allowed: ising",
  ],
  ['a size without temperatures', ['run', '--size', '8'], '--temperatures: missing; allowed: numbers above 0'],
  ['a size below 0 behind a space', ['run', '--size', '-4', '--temperatures', '2'], `--size: -4 is not possible; ${sizes}`],
  [
    'more replicas than there can be',
    [...ask, '--copies=600000'],
    'the job has 600000 copies of 2 temperatures, 1200000 replicas of each simulation; allowed: up to 1000000; use fewer --copies',
  ],
  [
    'a misspelt verb',
    ['rnu'],
    "there is no verb 'rnu'; did you mean 'run'?; allowed: run, resume, status, summary, scaling, merge, slurm, dataset, train, predict, crossing, plot, export, import, bench, info, completion",
  ],
  ['an unknown verb', ['simulate', '--size', '8'], "there is no verb 'simulate'; allowed: run, resume"],
  ['flags without a verb', ['--quiet'], 'which verb?'],
  [
    'a misspelt flag where another stands before the verb',
    ['--quiet', 'run', '--sweep=3'],
    "--sweep: unknown flag; did you mean '--sweeps'?",
  ],
  ['summary without a file', ['summary'], 'the file is missing; write spinpool summary <file>'],
  ['status without a file', ['status', '--json'], 'the file is missing; write spinpool status <file>'],
  ['summary of two files', ['summary', 'a.h5', 'b.h5'], "'b.h5' is one argument too many; see spinpool summary --help"],
  [
    'a misspelt flag that swallows the file',
    ['summary', '--cvs', 'a.h5'],
    "--cvs: unknown flag; did you mean '--csv'?; see spinpool summary --help",
  ],
  ['a flag of another verb', ['status', 'a.h5', '--csv'], '--csv: unknown flag; see spinpool status --help'],
  ['JSON and CSV at once', ['summary', 'a.h5', '--json', '--csv'], '--json and --csv: give one of them'],
  ['info --job without a file', ['info', '--job'], '--job: needs the archive whose job to print'],
]

describe('spinpool refuses', () => {
  let outcomes: Batched[]

  beforeAll(async () => {
    outcomes = await spinpoolEach(wrongUsage.map(([, args]) => [args]))
  })

  it.each(wrongUsage.map(([what, , says], i) => [what, says, i] as const))('%s', (_, says, i) => {
    expectNothingDone(outcomes[i], 2, [`spinpool: ${says}`])
  })
})

const write = [...ask, '--out']

/** What, command line, exit code, what it says, and the files that are there. */
const wrongFiles: readonly (readonly [
  string,
  readonly string[],
  2 | 3,
  readonly string[],
  Readonly<Record<string, string | Uint8Array>>?,
])[] = [
  [
    'run a job file with a misspelt key',
    ['run', 'job.yaml'],
    2,
    ["job.yaml: temperatues: unknown key; did you mean 'temperatures'?"],
    { 'job.yaml': 'model: ising\nsize: 8\ntemperatues: 2\n' },
  ],
  [
    'run a job file with a misspelt model',
    ['run', 'job.yaml'],
    2,
    ["job.yaml: model: 'isign' is not possible; did you mean 'ising'?"],
    { 'job.yaml': yaml({ ...good, model: 'isign' }) },
  ],
  [
    'run a job file with a key twice',
    ['run', 'job.yaml'],
    2,
    ['job.yaml, line 5: sweeps is there twice'],
    { 'job.yaml': `${yaml(good)}sweeps: 3\n` },
  ],
  [
    'run a job file that is a list',
    ['run', 'job.yaml'],
    2,
    ['job.yaml: a list; a job file is a mapping'],
    { 'job.yaml': '- model: ising\n' },
  ],
  [
    'run a job file that is a folder',
    ['run', 'jobs'],
    2,
    ['jobs: a folder, not a job file; name the .yaml or .json file in it'],
    { 'jobs/job.yaml': yaml(good) },
  ],
  ['run a job file that is not there', ['run', 'none.yaml'], 3, ['none.yaml: there is no such job file']],
  ['run a job file in a folder that is not there', ['run', 'none/job.yaml'], 3, ['none/job.yaml: there is no such job file']],
  ['run a job file without a name', ['run', ''], 3, ["'': there is no such job file"]],
  [
    'write to a folder that is not there',
    [...write, 'none/deep/run.h5'],
    3,
    ['--out: neither the folder ', 'none/deep nor the one above it exists; make them first, or name another with --out'],
  ],
  ['write to a folder that is a file', [...write, 'file/run.h5'], 3, ['--out: ', 'file is not a folder'], { file: 'mine' }],
  [
    'write over a folder',
    [...write, 'results'],
    2,
    ['--out: ', 'results is a folder; name a file, such as ', 'results/run.h5'],
    { 'results/a.txt': 'mine' },
  ],
  [
    'write over a file',
    [...write, 'run.h5'],
    3,
    ['--out: ', 'run.h5 exists already; name another with --out, replace it with --force, or go on with it: spinpool resume ', '/run.h5'],
    { 'run.h5': Uint8Array.from({ length: 5000 }, (_, i) => i) },
  ],
  [
    'write over a file that the job names',
    ['run', 'job.yaml'],
    3,
    ['job.yaml: out: ', 'run.h5 exists already'],
    { 'run.h5': 'mine', 'job.yaml': yaml({ ...good, out: 'run.h5' }) },
  ],
  [
    'write over a file when the job is wrong, not even with --force',
    [...write, 'run.h5', '--force', '--copies=0'],
    2,
    ['--copies: 0 is not possible'],
    { 'run.h5': 'mine' },
  ],
]

describe('spinpool leaves every file as it is, byte for byte, and does not', () => {
  let outcomes: Batched[]

  beforeAll(async () => {
    outcomes = await spinpoolEach(wrongFiles.map(([, args, , , files]) => [args, files]))
  })

  it.each(wrongFiles.map(([what, , code, says], i) => [what, code, says, i] as const))('%s', (_, code, says, i) => {
    expectNothingDone(outcomes[i], code, says)
  })

  // Root may write anywhere, whatever the mode of a folder says.
  it.skipIf(process.getuid?.() === 0)('write to a folder that is not writable (skipped for root, who may write anywhere)', async () => {
    const cwd = folderWith({ 'locked/a.txt': 'mine' })
    chmodSync(join(cwd, 'locked'), 0o555)
    try {
      expectRefusal(await spinpool([...write, 'locked/run.h5'], { cwd }), 3, [
        '--out: the folder ',
        'locked is not writable; name another with --out',
      ])
      expect(contents(cwd)).toEqual({ locked: 'folder', 'locked/a.txt': 'mine' })
    } finally {
      chmodSync(join(cwd, 'locked'), 0o755)
    }
  })
})

describe.concurrent('in a process of its own spinpool refuses', () => {
  it('a wrong flag, with the same words whatever the language of the system is', async () => {
    const cwd = folderWith()
    const env = { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' }
    expectRefusal(await spinpool(['run', '--sweep', '3'], { cwd, env, alone: true }), 2, [
      "--sweep: unknown flag; did you mean '--sweeps'?; see spinpool run --help",
    ])
    expect(contents(cwd)).toEqual({})
  })

  it('a job file with a list for a key, without a warning of Node', async () => {
    const cwd = folderWith({ 'job.yaml': `? [a]\n: 1\n${yaml(good)}` })
    expectRefusal(await spinpool(['run', 'job.yaml'], { cwd }), 2, ['job.yaml: [ a ]: unknown key'])
  })

  it('an archive that is text', async () => {
    const cwd = folderWith({ 'run.h5': 'energy -1.4\n' })
    expectRefusal(await spinpool(['summary', 'run.h5'], { cwd, alone: true }), 3, [
      'run.h5: not an HDF5 file, so not an archive of spinpool',
    ])
  })
})

describe('an archive is refused', () => {
  const folder = folderWith()
  const real = join(folder, 'real.h5')
  let bytes: Buffer

  beforeAll(async () => {
    await run(
      { model: 'ising', size: 8, temperatures: [2, 2.3], sweeps: 200, seed: 1, tempering: true, series: true, snapshots: 2 },
      { out: real, threads: 1 },
    )
    bytes = readFileSync(real)
    await h5wasm.ready
  })

  /** A copy of the real archive, changed in place. */
  function changed(name: string, change: (file: H5File) => void): string {
    const path = join(folder, name)
    copyFileSync(real, path)
    const file = new h5wasm.File(path, 'a')
    change(file)
    file.close()
    return path
  }

  function withAttribute(name: string, attribute: string, value: string | bigint, at = '/', sealed = false): string {
    return changed(name, (file) => {
      const group = file.get(at) as Group
      if (!sealed) for (const seal of ['seal', 'crc32']) group.delete_attribute(seal)
      group.delete_attribute(attribute)
      if (typeof value === 'string') group.create_attribute(attribute, value)
      else group.create_attribute(attribute, BigInt64Array.of(value), [], '<q')
    })
  }

  async function refusal(path: string): Promise<string> {
    const error: unknown = await openArchive(path).then(
      (archive) => {
        archive.close()
        return undefined
      },
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ name: 'FileError', exitCode: 3 })
    const { message } = error as Error
    expect(message).not.toContain('\n')
    expect(message.startsWith(`${path}: `)).toBe(true)
    return message.slice(path.length + 2)
  }

  it('only where something is wrong: a copy that keeps everything can be read', async () => {
    const path = join(folder, 'copy.h5')
    await copyHdf5(real, path, () => true)
    const [copy, archive] = [await openArchive(path), await openArchive(real)]
    const data = ({ simulations }: Archive) => simulations.map(({ has, members, read, rows, timing, exact, ...rest }) => rest)
    expect(data(copy)).toEqual(data(archive))
    expect(copy.job).toEqual(archive.job)
    copy.close()
    archive.close()
  })

  it.each([
    ['of a few bytes', 9],
    ['within the first block', 90],
    ['after the first block', 512],
    ['within the attributes', 2048],
    ['in the middle', 0.5],
    ['near the end', 0.99],
    ['by one byte', -1],
  ])('that is cut off %s', async (_, at) => {
    const path = join(folder, 'cut.h5')
    const length = at < 0 ? bytes.length + at : at < 1 ? Math.floor(at * bytes.length) : at
    expect(length).toBeLessThan(bytes.length)
    writeFileSync(path, bytes.subarray(0, length))
    expect(await refusal(path)).toBe('damaged or truncated; HDF5 cannot open it')
  })

  it.each([
    ['the job', '/job', '/job is missing'],
    ['the provenance', '/provenance', '/provenance is missing'],
    ['all simulations', '/simulations', '/simulations is missing'],
    ['the temperatures', '/simulations/ising-L8/temperature', '/simulations/ising-L8/temperature is missing'],
    ['the samples', '/simulations/ising-L8/samples', '/simulations/ising-L8/samples is missing'],
    ['a mean', '/simulations/ising-L8/energy', '/simulations/ising-L8/energy is missing'],
    ['an error', '/simulations/ising-L8/energy_error', '/simulations/ising-L8/energy_error is missing'],
    ['an autocorrelation time', '/simulations/ising-L8/energy_tau', '/simulations/ising-L8/energy_tau is missing'],
    ['the error of an autocorrelation time', '/simulations/ising-L8/energy_tau_error', '/simulations/ising-L8/energy_tau_error is missing'],
    ['the mean of a derived quantity', '/simulations/ising-L8/binder', '/simulations/ising-L8/binder is missing'],
    ['the error of a derived quantity', '/simulations/ising-L8/binder_error', '/simulations/ising-L8/binder_error is missing'],
    ['the acceptance of exchanges', '/simulations/ising-L8/tempering/acceptance', '/simulations/ising-L8/tempering/acceptance is missing'],
    ['the times', '/simulations/ising-L8/timing', '/simulations/ising-L8/timing is missing'],
    ['its status', '/@status', 'attribute status of / is missing'],
    ['its version', '/@formatVersion', 'attribute formatVersion of / is missing'],
    ['the size of a simulation', '/simulations/ising-L8@size', 'attribute size of /simulations/ising-L8 is missing'],
    ['the model of a simulation', '/simulations/ising-L8@model', 'attribute model of /simulations/ising-L8 is missing'],
  ])('without %s', async (_, missing, says) => {
    const path = join(folder, 'without.h5')
    const at = missing.includes('@') ? (missing.split('@')[0] as string) : missing.slice(0, missing.lastIndexOf('/') || 1)
    await copyHdf5(real, path, (name) => name !== missing)
    const bySeal = missing.includes('@') ? `the attributes of ${at} are not what was written` : `${missing} is missing`
    // Without the version nobody knows yet what else there should be.
    expect(await refusal(path)).toBe(`damaged; ${missing === '/@formatVersion' ? says : bySeal}`)
    // Archives of the first format have no seals.
    await copyHdf5(real, path, (name) => name !== missing && !isSeal(name))
    expect(await refusal(path)).toBe(`damaged; ${says}`)
  })

  it('whose columns are not as long as its temperatures', async () => {
    const path = join(folder, 'short.h5')
    await copyHdf5(real, path, (name) => name !== '/simulations/ising-L8/energy' && !isSeal(name))
    const file = new h5wasm.File(path, 'a')
    ;(file.get('/simulations/ising-L8') as Group).create_dataset({ name: 'energy', data: Float64Array.of(-1) })
    file.close()
    expect(await refusal(path)).toBe('damaged; /simulations/ising-L8/energy has 1 values and not 2')
  })

  it('with text where there should be a group, a column or a number', async () => {
    const replaced = async (what: string): Promise<string> => {
      const path = join(folder, 'replaced.h5')
      await copyHdf5(real, path, (name) => name !== what && !isSeal(name))
      const file = new h5wasm.File(path, 'a')
      const at = what.lastIndexOf('/')
      ;(file.get(what.slice(0, at) || '/') as Group).create_dataset({ name: what.slice(at + 1), data: 'text' })
      file.close()
      return refusal(path)
    }
    expect(await replaced('/provenance')).toBe('damaged; /provenance is no group')
    expect(await replaced('/simulations/ising-L8/energy')).toBe('damaged; /simulations/ising-L8/energy holds no numbers')
    expect(await replaced('/job')).toBe('damaged; /job is no job')
    expect(await refusal(withAttribute('text.h5', 'sweeps', 'many', '/simulations/ising-L8'))).toBe(
      'damaged; attribute sweeps of /simulations/ising-L8 is no number',
    )
  })

  it.each([
    ['a text', '/', 'title', 'not mine'],
    ['a number', '/simulations/ising-L8', 'sweeps', 300n],
    ['a name', '/provenance', 'seed', '8'],
  ] as const)('with an attribute that is not what was written: %s', async (_, at, attribute, value) => {
    expect(await refusal(withAttribute('sealed.h5', attribute, value, at, true))).toBe(
      `damaged; the attributes of ${at} are not what was written`,
    )
  })

  it('with a status that there is not', async () => {
    expect(await refusal(withAttribute('status.h5', 'status', 'asleep'))).toBe(
      "damaged; its status is 'asleep'; known: running, interrupted, complete",
    )
  })

  it('with a job whose bytes were overwritten', async () => {
    const at = bytes.indexOf('"model": "ising"')
    expect(at).toBeGreaterThan(0)
    const path = join(folder, 'bytes.h5')
    writeFileSync(path, Buffer.concat([bytes.subarray(0, at), Buffer.alloc(16, 1), bytes.subarray(at + 16)]))
    expect(await refusal(path)).toBe('damaged; /job is not what was written (its checksum differs)')
  })

  it('with a table of contents whose bytes were overwritten, in the words of HDF5 but on one line', async () => {
    const path = join(folder, 'heap.h5')
    // A seal would be the first to find out.
    await copyHdf5(real, path, (name) => !isSeal(name))
    const copy = readFileSync(path)
    const at = copy.indexOf('binder_error')
    expect(at).toBeGreaterThan(0)
    writeFileSync(path, Buffer.concat([copy.subarray(0, at), Buffer.from('zzz'), copy.subarray(at + 3)]))
    expect(await refusal(path)).toMatch(/^damaged; HDF5: \w.*[^:]$/)
  })

  it('when a dataset that is asked for is not there, with the name of the file', async () => {
    const archive = await openArchive(real)
    expect(() => archive.simulations[0]?.read('bins/enthalpy')).toThrow(`${real}: damaged; /simulations/ising-L8/bins/enthalpy is missing`)
    expect(archive.simulations[0]?.read('bins/energy').values.length).toBeGreaterThan(0)
    archive.close()
  })

  describe('by every verb that reads one, with exit code 3:', () => {
    const written = (name: string, text: string | Uint8Array): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const foreign = (name: string, format?: string): string => {
      const path = join(folder, name)
      const file = new h5wasm.File(path, 'w')
      file.create_dataset({ name: 'energy', data: Float64Array.of(1, 2, 3) })
      if (format !== undefined) file.create_attribute('format', format)
      file.close()
      return path
    }
    const jobless = async (): Promise<string> => {
      await copyHdf5(real, join(folder, 'jobless.h5'), (name) => name !== '/job')
      return join(folder, 'jobless.h5')
    }
    const cases: readonly (readonly [string, () => string | Promise<string>, string])[] = [
      ['one that is not there', () => join(folder, 'none.h5'), 'there is no such file'],
      ['a folder', () => folder, 'a folder, not an archive'],
      ['an empty file', () => written('empty.h5', ''), 'empty, not an archive of spinpool'],
      ['a text', () => written('text.txt', 'energy -1.4\n'), 'not an HDF5 file, so not an archive of spinpool'],
      [
        'random bytes',
        () =>
          written(
            'random.h5',
            Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 7919) % 251),
          ),
        'not an HDF5 file, so not an archive of spinpool',
      ],
      [
        'one that begins as HDF5 and goes on as nothing',
        () => written('signature.h5', Buffer.concat([bytes.subarray(0, 8), Buffer.alloc(5000, 7)])),
        'damaged or truncated; HDF5 cannot open it',
      ],
      ['one that is cut off', () => written('cut-off.h5', bytes.subarray(0, 3000)), 'damaged or truncated; HDF5 cannot open it'],
      ["somebody else's HDF5", () => foreign('foreign.h5'), 'an HDF5 file, but not an archive of spinpool'],
      ["somebody else's HDF5 with a format", () => foreign('format.h5', 'NeXus'), 'an HDF5 file, but not an archive of spinpool'],
      [
        'one of a newer format',
        () => withAttribute('newer.h5', 'formatVersion', BigInt(FORMAT_VERSION + 1)),
        `format ${FORMAT_VERSION + 1} is newer than the ${FORMAT_VERSION} that this version of spinpool reads; update spinpool`,
      ],
      ['one without its job', jobless, 'damaged; /job is missing'],
    ]
    const verbs = [['summary'], ['summary', '--csv'], ['status'], ['info'], ['info', '--job']]
    const paths: string[] = []
    let outcomes: Batched[]

    beforeAll(async () => {
      for (const [, make] of cases) paths.push(await make())
      paths.push(
        changed('model.h5', (file) => {
          const group = file.get('/simulations/ising-L8') as Group
          for (const name of ['seal', 'crc32', 'model', 'description']) group.delete_attribute(name)
          group.create_attribute('model', 'potts')
        }),
      )
      outcomes = await spinpoolEach(paths.flatMap((path) => verbs.map((verb) => [[...verb, path]] as const)))
    }, 60_000)

    it.each(cases.map(([what, , says], i) => [what, says, i] as const))('%s', (_, says, i) => {
      for (let v = 0; v < verbs.length; v++) {
        const outcome = outcomes[i * verbs.length + v]
        expectNothingDone(outcome, 3, [`spinpool: ${paths[i]}: ${says}`])
      }
    })

    it('one of a model that is neither installed nor described in it', () => {
      for (const outcome of outcomes.slice(-verbs.length))
        expectRefusal(outcome, 3, [
          `${paths.at(-1)}: ising-L8 is of the model 'potts', which this version of spinpool does not have and the archive does not describe; known: ising, o6`,
        ])
    })
  })
})
