import { UsageError } from '../errors.ts'
import { type Dataset, partNames } from './dataset.ts'
import { identityOf } from './hash.ts'
import { Random } from './random.ts'

/** Shares of all groups, each from 0 to below 1; what is left is trained on. */
export interface Shares {
  readonly validation: number
  readonly test: number
}

/**
 * Deals the examples out to training, validation and test: whole groups, in an order that the seed alone decides. Where the
 * data have no groups each example is by itself, but equal examples stay together, so that none is both trained on and tested;
 * and so do those that training with symmetries would make of each other.
 * Data that say of themselves which part a row belongs to keep that, whatever the shares are.
 *
 * @param seed decimal digits, or any text
 * @param symmetries those that training draws from
 * @returns (count) 0 train, 1 validation, 2 test; indices of `partNames`
 * @throws UsageError where a share is not possible, where the data's own parts divide a group, or there are too few groups for the parts asked for
 */
export function splitParts(dataset: Dataset, { validation, test }: Shares, seed: string, symmetries: readonly string[] = []): Int8Array {
  if (dataset.part) return checkedParts(dataset, dataset.part)
  for (const [name, share] of Object.entries({ validation, test })) {
    if (!(share >= 0 && share < 1)) throw new UsageError(`the share of ${name} is ${share}; allowed: from 0 to below 1`)
  }
  if (validation + test >= 1) {
    throw new UsageError(`the shares of validation (${validation}) and test (${test}) leave nothing to train on; allowed: below 1 together`)
  }
  const groups = groupsOf(dataset, symmetries)
  const count = groups.reduce((most, group) => Math.max(most, group + 1), 0)
  const parts = [1, validation, test].filter((share) => share > 0).length
  if (count < parts) {
    const one = count === 1
    const what = dataset.group ? `independent ${one ? 'group' : 'groups'} of examples` : `different ${one ? 'example' : 'examples'}`
    throw new UsageError(
      `the data have ${count} ${what}, and training, validation and test need one each; ask for fewer parts, or make more data${dataset.group ? ', such as with more --copies' : ''}`,
    )
  }
  const rounded = (share: number): number => (share === 0 ? 0 : Math.max(1, Math.round(share * count)))
  let [tested, validated] = [rounded(test), rounded(validation)]
  // Rounded up both, they may have left nothing to train on.
  while (tested + validated >= count) {
    if (tested > validated) tested--
    else validated--
  }
  const order = new Random('split', seed).shuffle(Array.from({ length: count }, (_, group) => group))
  const part = new Int8Array(count)
  for (const [place, group] of order.entries()) part[group] = place < tested ? 2 : place < tested + validated ? 1 : 0
  return Int8Array.from(groups, (group) => part[group] as number)
}

/** @throws UsageError where the rows of one group are in several parts */
function checkedParts({ group }: Dataset, part: Int8Array): Int8Array {
  const parts = new Map<number, number>()
  group?.forEach((own, row) => {
    const before = parts.get(own) ?? (part[row] as number)
    if (before !== part[row]) {
      throw new UsageError(
        `the data put examples of group ${own} into ${partNames[before]} and ${partNames[part[row] as number]}, though they depend on each other; allowed: one part for each group`,
      )
    }
    parts.set(own, before)
  })
  return part.slice()
}

/** The group of every example, numbered 0, 1, 2 ... in order of appearance. */
function groupsOf(dataset: Dataset, symmetries: readonly string[]): Int32Array {
  const { count, group } = dataset
  const numbers = new Map<number | string, number>()
  const identity = group ? undefined : identityOf(dataset, symmetries)
  return Int32Array.from({ length: count }, (_, row) => {
    const key = group ? (group[row] as number) : (identity?.(row) ?? row)
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, numbers.size)
    return numbers.size - 1
  })
}
