import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import h5wasm, { type Dataset as Hdf5Dataset, type Group } from 'h5wasm/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { readDataset } from '../../src/dataset/read.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { fromSafetensors, toSafetensors } from '../../src/neural/safetensors.ts'
import { encodeTensors } from '../../src/neural/tensor-file.ts'
import { temporaryFolder } from '../support/folder.ts'
import { bytes, npyFile, smallDataset } from '../support/labelled.ts'
import { outputsFor, randomNetwork } from '../support/network.ts'

// Files of other programs, and damaged ones of ours; support/foreign/README.md says what they are.

const folder = temporaryFolder()
let count = 0
const fresh = (name: string): string => join(folder, `${count++}-${name}`)
const foreign = (name: string): string => fileURLToPath(new URL(`../support/foreign/${name}`, import.meta.url))

function unpacked(name: string): string {
  const path = fresh(name)
  writeFileSync(path, gunzipSync(readFileSync(foreign(`${name}.gz`))))
  return path
}

beforeAll(async () => {
  await h5wasm.ready
})

/** An HDF5 file from elsewhere. */
function hdf5(fill: (file: Group) => void): string {
  const path = fresh('data.h5')
  const file = new h5wasm.File(path, 'w')
  fill(file)
  file.close()
  return path
}

describe('HDF5 of others', () => {
  it('is read behind a user block', async () => {
    const data = await readDataset(unpacked('userblock.h5'))
    expect(data.count).toBeGreaterThan(1)
    expect([...data.x].every(Number.isFinite)).toBe(true)
  })

  it.each([512, 2048])('is read behind a user block of %s bytes that says anything', async (size) => {
    const plain = hdf5((file) => {
      file.create_dataset({ name: 'x', data: Float32Array.from({ length: 12 }, (_, i) => i), shape: [4, 3] })
      file.create_dataset({ name: 'y', data: Int32Array.of(0, 1, 0, 1) })
    })
    // HDF5 addresses are relative to where the signature is.
    const path = fresh('block.h5')
    writeFileSync(path, Buffer.concat([Buffer.alloc(size, 'MATLAB '), readFileSync(plain)]))
    expect([...(await readDataset(path)).x]).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  it('is refused with the name of a filter that nobody here knows', async () => {
    await expect(readDataset(unpacked('c_lzf.h5'))).rejects.toThrow(/x is packed by the filter lzf \(32000\) of HDF5, which is not read/)
  })

  const packed = (name: 'x' | 'y', attributes: Readonly<Record<string, number>>, values: Int32Array): string =>
    hdf5((file) => {
      for (const column of ['x', 'y'] as const) {
        const data = column === name ? values : column === 'x' ? Int32Array.of(5, 6, 7, 8) : Int32Array.of(0, 1, 0, 1)
        const dataset = file.create_dataset({ name: column, data, shape: column === 'x' ? [4, 1] : [4], dtype: '<i' }) as Hdf5Dataset
        if (column !== name) continue
        for (const [key, value] of Object.entries(attributes)) {
          if (key === 'scale_factor' || key === 'add_offset') dataset.create_attribute(key, Float64Array.of(value), [], '<d')
          else dataset.create_attribute(key, Int32Array.of(value), [], '<i')
        }
      }
    })

  it('is unpacked as netCDF packs it', async () => {
    const { x } = await readDataset(packed('x', { scale_factor: 0.5, add_offset: 10 }, Int32Array.of(0, 2, -4, 100)))
    expect([...x]).toEqual([10, 11, 8, 60])
  })

  it.each([
    ['x', '_FillValue', 'x of example 2 is -999, the fill value'],
    ['x', 'missing_value', 'x of example 2 is -999, the fill value'],
    ['y', '_FillValue', 'y of example 2 is -999, the fill value'],
  ] as const)('is refused where %s has %s', async (name, attribute, says) => {
    await expect(readDataset(packed(name, { [attribute]: -999 }, Int32Array.of(0, 1, -999, 1)))).rejects.toThrow(says)
  })
})

describe('a dataset of ours with a flipped bit', () => {
  it('is damaged, not from elsewhere', async () => {
    await expect(readDataset(unpacked('d-flip700.h5'))).rejects.toThrow(/damaged/)
  })

  it('is read as it was, or refused, wherever the bit is in its headers', { timeout: 60_000 }, async () => {
    const path = fresh('whole.h5')
    await writeDataset(path, smallDataset(), { command: 'test', seed: '1' })
    const [whole, same] = [readFileSync(path), await readDataset(path)]
    const changed = fresh('flipped.h5')
    for (let at = 8; at < whole.length; at += 97) {
      const copy = Buffer.from(whole)
      copy[at] = (copy[at] as number) ^ (1 << (at % 8))
      writeFileSync(changed, copy)
      const read = await readDataset(changed).catch((error: unknown) => error)
      if (read instanceof Error) expect(read).toMatchObject({ name: 'FileError' })
      else expect([at, read]).toEqual([at, same])
    }
  })
})

describe('a heap of texts that is a page of zeros', () => {
  it('is refused at once, which HDF5 would read for ever', { timeout: 20_000 }, async () => {
    await expect(readDataset(unpacked('hang-d.h5'))).rejects.toThrow(/damaged; the texts at byte \d+ are overwritten/)
  })

  it('is refused wherever the zeros begin behind its header', { timeout: 20_000 }, async () => {
    const path = fresh('whole.h5')
    await writeDataset(path, smallDataset(), { command: 'test', seed: '1' })
    const whole = readFileSync(path)
    const heap = whole.indexOf('GCOL')
    expect(heap).toBeGreaterThan(0)
    for (const from of [16, 512, 2048]) {
      const copy = Buffer.from(whole).fill(0, heap + from, heap + 4096)
      writeFileSync(path, copy)
      const read = await readDataset(path).catch((error: unknown) => error)
      if (from === 16) expect(read).toMatchObject({ name: 'FileError', message: expect.stringContaining('are overwritten') })
    }
  })
})

describe('files of NumPy', () => {
  const [x, y] = [Float32Array.of(1, 2, 3, 4), Int32Array.of(0, 1, 1, 0)]
  const folderOf = (xs: Uint8Array, ys = npyFile("'<i4'", [4], bytes(y))): string => {
    const place = fresh('folder')
    mkdirSync(place)
    writeFileSync(join(place, 'x.npy'), xs)
    writeFileSync(join(place, 'y.npy'), ys)
    return place
  }

  it('are read with the header of Python 2', async () => {
    const file = Buffer.from(npyFile("'<f4'", [4, 1], bytes(x)))
    const header = file.toString('latin1', 0, 128).replace('(4, 1), }  ', '(4L, 1L), }')
    file.write(header, 0, 'latin1')
    expect([...(await readDataset(folderOf(file))).x]).toEqual([1, 2, 3, 4])
  })

  it('are read with floats of 16 bits', async () => {
    const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff).buffer)
    expect([...(await readDataset(folderOf(npyFile("'<f2'", [4, 1], halves)))).x]).toEqual([1, -2, 2 ** -24, 65504])
  })

  it('are read with fields that nobody asks for: dates, fields of fields, complex numbers', async () => {
    const descr = "[('when', '<M8[ns]'), ('x', '<f4', (1,)), ('pos', [('a', '<c8'), ('b', '|S3')]), (('a title', 'y'), '<i4')]"
    const row = 8 + 4 + 11 + 4
    const data = Buffer.alloc(4 * row)
    for (let i = 0; i < 4; i++) {
      data.writeFloatLE(x[i] as number, i * row + 8)
      data.writeInt32LE(y[i] as number, i * row + row - 4)
    }
    const path = fresh('data.npy')
    writeFileSync(path, npyFile(descr, [4], data))
    const read = await readDataset(path)
    expect([[...read.x], read.y.kind === 'classes' ? [...read.y.values] : []]).toEqual([
      [1, 2, 3, 4],
      [0, 1, 1, 0],
    ])
  })

  it.each([
    ['pickled', npyFile("'|O'", [4], new Uint8Array(8)), 'it holds pickled objects'],
    ['pickled fields', npyFile("[('x', '<f4'), ('z', '|O')]", [1], new Uint8Array(12)), 'it holds pickled objects'],
    ['complex numbers', npyFile("'<c8'", [4], new Uint8Array(32)), "it holds '<c8'"],
    ['a deep header', npyFile('['.repeat(5000), [4], new Uint8Array(4)), 'its header is nested too deeply'],
  ])('are refused: %s', async (_, file, says) => {
    await expect(readDataset(folderOf(file))).rejects.toThrow(says)
  })

  it('do not hang with rows without a number in them', async () => {
    await expect(readDataset(foreign('hang.npy'))).rejects.toThrow(/rows without a number|truncated|header/)
  })

  it('are refused as .npz where one flipped bit is in a number', async () => {
    await expect(readDataset(foreign('label-flipped.npz'))).rejects.toThrow(/y\.npy: damaged; it is not what was packed \(CRC-32\)/)
    const file = zipSync({ 'x.npy': npyFile("'<f4'", [4, 1], bytes(x)), 'y.npy': npyFile("'<i4'", [4], bytes(y)) }, { level: 0 })
    const path = fresh('data.npz')
    writeFileSync(path, file)
    expect((await readDataset(path)).count).toBe(4)
    // Of each number in turn.
    const start = Buffer.from(file).indexOf(Buffer.from(bytes(x)))
    for (let at = start; at < start + 16; at += 4) {
      const copy = Buffer.from(file)
      copy[at] = (copy[at] as number) ^ 4
      writeFileSync(path, copy)
      await expect(readDataset(path)).rejects.toThrow(/x\.npy: damaged/)
    }
  })
})

describe('safetensors', () => {
  it.each([
    ['tied_savemodel', [0, 0, 2]],
    ['rec_savemodel', [0, 1, 1, 1, 4]],
  ] as const)('whose layers share their numbers have all of them: %s', (name, same) => {
    const file = `${name}.safetensors`
    const { layers } = fromSafetensors(readFileSync(foreign(file)), { file, activation: ['relu'], outputActivation: 'identity' })
    expect(layers).toHaveLength(same.length)
    for (const [l, layer] of layers.entries()) {
      expect(layer).toEqual(layers[same[l] as number])
      expect(layers.findIndex(({ weights }) => weights.every((weight, i) => weight === layer.weights[i]))).toBe(same[l])
    }
  })

  it('of ours are refused where one flipped bit is in a number', () => {
    const network = randomNetwork([3, 2], ['softmax'], 7)
    const whole = toSafetensors(network, { title: 'a' })
    for (let at = whole.length - 32; at < whole.length; at++) {
      const copy = Uint8Array.from(whole)
      copy[at] = (copy[at] as number) ^ (1 << (at % 8))
      expect(() => fromSafetensors(copy, { file: 'x' })).toThrow(/x: damaged.*CRC-32/)
    }
  })

  it.each(['0.bias', '__metadata__'])('are refused where %s is there twice', (key) => {
    const whole = toSafetensors(randomNetwork([3, 2], ['softmax'], 7), {})
    const length = Number(new DataView(whole.buffer).getBigUint64(0, true))
    const header = JSON.parse(Buffer.from(whole.subarray(8, 8 + length)).toString()) as Record<string, unknown>
    const text = JSON.stringify(header).replace(/}$/, `,${JSON.stringify(key)}:${JSON.stringify(header[key])}}`)
    const start = Buffer.alloc(8)
    start.writeBigUInt64LE(BigInt(Buffer.byteLength(text)))
    const file = Buffer.concat([start, Buffer.from(text), whole.subarray(8 + length)])
    expect(() => fromSafetensors(file, { file: 'x' })).toThrow(`its header has '${key}' twice`)
  })

  /** Linear(3, 2), BatchNorm1d(2), an activation, Linear(2, 1). */
  const normalised = {
    '0.weight': [2, 3, [1, 2, 3, -1, 0.5, 2]],
    '0.bias': [2, 0, [0.1, -0.2]],
    '1.running_mean': [2, 0, [0.5, -1]],
    '1.running_var': [2, 0, [4, 0.25]],
    '1.weight': [2, 0, [1.5, -2]],
    '1.bias': [2, 0, [0.3, 0.7]],
    '3.weight': [1, 2, [1, -1]],
    '3.bias': [1, 0, [0]],
  } as const
  type Stored = Readonly<Record<string, readonly [rows: number, columns: number, values: readonly number[]]>>
  const encoded = (tensors: Stored): Uint8Array =>
    encodeTensors(
      Object.entries(tensors).map(([name, [rows, columns, values]]) => ({
        name,
        shape: columns === 0 ? [rows] : [rows, columns],
        values: Float32Array.from(values),
      })),
      {},
    )
  const options = { file: 'net', activation: ['identity'], outputActivation: 'identity' } as const

  it('have a batch normalisation folded into the layer before it', () => {
    const network = fromSafetensors(encoded(normalised), options)
    const input = [0.3, -0.7, 1.1]
    const linear = [0, 1].map((o) =>
      input.reduce((sum, x, i) => sum + x * (normalised['0.weight'][2][3 * o + i] as number), normalised['0.bias'][2][o] as number),
    )
    const hidden = linear.map(
      (z, o) =>
        ((z - (normalised['1.running_mean'][2][o] as number)) / Math.sqrt((normalised['1.running_var'][2][o] as number) + 1e-5)) *
          (normalised['1.weight'][2][o] as number) +
        (normalised['1.bias'][2][o] as number),
    )
    expect(outputsFor(network, input)[0]).toBeCloseTo((hidden[0] as number) - (hidden[1] as number), 5)
    const { '1.weight': _, '1.bias': __, ...plain } = normalised
    const [z0 = 0, z1 = 0] = linear
    expect(outputsFor(fromSafetensors(encoded(plain), options), input)[0]).toBeCloseTo(
      (z0 - 0.5) / Math.sqrt(4 + 1e-5) - (z1 + 1) / Math.sqrt(0.25 + 1e-5),
      5,
    )
  })

  it('are refused by name where a batch normalisation follows something else, and for other layers', () => {
    const { '1.running_mean': mean, '1.running_var': variance, '1.weight': _, '1.bias': __, ...rest } = normalised
    const later = { ...rest, '2.running_mean': mean, '2.running_var': variance }
    expect(() => fromSafetensors(encoded(later), options)).toThrow(
      "net: the batch normalisation '2' does not follow a linear layer directly",
    )
    expect(() => fromSafetensors(encoded({ ...normalised, '1.running_var': [1, 0, [1]] }), options)).toThrow(
      "'1.running_var' has shape (1)",
    )
    expect(() => fromSafetensors(encoded({ ...rest, '5.weight_ih_l0': [2, 2, [1, 2, 3, 4]] }), options)).toThrow("'5.weight_ih_l0' (2, 2)")
  })
})
