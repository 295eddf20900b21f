import { defineConfig } from 'vitest/config'

// These load every core with threads of their own, or say how soon something must happen.
const names = [
  'ising-physics',
  'o6-physics',
  'o6-tempering',
  'tempering',
  'gang',
  'reproducible',
  'run',
  'limits',
  'signals',
  'phases-physics',
]
const alone = names.map((name) => `test/${name}.test.ts`)

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**'] },
    projects: [
      // Many of these wait, for processes that begin, for a cluster; two at once fill the cores.
      {
        extends: true,
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: alone, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
