// Numbers with as many digits as their place has use for.

/** Six digits at most, without zeros at the end: `2.269`. */
export function numeral(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** Site updates per nanosecond: `0.031`, `1.24`. */
export function formatSpeed(updatesPerNanosecond: number): string {
  return updatesPerNanosecond < 0.1 ? String(Number(updatesPerNanosecond.toPrecision(2))) : updatesPerNanosecond.toFixed(2)
}

/** A temperature in a table: eight digits at most; `-` if there is none. */
export function formatTemperature(T: number | undefined): string {
  return T === undefined ? '-' : String(Number(T.toPrecision(8)))
}
