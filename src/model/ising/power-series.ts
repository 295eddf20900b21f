// Power series in one variable, truncated: coefficients of x^0, x^1, ... All of one sum or product have the same length.

export type PowerSeries = readonly number[]

export function product(a: PowerSeries, b: PowerSeries): number[] {
  return a.map((_, m) => {
    let sum = 0
    for (let i = 0; i <= m; i++) sum += (a[i] as number) * (b[m - i] as number)
    return sum
  })
}

export function sum(...all: readonly PowerSeries[]): number[] {
  return (all[0] ?? []).map((_, m) => all.reduce((total, one) => total + (one[m] as number), 0))
}

export function times(factor: number, a: PowerSeries): number[] {
  return a.map((value) => factor * value)
}

/** x^power a(x) */
export function raised(a: PowerSeries, power: number): number[] {
  return a.map((_, m) => a[m - power] ?? 0)
}

/** 1 / a, of a series that does not begin with 0. */
export function reciprocal(a: PowerSeries): number[] {
  const inverse: number[] = []
  for (let m = 0; m < a.length; m++) {
    let rest = m === 0 ? 1 : 0
    for (let i = 1; i <= m; i++) rest -= (a[i] as number) * (inverse[m - i] as number)
    inverse.push(rest / (a[0] as number))
  }
  return inverse
}

/** ln a, of a series that begins with 1: a (ln a)' = a'. */
export function logarithm(a: PowerSeries): number[] {
  const log: number[] = [0]
  for (let m = 1; m < a.length; m++) {
    let rest = m * (a[m] as number)
    for (let i = 1; i < m; i++) rest -= i * (log[i] as number) * (a[m - i] as number)
    log.push(rest / m)
  }
  return log
}

/** e^a, of a series that begins with 0: (e^a)' = a' e^a. */
export function exponential(a: PowerSeries): number[] {
  const result: number[] = [1]
  for (let m = 1; m < a.length; m++) {
    let rest = 0
    for (let i = 1; i <= m; i++) rest += i * (a[i] as number) * (result[m - i] as number)
    result.push(rest / m)
  }
  return result
}
