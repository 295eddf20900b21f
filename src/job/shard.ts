import { UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'

/** One of several parts that a job is cut into, to run each on a machine of its own. */
export interface Shard {
  /** 1 to count. */
  readonly index: number
  readonly count: number
}

/** Reads `2/4`. @throws UsageError */
export function readShard(text: string, where: string): Shard {
  const match = /^\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*$/.exec(text)
  const [index, count] = [Number(match?.[1]), Number(match?.[2])]
  if (!match || index < 1 || index > count) {
    throw new UsageError(`${where}: ${shown(text)} is not possible; allowed: i/n, the i-th of n parts, from 1/n to n/n, such as 2/4`)
  }
  return { index, count }
}

/** `2/4` */
export function shardName({ index, count }: Shard): string {
  return `${index}/${count}`
}

/**
 * Deals work out to parts: the most expensive first, each to the part that has least so far. It depends on the costs alone.
 *
 * @returns for each cost the part that it goes to, 1 to `parts`
 */
export function dealOut(costs: readonly number[], parts: number): number[] {
  const load = new Array<number>(parts).fill(0)
  const part = new Array<number>(costs.length).fill(0)
  const order = [...costs.keys()].sort((a, b) => (costs[b] as number) - (costs[a] as number) || a - b)
  for (const i of order) {
    const least = load.reduce((best, seconds, k) => (seconds < (load[best] as number) ? k : best), 0)
    load[least] = (load[least] as number) + (costs[i] as number)
    part[i] = least + 1
  }
  return part
}
