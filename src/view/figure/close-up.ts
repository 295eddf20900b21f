/** Where to look closely: a range of the horizontal axis around crossings, in which a crossing and points on both sides of it are seen. */

/** Where two curves meet, with its standard error if that is known. */
export interface Meeting {
  readonly at: number
  readonly error?: number
}

/** Measured points that are seen on each side. */
const BESIDE = 2
/** A range of more than this share of the whole axis is no close-up. */
const MOST = 0.6

/**
 * @param grid where there are measured points, in any order
 * @returns undefined where there is no crossing, or where the whole axis shows it as well
 */
export function closeUpOf(meetings: readonly Meeting[], grid: readonly number[]): readonly [number, number] | undefined {
  const points = [...new Set(grid)].filter(Number.isFinite).sort((a, b) => a - b)
  const [first, last] = [points[0], points.at(-1)]
  const inside = meetings.filter(({ at }) => first !== undefined && last !== undefined && at >= first && at <= last)
  if (first === undefined || last === undefined || inside.length === 0) return undefined
  const least = Math.min(...inside.map(({ at, error = 0 }) => at - (error || 0)))
  const most = Math.max(...inside.map(({ at, error = 0 }) => at + (error || 0)))
  const air = (most - least) / 2
  const low = Math.max(first, Math.min(least - air, points.filter((x) => x < least).at(-BESIDE) ?? first))
  const high = Math.min(last, Math.max(most + air, points.filter((x) => x > most)[BESIDE - 1] ?? last))
  return high > low && high - low < MOST * (last - first) ? [low, high] : undefined
}

/** A curve with errors, x ascending; NaN is a gap. */
interface Curve {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly error?: readonly number[]
}

/** Standard errors by which one curve must be above the other on one side of a crossing, and below it on the other side. */
const CLEAR = 3

/** Where two curves change places, by straight lines; undefined where they do so within their errors only, or not at all. */
export function meetingOf(one: Curve, other: Curve): Meeting | undefined {
  const gaps = one.x.flatMap((x, i) => {
    const [there, here] = [valueAt(other, x), { y: one.y[i] ?? Number.NaN, error: one.error?.[i] || 0 }]
    const gap = here.y - (there?.y ?? Number.NaN)
    return Number.isFinite(gap) ? [{ x, gap, clear: Math.abs(gap) > CLEAR * Math.hypot(here.error, there?.error ?? 0) }] : []
  })
  const clear = gaps.filter((one) => one.clear && one.gap !== 0)
  // The last clear change: at low temperatures curves touch, and above a transition they stay apart.
  const k = clear.findLastIndex(({ gap }, i) => i > 0 && gap * (clear[i - 1]?.gap ?? 0) < 0)
  const [before, after] = [clear[k - 1], clear[k]]
  if (k < 1 || !before || !after) return undefined
  const between = gaps.filter(({ x }) => x >= before.x && x <= after.x)
  const i = between.findIndex(({ gap }, n) => n > 0 && gap * before.gap <= 0)
  const [from, to] = [between[i - 1], between[i]]
  if (!from || !to) return undefined
  return { at: from.x + ((to.x - from.x) * from.gap) / (from.gap - to.gap) }
}

function valueAt({ x, y, error }: Curve, at: number): { readonly y: number; readonly error: number } | undefined {
  const k = x.findIndex((value) => value >= at)
  if (k < 0 || (k === 0 && x[0] !== at)) return undefined
  const [from, to] = [Math.max(0, k - 1), k]
  const [a = 0, b = 0] = [x[from], x[to]]
  const share = b > a ? (at - a) / (b - a) : 0
  const mixed = (values: readonly number[]): number =>
    share === 1 ? (values[to] ?? Number.NaN) : (values[from] ?? Number.NaN) * (1 - share) + (values[to] ?? Number.NaN) * share
  return { y: mixed(y), error: error ? mixed(error) || 0 : 0 }
}
