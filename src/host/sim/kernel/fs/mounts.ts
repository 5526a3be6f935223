import { flush } from '../../hardware/bio';
import type { KernelDevice } from '../device';
import { KernelError, type Done } from '../errno';
import { FileSystem } from './file-system';

const fsHolder = 'a file system';

/** Something mounted at a path: a file system, or the node of a block device. */
export interface Mount {
  readonly path: string;
  readonly readOnly: boolean;
  readonly device: KernelDevice;
  /** Undefined for a bound device node. */
  readonly fileSystem: FileSystem | undefined;
  /** Processes with something open in it. */
  users: number;
}

/** The node's mount table. */
export class Mounts {
  private readonly mounts = new Map<string, Mount>();
  private readonly opening = new Set<KernelDevice>();

  list(): Iterable<Mount> {
    return this.mounts.values();
  }

  find(path: string): Mount | undefined {
    return this.mounts.get(path);
  }

  /** mount. A device that is mounted already shows the same file system at a second path. */
  mount(device: KernelDevice, path: string, readOnly: boolean, done: Done): void {
    const mounted = this.on(device);
    if (mounted) return this.add({ path, readOnly, device, fileSystem: mounted, users: 0 }, done);
    try {
      if (this.opening.has(device)) throw new KernelError('EBUSY', `${device.name} is being mounted`);
      device.claim(fsHolder);
    } catch (error) {
      return done(error as KernelError);
    }
    device.openers++;
    this.opening.add(device);
    FileSystem.open(device, (error, fileSystem) => {
      this.opening.delete(device);
      if (!error) return this.add({ path, readOnly, device, fileSystem, users: 0 }, done);
      device.openers--;
      device.release();
      done(error);
    });
  }

  /** mount --bind. */
  bind(source: Mount, path: string, readOnly: boolean, done: Done): void {
    const { device, fileSystem } = source;
    this.add({ path, device, fileSystem, readOnly: readOnly || source.readOnly, users: 0 }, done);
  }

  /** Binds a device node onto a file. The device is not opened by that. */
  bindDevice(device: KernelDevice, path: string, readOnly: boolean, done: Done): void {
    this.add({ path, device, fileSystem: undefined, readOnly, users: 0 }, done);
  }

  /** umount. EBUSY while something is open there; the last one of a file system writes out what it has. */
  unmount(path: string, done: Done): void {
    const mount = this.mounts.get(path);
    if (!mount) return done(new KernelError('EINVAL', `${path} is not mounted`));
    if (mount.users > 0) return done(new KernelError('EBUSY', `${path} is in use`));
    const { device, fileSystem } = mount;
    this.mounts.delete(path);
    if (!fileSystem || this.on(device)) return done(undefined);
    const end = () => {
      device.openers--;
      device.release();
      done(undefined);
    };
    if (fileSystem.shutDown) end();
    else flush(device, end);
  }

  private on(device: KernelDevice): FileSystem | undefined {
    for (const mount of this.mounts.values()) if (mount.device === device && mount.fileSystem) return mount.fileSystem;
    return undefined;
  }

  private add(mount: Mount, done: Done): void {
    if (this.mounts.has(mount.path)) return done(new KernelError('EBUSY', `${mount.path} is mounted already`));
    this.mounts.set(mount.path, mount);
    done(undefined);
  }
}
