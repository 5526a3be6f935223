import type { KernelContext } from '../context';
import type { DriveTable } from '../drives';
import { KernelError, type Done } from '../errno';
import { Registry } from '../registry';
import { NvmeController, type ControllerHome, type ImportSpec } from './controller';

const nvmeMajor = 259;

/** The node's NVMe-oF controllers, one per NQN. */
export class NvmeImports implements ControllerHome {
  private readonly controllers = new Registry<NvmeController>();

  constructor(
    private readonly context: KernelContext,
    private readonly drives: DriveTable,
  ) {}

  list(): NvmeController[] {
    return [...this.controllers.list()];
  }

  find(nqn: string): NvmeController | undefined {
    return this.controllers.find(nqn);
  }

  /** See Registry. */
  group(by: (controller: NvmeController) => string | undefined, key: string): readonly NvmeController[] {
    return this.controllers.group(by, key);
  }

  /**
   * nvme connect. ECONNREFUSED: nothing listens. EINVAL: the NQN is unknown or this host is not allowed, which
   * look alike. ETIMEDOUT: no answer. The namespace may come later, or never.
   */
  connect(spec: ImportSpec, done: Done<NvmeController>): void {
    if (this.controllers.find(spec.nqn)) return done(new KernelError('EALREADY', `${spec.nqn} is connected already`));
    const peer = this.context.network.nodeAt(spec.address.address);
    if (peer !== undefined && this.context.network.connects(this.context.node, peer)) {
      return this.attempt(spec, peer, done);
    }
    this.context.clock.setTimer(this.context.timings.connectTimeoutMs, () => {
      if (peer !== undefined && this.context.network.connects(this.context.node, peer)) {
        return this.attempt(spec, peer, done);
      }
      done(new KernelError('ETIMEDOUT', `no answer from ${spec.address.address}:${spec.address.port}`));
    });
  }

  /** nvme disconnect. Does not care who uses the device. */
  disconnect(nqn: string, done: Done): void {
    const controller = this.controllers.find(nqn);
    if (!controller) return done(undefined);
    controller.disconnect(() => {
      this.deleted(controller);
      done(undefined);
    });
  }

  /** The node lost its power: its connections are gone. */
  halt(): void {
    for (const controller of this.list()) controller.halt();
  }

  linkChanged(peer: string): void {
    for (const controller of this.list()) controller.linkChanged(peer);
  }

  newDeviceName(): { name: string; number: string } {
    return { name: `nvme${this.drives.nextInstance()}n1`, number: `${nvmeMajor}:${this.context.nextNumber()}` };
  }

  deleted(controller: NvmeController): void {
    if (this.controllers.find(controller.spec.nqn) === controller) this.controllers.delete(controller.spec.nqn);
    this.context.notify({ subject: 'import', nqn: controller.spec.nqn });
  }

  private attempt(spec: ImportSpec, peer: string, done: Done<NvmeController>): void {
    if (this.controllers.find(spec.nqn)) return done(new KernelError('EALREADY', `${spec.nqn} is connected already`));
    const controller = new NvmeController(this.context, this, spec, peer);
    this.controllers.set(spec.nqn, controller);
    const answer = controller.open();
    if (answer === 'live') return done(undefined, controller);
    this.controllers.delete(spec.nqn);
    const { address, port } = spec.address;
    if (answer === 'refused') return done(new KernelError('ECONNREFUSED', `${address}:${port} refuses connections`));
    done(new KernelError('EINVAL', `${address}:${port} denies ${spec.nqn} to this host`));
  }
}
