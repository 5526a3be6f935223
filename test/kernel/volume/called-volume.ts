import { volumes } from '../../../src/api/resources';
import type { MeshStorVolume } from '../../../src/api/model';
import { Caller } from '../../integration/suite/csi';
import { smallest } from './data';
import type { LabWorld, SuiteUser } from './lab-world';

/**
 * A volume for which a test makes the CSI calls, as sidecars and kubelets do: again, until it has been done. That a
 * node is dead is nothing that a pod waits for.
 */
export class CalledVolume {
  readonly caller: Caller;

  private constructor(private readonly user: SuiteUser) {
    this.caller = new Caller(user());
  }

  static async create(user: SuiteUser): Promise<CalledVolume> {
    const volume = new CalledVolume(user);
    const requiredBytes = String(Number.parseInt(smallest) * 1024 ** 2);
    await volume.#done('creating', () => volume.caller.create({ capacityRange: { requiredBytes } }));
    return volume;
  }

  get name(): string {
    return this.caller.volumeId;
  }

  /** A file in the mounted volume. */
  get file(): string {
    return `${this.caller.target('a')}/data`;
  }

  get world(): LabWorld {
    return this.user.world();
  }

  async now(): Promise<MeshStorVolume> {
    return (await this.world.kube.get(volumes, this.name))!;
  }

  /** The nodes of its copies, the first copy's first. */
  async copies(): Promise<string[]> {
    return (await this.user().partitionsOf(await this.now())).map(({ spec }) => spec.nodeName);
  }

  async use(node: string): Promise<void> {
    await this.#done('attaching', () => this.caller.attach(node));
    await this.#done('staging', () => this.caller.stage(node));
    await this.#done('publishing', () => this.caller.publish(node, 'a'));
  }

  async detach(node: string): Promise<void> {
    await this.#done('detaching', () => this.caller.detach(node));
  }

  /** Until as many copies as there are to be are in sync and on record. */
  async whole(copies = 2): Promise<void> {
    await this.world.eventually(`${this.name} to be whole`, async () => {
      const { status } = await this.now();
      return status?.phase === 'Synced' && status.mdState === 'active' && status.inSync?.length === copies;
    });
  }

  /** The whole way down from the node that uses it. */
  async remove(node: string): Promise<void> {
    await this.#done('unpublishing', () => this.caller.unpublish(node, 'a'));
    await this.#done('unstaging', () => this.caller.unstage(node));
    await this.detach(node);
    await this.#done('deleting', () => this.caller.delete());
  }

  async #done(what: string, call: () => Promise<string>): Promise<void> {
    await this.world.eventually(`${what} to succeed`, async () => (await call()) === 'OK');
  }
}
