import yargs, { type Argv } from 'yargs'
import { packageVersion } from '../archive/provenance.ts'
import { EXIT, messageOf, SpinpoolError, UsageError } from '../errors.ts'
import { Terminal } from './terminal.ts'
import { commonOptions, openTerminal, type Verb } from './verb.ts'
import { loadVerbs, verbNames } from './verbs.ts'
import { checkFlags, explain, NO_VERB } from './wrong-usage.ts'

// The command line: the only place that prints or exits.

async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.done
  const verbs = await loadVerbs(argv)
  const completes = argv.includes('--get-yargs-completions')
  const helps = completes || argv.some((word) => /^--help|^-\w*h/.test(word))
  const parser = yargs([...argv])
    .scriptName('spinpool')
    // Messages are read below, and all the rest is English too.
    .locale('en')
    .usage('$0 <verb>\n\nMonte Carlo of lattice spin models on every core of a machine, archived in HDF5.')
    .version(packageVersion())
    .help()
    .alias('h', 'help')
    .exitProcess(false)
    // Words that are not said to be numbers stay what they are: a file called 1.0 would become 1. For those by place it takes both.
    .parserConfiguration({ 'duplicate-arguments-array': true, 'parse-numbers': false, 'parse-positional-numbers': false })
    .options(commonOptions)
    .strict()
    .demandCommand(1, NO_VERB)
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .fail((message: string | null, error: Error | undefined) => {
      if (error && error.name !== 'YError') throw error
      throw new UsageError(explain(message ?? error?.message ?? 'wrong usage', argv, verbs, verbNames))
    })
  for (const verb of verbs) {
    parser.command(
      verb.usage,
      verb.describe,
      (builder: Argv) => {
        if (helps) for (const [command, what] of verb.examples) builder.example(command, what)
        const options = completes ? withChoices(verb) : helps ? verb.options : hidden(verb.options)
        return builder.options(options).epilogue(helps ? (verb.more ?? '') : '')
      },
      async (flags) => {
        checkFlags(flags, verb, argv)
        code = await verb.act(flags, openTerminal(flags))
      },
    )
  }
  await parser.parseAsync()
  return code
}

function withChoices({ options, values = {} }: Verb): Verb['options'] {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { choices: values[name], ...option }]))
}

/** Yargs formats the help of every command, even if it is not shown, which takes about 0.1 s. Hidden options are left out of it. */
function hidden(options: Verb['options']): Verb['options'] {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, hidden: true }]))
}

/** Yargs takes no value that begins with a dash; those of --sbatch do. */
function joinDashed(words: readonly string[]): string[] {
  return words.flatMap((word, i) => {
    if (word === '--sbatch' && words[i + 1]?.startsWith('-')) return []
    return words[i - 1] === '--sbatch' && word.startsWith('-') ? [`--sbatch=${word}`] : [word]
  })
}

/** Runs one command line, and sets the exit code of the process. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away (| head): what it wanted it has.
    if (error.code === 'EPIPE' || process.exitCode === EXIT.machine) return
    process.exitCode = EXIT.machine
    new Terminal({}).error(`stdout: cannot be written (${messageOf(error)})`)
  })
  process.stderr.on('error', () => {})
  const argv = words.length === 0 ? ['--help'] : joinDashed(words)
  try {
    const code = await main(argv)
    process.exitCode ??= code
  } catch (error) {
    const debug = argv.some((word, i) => word === '--log-level=debug' || (word === '--log-level' && argv[i + 1] === 'debug'))
    const terminal = new Terminal({ logLevel: debug ? 'debug' : 'info' })
    const message = messageOf(error)
    terminal.error(message.includes('uv_cwd') ? 'the working folder is not there any more; go to another one' : message)
    if (error instanceof Error && error.stack) terminal.debug(error.stack)
    process.exitCode = error instanceof SpinpoolError ? error.exitCode : EXIT.machine
  }
}
