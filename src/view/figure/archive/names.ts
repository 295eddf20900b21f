/** Names of the columns that figures may draw, and which of them were asked for. */
import { UsageError } from '../../../errors.ts'
import { didYouMean, shown } from '../../../text/suggestion.ts'
import { columnOf } from '../../column.ts'
import type { Selection } from './selection.ts'

/** Names of everything that is one number at each temperature: the model's table first, then the others by name. */
export function columnNames({ description, simulations }: Selection): readonly string[] {
  const [first] = simulations
  if (!first) return []
  const scalars = Object.keys(first.quantities).filter((name) => first.quantities[name]?.shape.length === 0)
  return [...new Set([...description.table.filter((name) => columnOf(first, name)), ...scalars])]
}

/**
 * The names that were asked for, `all` for all of them.
 *
 * @param known what is possible
 * @param also what is possible too, but too much to list
 * @throws UsageError for one that is not known, with what is
 */
export function askedFor(asked: readonly string[], known: readonly string[], also: (name: string) => boolean = () => false): string[] {
  const wrong = asked.find((name) => name !== 'all' && !known.includes(name) && !also(name))
  if (wrong !== undefined || asked.length === 0)
    throw new UsageError(
      `--observable: ${shown(wrong ?? '')} is not possible${didYouMean(wrong ?? '', known)}; there are: ${[...known, 'all'].join(', ')}`,
    )
  return [...new Set(asked.flatMap((name) => (name === 'all' ? known : [name])))]
}
