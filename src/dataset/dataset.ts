import type { SymmetryName } from '../model/physics.ts'

/** Where a row belongs: train 0, validation 1, test 2. */
export const partNames = ['train', 'validation', 'test'] as const
export type PartName = (typeof partNames)[number]

/** Classes, or real numbers that the outputs should be. */
export type Labels =
  /** values (count): 0, 1, ... one of `names`. */
  | { readonly kind: 'classes'; readonly names: readonly string[]; readonly values: Int32Array }
  /** values (count, outputs). */
  | { readonly kind: 'targets'; readonly outputs: number; readonly values: Float32Array }

/** Labelled examples. */
export interface Dataset {
  readonly title: string
  readonly count: number
  /** Of one example: (height, width), (height, width, channel), or (numbers). */
  readonly shape: readonly number[]
  /** (count, ...shape). */
  readonly x: Float32Array
  readonly y: Labels
  /** (count) Rows with equal numbers depend on each other and never go to different parts; undefined: each row is by itself. */
  readonly group?: Int32Array | undefined
  /** (count) Part that the data themselves give each row, an index of `partNames`. */
  readonly part?: Int8Array | undefined
  /** (count) Temperature that each configuration was sampled at. */
  readonly temperature?: Float64Array | undefined
  readonly symmetries: readonly SymmetryName[]
  /** Linear size of the lattice, where there is one. */
  readonly size?: number | undefined
  /** What else the file says of itself, attributes of its root. */
  readonly notes: Readonly<Record<string, string | number>>
}

/** What examples are, as in `o6 angles`; undefined where the data do not say it. */
export function kindOf({ notes }: Pick<Dataset, 'notes'>): string | undefined {
  return notes.model === undefined ? undefined : `${notes.model} ${notes.encoding}`
}
