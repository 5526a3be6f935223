import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

interface ControllerConfig {
  readonly bundle: string;
  readonly kubeconfigPath: string;
  readonly socketPath: string;
  readonly logFile: string;
}

/** The product's controller on this machine, beside the API server. */
export class ControllerProcess {
  #child: ChildProcess | undefined;

  constructor(private readonly config: ControllerConfig) {}

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const { bundle, kubeconfigPath, socketPath, logFile } = this.config;
    const anyPort = '127.0.0.1:0';
    const addresses = ['--metrics-address', anyPort, '--health-address', anyPort];
    const flags = ['--kubeconfig', kubeconfigPath, '--csi-endpoint', `unix://${socketPath}`, ...addresses];
    const child = spawn(process.execPath, [bundle, 'controller', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const log = createWriteStream(logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the controller ended with ${code}; see ${logFile}`)));
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => line.includes('"message":"ready"') && resolve());
      }
    });
  }

  /** Kills it without warning; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
