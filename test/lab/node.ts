import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { connectAgent, dialUnix, type Command } from './agent';
import { bootNode, consoleFile, shareFolder, type Machine } from './boot';
import { exec, execRaw, LabProcess, type ExecOptions, type ExecResult } from './commands';
import { LabDrive } from './drive';
import { isAlive, killGroup, signalProcess, type ProcessId } from './processes';
import { relay } from './relay';
import { readJson } from './slot';
import { hostId, hostNqn, type NodeSpec } from './spec';

export interface SpawnOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string;
  /** Of the log file. Default: the program's name. Several processes of one name share a file. */
  name?: string;
}

/** One machine of the lab. */
export class LabNode {
  readonly name: string;
  readonly drives: readonly LabDrive[];
  private readonly servers = new Set<Server>();
  private readonly connections = new Set<Socket>();

  constructor(
    private readonly spec: NodeSpec,
    private readonly machine: Machine,
  ) {
    this.name = spec.name;
    this.drives = spec.drives.map((_, i) => new LabDrive(this, spec, machine.folder, i));
  }

  /** The node's InternalIP: how servers of this machine and other nodes reach it. */
  get managementAddress(): string {
    return this.machine.network.address('management', this.spec);
  }

  /** For NVMe-oF; nothing outside the lab reaches it. */
  get storageAddress(): string {
    return this.machine.network.address('storage', this.spec);
  }

  get hostNqn(): string {
    return hostNqn(this.spec);
  }

  get hostId(): string {
    return hostId(this.spec);
  }

  /** A folder of this machine that the node sees as /lab/host. A name that the node has read must not be reused. */
  get sharedFolder(): string {
    return shareFolder(this.machine.folder);
  }

  /** Runs a command to its end. Does not depend on the networks that tests cut. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return exec(this.connect, argv, options);
  }

  /** Runs a bash script to its end. */
  sh(script: string, options?: ExecOptions): Promise<ExecResult> {
    return this.exec(['bash', '-c', script], options);
  }

  /** Runs a bash script in which everything must succeed; returns what it printed, trimmed. */
  async must(script: string, options?: ExecOptions): Promise<string> {
    const { code, stdout, stderr } = await this.sh(`set -euo pipefail\n${script}`, options);
    if (code !== 0) throw new Error(`On ${this.name}, ended with ${code}: ${script}\n${stderr}${stdout}`);
    return stdout.trim();
  }

  /** Starts a program that goes on until it ends, is killed, the node loses power, or the lab is closed. */
  async spawn(argv: readonly string[], { env, cwd, stdin, name }: SpawnOptions = {}): Promise<LabProcess> {
    const log = join(this.machine.folder, 'logs', `${name ?? argv[0]!.split('/').at(-1)!}.log`);
    const command: Command = { argv, ...(env && { env }), ...(cwd !== undefined && { cwd }) };
    return LabProcess.start(this.connect, command, log, stdin);
  }

  /** Writes a file of the node; it appears whole or not at all. */
  async push(path: string, data: string | Buffer, { mode = 0o644 } = {}): Promise<void> {
    const script = 'mkdir -p "${1%/*}" && cat > "$1.$2" && chmod "$3" "$1.$2" && mv "$1.$2" "$1"';
    const argv = ['sh', '-c', script, 'push', path, randomUUID(), mode.toString(8)];
    const { code, stderr } = await this.exec(argv, { stdin: data });
    if (code !== 0) throw new Error(`Cannot write ${path} on ${this.name}: ${stderr}`);
  }

  /** Reads a file of the node. */
  async pull(path: string): Promise<Buffer> {
    const { code, stdout, stderr } = await execRaw(this.connect, ['cat', path]);
    if (code !== 0) throw new Error(`Cannot read ${path} on ${this.name}: ${stderr.toString()}`);
    return stdout;
  }

  /** Makes a Unix socket of the node reachable from this process; returns host:port. It lasts as long as the lab. */
  async forwardSocket(path: string): Promise<string> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      void relay(socket, async () => dialUnix(await this.connect(), path), this.connections);
    });
    this.servers.add(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    return `127.0.0.1:${address.port}`;
  }

  /** Ends a process of the node by its number there. */
  async killProcess(pid: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { code, stderr } = await this.exec(['kill', `-${signal.slice(3)}`, String(pid)]);
    if (code !== 0) throw new Error(`Cannot send ${signal} to ${pid} on ${this.name}: ${stderr}`);
  }

  async isUp(): Promise<boolean> {
    const id = await this.process();
    return id !== undefined && isAlive(id);
  }

  /** The node loses power: nothing is flushed, nobody is told. Drives and root file system keep what reached them. */
  async powerCut(): Promise<void> {
    const id = await this.process();
    if (id !== undefined) await killGroup(id);
    // Nobody tells this machine either: without this, what ran there would be waited for.
    for (const connection of this.connections) connection.destroy();
  }

  /** Boots the node, the first time or after a power cut. */
  async boot(): Promise<void> {
    if (await this.isUp()) throw new Error(`Lab node ${this.name} is up`);
    await mkdir(this.machine.folder, { recursive: true });
    await bootNode(this.spec, this.machine);
  }

  /** The node freezes: it neither computes nor answers, and its clock goes on. */
  async pause(): Promise<void> {
    signalProcess(await this.running(), 'SIGSTOP');
  }

  async resume(): Promise<void> {
    signalProcess(await this.running(), 'SIGCONT');
  }

  /** Storage network: frames to and from the node vanish. The interface keeps its carrier. */
  cutLink(): Promise<void> {
    return this.machine.network.cut('storage', this.spec);
  }

  healLink(): Promise<void> {
    return this.machine.network.heal('storage', this.spec);
  }

  /** Management network: the node loses the API server and everybody on it. */
  cutManagement(): Promise<void> {
    return this.machine.network.cut('management', this.spec);
  }

  healManagement(): Promise<void> {
    return this.machine.network.heal('management', this.spec);
  }

  /** What the kernel and init have printed since the lab was made. */
  console(): Promise<string> {
    return readFile(consoleFile(this.machine.folder), 'utf8');
  }

  /** Lets go of everything this process holds of the node; the node itself goes on. */
  disconnect(): void {
    for (const server of this.servers) server.close();
    for (const connection of this.connections) connection.destroy();
  }

  private readonly connect = async (): Promise<Socket> => {
    const connection = await connectAgent(this.machine.network.address('control', this.spec));
    this.connections.add(connection);
    return connection.on('close', () => this.connections.delete(connection));
  };

  private process(): Promise<ProcessId | undefined> {
    return readJson<ProcessId>(join(this.machine.folder, 'process.json'));
  }

  private async running(): Promise<ProcessId> {
    const id = await this.process();
    if (id === undefined || !isAlive(id)) throw new Error(`Lab node ${this.name} is not up`);
    return id;
  }
}
