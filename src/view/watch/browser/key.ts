// What the colours of lines mean. The energy has the first of them in every chart, order parameters have the others.
import { at } from './elements.ts'

/** Variables of the style sheet. */
export const COLOURS: readonly string[] = ['--accent', '--series-1', '--series-2', '--series-3']

/** @param entries a variable of the style sheet, and what is drawn in it */
export function showKey(id: string, entries: readonly (readonly [colour: string, name: string])[]): void {
  const key = at(id)
  const told = entries.map(([, name]) => name).join('\n')
  if (key.dataset.told === told) return
  key.dataset.told = told
  key.replaceChildren(
    ...entries.map(([colour, name]) => {
      const [entry, sample] = [document.createElement('span'), document.createElement('span')]
      sample.className = 'swatch line'
      sample.style.background = `var(${colour})`
      entry.append(sample, shortOf(name))
      return entry
    }),
  )
}

/** `superconducting order` of `superconducting order (M1^2 + M2^2) / N^2`. */
export function shortOf(longName: string): string {
  return longName.replace(/(?:, | \().*$/, '').replace(/^absolute value of the (.+?)( per site)?$/, '|$1|$2')
}
