import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// A real Slurm of three nodes on this machine, in a temporary folder, without systemd: munged, slurmctld and three slurmd as
// children of the test. Nothing outside the folder is touched, and nothing is left running.

const NODES = ['n0', 'n1', 'n2'] as const
export type NodeName = (typeof NODES)[number]

/** Nodes that must be idle, and a daemon that must end, within this time; both take a second or two. */
const PATIENCE = 30_000

/** What a command printed. */
export interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Daemons are in /usr/sbin, which is not on every PATH. */
function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Slurm and munge are installed and we are root: without that tests of a cluster are skipped. */
export function available(): boolean {
  return process.getuid?.() === 0 && ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol'].every((program) => find(program) !== undefined)
}

export class SlurmCluster {
  readonly #folder: string
  readonly #environment: NodeJS.ProcessEnv
  readonly #daemons = new Map<string, ChildProcess>()
  /** The last resort: a test runner that leaves in a hurry still takes the daemons along. */
  readonly #onExit = (): void => this.#killEverything()

  private constructor(folder: string) {
    this.#folder = folder
    this.#environment = { ...ownEnvironment(), SLURM_CONF: join(folder, 'slurm.conf') }
    process.once('exit', this.#onExit)
  }

  /**
   * Starts all daemons and waits until the three nodes are idle, in a few seconds.
   *
   * @throws Error with the ends of the daemons' logs where they do not get there; nothing is left running then
   */
  static async start(): Promise<SlurmCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'spinpool-slurm-'))
    const cluster = new SlurmCluster(folder)
    try {
      await cluster.#configure()
      await cluster.#startDaemons()
      await cluster.#until(async () => (await cluster.#idle()) === NODES.length, 'three idle nodes')
      return cluster
    } catch (error) {
      const logs = cluster.#logs()
      await cluster.stop()
      throw new Error(`Slurm could not be started: ${error instanceof Error ? error.message : String(error)}\n${logs}`)
    }
  }

  /** The environment in which Slurm's commands find this cluster. */
  get environment(): NodeJS.ProcessEnv {
    return this.#environment
  }

  /** Runs a command such as sbatch or squeue. @throws Error with what it said where it fails */
  async run(command: string, args: readonly string[] = [], cwd: string = this.#folder): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(command, args, cwd)
    if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${code}: ${stderr.trim() || stdout.trim()}`)
    return stdout.trim()
  }

  /** The same, for commands that may fail. */
  attempt(command: string, args: readonly string[] = [], cwd: string = this.#folder): Promise<Printed> {
    return new Promise((resolve) => {
      execFile(find(command) ?? command, [...args], { cwd, env: this.#environment, encoding: 'utf8' }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, stdout, stderr: stderr || (error?.message ?? '') })
      })
    })
  }

  /** Key=value pairs that scontrol shows of a job or an array task: JobState, Restarts, ExitCode ... */
  async job(id: string): Promise<Readonly<Record<string, string>>> {
    const shown = await this.run('scontrol', ['-o', 'show', 'job', id])
    return Object.fromEntries([...shown.matchAll(/(\S+?)=(\S*)/g)].map((match) => [match[1] as string, match[2] as string]))
  }

  /** Waits until a job or an array task is in one of these states. @returns the state */
  async reaches(id: string, states: readonly string[], patience = 60_000): Promise<string> {
    let state = ''
    await this.#until(
      async () => {
        state = (await this.job(id)).JobState ?? ''
        return states.includes(state)
      },
      () => `job ${id} in ${states.join(' or ')}, which is ${state}`,
      patience,
    )
    return state
  }

  /** As when the power goes: slurmd and everything that runs on the node end at once, without a word to anyone. */
  async killNode(node: NodeName): Promise<void> {
    const daemon = this.#daemons.get(node)
    if (!daemon) throw new Error(`${node} is not running`)
    this.#daemons.delete(node)
    daemon.kill('SIGKILL')
    const there = this.#processes((environment) => environment.includes(`SLURMD_NODENAME=${node}`))
    // First the processes that watch over jobs: they would still report how those ended.
    for (const pid of new Set(there.map(parentOf).filter((pid) => commandOf(pid) === 'slurmstepd'))) kill(pid)
    for (const pid of there) kill(pid)
    await ended(daemon)
    // A controller would find out by itself after SlurmdTimeout, five minutes; this is what it does then.
    await this.run('scontrol', ['update', `NodeName=${node}`, 'State=DOWN', 'Reason=test'])
  }

  /** Brings a killed node back, and waits until it is idle. */
  async reviveNode(node: NodeName): Promise<void> {
    this.#startNode(node)
    await this.attempt('scontrol', ['update', `NodeName=${node}`, 'State=RESUME'])
    await this.#until(
      async () => /^(idle|mixed|allocated)$/.test(await this.run('sinfo', ['-h', '-n', node, '-o', '%T'])),
      `${node} back in service`,
    )
  }

  /** Ends every job and every daemon, and removes the folder. */
  async stop(): Promise<void> {
    try {
      if (this.#daemons.has('slurmctld')) {
        await this.attempt('scancel', ['--signal=KILL', '--full', '--user=root'])
        await this.attempt('scancel', ['--user=root'])
      }
      // Nodes first: they would wait for a controller that is gone.
      for (const name of [...NODES, 'slurmctld', 'munged']) {
        const daemon = this.#daemons.get(name)
        if (!daemon) continue
        daemon.kill('SIGTERM')
        if (!(await ended(daemon, 5000))) daemon.kill('SIGKILL')
        await ended(daemon)
        this.#daemons.delete(name)
      }
    } finally {
      this.#killEverything()
      process.off('exit', this.#onExit)
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  async #configure(): Promise<void> {
    for (const name of ['run', 'state', 'spool', 'log']) mkdirSync(join(this.#folder, name), { mode: 0o755 })
    for (const node of NODES) mkdirSync(join(this.#folder, 'spool', node))
    writeFileSync(join(this.#folder, 'munge.key'), randomBytes(1024), { mode: 0o600 })
    writeFileSync(join(this.#folder, 'slurm.conf'), configuration(this.#folder, await freePorts(1 + NODES.length)))
  }

  async #startDaemons(): Promise<void> {
    const within = (name: string): string => join(this.#folder, name)
    this.#start('munged', 'munged', [
      ...['--foreground', '--force', `--key-file=${within('munge.key')}`, `--socket=${within('run/munge.socket')}`],
      ...[`--pid-file=${within('run/munged.pid')}`, `--seed-file=${within('state/munge.seed')}`],
    ])
    await this.#until(async () => existsSync(within('run/munge.socket')), 'the socket of munged')
    this.#start('slurmctld', 'slurmctld', ['-D', '-c', '-f', within('slurm.conf')])
    for (const node of NODES) this.#startNode(node)
  }

  #startNode(node: NodeName): void {
    this.#start(node, 'slurmd', ['-D', '-c', '-f', join(this.#folder, 'slurm.conf'), '-N', node])
  }

  #start(name: string, program: string, args: readonly string[]): void {
    const log = openSync(join(this.#folder, 'log', `${name}.out`), 'a')
    const daemon = spawn(find(program) ?? program, args, { cwd: this.#folder, env: this.#environment, stdio: ['ignore', log, log] })
    daemon.on('error', () => {})
    this.#daemons.set(name, daemon)
  }

  async #idle(): Promise<number> {
    const { stdout } = await this.attempt('sinfo', ['-h', '-o', '%D', '-t', 'idle'])
    return Number(stdout.trim() || 0)
  }

  async #until(done: () => Promise<boolean>, what: string | (() => string), patience = PATIENCE): Promise<void> {
    const deadline = performance.now() + patience
    while (!(await done())) {
      if (performance.now() > deadline) throw new Error(`waited ${patience / 1000} s for ${typeof what === 'string' ? what : what()}`)
      const dead = [...this.#daemons].find(([, daemon]) => daemon.exitCode !== null || daemon.signalCode !== null)
      if (dead) throw new Error(`${dead[0]} ended by itself while waiting for ${typeof what === 'string' ? what : what()}`)
      await sleep(100)
    }
  }

  /** Ours are those whose environment names our configuration: daemons, steps, and whatever jobs started. */
  #processes(which: (environment: readonly string[]) => boolean = () => true): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid)
      .filter((pid) => {
        try {
          const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
          return environment.includes(`SLURM_CONF=${this.#environment.SLURM_CONF}`) && which(environment)
        } catch {
          return false
        }
      })
  }

  #killEverything(): void {
    for (const pid of this.#processes()) kill(pid)
  }

  #logs(): string {
    return readdirSync(join(this.#folder, 'log'))
      .map(
        (name) =>
          `${name}:\n${readFileSync(join(this.#folder, 'log', name), 'utf8')
            .split('\n')
            .slice(-6)
            .join('\n')}`,
      )
      .join('\n')
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

function statusOf(pid: number, key: string): string {
  try {
    return new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

function parentOf(pid: number): number {
  return Number(statusOf(pid, 'PPid') || 0)
}

function commandOf(pid: number): string {
  return statusOf(pid, 'Name')
}

async function ended(daemon: ChildProcess, patience = PATIENCE): Promise<boolean> {
  const deadline = performance.now() + patience
  while (daemon.exitCode === null && daemon.signalCode === null && daemon.pid !== undefined) {
    if (performance.now() > deadline) return false
    await sleep(20)
  }
  return true
}

/** Tests may themselves run in a job of another Slurm. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(?:SLURM|SBATCH|SALLOC|SRUN|SQUEUE|SINFO)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

/** Ports that nobody listens on now; all are asked for before any is given back, so they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => {
            const address = server.address()
            resolve(typeof address === 'object' && address !== null ? address.port : 0)
          })
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
  return ports
}

function configuration(folder: string, [control, ...nodePorts]: readonly number[]): string {
  const host = hostname().split('.')[0]
  return `ClusterName=ci
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/run/munge.socket,cred_expire=5
CryptoType=crypto/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd-%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd-%n.log
SlurmctldPort=${control}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
MpiDefault=none
ReturnToService=2
SwitchType=switch/none
KillWait=5
MinJobAge=300
${NODES.map((node, i) => `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${nodePorts[i]} CPUs=2 RealMemory=2000 State=UNKNOWN`).join('\n')}
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`
}
