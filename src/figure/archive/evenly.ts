/** At most `most` of some things, evenly spread over all of them, the first and the last among them. */
export function evenly<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  if (most <= 1) return all.slice(0, Math.max(0, most))
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))] as T)
}

/** Indices of every k-th of `length` things, k as small as leaves at most `most`. */
export function everyKth(length: number, most: number): { readonly step: number; readonly indices: readonly number[] } {
  const step = Math.max(1, Math.ceil(length / most))
  return { step, indices: Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step) }
}
