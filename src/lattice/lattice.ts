/**
 * Where the sites of a model are, and which of them are neighbours. A kernel may know its lattice; nothing else assumes more than
 * what is said here.
 */
export interface Lattice {
  readonly name: string
  /** As in `L x L torus`, with L the linear size. */
  readonly title: string
  /** As in `periodic`. */
  readonly boundary: string
  /** The linear sizes along each direction, slowest first. */
  readonly shape: (size: number) => readonly number[]
  /** Names of these directions. */
  readonly directions: readonly { readonly name: string; readonly longName: string }[]
  /** Fewest colours of the sites such that no two neighbours share one. */
  readonly colours: (size: number) => number
}

/** Number of sites. */
export function sitesOf(lattice: Lattice, size: number): number {
  return lattice.shape(size).reduce((product, length) => product * length, 1)
}
