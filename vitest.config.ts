import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    // Physics runs bring their own worker threads; two files at once would only take turns.
    fileParallelism: false,
    coverage: { provider: 'v8', include: ['src/**'] },
  },
})
