import type { Parameter, Parameters } from '../model.ts'

/** Sizes of J that sums over lattices and bins hold without overflow, and that are not lost beside each other. */
const [LEAST, MOST] = [1e-100, 1e100]

/** Parameters of H = -J Σ⟨ij⟩ s_i s_j - h Σ s_i, k_B = 1. */
export const isingParameters: readonly Parameter[] = [
  {
    name: 'J',
    default: 1,
    describe: 'coupling; > 0 ferromagnet, < 0 antiferromagnet',
    refuse: (J) =>
      J === 0
        ? 'must not be 0'
        : Math.abs(J) < LEAST || Math.abs(J) > MOST
          ? `must lie between ${LEAST} and ${MOST}, or ${-MOST} and ${-LEAST}; only J/T and h/T matter`
          : undefined,
  },
  {
    name: 'h',
    default: 0,
    describe: 'magnetic field',
    refuse: (h) => (Math.abs(h) > MOST ? `must lie between ${-MOST} and ${MOST}; only J/T and h/T matter` : undefined),
  },
]

/**
 * Above this temperature almost every proposal is accepted: all spins turn in every sweep, together, and the start is never forgotten.
 */
export function hottestIsing({ J = 1, h = 0 }: Parameters): number {
  return 1e6 * Math.max(Math.abs(J), Math.abs(h))
}
