import { totalmem } from 'node:os'

/** Bytes of memory that this process may use: those of the machine, or fewer if it is limited to fewer, as in a container. */
export function machineMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}
