import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

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
  'scaling',
]
const alone = names.map((name) => `test/${name}.test.ts`)

/** The longest files go first, in this order, so that none is left to run on its own when all others are done. */
const longest = ['kill', 'cli', 'slurm', 'death', 'resume', 'damage', 'statistics', 'slurm-script', 'network-cli', 'examples']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const i = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return i < 0 ? longest.length : i
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
