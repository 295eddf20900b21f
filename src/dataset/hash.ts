import { createHash } from 'node:crypto'
import { bytesOf } from '../archive/hdf5.ts'
import type { Dataset } from './dataset.ts'
import { imagesOf } from './symmetry.ts'

/** Bytes that are hashed at once: Node refuses 2 GiB and more. */
const PIECE = 2 ** 30

/** SHA-256 over shape, examples, labels, groups and parts, hexadecimal: what a training depends on; not titles or notes. */
export function hashDataset({ count, shape, x, y, group, part }: Dataset): string {
  const described = { count, shape, y: y.kind === 'classes' ? y.names : y.outputs, group: group !== undefined, part: part !== undefined }
  const hash = createHash('sha256').update(JSON.stringify(described))
  for (const numbers of [x, y.values, group, part]) {
    const bytes = numbers ? bytesOf(numbers) : new Uint8Array(0)
    for (let from = 0; from < bytes.length; from += PIECE) hash.update(bytes.subarray(from, from + PIECE))
  }
  return hash.digest('hex')
}

/**
 * Something that two examples have in common exactly if all their numbers are equal, or if one becomes the other by the
 * symmetries that are named. Translations are not looked for: only configurations have them, and those come in groups.
 */
export function identityOf({ shape, x }: Pick<Dataset, 'shape' | 'x'>, symmetries: readonly string[] = []): (row: number) => string {
  const width = shape.reduce((a, b) => a * b, 1)
  const images = imagesOf(shape, symmetries)
  const signs = symmetries.includes('flip') ? [1, -1] : [1]
  const numbers = new Float32Array(width)
  return (row) => {
    let least: string | undefined
    for (const sign of signs) {
      for (const from of images) {
        // -0 equals 0, though its bytes differ: adding 0 makes them the same.
        for (let i = 0; i < width; i++) numbers[i] = sign * (x[row * width + (from[i] as number)] as number) + 0
        const hash = createHash('sha256').update(bytesOf(numbers)).digest('base64')
        if (least === undefined || hash < least) least = hash
      }
    }
    return least as string
  }
}
