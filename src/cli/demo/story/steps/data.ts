import { createHash } from 'node:crypto';
import type { Random } from '../../../../runtime/clock';
import { podName } from '../kubernetes';
import type { Stage } from '../stage';
import type { Told } from '../teller';

export type Files = ReadonlyMap<string, Buffer>;

const fileCount = 16;
const fileBytes = 64 * 1024;

/** The pod writes files, and reads them back, while the mirror is being synchronised. */
export async function data({ local, watch, random }: Stage): Promise<Told<Files>> {
  const files = new Map(
    Array.from({ length: fileCount }, (_, index) => [`file-${index + 1}`, randomBytes(fileBytes, random)] as const),
  );
  const mount = local.cluster.enter(podName);
  try {
    for (const [name, content] of files) await mount.writeFile(name, content);
    for (const [name, content] of files) {
      if (!content.equals(await mount.readFile(name)))
        throw new Error(`${name} reads back different from what was written`);
    }
  } finally {
    mount.close();
  }
  const status = watch.seen.volumes.objects[0]?.status;
  const at = status?.syncPercentage ?? (status?.phase === 'Synced' ? '100%' : '0.0%');
  const bytes = fileCount * fileBytes;
  return {
    value: files,
    said: [
      `${fileCount} files, ${bytes / 1024 ** 2} MiB of random bytes, written durably and read back; the mirror is at ${at}.`,
    ],
    result: { files: fileCount, bytes, sha256: sha256(files), syncPercentage: at },
  };
}

function randomBytes(count: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));
}

/** Over names and contents, in the order of the names. */
export function sha256(files: Files): string {
  const hash = createHash('sha256');
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}:`).update(content);
  return hash.digest('hex');
}
