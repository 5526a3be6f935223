import type { Host } from '../host';

/** An NVMe namespace of this machine, by what sysfs tells. */
export interface Hardware {
  /** nvme0n1 */
  readonly name: string;
  /** wwid */
  readonly id: string;
  readonly model: string;
  readonly serial: string;
  readonly sizeBytes: number;
  readonly sectorSize: number;
  readonly queues: number;
  readonly volatileWriteCache: boolean;
  /** Kernel devices stacked on the whole drive. */
  readonly holders: readonly string[];
  /** major:minor */
  readonly devno: string;
}

/** Namespaces and the heads of native multipath; not the hidden paths of the latter (nvme0c0n1). */
const namespaceName = /^nvme\d+n\d+$/;

/** Transports that lead to another machine. `loop` ends in this one. */
const fabrics = ['tcp', 'rdma', 'fc'];

export async function listHardware(host: Host): Promise<Hardware[]> {
  const names = (await host.sysfs.list('block')).filter((name) => namespaceName.test(name));
  const all = await Promise.all(names.map((name) => readHardware(host, name)));
  return all.filter((drive) => drive !== undefined);
}

async function readHardware(host: Host, name: string): Promise<Hardware | undefined> {
  const { sysfs } = host;
  const controller = await controllerOf(host, name);
  if (controller === undefined) return undefined;
  const transport = await sysfs.text(`class/nvme/${controller}/transport`);
  if (transport === undefined || fabrics.includes(transport)) return undefined;
  const [id, sectors, sectorSize, devno, cache, model, serial, queues, holders] = await Promise.all([
    sysfs.text(`block/${name}/wwid`),
    sysfs.number(`block/${name}/size`),
    sysfs.number(`block/${name}/queue/logical_block_size`),
    sysfs.text(`block/${name}/dev`),
    sysfs.text(`block/${name}/queue/write_cache`),
    sysfs.text(`class/nvme/${controller}/model`),
    sysfs.text(`class/nvme/${controller}/serial`),
    sysfs.number(`class/nvme/${controller}/queue_count`),
    sysfs.list(`block/${name}/holders`),
  ]);
  if (id === undefined || devno === undefined) return undefined;
  return {
    name,
    id,
    model: model ?? '',
    serial: serial ?? '',
    sizeBytes: (sectors ?? 0) * 512,
    sectorSize: sectorSize ?? 512,
    // queue_count includes the admin queue.
    queues: Math.max(0, (queues ?? 1) - 1),
    volatileWriteCache: cache === 'write back',
    holders,
    devno,
  };
}

/** A controller that leads to the namespace: its parent, or with native multipath one of its subsystem's. */
async function controllerOf({ sysfs }: Host, name: string): Promise<string | undefined> {
  const parent = (await sysfs.link(`block/${name}/device`))?.split('/').at(-1);
  if (parent === undefined) return undefined;
  if (/^nvme\d+$/.test(parent)) return parent;
  const siblings = await sysfs.list(`class/nvme-subsystem/${parent}`);
  return siblings.find((entry) => /^nvme\d+$/.test(entry));
}
