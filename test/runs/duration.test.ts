import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDuration } from '../../src/text/duration.ts'

const day = 86_400

/** The message of a refusal; undefined where the value is accepted. */
function refusal(value: unknown): string | undefined {
  try {
    readDuration(value, '--time')
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ name: 'UsageError', exitCode: 2 })
    return (error as Error).message
  }
}

describe('a duration', () => {
  it.each<[string, number]>([
    ['2h', 7200],
    ['90m', 5400],
    ['45s', 45],
    ['0.5s', 0.5],
    ['1.5h', 5400],
    ['1d', day],
    ['1h30m', 5400],
    ['1h 30m', 5400],
    ['1d2h3m4s', day + 7384],
    ['0h5m', 300],
    [' 2h\n', 7200],
    ['12:00:00', day / 2],
    ['100:00:00', 360_000],
    ['0:00:01', 1],
    ['1:2:3', 3723],
    ['1-12:00:00', 1.5 * day],
    ['0-00:30:00', 1800],
    ['3650d', 3650 * day],
  ])('of %j is %d seconds', (text, seconds) => {
    expect(readDuration(text, '--time')).toBe(seconds)
  })

  it.each<[unknown, string]>([
    ['90', `'90' has no unit; write 90m or 90s`],
    [' 90 ', `' 90 ' has no unit; write 90m or 90s`],
    [90, '90 has no unit; write 90m or 90s'],
    [1.5, '1.5 has no unit; write 1.5m or 1.5s'],
    [0, '0 is no duration'],
    ['0', `'0' is no duration`],
    ['0s', `'0s' is no time at all`],
    ['0:00:00', `'0:00:00' is no time at all`],
    [`0.${'0'.repeat(400)}1s`, 'is no time at all'],
    [-5, '-5 is no duration'],
    ['-5m', `'-5m' is no duration`],
    ['1h-5m', `'1h-5m' is no duration`],
    [Number.NaN, 'NaN is no duration'],
    [Number.POSITIVE_INFINITY, 'Infinity is no duration'],
    ['NaN', `'NaN' is no duration`],
    ['Infinitys', 'is no duration'],
    ['1e3s', 'is no duration'],
    ['5w', `'5w' is no duration`],
    ['5 minutes', 'is no duration'],
    ['2H', 'is no duration'],
    ['30m1h', 'is no duration'],
    ['1h1h', 'is no duration'],
    ['h', 'is no duration'],
    ['1.h', 'is no duration'],
    ['1:2', `'1:2' is no duration`],
    ['1-12', 'is no duration'],
    ['1:60:00', 'is no duration'],
    ['1:00:60', 'is no duration'],
    ['1-1:00:99', 'is no duration'],
    ['1:2:3:4', 'is no duration'],
    ['12:00:00.5', 'is no duration'],
    ['', `'' is no duration`],
    ['   ', 'is no duration'],
    ['1h\n30', 'is no duration'],
    ['3651d', `'3651d' is more than 10 years`],
    ['3650-00:00:01', 'is more than 10 years'],
    [`${'9'.repeat(400)}h`, 'is more than 10 years'],
    [null, 'null is no duration'],
    [undefined, 'undefined is no duration'],
    [true, 'true is no duration'],
    [['2h'], '["2h"] is no duration'],
    [{}, '{} is no duration'],
  ])('is not %j', (value, says) => {
    const message = refusal(value)
    expect(message).toContain(says)
    expect(message).toMatch(/^--time: [^\n]+; allowed: 2h, 90m, 45s, 1h30m, 12:00:00 or 1-12:00:00$/)
  })

  it('is positive and finite, or refused on one line', () => {
    const pieces = fc.constantFrom('d', 'h', 'm', 's', ':', '-', '.', ' ', '0', '00', '59', '60', '1', 'e', '9'.repeat(30), '٣')
    const text = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(text, fc.anything(), fc.string()), (value) => {
        const message = refusal(value)
        const seconds = message === undefined ? readDuration(value, '--time') : 1
        return seconds > 0 && Number.isFinite(seconds) && !message?.includes('\n')
      }),
      { numRuns: 5000 },
    )
  })
})
