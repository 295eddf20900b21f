// What is on the page, by its id, and numbers as text.

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
  if (typeof seconds !== 'number') return NOTHING
  const s = Math.round(seconds)
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`
}

/** A temperature as people write it. */
export function temperature(value: number): string {
  return String(Number(value.toPrecision(6)))
}
