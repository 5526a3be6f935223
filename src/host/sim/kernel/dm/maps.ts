import type { KernelContext } from '../context';
import type { KernelDevice } from '../device';
import { KernelError } from '../errno';
import { Registry } from '../registry';
import type { DmDevice } from './device';
import { LinearDevice } from './linear';
import { MultipathDevice } from './multipath';

/** The node's device-mapper devices, by name and by UUID. */
export class DmMaps {
  private readonly devices = new Registry<DmDevice>();

  constructor(private readonly context: KernelContext) {}

  list(): Iterable<DmDevice> {
    return this.devices.list();
  }

  find(name: string): DmDevice | undefined {
    return this.devices.find(name);
  }

  /** See Registry. */
  group(by: (device: DmDevice) => string | undefined, key: string): readonly DmDevice[] {
    return this.devices.group(by, key);
  }

  createMultipath(name: string, uuid: string, device: KernelDevice): MultipathDevice {
    this.requireFree(name);
    return this.add(new MultipathDevice(this.context, name, uuid, device));
  }

  createLinear(name: string, uuid: string, target: KernelDevice): LinearDevice {
    this.requireFree(name);
    return this.add(new LinearDevice(this.context, name, uuid, target));
  }

  /** EBUSY while anything has it open. */
  remove(device: MultipathDevice | LinearDevice): void {
    device.remove();
    this.devices.delete(device.name);
    this.context.notify({ subject: 'dm', uuid: device.uuid });
  }

  private requireFree(name: string): void {
    if (this.devices.find(name)) throw new KernelError('EBUSY', `a device-mapper device ${name} exists already`);
  }

  private add<D extends DmDevice>(device: D): D {
    this.devices.set(device.name, device);
    this.context.notify({ subject: 'dm', uuid: device.uuid });
    return device;
  }
}
