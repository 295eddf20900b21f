import { createHash } from 'node:crypto'
import { bytesOf } from '../archive/hdf5.ts'
import type { Dataset } from './dataset.ts'

/** SHA-256 over shape, examples, labels, groups and parts, hexadecimal: what a training depends on; not titles or notes. */
export function hashDataset({ count, shape, x, y, group, part }: Dataset): string {
  const described = { count, shape, y: y.kind === 'classes' ? y.names : y.outputs, group: group !== undefined, part: part !== undefined }
  const hash = createHash('sha256').update(JSON.stringify(described))
  for (const numbers of [x, y.values, group, part]) if (numbers) hash.update(bytesOf(numbers))
  return hash.digest('hex')
}

/** Something that two examples have in common exactly if all their numbers are equal. */
export function identityOf({ shape, x }: Pick<Dataset, 'shape' | 'x'>): (row: number) => string {
  const width = shape.reduce((a, b) => a * b, 1)
  const numbers = new Float32Array(width)
  return (row) => {
    // -0 equals 0, though its bytes differ: adding 0 makes them the same.
    for (let i = 0; i < width; i++) numbers[i] = (x[row * width + i] as number) + 0
    return createHash('sha256').update(bytesOf(numbers)).digest('base64')
  }
}
