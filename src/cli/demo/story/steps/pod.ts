import type { MeshStorVolume } from '../../../../api/model';
import { podName } from '../kubernetes';
import type { Stage } from '../stage';
import type { Told } from '../teller';

/** The pod runs, long before the mirror is in sync. */
export async function pod({ watch, clock }: Stage, signal: AbortSignal): Promise<Told<MeshStorVolume>> {
  const { seen } = watch;
  const began = clock.now();
  const volume = await watch.changes.until(() => {
    const running = seen.pods.find(podName)?.status?.phase === 'Running';
    const attached = seen.volumes.objects.find(({ status }) => status?.nodeName);
    return running && attached ? attached : undefined;
  }, signal);
  const { phase, syncPercentage, nodeName } = volume.status!;
  if (phase === 'Synced') {
    throw new Error(`pod ${podName} did not run before the mirror was in sync, so that it cannot be shown that it may`);
  }
  const at = syncPercentage ?? '0.0%';
  return {
    value: volume,
    said: [`pod/${podName} runs on ${nodeName}, with the mirror at ${at}: it did not wait for the synchronisation.`],
    result: { node: nodeName, volume: volume.metadata.name, syncPercentage: at, afterMs: clock.now() - began },
    proven: `The pod ran on ${nodeName} while its mirror was at ${at}.`,
  };
}
