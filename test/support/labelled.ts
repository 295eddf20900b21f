import type { Dataset } from '../../src/dataset/dataset.ts'

// Labelled examples for tests, and NumPy's files made by hand.

/** Six examples of 2 x 2 numbers in two classes, with all that a dataset may have. */
export function smallDataset(changes: Partial<Dataset> = {}): Dataset {
  return {
    title: 'small, with an ö',
    count: 6,
    shape: [2, 2],
    x: Float32Array.from({ length: 24 }, (_, i) => i - 12),
    y: { kind: 'classes', names: ['down', 'up'], values: Int32Array.of(0, 1, 0, 1, 1, 0) },
    group: Int32Array.of(0, 0, 7, 7, -3, -3),
    part: Int8Array.of(0, 0, 1, 1, 2, 2),
    temperature: Float64Array.of(1, 1.5, 2, 2.5, 3, 1 / 3),
    symmetries: ['reflection', 'transposition'],
    size: 2,
    notes: { model: 'ising', h: 0.25, boundary: 3 },
    ...changes,
  }
}

/** A file as numpy.save writes it. */
export function npyFile(
  descr: string,
  shape: readonly number[],
  data: Uint8Array,
  { version = 1, fortran = false }: { version?: number; fortran?: boolean } = {},
): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
  const start = version === 1 ? 10 : 12
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`
  const header = `${text.padEnd(Math.ceil((text.length + start + 1) / 64) * 64 - start - 1)}\n`
  const length = Buffer.alloc(start - 8)
  if (version === 1) length.writeUInt16LE(header.length)
  else length.writeUInt32LE(header.length)
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, Buffer.from(header), data])
}

/** The bytes of numbers on this machine, which is little endian as all are that Node runs on. */
export function bytes(values: Float32Array | Float64Array | Int32Array | BigInt64Array | Int8Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
