import type { HostAgent } from '../../../src/host/contract';
import { HostError } from '../../../src/host/errors';

export interface Mount {
  readonly uid: string;
  readonly name: string;
  readonly kind: 'file system' | 'bind' | 'device';
  readonly readOnly: boolean;
  readonly fileSystem?: { type?: string; uuid?: string };
  readonly options?: readonly string[];
}

interface Ref {
  uid?: string;
  name?: string;
}

/** The mounts of one node, and of the host agent's verbs those that the CSI node service uses. */
export class HostDouble {
  readonly mounts = new Map<string, Mount>();
  /** Called after something was mounted or unmounted. */
  changed: () => void = () => undefined;
  /** Called before each verb takes effect; what it throws, the caller gets. */
  before: (verb: string) => void | Promise<void> = () => undefined;

  get agent(): HostAgent {
    return this as unknown as HostAgent;
  }

  /** Paths of one volume, by its name. */
  pathsOf(name: string): string[] {
    return [...this.mounts].filter(([, mount]) => mount.name === name).map(([path]) => path);
  }

  async getStack({ volumeUid }: { volumeUid: string }) {
    await this.before('getStack');
    const mountPaths = [...this.mounts].filter(([, mount]) => mount.uid === volumeUid).map(([path]) => path);
    return { imports: [], members: [], mountPaths };
  }

  async listStacks() {
    await this.before('listStacks');
    return { volumes: [...this.mounts.values()].map(({ uid, name }) => ({ uid, name })).filter(isFirst) };
  }

  async mountVolume(request: { volume: Ref; fileSystem: object; path: string; options: string[] }) {
    await this.before('mountVolume');
    const { fileSystem, options } = request;
    this.mount(request.path, request.volume, { kind: 'file system', readOnly: false, fileSystem, options });
    return {};
  }

  async bindMount({
    volume,
    source,
    path,
    readOnly,
  }: {
    volume: Ref;
    source: string;
    path: string;
    readOnly: boolean;
  }) {
    await this.before('bindMount');
    if (this.mounts.get(source)?.uid !== volume.uid) throw new HostError('NotFound', `${source} is not mounted`);
    this.mount(path, volume, { kind: 'bind', readOnly });
    return {};
  }

  async bindDevice({ volume, path, readOnly }: { volume: Ref; path: string; readOnly: boolean }) {
    await this.before('bindDevice');
    this.mount(path, volume, { kind: 'device', readOnly });
    return {};
  }

  async unmount({ path }: { path: string }) {
    await this.before('unmount');
    this.mounts.delete(path);
    this.changed();
    return {};
  }

  async getPathStats({ path }: { path: string }) {
    await this.before('getPathStats');
    const mount = this.mounts.get(path);
    if (!mount) throw new HostError('NotFound', `nothing is mounted at ${path}`);
    const bytes = { totalBytes: 1000, availableBytes: 600, usedBytes: 400 };
    return { ...bytes, totalInodes: 50, availableInodes: 40, usedInodes: 10, block: mount.kind === 'device' };
  }

  private mount(path: string, { uid = '', name = '' }: Ref, mount: Omit<Mount, 'uid' | 'name'>): void {
    const there = this.mounts.get(path);
    if (there && there.uid !== uid) throw new HostError('Busy', `${path} is another volume's`);
    this.mounts.set(path, { uid, name, ...mount });
    this.changed();
  }
}

const isFirst = (ref: Ref, index: number, list: Ref[]): boolean =>
  list.findIndex(({ uid }) => uid === ref.uid) === index;
