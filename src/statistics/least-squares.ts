import { CholeskyDecomposition, Matrix, solve } from 'ml-matrix'
import { combine, covarianceOf, type Estimate } from './estimate.ts'

/** A fit of y = Σ_p parameter_p × row_p to numbers with errors. */
export interface LeastSquares {
  /** Errors come through the fit from those of the data, and are enlarged by √(χ²/dof) where that is above 1. */
  readonly parameters: readonly Estimate[]
  readonly chiSquared: number
  /** Degrees of freedom; 0 where the fit cannot be judged. */
  readonly freedom: number
}

/**
 * Generalised least squares: data that share sources, as crossings of L = 16, 32 and 32, 64 do, are not independent, and their
 * covariance goes into the weights and into χ².
 *
 * @param y data
 * @param rows what the parameters are multiplied by, (data, parameters); may depend on other numbers with errors
 * @returns undefined where the data have no errors, or the covariance is no covariance
 */
export function leastSquares(
  y: readonly Estimate[],
  rows: (others: readonly number[]) => readonly (readonly number[])[],
  others: readonly Estimate[] = [],
): LeastSquares | undefined {
  const factors = y.map((value) => value.error)
  if (!factors.every((error) => error > 0 && Number.isFinite(error))) return undefined
  // In units of the errors, so that the numbers are all of order 1.
  const correlation = new Matrix(y.map((a, i) => y.map((b, j) => covarianceOf(a, b) / ((factors[i] as number) * (factors[j] as number)))))
  const cholesky = new CholeskyDecomposition(correlation)
  if (!cholesky.isPositiveDefinite()) return undefined
  const { lowerTriangularMatrix } = cholesky
  /** Data that are independent of each other and have the error 1. */
  const white = (column: readonly number[]): number[] =>
    solve(lowerTriangularMatrix, Matrix.columnVector(column.map((value, i) => value / (factors[i] as number)))).to1DArray()
  const fitted = (values: readonly number[]) => {
    const design = rows(values.slice(y.length))
    const columns = (design[0] ?? []).map((_, p) => white(design.map((row) => row[p] as number)))
    const data = white(values.slice(0, y.length))
    const found = solve(new Matrix(columns).transpose(), Matrix.columnVector(data)).to1DArray()
    const residuals = data.map(
      (value, i) => value - columns.reduce((sum, column, p) => sum + (found[p] as number) * (column[i] as number), 0),
    )
    return { found, chiSquared: residuals.reduce((sum, residual) => sum + residual ** 2, 0) }
  }
  const inputs = [...y, ...others]
  const whole = fitted(inputs.map(({ mean }) => mean))
  const freedom = y.length - whole.found.length
  const enlarge = freedom > 0 ? Math.max(1, Math.sqrt(whole.chiSquared / freedom)) : 1
  return {
    parameters: whole.found.map((_, p) =>
      enlarged(
        combine(inputs, (values) => fitted(values).found[p] as number),
        enlarge,
      ),
    ),
    chiSquared: whole.chiSquared,
    freedom,
  }
}

function enlarged({ mean, error, left }: Estimate, factor: number): Estimate {
  if (factor === 1) return { mean, error, left }
  return {
    mean,
    error: error * factor,
    left: new Map([...left].map(([source, values]) => [source, values.map((value) => mean + factor * (value - mean))])),
  }
}
