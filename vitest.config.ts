import { readdirSync, readFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/**
 * A project is a folder of test/. Folders of one order run together, three files at a time on two cores: many tests wait for
 * processes. Runs come after the rest, as some are judged by the clock: beside them are others that wait for most of their
 * time. Physics loads every core with threads of its own, so its files come last and two by two.
 */
const projects = [
  ...['archive', 'cli', 'pages', 'neural'].map((name) => ({ name, maxWorkers: 3, groupOrder: 0, isolate: true })),
  // Not isolated: a file whose process has run others before finds HDF5 and the kernels compiled, which takes a second of a core.
  ...['kernels', 'analysis', 'figures'].map((name) => ({ name, maxWorkers: 3, groupOrder: 0, isolate: false })),
  { name: 'runs', maxWorkers: 3, groupOrder: 1, isolate: true },
  { name: 'physics', maxWorkers: 2, groupOrder: 2, isolate: false },
]

/** A file that takes many seconds says so itself. */
function isSlow(path: string): boolean {
  return readFileSync(path, 'utf8').includes('// @module-tag slow')
}

function slowFilesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`)
    .filter(isSlow)
}

/** Slow files first: a long one that began last would leave the other cores with nothing to do. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const slow = new Set(sorted.filter(({ moduleId }) => isSlow(moduleId)))
    return [...slow, ...sorted.filter((file) => !slow.has(file))]
  }
}

/** With --mode quick without the slow files. */
export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**'] },
    tags: [{ name: 'slow', description: 'takes many seconds' }],
    sequence: { sequencer: SlowFirst },
    projects: projects.map(({ name, maxWorkers, groupOrder, isolate }) => ({
      extends: true,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        exclude: mode === 'quick' ? slowFilesIn(`test/${name}`) : [],
        maxWorkers,
        isolate,
        sequence: { groupOrder },
      },
    })),
  },
}))
