import { HostError } from '../../errors';
import type { WipePartitionRequest, WipePartitionResponse } from '../../gen/host';
import { flush } from '../hardware/bio';
import { cellBytes, type Cells } from '../hardware/cells';
import type { PartitionDevice } from '../kernel/drives';
import { KernelError } from '../kernel/errno';
import type { Call } from './call';
import type { Host } from './host';
import { erasedCellsPerMs, eraseStepMs, writeZeroes } from './partitions';
import { deviceOf, findPartition } from './survey';
import { requireNotExported, requireNotHeld } from './usage';
import { invalid, requireUUID } from './validate';

/** Time left for the answer. */
const marginMs = 250;

export async function wipePartition(
  host: Host,
  { uuid, offsetBytes }: WipePartitionRequest,
  call: Call,
): Promise<WipePartitionResponse> {
  requireUUID('partition', uuid);
  const found = await findPartition(host, uuid, call);
  const device = deviceOf(host, found);
  const size = device.cells * cellBytes;
  if (offsetBytes < 0 || offsetBytes > size || offsetBytes % cellBytes !== 0) {
    invalid(`offset ${offsetBytes} is not a multiple of ${cellBytes} within the partition's ${size} bytes`);
  }
  requireNotHeld(host, uuid, device);
  requireNotExported(host, uuid);
  host.memory.wiping.add(uuid);
  try {
    return await wipe(host, device, offsetBytes / cellBytes, call);
  } finally {
    host.memory.wiping.delete(uuid);
  }
}

async function wipe(host: Host, device: PartitionDevice, from: number, call: Call): Promise<WipePartitionResponse> {
  const cellsPerMs = erasedCellsPerMs(host);
  let position = from;
  while (position < device.cells) {
    const time = Math.min(eraseStepMs, call.leftMs - marginMs);
    const count = Math.min(Math.floor(cellsPerMs * time), device.cells - position);
    if (count <= 0) {
      await makeDurable(device, call);
      return { offsetBytes: position * cellBytes, done: false };
    }
    await writeZeroes(device, position, count, call);
    await call.sleep(count / cellsPerMs);
    position += count;
  }
  await makeDurable(device, call);
  await verifyErased(device, call);
  return { offsetBytes: position * cellBytes, done: true };
}

/** Nobody erases again what an answer counts as erased: a loss of power must not bring it back. */
function makeDurable(device: PartitionDevice, call: Call): Promise<void> {
  return call.wait(`flushing ${device.name}`, (done) => {
    flush(device, (error) => done(error && new KernelError('EIO', `${device.name} cannot be flushed`)));
  });
}

/** Reads back what the drive holds now; a drive that only claims to erase is found out. */
async function verifyErased(device: PartitionDevice, call: Call): Promise<void> {
  const rest = await call.wait<Cells>(`reading ${device.name} back`, (done) => {
    const end = (error?: string, data?: Cells) =>
      done(error ? new KernelError('EIO', `${device.name} cannot be read`) : undefined, data);
    device.submit({ op: 'read', start: 0, count: device.cells, end });
  });
  if (rest.size > 0) throw new HostError('Internal', `${device.name} still holds data after it was erased`);
}
