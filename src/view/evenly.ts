/** At most `most` of some things, evenly spread over all of them, the first and the last among them. */
export function evenly<T>(all: readonly T[], most: number): readonly T[] {
  return all.length <= most ? all : evenIndices(all.length, most).map((i) => all[i] as T)
}

/** Their indices out of 0 .. count - 1. */
export function evenIndices(count: number, most: number): number[] {
  const length = Math.max(0, Math.min(count, most))
  // Of one alone there are no two ends.
  return Array.from({ length }, (_, i) => (length === count ? i : Math.round((i * (count - 1)) / Math.max(1, most - 1))))
}

/** Indices of every k-th of `length` things, k as small as leaves at most `most`. */
export function everyKth(length: number, most: number): { readonly step: number; readonly indices: readonly number[] } {
  const step = Math.max(1, Math.ceil(length / most))
  return { step, indices: Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step) }
}
