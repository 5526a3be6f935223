import type { LabNode, LabProcess } from '../../test/lab';

/** Prints how many KiB the next recovery of an array brought in sync, and in how many microseconds. */
const stopwatch = `
  shopt -s nullglob
  action=
  until [ "$action" = recover ]; do
    sleep 0.01
    for md in /sys/block/md*/md; do read -r action < $md/sync_action; done 2> /dev/null
  done
  begin=\${EPOCHREALTIME/./}
  read -r size < $md/component_size
  # md may begin again: what counts is that nothing is missing any more.
  until [ "$action" = idle ] && [ "$degraded" = 0 ]; do
    sleep 0.01
    read -r action < $md/sync_action
    read -r degraded < $md/degraded
  done
  echo "synced $size $((\${EPOCHREALTIME/./} - begin))"`;

/** Times the next recovery of the one array of a node, from its begin to its end in sysfs. */
export class SyncStopwatch {
  private constructor(private readonly process: LabProcess) {}

  static async start(node: LabNode): Promise<SyncStopwatch> {
    return new SyncStopwatch(await node.spawn(['bash', '-c', stopwatch], { name: 'stopwatch' }));
  }

  /** When it is over. The rate counts the whole member, however little of it was copied. */
  async read(): Promise<{ ms: number; mibPerSecond: number }> {
    const [, kib, micros] = await this.process.waitFor(/^synced (\d+) (\d+)$/m, 300_000);
    return { ms: Number(micros) / 1e3, mibPerSecond: Number(kib) / 1024 / (Number(micros) / 1e6) };
  }
}
