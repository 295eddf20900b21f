import { z } from 'zod'

/** Parameters of H = -J Σ⟨ij⟩ s_i s_j - h Σ s_i, in units of k_B T. */
export const isingParameters = z.strictObject({
  J: z
    .number()
    .refine((J) => J !== 0, 'must not be 0')
    .default(1)
    .describe('coupling; > 0 ferromagnet, < 0 antiferromagnet'),
  h: z.number().default(0).describe('magnetic field'),
})
