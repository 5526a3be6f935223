import type { MeshStorPartition } from '../../api/model';
import { volumes as volumeResource } from '../../api/resources';
import { allDrives } from '../../controllers/nodedevice';
import { volumeKey } from '../../controllers/volume/node';
import { byVolumeUID } from '../../controllers/volume/node/observe';
import type { HostAgent } from '../../host/contract';
import { HostEventKind, type HostEvent, type VolumeRef } from '../../host/gen/host';
import type { Surroundings } from '../surroundings';
import { byUID, type NodeInformers } from './informers';

/** Who is told of what. */
export interface Listeners {
  readonly volume: (key: string) => void;
  readonly partition: (name: string) => void;
  readonly drives: (key: string) => void;
}

/** Between attempts to reach an agent that is not there; it restarts in about a second. */
const retryMs = 1_000;

/**
 * Turns the host agent's hints into passes. After every (re)connection everything is looked at once, because
 * nothing was heard meanwhile: also stacks of volumes that the API server does not know any more.
 */
export class HostEvents {
  constructor(
    private readonly surroundings: Surroundings,
    private readonly host: HostAgent,
    private readonly informers: NodeInformers,
    private readonly listeners: Listeners,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    const { log, clock } = this.surroundings;
    while (!signal.aborted) {
      try {
        for await (const event of this.host.watch(signal)) await this.#handle(event);
      } catch (error) {
        if (!signal.aborted) log.warn('host agent events ended', { error: (error as Error).message });
      }
      await clock.sleep(retryMs, signal).catch(() => undefined);
    }
  }

  async #handle({ kind, volumeUid, driveId }: HostEvent): Promise<void> {
    if (kind === HostEventKind.STARTED) await this.#everything();
    if (kind === HostEventKind.DRIVE) this.#drives(driveId);
    if (kind === HostEventKind.VOLUME) {
      const ref = this.#known(volumeUid) ?? (await this.#find(volumeUid));
      this.listeners.volume(volumeKey(ref));
      const waiting = this.informers.partitions.byIndex(byVolumeUID, volumeUid).filter(isPending);
      for (const { metadata } of waiting) this.listeners.partition(metadata.name);
    }
  }

  async #everything(): Promise<void> {
    const { volumes } = await this.host.listStacks({});
    for (const { uid, name } of volumes) {
      const ref = this.#known(uid) ?? (name ? { uid, name } : await this.#find(uid));
      this.listeners.volume(volumeKey(ref));
    }
    for (const { metadata } of this.informers.volumes.list()) {
      this.listeners.volume(volumeKey({ name: metadata.name, uid: metadata.uid! }));
    }
    this.#drives();
  }

  /** Every partition being made is an event of its drive: what is on other drives is left alone. */
  #drives(driveId = ''): void {
    this.listeners.drives(allDrives);
    for (const { metadata, spec } of this.informers.partitions.list()) {
      if (driveId === '' || spec.deviceID === driveId) this.listeners.partition(metadata.name);
    }
  }

  #known(uid: string): VolumeRef | undefined {
    const [volume] = this.informers.volumes.byIndex(byUID, uid);
    if (volume) return { uid, name: volume.metadata.name };
    const [partition] = this.informers.partitions.byIndex(byVolumeUID, uid);
    return partition && { uid, name: partition.spec.volumeName };
  }

  /**
   * The name of a volume that only its UID is known of here. One that no list has is gone; a name that no
   * volume has says so to whoever reads it.
   */
  async #find(uid: string): Promise<VolumeRef> {
    const { volumes } = await this.host.listStacks({});
    const name = volumes.find((ref) => ref.uid === uid)?.name;
    if (name) return { uid, name };
    let next: string | undefined;
    do {
      const page = await this.surroundings.kube.list(volumeResource, { limit: 500, ...(next && { continue: next }) });
      const found = page.items.find(({ metadata }) => metadata.uid === uid);
      if (found) return { uid, name: found.metadata.name };
      next = page.continue;
    } while (next);
    return { uid, name: `gone-${uid.slice(0, 8)}` };
  }
}

/** Something is still to be done about it, for which the array may have had to let go first. */
const isPending = ({ metadata, spec, status }: MeshStorPartition): boolean =>
  metadata.deletionTimestamp !== undefined || status?.export?.epoch !== spec.epoch;
