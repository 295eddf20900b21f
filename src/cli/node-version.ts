// Imported before everything else: on an older Node the first thing that is missing would be named, not what to do about it.

/** As in package.json. */
const [MAJOR, MINOR] = [20, 19]

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < MAJOR || (major === MAJOR && minor < MINOR)) {
  process.stderr.write(`spinpool: Node ${process.versions.node} is too old; needed: ${MAJOR}.${MINOR} or later\n`)
  process.exit(4)
}
