import type { Transition } from '../../neural/transition.ts'
import { formatWithError } from '../../text/number.ts'
import { jsonNumber } from '../../text/cell.ts'
import { alignRows } from '../../text/table.ts'

// Crossings and their limit, for people and for programs.

export function transitionText({ crossings, pairs, fit }: Transition, nu: number): string {
  const parts: string[] = []
  if (crossings.length > 0) {
    const rows = crossings.map(({ size, temperature, error }) => [String(size), formatWithError(temperature, error)])
    parts.push(alignRows([['L', 'p = 1/2 at T'], ...rows]))
  } else {
    parts.push('no output goes through 1/2')
  }
  if (pairs.length > 0) {
    const rows = pairs.map(({ sizes, temperature, error }) => [sizes.join(', '), formatWithError(temperature, error)])
    parts.push(alignRows([['L', 'outputs equal at T'], ...rows]))
  }
  if (fit) {
    const quality = fit.freedom > 0 ? `chi²/dof = ${fit.chiSquared.toFixed(1)}/${fit.freedom}` : 'two sizes, so the fit cannot be judged'
    const power = nu === 1 ? '1/L' : `L^(-1/${nu})`
    parts.push(
      `T(L) = T_c + b ${power}: T_c = ${formatWithError(fit.intercept, fit.interceptError)}, b = ${formatWithError(fit.slope, fit.slopeError)}, ${quality}`,
    )
  } else {
    parts.push('T_c for L → ∞ needs crossings of two sizes, with errors')
  }
  return parts.join('\n\n')
}

export function transitionJson({ crossings, pairs, fit }: Transition, nu: number): Record<string, unknown> {
  return {
    nu,
    crossings: crossings.map(({ size, temperature, error }) => ({ size, temperature, error: jsonNumber(error) })),
    pairs: pairs.map(({ sizes, temperature, error }) => ({ sizes, temperature, error: jsonNumber(error) })),
    ...(fit
      ? {
          tc: { value: fit.intercept, error: jsonNumber(fit.interceptError) },
          slope: { value: fit.slope, error: jsonNumber(fit.slopeError) },
          chiSquared: fit.chiSquared,
          degreesOfFreedom: fit.freedom,
        }
      : {}),
  }
}
