import type { Parameter } from '../model.ts'

/** Parameters of H = -J Σ⟨ij⟩ s_i s_j - h Σ s_i, k_B = 1. */
export const isingParameters: readonly Parameter[] = [
  {
    name: 'J',
    default: 1,
    describe: 'coupling; > 0 ferromagnet, < 0 antiferromagnet',
    refuse: (J) => (J === 0 ? 'must not be 0' : undefined),
  },
  { name: 'h', default: 0, describe: 'magnetic field' },
]
