#!/usr/bin/env node
import './node-version.ts'

// The version of Node is looked at before anything else is loaded: an older one cannot even parse some of what comes then.
const { runCommandLine } = await import('./command-line.ts')
await runCommandLine(process.argv.slice(2))
