import type { Condition } from '../../../api/meta';
import type { Seen } from '../watch';

/** What stands in the way at this moment, in the words of the objects themselves. */
export function explain({ volumes, pods, partitions }: Seen): string {
  const pod = pods.objects.map(({ metadata, status }) => `pod ${metadata.name} is ${status?.phase ?? 'new'}`);
  const volume = volumes.objects.map(
    ({ metadata, status }) => `volume ${metadata.name} is ${status?.phase ?? 'new'}${because(status?.conditions)}`,
  );
  const left = partitions.objects.map(
    ({ metadata, status }) => `partition ${metadata.name} is ${status?.state ?? 'new'}${because(status?.conditions)}`,
  );
  return [...pod, ...volume, ...left].join('; ');
}

function because(conditions: readonly Condition[] = []): string {
  const untrue = conditions.filter(({ status }) => status !== 'True');
  return untrue.length > 0 ? ` (${untrue.map(({ type, message }) => `${type}: ${message}`).join(' ')})` : '';
}
