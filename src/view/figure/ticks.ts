/** Where an axis has labels. Imports nothing: the script of a page has it too. */

/** Round numbers at even distances, about so many. */
export function evenTicks([least, most]: readonly [number, number], count: number, whole = false): number[] {
  const rough = (most - least) / Math.max(1, count)
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => candidate >= rough * 0.999) ?? 10 * unit
  const size = whole ? Math.max(1, step) : step
  const first = Math.ceil(least / size - 1e-9)
  const last = Math.floor(most / size + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * size).toPrecision(12)))
}

/**
 * Of values that should all have a label, such as the sizes of lattices, those that have room, the largest among them.
 *
 * @param pixel where a value is on the axis
 * @param room pixels from one label to the next
 * @returns undefined where fewer than two of them are on the axis
 */
export function chosenTicks(
  values: readonly number[],
  [least, most]: readonly [number, number],
  pixel: (value: number) => number,
  room: number,
): number[] | undefined {
  const there = [...new Set(values)].filter((value) => value >= least && value <= most).sort((a, b) => b - a)
  const chosen: number[] = []
  for (const value of there) {
    const last = chosen[0]
    if (last === undefined || Math.abs(pixel(last) - pixel(value)) >= room) chosen.unshift(value)
  }
  return chosen.length > 1 ? chosen : undefined
}
