import { defineConfig } from 'vitest/config'

const physics = ['ising-physics', 'o6-physics', 'o6-tempering', 'tempering', 'ising-kernel', 'o6-kernel', 'ising-reference', 'statistics']
// These wait for a cluster, or for what was killed to begin again, and leave the cores to the physics meanwhile.
const waiting = ['slurm', 'kill']
const files = (names: readonly string[]): string[] => names.map((name) => `test/${name}.test.ts`)

export default defineConfig({
  test: {
    testTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**'] },
    // Runs bring their own worker threads; two files of a kind at once would only take turns.
    fileParallelism: false,
    projects: [
      { extends: true, test: { name: 'physics', include: files(physics), sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'waiting', include: files(waiting), sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: { name: 'other', include: ['test/**/*.test.ts'], exclude: files([...physics, ...waiting]), sequence: { groupOrder: 1 } },
      },
    ],
  },
})
