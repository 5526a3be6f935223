import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ControllerDefinition } from '../../src/csi/gen/csi';
import { DirectLauncher } from '../../src/sim/cluster/processes/direct';
import type { ControllerSpec, Launcher, SimProcess } from '../../src/sim/cluster/processes/process';
import { callsOver } from '../../src/sim/cluster/processes/sockets';
import type { ControllerCalls } from '../../src/sim/kubernetes/csi-calls';

/** Where a process finds the API server. */
interface Door {
  readonly url: string;
  readonly token: string;
}

/**
 * The controller in a process of its own, as in a cluster: it is called through its gRPC socket, and calls the API
 * server over HTTP. The nodes' processes share this one with the API server, and call their host agents directly.
 */
export class ControllerApart implements Launcher {
  readonly #nodes = new DirectLauncher();
  #child: ChildProcess | undefined;

  constructor(
    private readonly folder: string,
    private readonly door: Door,
  ) {}

  controller({ clock }: ControllerSpec): SimProcess<ControllerCalls> {
    const socket = `${this.folder}/csi.sock`;
    const running = () => this.#child !== undefined;
    return {
      name: 'controller',
      csi: callsOver<ControllerCalls>(ControllerDefinition, socket, clock),
      get running() {
        return running();
      },
      start: () => this.#start(`unix://${socket}`),
      kill: () => void this.#child?.kill('SIGKILL'),
    };
  }

  node(spec: Parameters<Launcher['node']>[0]): ReturnType<Launcher['node']> {
    return this.#nodes.node(spec);
  }

  /** CPU that the controller's process has used since it started. */
  async cpuMs(): Promise<number> {
    this.#child!.send('cpu');
    const [answer] = (await once(this.#child!, 'message')) as [{ cpuMs: number }];
    return answer.cpuMs;
  }

  async #start(endpoint: string): Promise<void> {
    const { url, token } = this.door;
    const file = join(import.meta.dirname, 'controller-process.ts');
    this.#child = fork(file, [url, token, endpoint], { execArgv: process.execArgv });
    await once(this.#child, 'message');
  }
}
