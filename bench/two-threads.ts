import type { SimulationData } from 'spinpool'
import { type Figure, figure, ratios } from './figure.ts'

interface TwoThreads {
  readonly rounds: number
  /** What is counted, as in `flips`. */
  readonly work: string
  /** A whole run on that many threads, the same work for any number. */
  readonly whole: (threads: number) => Promise<unknown>
  /** One C program of a second or more, which shares nothing with another; undefined where there is no compiler. */
  readonly program: ((seed: number) => Promise<unknown>) | undefined
  readonly atLeast: number
  /** What else belongs to a round. */
  readonly besides?: (round: number) => Promise<void>
}

/**
 * Whole runs on two threads against one, by the wall clock; and two C programs at once against one, the control: what two
 * cores of this machine are worth to programs that share nothing at all. No program can do better than that.
 */
export async function twoThreads({ rounds, work, whole, program, atLeast, besides }: TwoThreads): Promise<Figure[]> {
  const seen = { one: [] as number[], two: [] as number[], oneProgram: [] as number[], twoPrograms: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    seen.one.push(1 / (await secondsOf(() => whole(1))))
    seen.two.push(1 / (await secondsOf(() => whole(2))))
    if (program) {
      seen.oneProgram.push(await atOnce(program, 1))
      seen.twoPrograms.push(await atOnce(program, 2))
    }
    await besides?.(round)
  }
  const gain = ratios(seen.two, seen.one)
  const figures = [figure(`${work} by time, two threads / one`, 'x', gain, { atLeast })]
  if (!program) return figures
  const worth = ratios(seen.twoPrograms, seen.oneProgram)
  return [
    ...figures,
    figure('control: two C programs at once / one', 'x', worth),
    figure('two threads / control', 'x', ratios(gain, worth)),
  ]
}

/** Work by time of that many programs at once. */
async function atOnce(program: (seed: number) => Promise<unknown>, programs: number): Promise<number> {
  return programs / (await secondsOf(() => Promise.all(Array.from({ length: programs }, (_, seed) => program(seed)))))
}

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return (performance.now() - start) / 1000
}

/** Share of all threads' time that went into one kind, in percent, of all kinds or of some. */
export function shareOf({ timing }: SimulationData, kind: string, kinds: readonly string[] = Object.keys(timing)): number {
  const all = kinds.reduce((sum, name) => sum + (timing[name] as number), 0)
  return (100 * (timing[kind] as number)) / all
}
