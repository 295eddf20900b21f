import { describe, expect, it } from 'vitest'
import { finiteSizeJson, finiteSizeText } from '../../src/view/report/finite-size.ts'
import { type FiniteSizeScaling, finiteSizeScaling, type ScalingFit } from '../../src/statistics/finite-size.ts'
import { type Noise, scalingCurves } from '../support/scaling-curves.ts'

/** As of runs four times as long as that of bench/coverage-exponents.ts, where corrections to scaling are as large as noise. */
const NOISE: Noise = { height: 0.002, temperature: 0.0006 }
const SEEDS = 40

const made = (sizes: readonly number[], seed: number, noise = NOISE): FiniteSizeScaling =>
  finiteSizeScaling(sizes.map((size) => scalingCurves(size, seed, noise)))
const nameOf = ({ name, from }: ScalingFit): string => `${name} from ${from}`

describe.each([[[8, 16, 32]], [[8, 16, 32, 64]]])('of 40 seeds, L = %j,', (sizes) => {
  const fits = new Map<string, ScalingFit[]>()
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const fit of made(sizes, seed).fits) fits.set(nameOf(fit), [...(fits.get(nameOf(fit)) ?? []), fit])
  }
  const share = (all: readonly ScalingFit[], error: (fit: ScalingFit) => number): number =>
    all.filter((fit) => Math.abs(fit.value.mean - (fit.exact as number)) <= error(fit)).length / all.length

  it.each([...fits])('the quoted error covers what is exact: %s', (name, all) => {
    expect(all).toHaveLength(SEEDS)
    const covered = share(all, ({ value }) => value.error)
    // 68 % of 40 seeds has an error of 7 %.
    expect(covered, name).toBeGreaterThan(0.5)
    // Where there is a shift more of them are covered: noise makes a shift too.
    expect(covered, name).toBeLessThan(all.some(({ shift }) => shift !== undefined) ? 0.98 : 0.9)
    expect(
      share(all, ({ value }) => 2 * value.error),
      name,
    ).toBeGreaterThan(0.85)
  })
})

describe('a quoted error', () => {
  it('contains the shift, and the statistical one is beside it', () => {
    const { fits } = made([8, 16, 32, 64], 1)
    expect(fits).toHaveLength(7)
    for (const { value, statisticalError, shift } of fits) {
      expect(value.error).toBe(Math.hypot(statisticalError, shift as number))
      expect(value.error).toBeGreaterThan(statisticalError)
    }
  })

  it('is the statistical one of two sizes, which is said', () => {
    const scaling = made([8, 16], 1)
    for (const { value, statisticalError, shift } of scaling.fits) {
      expect(shift).toBeUndefined()
      expect(value.error).toBe(statisticalError)
    }
    expect(finiteSizeText(scaling)).toContain('errors are statistical only')
    expect(finiteSizeText(made([8, 16, 32], 1))).toContain('where there is none they are statistical only')
  })

  it('has in JSON the statistical one, and heights of peaks are marked as biased there and in the text', () => {
    const scaling = made([8, 16, 32, 64], 2)
    const { fits } = finiteSizeJson(scaling) as { fits: Record<string, unknown>[] }
    for (const [i, fit] of fits.entries()) {
      const { value, statisticalError, shift } = scaling.fits[i] as ScalingFit
      expect(fit).toMatchObject({ value: value.mean, error: value.error, statisticalError, shift })
      expect(fit.biased).toBe(String(fit.from).startsWith('heights') ? true : undefined)
    }
    const lines = finiteSizeText(scaling).split('\n')
    expect(lines.filter((line) => line.includes(' * '))).toEqual([expect.stringMatching(/gamma\/nu .* heights of susceptibility \* /)])
    expect(lines.filter((line) => line.startsWith('* '))).toEqual([expect.stringContaining('biased on small lattices')])
  })

  it('is far above the statistical one where small lattices do not fit, which is said', () => {
    const { notes } = made([8, 16, 32, 64], 1, { height: 2e-5, temperature: 6e-6 })
    expect(notes.at(-1)).toContain('larger lattices are needed')
  })
})
