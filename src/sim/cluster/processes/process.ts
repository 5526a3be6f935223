import type { PaceOptions } from '../../../controllers/volume/pace';
import type { HostAgent } from '../../../host/contract';
import type { Surroundings } from '../../../processes/surroundings';
import type { ControllerCalls, NodeCalls } from '../../kubernetes/csi-calls';

/** One of MeshStor's processes in the simulated world: it can be killed at any time and started again. */
export interface SimProcess<C> {
  readonly name: string;
  /** The CSI service it offers, good for all its lives. Calls fail as UNAVAILABLE while it is down. */
  readonly csi: C;
  readonly running: boolean;
  /** Resolves when its CSI service answers. */
  start(): Promise<void>;
  /** As SIGKILL: whatever it was doing, nothing more comes of it. */
  kill(): void;
}

export interface ControllerSpec extends Surroundings {
  readonly pace?: PaceOptions;
}

export interface NodeSpec extends ControllerSpec {
  readonly nodeName: string;
  readonly host: HostAgent;
}

/** How the processes are run: within this one's event loop, or behind real sockets. */
export interface Launcher {
  controller(spec: ControllerSpec): SimProcess<ControllerCalls>;
  node(spec: NodeSpec): SimProcess<NodeCalls>;
}
