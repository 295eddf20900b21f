import { describe, expect, it } from 'vitest'
import { sparkline, sparklines } from '../../src/view/report/sparkline.ts'

describe('a sparkline', () => {
  it('goes from the lowest bar to the highest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█')
    expect(sparkline(Float64Array.of(-1, -3, -2))).toBe('█▁▅')
  })

  it('shows what is no number as a space, and keeps its place', () => {
    expect(sparkline([1, Number.NaN, 2, Number.POSITIVE_INFINITY])).toBe('▁ █ ')
    expect(sparkline([Number.NaN, Number.NaN])).toBe('  ')
    expect(sparkline([])).toBe('')
  })

  it('is flat where values are equal, and bears the largest numbers there are', () => {
    expect(sparkline([2, 2, 2])).toBe('▁▁▁')
    expect(sparkline([-Number.MAX_VALUE, 0, Number.MAX_VALUE])).toBe('▁▅█')
  })

  it('stands between its name and its range, and not at all where there is nothing', () => {
    const lines = sparklines([
      ['energy', [-1.7455301, -1]],
      ['binder', [Number.NaN, Number.NaN]],
      ['specific_heat', [Number.NaN, 0.25]],
    ])
    expect(lines).toEqual(['energy         ▁█  -1.7455 .. -1', 'specific_heat   ▁  0.25 .. 0.25'])
  })

  it('leaves values out where there is no room for all of them, not the first and the last', () => {
    const values = Array.from({ length: 500 }, (_, i) => i)
    const [line = ''] = sparklines([['energy', values]], 40)
    expect(line).toMatch(/^energy {2}▁+▂+▃+▄+▅+▆+▇+█+ {2}0 \.\. 499$/)
    expect(line.length).toBe(40)
    expect(sparklines([['energy', values]])[0]?.length).toBe(500 + 8 + 10)
  })
})
