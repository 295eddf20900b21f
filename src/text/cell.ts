// What stands in files that other programs read for a number, or for none.

/** A number of a line of comma-separated values; nothing where there is none. */
export function csvCell(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : String(value)
}

/** NaN and infinities have no place in JSON. */
export function jsonNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
