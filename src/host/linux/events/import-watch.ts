import type { Clock, Timer } from '../../../runtime/clock';
import { listControllers, toImport } from '../imports/connections';
import type { Host } from '../host';

/** Nothing tells that a connection left `live`, or that its namespace was fenced: it has to be looked at. */
const everyMs = 250;

/** Looks at MeshStor's imports a few times a second: some reads of sysfs for each. */
export class ImportWatch {
  private timer: Timer | undefined;
  private stopped = false;
  private states = new Map<string, { state: string; volumeUID: string }>();

  constructor(
    private readonly host: Host,
    private readonly clock: Clock,
    private readonly onChange: (volumeUID: string) => void,
  ) {}

  async start(): Promise<void> {
    await this.look();
    this.arm();
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  private arm(): void {
    if (this.stopped) return;
    this.timer = this.clock.setTimer(everyMs, () => {
      this.look()
        .catch((error: unknown) => this.host.log.warn('imports unread', { error: String(error) }))
        .finally(() => this.arm());
    });
  }

  private async look(): Promise<void> {
    const controllers = await listControllers(this.host);
    const now = await Promise.all(
      controllers.map(async (one) => {
        const { state } = await toImport(this.host, one);
        return [one.name, { state: `${one.nqn} ${state}`, volumeUID: one.volumeUID }] as const;
      }),
    );
    const before = this.states;
    this.states = new Map(now);
    const changed = [...before.keys(), ...this.states.keys()].filter(
      (name) => before.get(name)?.state !== this.states.get(name)?.state,
    );
    const volumes = changed.flatMap((name) => [before.get(name)?.volumeUID, this.states.get(name)?.volumeUID]);
    for (const uid of new Set(volumes)) if (uid !== undefined) this.onChange(uid);
  }
}
