/**
 * A value with its standard error in the compact form of the literature: `-1.4142(3)` is -1.4142 ± 0.0003.
 * Two digits of error where it begins with 1. Without an error four significant digits; `-` for NaN.
 */
export function formatWithError(value: number, error: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '-' : String(value)
  if (!Number.isFinite(error) || error <= 0) return formatPlain(value)
  let exponent = Math.floor(Math.log10(error))
  let digits = Math.round(error / 10 ** exponent)
  if (digits === 10) [exponent, digits] = [exponent + 1, 1]
  if (digits === 1) {
    exponent -= 1
    digits = Math.round(error / 10 ** exponent)
  }
  if (exponent >= 0) {
    const unit = 10 ** exponent
    return `${Math.round(value / unit) * unit}(${digits * unit})`
  }
  if (exponent < -15) return formatPlain(value)
  return `${value.toFixed(-exponent)}(${digits})`
}

/** An exact value: six decimals, or six digits where it is large or tiny; `-` where there is none. */
export function formatPlain(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-'
  const size = Math.abs(value)
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(5) : value.toFixed(6)
}

/** `1 h 05 min`, `3 min 12 s`, `12 s`. */
export function formatSeconds(seconds: number): string {
  const s = Math.round(seconds)
  if (s < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`
}

/** `1 copy`, `3 copies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
