import type { Bio } from '../../hardware/bio';
import type { NamespaceFacts } from '../../hardware/network';
import { KernelDevice } from '../device';

/**
 * Block device of an imported namespace (native multipath's head with one path). Requests go to the
 * controller, or wait here: while the namespace is fenced, and for a while after the controller lost its
 * connection.
 */
export class ImportedNamespace extends KernelDevice {
  cells: number;
  readonly sectorSize: number;
  readonly uuid: string;
  fenced: boolean;
  private waiting: Bio[] = [];
  private removed = false;

  constructor(
    name: string,
    number: string,
    facts: NamespaceFacts,
    private readonly send: (namespace: ImportedNamespace, bio: Bio) => void,
  ) {
    super(name, number);
    this.uuid = facts.uuid;
    this.cells = facts.cells;
    this.sectorSize = facts.sectorSize;
    this.fenced = facts.fenced;
  }

  override get alive(): boolean {
    return !this.removed;
  }

  submit(bio: Bio): void {
    if (this.removed || bio.start + bio.count > this.cells) return bio.end('path');
    this.send(this, bio);
  }

  /** "no usable path - requeuing I/O" */
  requeue(bio: Bio): void {
    if (this.removed) bio.end('path');
    else this.waiting.push(bio);
  }

  /** Sends what waits. */
  kick(): void {
    for (const bio of this.waiting.splice(0)) this.submit(bio);
  }

  /** "no available path - failing I/O" */
  failWaiting(): void {
    for (const bio of this.waiting.splice(0)) bio.end('path');
  }

  remove(): void {
    this.removed = true;
    this.failWaiting();
  }
}
