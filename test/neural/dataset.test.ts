import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import h5wasm, { type Group } from 'h5wasm/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { freePlace } from '../../src/archive/place.ts'
import { hashDataset } from '../../src/dataset/hash.ts'
import { readDataset } from '../../src/dataset/read.ts'
import { lackOfMemory } from '../../src/dataset/room.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { FileError, UsageError } from '../../src/errors.ts'
import { temporaryFolder } from '../support/folder.ts'
import { bytes, npyFile, smallDataset } from '../support/labelled.ts'

const folder = temporaryFolder()
const made = { command: 'spinpool dataset small', seed: '12345678901234567890' }
let count = 0
const fresh = (name = 'data.h5'): string => {
  const place = join(folder, String(count++))
  mkdirSync(place)
  return join(place, name)
}

/** A Python that has h5py and NumPy, if there is one: Debian's, or the one on the path. */
const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import h5py, numpy']).status === 0)
const inPython = (code: string, ...args: readonly string[]): string =>
  execFileSync(python as string, ['-c', code, ...args], { encoding: 'utf8' })

/** An HDF5 file from elsewhere. */
async function hdf5(fill: (file: Group) => void): Promise<string> {
  await h5wasm.ready
  const path = fresh()
  const file = new h5wasm.File(path, 'w')
  try {
    fill(file)
  } finally {
    file.close()
  }
  return path
}

const floats = (file: Group, name: string, shape: number[], values: ArrayLike<number>): void => {
  file.create_dataset({ name, data: Float32Array.from(values), shape, dtype: '<f' })
}

/** The one line that reading a file is refused with. */
async function refusal(path: string): Promise<string> {
  const error = await readDataset(path).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(FileError)
  const { message } = error as FileError
  expect(message).not.toContain('\n')
  expect(message).toContain(path)
  return message.replace(path, 'FILE')
}

describe('a dataset that is written', () => {
  it('is read back as it was, with classes and all columns', async () => {
    const path = fresh()
    await writeDataset(path, smallDataset(), made)
    expect(await readDataset(path)).toEqual(smallDataset())
    expect(readdirSync(join(path, '..'))).toEqual(['data.h5'])
  })

  it('is read back as it was, with targets and numbers that are not whole', async () => {
    const targets = { kind: 'targets', outputs: 2, values: Float32Array.from({ length: 12 }, (_, i) => i / 7) } as const
    const { group: _g, part: _p, temperature: _t, size: _s, ...bare } = smallDataset()
    const dataset = { ...bare, shape: [4], x: bare.x.map((value) => value / 3), y: targets, symmetries: [], notes: {} }
    const path = fresh()
    await writeDataset(path, dataset, made)
    expect(await readDataset(path)).toEqual(dataset)
  })

  it('takes a byte a number where all are whole and small, else four', async () => {
    await h5wasm.ready
    const edge = smallDataset({ x: new Float32Array(24).fill(127) })
    for (const [x, dtype] of [
      [edge.x, '<b'],
      [edge.x.map((value) => value + 1), '<f'],
      [edge.x.map((value) => value / 2), '<f'],
      [edge.x.with(3, -0), '<f'],
    ] as const) {
      const path = fresh()
      await writeDataset(path, { ...edge, x }, made)
      const file = new h5wasm.File(path, 'r')
      const { dtype: written } = file.get('x') as { dtype: unknown }
      file.close()
      expect(written).toBe(dtype)
      expect((await readDataset(path)).x).toEqual(x)
    }
  })

  it('says how it came about', async () => {
    await h5wasm.ready
    const path = fresh()
    await writeDataset(path, smallDataset(), made)
    const file = new h5wasm.File(path, 'r')
    const { attrs } = file.get('provenance') as Group
    const [command, seed, version] = ['command', 'seed', 'version'].map((name) => attrs[name]?.value)
    file.close()
    expect({ command, seed }).toEqual(made)
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('is refused when a single bit of it has changed', async () => {
    const path = fresh()
    const x = Float32Array.from({ length: 24 }, (_, i) => 1 / (i + 3))
    await writeDataset(path, smallDataset({ x }), made)
    const file = readFileSync(path)
    const at = file.indexOf(bytes(x))
    expect(at).toBeGreaterThan(0)
    file[at + 20] = (file[at + 20] as number) ^ 1
    writeFileSync(path, file)
    expect(await refusal(path)).toBe('FILE: damaged; /x is not what was written (its checksum differs)')
  })

  it('is refused when it is truncated, empty, or of a newer format', async () => {
    const path = fresh()
    await writeDataset(path, smallDataset(), made)
    writeFileSync(path, readFileSync(path).subarray(0, 3000))
    expect(await refusal(path)).toBe('FILE: damaged or truncated; HDF5 cannot open it')
    writeFileSync(path, '')
    expect(await refusal(path)).toBe('FILE: empty, no labelled examples')
    const newer = await hdf5((file) => {
      file.create_attribute('format', 'spinpool-dataset')
      file.create_attribute('formatVersion', 2)
    })
    expect(await refusal(newer)).toContain('format 2 is newer than the 1 that this version of spinpool reads; update spinpool')
  })

  it.skipIf(!python)('opens in h5py with named dimensions, units and classes (skipped where there is no h5py)', async () => {
    const path = fresh()
    await writeDataset(path, smallDataset(), made)
    const seen = inPython(
      `
import h5py, json, sys
with h5py.File(sys.argv[1]) as f:
    bare = [k for k in f if isinstance(f[k], h5py.Dataset) and not (f[k].attrs.get('units') and f[k].attrs.get('long_name'))]
    print(json.dumps([bare, [d[0].name for d in f['x'].dims], [d[0].name for d in f['y'].dims], str(f['x'].dtype), str(f['y'].dtype),
      f['x'][5].tolist(), f['y'][:].tolist(), list(f['y'].attrs['classes']), f.attrs['format'], list(f.attrs['symmetries']), f.attrs['h']]))`,
      path,
    )
    expect(JSON.parse(seen)).toEqual([
      [],
      ['/example', '/row', '/column'],
      ['/example'],
      'int8',
      'int32',
      [
        [8, 9],
        [10, 11],
      ],
      [0, 1, 0, 1, 1, 0],
      ['down', 'up'],
      'spinpool-dataset',
      ['reflection', 'transposition'],
      0.25,
    ])
  })

  it('never replaces a file that is there, unless by force', () => {
    const path = fresh()
    expect(freePlace(path, 'rectangles', new Date(), false)).toEqual({ path, replace: false })
    writeFileSync(path, 'mine')
    expect(() => freePlace(path, 'rectangles', new Date(), false)).toThrow(FileError)
    expect(freePlace(path, 'rectangles', new Date(), true)).toEqual({ path, replace: true })
    expect(() => freePlace(join(path, '..'), 'rectangles', new Date(), true)).toThrow(UsageError)
    expect(() => freePlace(join(folder, 'nowhere', 'deep', 'x.h5'), 'rectangles', new Date(), false)).toThrow(/neither the folder/)
  })
})

describe('data from elsewhere', () => {
  it('are classes where y has one dimension of whole numbers, else targets', async () => {
    const read = async (y: ArrayLike<number>, shape: number[]) =>
      (
        await readDataset(
          await hdf5((file) => {
            floats(file, 'x', [3, 2], [1, 2, 3, 4, 5, 6])
            floats(file, 'y', shape, y)
          }),
        )
      ).y
    expect(await read([0, 2, 0], [3])).toEqual({ kind: 'classes', names: ['0', '1', '2'], values: Int32Array.of(0, 2, 0) })
    expect(await read([0, 2.5, -1], [3])).toEqual({ kind: 'targets', outputs: 1, values: Float32Array.of(0, 2.5, -1) })
    expect(await read([0, 2, -1], [3, 1])).toEqual({ kind: 'targets', outputs: 1, values: Float32Array.of(0, 2, -1) })
    expect(await read([0, 1, 0, 1, 1, 1], [3, 2])).toMatchObject({ kind: 'targets', outputs: 2 })
  })

  it('have the symmetries and the size that their attributes say, if those are any', async () => {
    const path = await hdf5((file) => {
      floats(file, 'x', [2, 1, 3], [1, 2, 3, 4, 5, 6])
      floats(file, 'y', [2], [0, 1])
      file.create_attribute('symmetries', ['flip', 'transposition', 'juggling'])
      file.create_attribute('size', 3)
      file.create_attribute('title', 'mine')
      file.create_attribute('weather', 'fine')
    })
    // The pictures are not square, so they cannot be transposed.
    expect(await readDataset(path)).toMatchObject({ title: 'mine', size: 3, symmetries: ['flip'], notes: {}, shape: [1, 3] })
  })

  it.skipIf(!python)('are read as h5py writes them, of every type of number (skipped where there is no h5py)', async () => {
    const path = fresh()
    inPython(
      `
import h5py, numpy as np, sys
x = np.arange(12).reshape(4, 3) % 2
for i, (a, b) in enumerate([('?', '?'), ('u1', 'i8'), ('i8', 'u1'), ('>i2', '>f4'), ('f8', 'f8'), ('>f8', '>i4')]):
    with h5py.File(sys.argv[1].replace('data', f'data{i}'), 'w') as f:
        f.create_dataset('x', data=x.astype(a), chunks=(2, 2), compression='gzip', shuffle=True)
        f['y'] = np.array([0, 1, 1, 0]).astype(b)
        f['group'] = np.array([5, 5, 6, 7], 'u2')
with h5py.File(sys.argv[1], 'w') as f:
    f['x'] = x.astype('f2')
    f['y'] = np.zeros(4)`,
      path,
    )
    for (let i = 0; i < 6; i++) {
      expect(await readDataset(path.replace('data', `data${i}`))).toMatchObject({
        count: 4,
        shape: [3],
        x: Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1),
        y: { kind: 'classes', names: ['0', '1'], values: Int32Array.of(0, 1, 1, 0) },
        group: Int32Array.of(5, 5, 6, 7),
      })
    }
    expect(await refusal(path)).toBe("FILE: x holds floats of 16 bits; allowed: 32 or 64; save it with .astype('float32')")
  })
})

describe('files of NumPy', () => {
  const x = npyFile("'<f4'", [3, 1, 2], bytes(Float32Array.of(1, 2, 3, 4, 5, 6)))
  const y = npyFile("'<i8'", [3], bytes(BigInt64Array.of(1n, 0n, 1n)))
  const expected = {
    count: 3,
    shape: [1, 2],
    x: Float32Array.of(1, 2, 3, 4, 5, 6),
    y: { kind: 'classes', names: ['0', '1'], values: Int32Array.of(1, 0, 1) },
    symmetries: [],
  }

  it('are read as x.npy beside y.npy, whatever comes before x and y, and as their folder', async () => {
    const path = fresh('x.npy')
    writeFileSync(path, x)
    writeFileSync(path.replace('x.npy', 'y.npy'), y)
    writeFileSync(path.replace('x.npy', 'part.npy'), npyFile("'|u1'", [3], Uint8Array.of(0, 2, 1)))
    for (const name of [path, join(path, '..')]) {
      expect(await readDataset(name)).toMatchObject({ ...expected, part: Int8Array.of(0, 2, 1) })
    }
    const named = fresh('pictures-x.npy')
    writeFileSync(named, x)
    expect(await refusal(named)).toBe('FILE: there is no pictures-y.npy beside it, one label for each example')
    writeFileSync(named.replace('pictures-x', 'pictures-y'), y)
    expect(await readDataset(named)).toMatchObject({ ...expected, title: 'pictures-x.npy' })
    expect(await refusal(named.replace('pictures-x', 'pictures-y'))).toContain(
      'a single array, and its labels are not known; call it x.npy',
    )
  })

  it('are read as an .npz, compressed or not', async () => {
    const group = npyFile("'<i4'", [3], bytes(Int32Array.of(4, 4, 5)))
    for (const level of [0, 6] as const) {
      const path = fresh('data.npz')
      writeFileSync(path, zipSync({ 'x.npy': x, 'y.npy': y, 'group.npy': group, 'other.npy': Uint8Array.of(1) }, { level }))
      expect(await readDataset(path)).toMatchObject({ ...expected, group: Int32Array.of(4, 4, 5) })
    }
    const path = fresh('data.npz')
    writeFileSync(path, zipSync({ 'pictures.npy': x, 'y.npy': y }))
    expect(await refusal(path)).toBe(
      'FILE: it has no x; there is pictures, y; needed are x (examples, ...) and y, one label for each example',
    )
    const zip = zipSync({ 'x.npy': x, 'y.npy': y })
    writeFileSync(path, zip.subarray(0, zip.length - 30))
    expect(await refusal(path)).toContain('FILE: damaged or truncated; it cannot be unpacked')
  })

  it('are read as a structured array, in which other fields may be', async () => {
    const row = (pixels: readonly number[], label: number): Buffer => {
      const buffer = Buffer.alloc(15)
      buffer.writeUInt8(9, 0)
      for (const [i, pixel] of pixels.entries()) buffer.writeFloatBE(pixel, 5 + 4 * i)
      buffer.writeInt16LE(label, 13)
      return buffer
    }
    const descr = "[('weight', '|u1'), ('name', '<U1'), ('x', '>f4', (2,)), ('y', '<i2')]"
    const path = fresh('data.npy')
    writeFileSync(path, npyFile(descr, [2], Buffer.concat([row([1, 2.5], 1), row([-3, 4], 0)])))
    expect(await readDataset(path)).toMatchObject({ shape: [2], x: Float32Array.of(1, 2.5, -3, 4), y: { values: Int32Array.of(1, 0) } })
  })

  it('may be of versions 1 to 3, and in the order of Fortran', async () => {
    for (const version of [1, 2, 3]) {
      const path = fresh('x.npy')
      // (2, 2, 3) with the number of an element in C's order as its value, laid out with the first index fastest.
      const columns = Float64Array.of(0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11)
      writeFileSync(path, npyFile("'<f8'", [2, 2, 3], bytes(columns), { version, fortran: true }))
      writeFileSync(path.replace('x.npy', 'y.npy'), npyFile("'|b1'", [2], Uint8Array.of(1, 0), { version }))
      expect(await readDataset(path)).toMatchObject({ shape: [2, 3], x: Float32Array.from({ length: 12 }, (_, i) => i) })
    }
  })

  it('are refused where they are of another type, or damaged', async () => {
    const wrong: readonly (readonly [Uint8Array, string])[] = [
      [npyFile("'|O'", [3, 2], new Uint8Array(12)), 'it holds pickled objects'],
      [npyFile("'<c8'", [3, 2], new Uint8Array(48)), "it holds '<c8'; allowed: integers"],
      [npyFile("'<f4'", [3, 2], new Uint8Array(20)), 'truncated; 20 bytes of numbers and not 24'],
      [x.subarray(0, 40), 'truncated in its header'],
      [npyFile("'<f4'", [3, 2], new Uint8Array(24), { version: 4 }), 'version 4 of the .npy format; allowed: 1, 2 and 3'],
      [npyFile("[('x', [('a', '<f4')])]", [3], new Uint8Array(24)), 'its field x has fields of its own'],
    ]
    for (const [file, says] of wrong) {
      const path = fresh('x.npy')
      writeFileSync(path, file)
      expect(await refusal(path)).toContain(`FILE: ${says}`)
    }
  })

  it.skipIf(!python)('are read as NumPy itself writes them (skipped where there is no NumPy)', async () => {
    const path = fresh('data.npz')
    inPython(
      `
import numpy as np, sys
x = np.arange(24.).reshape(4, 2, 3) / 4
y = np.array([2, 0, 1, 0])
t = np.linspace(1, 2, 4)
base = sys.argv[1][:-4]
np.savez(base + '.npz', x=x, y=y, temperature=t)
np.savez_compressed(base + '-small.npz', x=np.asfortranarray(x.astype('>f4')), y=y.astype('>u2'), temperature=t.astype('f4'))
rows = np.zeros(4, dtype=np.dtype([('y', 'u1'), ('x', 'f8', (2, 3)), ('temperature', 'f4')], align=True))
rows['x'], rows['y'], rows['temperature'] = x, y, t
np.save(base + '.npy', rows)`,
      path,
    )
    for (const name of [path, path.replace('.npz', '-small.npz'), path.replace('.npz', '.npy')]) {
      const { x: read, y: labels, temperature, shape } = await readDataset(name)
      expect(shape).toEqual([2, 3])
      expect(read).toEqual(Float32Array.from({ length: 24 }, (_, i) => i / 4))
      expect(labels).toEqual({ kind: 'classes', names: ['0', '1', '2'], values: Int32Array.of(2, 0, 1, 0) })
      expect(temperature?.[1]).toBeCloseTo(4 / 3, 6)
    }
  })
})

describe('data that are wrong', () => {
  const good = {
    x: [
      [3, 2],
      [1, 2, 3, 4, 5, 6],
    ],
    y: [[3], [0, 1, 0]],
  } as const
  type Given = Readonly<Record<string, readonly [readonly number[], readonly number[]]>>
  const cases: readonly (readonly [what: string, columns: Given, says: string])[] = [
    ['no x', { y: good.y, pixels: good.x }, 'FILE: it has no x; there is pixels, y; needed are x (examples, ...) and y'],
    ['no y', { x: good.x }, 'FILE: it has no y; there is x; needed are'],
    ['neither', {}, 'FILE: it has no x and no y; it is empty; needed are'],
    ['fewer labels', { ...good, y: [[2], [0, 1]] }, 'FILE: x has 3 examples and y 2; every example needs one'],
    ['fewer groups', { ...good, group: [[1], [0]] }, 'FILE: x has 3 examples and group 1; every example needs one'],
    ['one dimension', { ...good, x: [[3], [1, 2, 3]] }, 'FILE: x has the shape (3,); needed are 2 dimensions or more'],
    ['no examples', { x: [[0, 2], []], y: [[0], []] }, 'FILE: x has no examples, its shape is (0, 2)'],
    [
      'a NaN',
      {
        ...good,
        x: [
          [3, 1, 2],
          [1, 2, 3, 4, 5, Number.NaN],
        ],
      },
      'FILE: x of example 2 at [0, 1] is NaN; allowed: finite numbers',
    ],
    [
      'an infinity',
      {
        ...good,
        x: [
          [3, 2],
          [1, 2, -Infinity, 4, 5, 6],
        ],
      },
      'FILE: x of example 1 at [0] is -Infinity, infinite or',
    ],
    ['a NaN as label', { ...good, y: [[3], [0, Number.NaN, 1]] }, 'FILE: y of example 1 is NaN; allowed: finite numbers'],
    ['a negative label', { ...good, y: [[3], [1, 1, -1]] }, 'FILE: y of example 2 is -1; classes are numbered 0, 1, 2 ...; targets that'],
    ['a huge label', { ...good, y: [[3], [1, 5000, 0]] }, 'FILE: y of example 1 is 5000; classes are numbered from 0 to at most 999'],
    [
      'labels of 3 dimensions',
      {
        ...good,
        y: [
          [3, 1, 1],
          [0, 1, 0],
        ],
      },
      'FILE: y has the shape (3, 1, 1); allowed: (examples,) for classes',
    ],
    ['half a group', { ...good, group: [[3], [0, 1, 1.5]] }, 'FILE: group of example 2 is 1.5; allowed: whole numbers of 32 bits'],
    ['an unknown part', { ...good, part: [[3], [0, 3, 1]] }, 'FILE: part of example 1 is 3; allowed: 0 (train), 1 (validation), 2 (test)'],
    ['no temperature', { ...good, temperature: [[3], [1, 2, Number.NaN]] }, 'FILE: temperature of example 2 is NaN; allowed: finite'],
  ]

  beforeAll(() => h5wasm.ready)

  it.each(cases)('are refused in one line: %s', async (_, columns, says) => {
    const path = await hdf5((file) => {
      for (const [name, [shape, values]] of Object.entries(columns)) floats(file, name, [...shape], values)
    })
    expect(await refusal(path)).toContain(says)
  })

  it('are refused where a label has no name, and where x is no numbers', async () => {
    const unnamed = await hdf5((file) => {
      floats(file, 'x', [2, 1], [1, 2])
      floats(file, 'y', [2], [0, 2])
      const y = file.get('y')
      if (y instanceof h5wasm.Dataset) y.create_attribute('classes', ['cat', 'dog'])
    })
    expect(await refusal(unnamed)).toContain('FILE: y of example 1 is 2; there are 2 classes: cat, dog; targets that are no classes')
    const words = await hdf5((file) => {
      file.create_dataset({ name: 'x', data: ['one', 'two'] })
      floats(file, 'y', [2], [0, 1])
    })
    expect(await refusal(words)).toBe('FILE: x holds no numbers; allowed: integers, booleans, and floats of 32 or 64 bits')
  })

  it('are refused where there is no file, or another one', async () => {
    expect(await refusal(join(folder, 'nothing.h5'))).toBe('FILE: there is no such file')
    const csv = fresh('data.csv')
    writeFileSync(csv, 'x,y\n1,2\n')
    expect(await refusal(csv)).toContain('FILE: neither HDF5 nor a file of NumPy (.npy, .npz); labelled examples come as x and y')
    const archive = await hdf5((file) => file.create_attribute('format', 'spinpool'))
    const says = await refusal(archive)
    expect(says).toBe(`FILE: an archive of a run, not labelled examples; make them with: spinpool dataset phases ${archive}`)
  })
})

describe('what a training depends on', () => {
  it('has a hash that changes with every number, and with nothing else', () => {
    const hash = hashDataset(smallDataset())
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(hashDataset(smallDataset({ title: 'other', notes: {}, symmetries: [], temperature: undefined }))).toBe(hash)
    const { x, group, part, y } = smallDataset()
    const others = [
      smallDataset({ x: x.with(23, 0) }),
      smallDataset({ shape: [4] }),
      smallDataset({ group: group?.with(0, 1) }),
      smallDataset({ group: undefined }),
      smallDataset({ part: part?.with(5, 0) }),
      smallDataset({ part: undefined }),
      smallDataset({ y: { kind: 'classes', names: ['down', 'up'], values: (y.values as Int32Array).with(0, 1) } }),
    ]
    expect(new Set([hash, ...others.map(hashDataset)]).size).toBe(1 + others.length)
  })

  it('must fit into memory and into one array', () => {
    expect(lackOfMemory(1000, 4000)).toBeUndefined()
    expect(lackOfMemory(1001, 4000)).toMatch(/^they need .* of memory and this machine has /)
    expect(lackOfMemory(2 ** 33, 2 ** 60)).toBe('they need 32 GiB, and one dataset holds at most 16 GiB')
  })
})
