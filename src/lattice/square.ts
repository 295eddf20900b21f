import type { Lattice } from './lattice.ts'

/** L x L sites, each with four neighbours, periodic along both directions. */
export const square: Lattice = {
  name: 'square',
  title: 'L x L torus',
  boundary: 'periodic',
  shape: (size) => [size, size],
  directions: [
    { name: 'y', longName: 'lattice site along y' },
    { name: 'x', longName: 'lattice site along x' },
  ],
  // A ring of odd length takes three.
  colours: (size) => (size % 2 === 0 ? 2 : 3),
}
