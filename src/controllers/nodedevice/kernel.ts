/** First kernel in which md's write-intent bitmap is safe on NVMe/TCP members. */
const safe = [6, 11] as const;

/** What is wrong with a kernel for mirrors over the network, in words; undefined when nothing is. */
export function hazardOf(release: string, allowed: boolean): string | undefined {
  if (allowed) return undefined;
  const match = /^(\d+)\.(\d+)/.exec(release);
  if (!match) return `The kernel release "${release}" cannot be read.`;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major > safe[0] || (major === safe[0] && minor >= safe[1])) return undefined;
  return `Kernel ${release} can damage md bitmaps on NVMe/TCP members; ${safe.join('.')} or later is needed (or --allow-old-kernel, at the risk of the data).`;
}
