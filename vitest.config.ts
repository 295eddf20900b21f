import { readdirSync, readFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/**
 * A project is a folder of test/. Folders of one order run together, three files at a time on two cores: many tests wait for
 * processes. Runs come after the rest, as some are judged by the clock: beside them are others that wait for most of their
 * time. Physics loads every core with threads of its own, so its files come last and two by two.
 */
const projects = [
  ...['cli', 'archive', 'library', 'pages', 'figures', 'analysis', 'kernels', 'neural'].map((name) => ({
    name,
    maxWorkers: 3,
    groupOrder: 0,
  })),
  { name: 'runs', maxWorkers: 3, groupOrder: 1 },
  { name: 'physics', maxWorkers: 2, groupOrder: 2 },
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

/**
 * Files of a project one after the other, as they share processes: in one that has run others before, HDF5 and the kernels are
 * compiled, which takes a second of a core. Slow files first: a long one that began last would leave the other cores with
 * nothing to do.
 */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = new Set(files.filter(({ moduleId }) => isSlow(moduleId)))
    const rank = (file: TestSpecification): number =>
      2 * projects.findIndex(({ name }) => name === file.project.name) + (slow.has(file) ? 0 : 1)
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
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
    projects: projects.map(({ name, maxWorkers, groupOrder }) => ({
      extends: true,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        exclude: mode === 'quick' ? slowFilesIn(`test/${name}`) : [],
        maxWorkers,
        isolate: false,
        sequence: { groupOrder },
      },
    })),
  },
}))
