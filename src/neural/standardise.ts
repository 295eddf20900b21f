import type { Dataset } from '../dataset/dataset.ts'
import { pictureOf } from '../dataset/symmetry.ts'
import type { Standardisation } from './network.ts'

/**
 * Mean and standard deviation of each input over the rows that are trained on; an input that never changes keeps its scale.
 *
 * Where examples are moved about while training, all sites of a channel must be treated alike: then they share one mean and
 * one scale; and where signs are flipped the mean is 0.
 *
 * @param symmetries those that training draws from
 */
export function standardisationOf(data: Dataset, rows: ArrayLike<number>, symmetries: readonly string[]): Standardisation {
  const width = data.shape.reduce((a, b) => a * b, 1)
  const channels = symmetries.length === 0 ? width : pictureOf(data.shape)[2]
  const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)]
  const each = (act: (channel: number, value: number) => void): void => {
    for (let r = 0; r < rows.length; r++) {
      const at = (rows[r] as number) * width
      for (let i = 0; i < width; i++) act(i % channels, data.x[at + i] as number)
    }
  }
  const count = (rows.length * width) / channels
  each((c, value) => {
    sums[c] = (sums[c] as number) + value
  })
  const means = symmetries.includes('flip') ? new Float64Array(channels) : sums.map((sum) => sum / count)
  // In a second pass: the difference of two large sums would lose what is small.
  each((c, value) => {
    squares[c] = (squares[c] as number) + (value - (means[c] as number)) ** 2
  })
  // As the float that is divided by, which is 0 for the smallest doubles.
  const scales = squares.map((square) => Math.fround(Math.sqrt(square / count)) || 1)
  return {
    mean: Float32Array.from({ length: width }, (_, i) => means[i % channels] as number),
    scale: Float32Array.from({ length: width }, (_, i) => scales[i % channels] as number),
  }
}

/** Writes (x - mean) / scale of all examples to `out`, (count, width). */
export function standardise(x: Float32Array, standardisation: Standardisation | undefined, out: Float32Array): void {
  if (standardisation === undefined) {
    out.set(x)
    return
  }
  const { mean, scale } = standardisation
  const width = mean.length
  for (let at = 0; at < x.length; at += width) {
    for (let i = 0; i < width; i++) out[at + i] = ((x[at + i] as number) - (mean[i] as number)) / (scale[i] as number)
  }
}
