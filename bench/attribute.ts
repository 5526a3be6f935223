import { Session } from 'node:inspector/promises';

/** Parts of a program by the source folders that are theirs. */
export type Parts = Readonly<Record<string, readonly string[]>>;

/**
 * How the CPU of this process was spread over `parts` while `work` ran, as shares of 1. Time in libraries, in Node
 * itself and in what calls no part of its own counts for the part that called it; `rest` is what nobody called.
 */
export async function sharesOf(parts: Parts, work: () => Promise<void>): Promise<ReadonlyMap<string, number>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const partOf = (url: string) =>
    Object.keys(parts).find((part) => parts[part]!.some((folder) => url.includes(folder)));
  const owner = new Map<number, string>();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const assign = (id: number, caller: string): void => {
    const { callFrame, children = [] } = nodes.get(id)!;
    const part = partOf(callFrame.url) ?? caller;
    owner.set(id, callFrame.functionName === '(idle)' ? 'idle' : part);
    for (const child of children) assign(child, part);
  };
  assign(profile.nodes[0]!.id, 'rest');
  const times = new Map<string, number>();
  (profile.samples ?? []).forEach((id, index) => {
    const part = owner.get(id)!;
    times.set(part, (times.get(part) ?? 0) + profile.timeDeltas![index]!);
  });
  times.delete('idle');
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return new Map([...times].map(([part, time]) => [part, time / all]));
}
