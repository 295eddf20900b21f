import { readFileSync, realpathSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { codeOf, messageOf } from '../errors.ts'
import { formatBytes } from '../text/bytes.ts'

/** Why there was no room for a file, and on which disk; undefined where the error is about something else. */
export function lackOfRoom(error: unknown, path: string): string | undefined {
  // HDF5 hands on no code, only the words of the operating system somewhere in its stack.
  const said = `${codeOf(error)} ${messageOf(error)}`
  const why = /ENOSPC|No space left/i.test(said)
    ? 'no space left; make room'
    : /EDQUOT|quota exceeded|system error -122\b/i.test(said)
      ? 'the disk quota is used up; make room'
      : /EFBIG|File too large/i.test(said)
        ? 'larger than a file may be here; see ulimit -f'
        : undefined
  const disk = why && describeDisk(path)
  return disk ? `${why} (${disk})` : why
}

/** `the disk mounted at /mnt/x has 0 bytes free of 1 MiB`, of the folder that a path is or would be in; empty where nothing is known. */
export function describeDisk(path: string): string {
  try {
    const folder = nearestFolder(path)
    const { bavail, blocks, bsize, ffree, files } = statfsSync(folder)
    // What only root may still use (bfree) is of no help here; nor is a disk without inodes, which reports 0 files.
    const room = `${formatBytes(bavail * bsize)} free of ${formatBytes(blocks * bsize)}${files > 0 && ffree === 0 ? ', but no room for another file' : ''}`
    const mounted = mountPoint(folder)
    return `the disk ${mounted ? `mounted at ${mounted}` : `of ${folder}`} has ${room}`
  } catch {
    return ''
  }
}

/** Without symbolic links, as the list of mounts has it. */
function nearestFolder(path: string): string {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      return realpathSync(folder)
    } catch (error) {
      if (folder === dirname(folder)) throw error
    }
  }
}

/** @returns undefined where the operating system keeps no such list (it is Linux's) */
function mountPoint(path: string): string | undefined {
  try {
    const points = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) =>
        (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
      )
    const above = points.filter((point) => point !== '' && `${path}/`.startsWith(point === '/' ? '/' : `${point}/`))
    return above.reduce<string | undefined>((longest, point) => (point.length > (longest?.length ?? 0) ? point : longest), undefined)
  } catch {
    return undefined
  }
}
