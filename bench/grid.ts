/** The grid that every claim is about: 128 temperatures from 1.5 to 3.5, evenly spaced, as a job and as numbers. */
export const GRID = '1.5:3.5/128'
export const temperatures: readonly number[] = Array.from({ length: 128 }, (_, i) => 1.5 + (2 * i) / 127)

/** Eight of them, ends included: a program that steps one lattice is timed at these. */
export const fewTemperatures: readonly number[] = Array.from({ length: 8 }, (_, i) => temperatures[Math.round((127 * i) / 7)] as number)

/** Linear size of the claims. */
export const SIZE = 64
