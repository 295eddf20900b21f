import type { Cut } from './scheme.ts'
import type { Point, Slot } from './spec.ts'

/** Every copy of the points is whole in one ladder, which has as many copies as fit into one bundle, and at least one. */
export const wholeCopies: Cut = {
  slots: (points, copies, lanes) => {
    const width = Math.max(1, Math.floor(lanes / points.length)) * points.length
    return slices(slotsOf(points, copies), width).map((slots) => ({ points, slots }))
  },
  copies: (bundles, points, lanes) =>
    points > lanes ? Math.ceil(bundles / Math.ceil(points / lanes)) : bundles * Math.floor(lanes / points),
}

/** Lanes are filled as they come, a bundle for each ladder. */
export const filledLanes: Cut = {
  slots: (points, copies, lanes) => slices(slotsOf(points, copies), lanes).map((slots) => used(points, slots)),
  copies: (bundles, points, lanes) => Math.max(Math.floor((bundles * lanes) / points), Math.floor(((bundles - 1) * lanes) / points) + 1),
}

/** Copy by copy, rung by rung. */
function slotsOf(points: readonly Point[], copies: number): Slot[] {
  return Array.from({ length: copies * points.length }, (_, i) => ({ copy: Math.floor(i / points.length), rung: i % points.length }))
}

function slices<T>(all: readonly T[], width: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / width) }, (_, i) => all.slice(i * width, (i + 1) * width))
}

/** Only the points that slots are at: of a long grid a bundle needs few. */
function used(points: readonly Point[], slots: readonly Slot[]): { readonly points: readonly Point[]; readonly slots: readonly Slot[] } {
  const indices = [...new Set(slots.map(({ rung }) => rung))].sort((a, b) => a - b)
  const place = new Map(indices.map((index, i) => [index, i]))
  return {
    points: indices.map((index) => points[index] as Point),
    slots: slots.map(({ copy, rung }) => ({ copy, rung: place.get(rung) as number })),
  }
}
