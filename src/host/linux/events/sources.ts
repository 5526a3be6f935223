import type { Clock } from '../../../runtime/clock';
import { parseExportNQN } from '../../../api/identity';
import { listDevices } from '../dm/devices';
import { parseDmUUID } from '../../dm-names';
import { listHardware } from '../drives/hardware';
import type { Host } from '../host';
import { listControllers } from '../imports/connections';
import type { Uevent } from '../parse/uevent';
import { ArrayWatch } from './array-watch';
import type { EventHub } from './hub';
import { ImportWatch } from './import-watch';
import { Uevents } from './uevents';

/** Everything that tells of a change, and which volume or drive it is about. */
export class EventSources {
  private readonly uevents: Uevents;
  private readonly arrays: ArrayWatch;
  private readonly imports: ImportWatch;
  /** Volume of an array or map, as long as either lives: at its end sysfs does not tell any more. */
  private readonly volumes = new Map<string, string>();
  private looking: Promise<void> = Promise.resolve();
  private nextLook: Promise<void> | undefined;

  constructor(
    private readonly host: Host,
    clock: Clock,
    private readonly hub: EventHub,
  ) {
    const tell = (name: string) => {
      const uid = this.volumes.get(name);
      if (uid !== undefined) hub.volume(uid);
    };
    this.arrays = new ArrayWatch(host.paths.sys, clock, tell);
    this.imports = new ImportWatch(host, clock, (uid) => hub.volume(uid));
    this.uevents = new Uevents(
      host.exec,
      clock,
      (event) => void this.handle(event).catch((error: unknown) => this.lost(error)),
      () => this.hearing(true),
      (why) => this.gap(why),
    );
  }

  /** Resolves when nothing can be missed any more. */
  async start(): Promise<void> {
    this.uevents.start();
    await this.uevents.ready;
    await this.imports.start();
    await this.learn();
  }

  stop(): void {
    this.uevents.stop();
    this.hearing(false);
    this.imports.stop();
    this.arrays.close();
  }

  private async handle(event: Uevent): Promise<void> {
    const { action, subsystem, devpath, properties } = event;
    const name = devpath.split('/').at(-1)!;
    if (subsystem === 'block') this.forget(name, event);
    // The next array of this name has files of its own.
    if (action === 'remove') this.arrays.forget(name);
    if (subsystem === 'block') await this.handleBlock(name, properties.get('DM_UUID'));
    if (subsystem === 'nvme') await this.handleController(name);
  }

  /** Before anything else, so that whoever looks because of the event looks anew. */
  private forget(name: string, { action, properties }: Uevent): void {
    const { tables, signs, paths } = this.host.recent;
    // Those without say that a table was loaded, which is this agent's own doing.
    if (action === 'remove' || properties.has('DM_ACTION')) paths.forget((_, { kernelName }) => kernelName === name);
    const [, disk, partition] = /^(nvme\d+n\d+)(p\d+)?$/.exec(name) ?? [];
    // A partition changes whenever somebody has written to it; the table only when there is another one.
    if (disk === undefined || (partition !== undefined && action === 'change')) return;
    for (const reads of [tables, signs]) reads.forget((key) => key.startsWith(`${disk} `));
  }

  private hearing(heard: boolean): void {
    const { tables, signs, paths } = this.host.recent;
    for (const reads of [tables, signs, paths]) reads.hearing(heard);
  }

  private async handleBlock(name: string, dmUUID: string | undefined): Promise<void> {
    if (/^(dm-|md)/.test(name)) {
      const before = this.volumes.get(name) ?? parseDmUUID(dmUUID ?? '')?.volumeUID;
      await this.learn();
      for (const uid of new Set([before, this.volumes.get(name)])) if (uid !== undefined) this.hub.volume(uid);
      return;
    }
    const disk = /^(nvme\d+n\d+)(p\d+)?$/.exec(name)?.[1];
    if (disk === undefined) return;
    const nqn = await this.nqnOf(disk);
    const parts = nqn === undefined ? undefined : parseExportNQN(nqn);
    if (parts) this.hub.volume(parts.volumeUID);
    else this.hub.drive((await this.host.sysfs.text(`block/${disk}/wwid`)) ?? '');
  }

  private async nqnOf(disk: string): Promise<string | undefined> {
    const parent = (await this.host.sysfs.link(`block/${disk}/device`))?.split('/').at(-1);
    return this.host.sysfs.text(`class/nvme-subsystem/${parent}/subsysnqn`);
  }

  private async handleController(name: string): Promise<void> {
    const nqn = await this.host.sysfs.text(`class/nvme/${name}/subsysnqn`);
    const parts = nqn === undefined ? undefined : parseExportNQN(nqn);
    if (parts) this.hub.volume(parts.volumeUID);
    // An import that went away is seen by the one who looks at imports.
    else this.hub.drive('');
  }

  /**
   * Which maps and arrays are there now, and whose. One look after the other, shared by all who ask before it begins:
   * of two at once the one that began earlier could have the last word, and a new array would be watched no more.
   */
  private learn(): Promise<void> {
    const look = () => {
      this.nextLook = undefined;
      return (this.looking = this.look());
    };
    return (this.nextLook ??= this.looking.then(look, look));
  }

  private async look(): Promise<void> {
    const devices = await listDevices(this.host);
    this.volumes.clear();
    const arrays = new Set<string>();
    for (const { kernelName, volumeUID, holders, member } of devices) {
      this.volumes.set(kernelName, volumeUID);
      for (const holder of member ? holders : []) {
        if (!/^md/.test(holder)) continue;
        this.volumes.set(holder, volumeUID);
        arrays.add(holder);
      }
    }
    this.arrays.set([...arrays]);
  }

  /** Whatever happened meanwhile: everybody looks anew. */
  private gap(why: string): void {
    this.host.log.warn('uevents interrupted', { why });
    this.hearing(false);
    this.tellAll().catch((error: unknown) => this.lost(error));
  }

  private async tellAll(): Promise<void> {
    await this.learn();
    const imports = await listControllers(this.host);
    const uids = new Set([...this.volumes.values(), ...imports.map(({ volumeUID }) => volumeUID)]);
    for (const uid of uids) this.hub.volume(uid);
    for (const { id } of await listHardware(this.host)) this.hub.drive(id);
  }

  private lost(error: unknown): void {
    this.host.log.error('event lost', { error: String(error) });
  }
}
