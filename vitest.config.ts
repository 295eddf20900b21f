import { defineConfig } from 'vitest/config'

/**
 * A project is a folder of test/. Folders of one order run together, two files at a time. Physics loads every core with
 * threads of its own, so its files come last and one by one.
 */
const projects = [
  ...['kernels', 'runs', 'archive', 'analysis', 'cli', 'neural', 'figures', 'pages'].map((name) => ({
    name,
    maxWorkers: 2,
    groupOrder: 0,
  })),
  { name: 'physics', maxWorkers: 1, groupOrder: 1 },
]

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**'] },
    projects: projects.map(({ name, maxWorkers, groupOrder }) => ({
      extends: true,
      test: { name, include: [`test/${name}/**/*.test.ts`], maxWorkers, sequence: { groupOrder } },
    })),
  },
})
