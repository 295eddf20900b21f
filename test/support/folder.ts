import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of all temporary files, gone when all tests are done. */
    readonly folder: string
  }
}

/** A folder of its own for one test file, gone when it is done. */
export function temporaryFolder(): string {
  const folder = lastingFolder()
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder for a module that several test files share, one after the other in one process. */
export function lastingFolder(): string {
  return mkdtempSync(join(inject('folder'), 'spinpool-test-'))
}
