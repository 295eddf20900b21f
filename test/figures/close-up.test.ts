import { describe, expect, it } from 'vitest'
import { binned } from '../../src/view/figure/archive/binned.ts'
import { scaleOf } from '../../src/view/figure/chart-scale.ts'
import { figureSpec } from '../../src/view/figure/chart-spec.ts'
import { closeUpOf, meetingOf } from '../../src/view/figure/close-up.ts'
import { renderSvg } from '../../src/view/figure/render.ts'
import { chosenTicks, evenTicks } from '../../src/view/figure/ticks.ts'

const grid = Array.from({ length: 25 }, (_, k) => 2 + 0.025 * k)

describe('a close-up', () => {
  it('has two measured points on both sides of all crossings and their errors', () => {
    expect(closeUpOf([{ at: 2.26 }, { at: 2.27, error: 0.003 }], grid)).toEqual([2.225, 2.3])
    expect(closeUpOf([{ at: 2.2, error: Number.NaN }, { at: 2.3 }], grid)?.map((x) => Number(x.toFixed(6)))).toEqual([2.15, 2.35])
  })

  it('is none where there is no crossing inside, or the whole shows as much', () => {
    expect(closeUpOf([], grid)).toBe(undefined)
    expect(closeUpOf([{ at: 3 }], grid)).toBe(undefined)
    expect(closeUpOf([{ at: 2.27, error: 0.5 }], grid)).toBe(undefined)
    expect(closeUpOf([{ at: 2.27 }], [2.2, 2.3, 2.4])).toBe(undefined)
  })

  it('is what a picture shows: nothing outside has a say in its axes', async () => {
    const line = (name: string, slope: number) => ({
      name,
      x: grid,
      y: grid.map((T) => (T > 2.5 ? 1000 : slope * (T - 2.27))),
      mark: 'points and line' as const,
    })
    const chart = {
      kind: 'chart' as const,
      id: 'a',
      title: 'a',
      x: { label: 'x' },
      y: { label: 'y' },
      series: [line('L = 8', 1), line('L = 16', 2)],
      description: 'a',
    }
    const whole = await renderSvg(figureSpec([chart]))
    const close = await renderSvg(figureSpec([{ ...chart, closeUp: [2.225, 2.3] }]))
    expect(whole).toContain('>1,000<')
    expect(close).not.toContain('>1,000<')
    expect(close).toContain('>2.27<')
    expect(close).not.toContain('>2.4<')
  })
})

describe('curves of two sizes', () => {
  const curve = (slope: number, noise = 0, error = 0.01) => ({
    x: grid,
    y: grid.map((T, k) => slope * (T - 2.26) + (k % 2 ? noise : -noise)),
    error: grid.map(() => error),
  })

  it('meet where their difference changes its sign', () => {
    expect(meetingOf(curve(-1), curve(-3))?.at).toBeCloseTo(2.26, 10)
  })

  it('meet nowhere where they are equal within their errors, or stay apart', () => {
    expect(meetingOf(curve(-1, 0.01), curve(-1, -0.01))).toBe(undefined)
    expect(meetingOf({ ...curve(-1), y: grid.map(() => 1) }, { ...curve(-1), y: grid.map(() => 2) })).toBe(undefined)
  })

  it('meet once although they touch below', () => {
    const touching = grid.map((T, k) => (T < 2.15 ? 0.002 * (k % 2) : -3 * (T - 2.26)))
    const flat = grid.map((T) => (T < 2.15 ? 0.001 : -(T - 2.26)))
    expect(meetingOf({ ...curve(1), y: flat }, { ...curve(1), y: touching })?.at).toBeCloseTo(2.26, 10)
  })

  it('may have other temperatures each', () => {
    const other = grid.map((T) => T + 0.01).filter((T) => T < 2.5)
    expect(meetingOf(curve(-1), { x: other, y: other.map((T) => -3 * (T - 2.26)) })?.at).toBeCloseTo(2.26, 10)
  })
})

describe('labels of an axis', () => {
  it('are the sizes, those of them that have room', () => {
    expect(scaleOf({ label: 'L', log: true, ticks: [32, 8, 16, 8] }, { data: [8, 16, 32] }, 500).ticks).toEqual([8, 16, 32])
    expect(chosenTicks([8, 9, 10, 20], [7, 21], (value) => 10 * value, 26)).toEqual([10, 20])
    expect(chosenTicks([8, 9], [8.5, 21], (value) => 10 * value, 26)).toBe(undefined)
  })

  it('are round numbers on a short logarithmic axis', () => {
    expect(scaleOf({ label: 'm', log: true }, { data: [0.65, 0.78] }, 300).ticks).toEqual([0.65, 0.7, 0.75])
    expect(evenTicks([0, 3], 10, true)).toEqual([0, 1, 2, 3])
  })
})

describe('many noisy lines', () => {
  it('are their mean and where most of their values are, in equal parts', () => {
    const lines = [
      [0, 10, 1, 2, 5],
      [20, 30, 3, Number.NaN, 7],
    ]
    expect(binned([1, 2, 3, 4, 5], lines, 3, 0)).toEqual({
      x: [1.5, 3.5, 5],
      y: [15, 2, 6],
      band: { low: [0, 1, 5], high: [30, 3, 7] },
      length: 2,
    })
    const even = Array.from({ length: 101 }, (_, k) => k)
    expect(binned(even, [even], 1, 0.1)).toMatchObject({ x: [50], y: [50], band: { low: [10], high: [90] } })
  })
})
