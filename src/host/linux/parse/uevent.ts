/** A kernel uevent as `udevadm monitor --kernel --property` prints it: a heading, KEY=value lines, an empty line. */
export interface Uevent {
  readonly action: string;
  /** Below /sys. */
  readonly devpath: string;
  readonly subsystem: string;
  readonly properties: ReadonlyMap<string, string>;
}

/** Feed it line by line; it hands over each event when its empty line has come. */
export class UeventReader {
  private properties = new Map<string, string>();

  constructor(private readonly onEvent: (event: Uevent) => void) {}

  push(line: string): void {
    if (line === '') return this.finish();
    const at = line.indexOf('=');
    if (at > 0 && !line.startsWith('KERNEL[')) this.properties.set(line.slice(0, at), line.slice(at + 1));
  }

  private finish(): void {
    const { properties } = this;
    this.properties = new Map();
    const action = properties.get('ACTION');
    const devpath = properties.get('DEVPATH');
    if (action === undefined || devpath === undefined) return;
    this.onEvent({ action, devpath, subsystem: properties.get('SUBSYSTEM') ?? '', properties });
  }
}
