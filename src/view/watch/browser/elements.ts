// What is on the page, by its id, and numbers as text.
import { formatSeconds } from '../../../text/number.ts'

/** In JSON what is not a number is null. */
export type Maybe = number | null | undefined

export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`)
  return found
}

export const at = (id: string): HTMLElement => element(id, HTMLElement)
export const buttonAt = (id: string): HTMLButtonElement => element(id, HTMLButtonElement)
export const selectAt = (id: string): HTMLSelectElement => element(id, HTMLSelectElement)

export const NOTHING = '\u2013'

export function fixed(value: Maybe, digits: number): string {
  return typeof value === 'number' ? value.toFixed(digits).replace('-', '\u2212') : NOTHING
}

export function duration(seconds: Maybe): string {
  return typeof seconds === 'number' ? formatSeconds(Math.round(seconds)) : NOTHING
}

/** A temperature as people write it. */
export function temperature(value: number): string {
  return String(Number(value.toPrecision(6)))
}
