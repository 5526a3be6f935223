import { HostError } from '../../errors';
import type { GetPathStatsRequest, PathStats } from '../../gen/host';
import type { Call } from '../call';
import type { Host } from '../host';
import { parseStatfs, statfsFormat } from '../parse/statfs';
import { deviceFolder, isOurs } from './device';
import { allowedPath } from './paths';
import { mountsAt, readMounts } from './table';

/** Asked from a process: a file system that hangs keeps whoever asks. */
export async function getPathStats(host: Host, request: GetPathStatsRequest, call: Call): Promise<PathStats> {
  const path = allowedPath(host, 'path', request.path);
  const top = mountsAt(await readMounts(host), path).at(-1);
  if (!top) throw new HostError('NotFound', `nothing is mounted at ${path}`);
  if (!(await isOurs(host, top))) throw new HostError('Foreign', `${top.source} at ${path} is no volume's`);
  if (top.type === 'devtmpfs') {
    const sectors = await host.sysfs.number(`${await deviceFolder(host, top)}/size`);
    return { ...emptyStats, totalBytes: (sectors ?? 0) * 512, block: true };
  }
  const options = { call, subject: `mount ${path}`, readOnly: true };
  const { stdout } = await host.exec.run(['stat', '--file-system', `--format=${statfsFormat}`, '--', path], options);
  return { ...parseStatfs(stdout.toString()), block: false };
}

const emptyStats = { availableBytes: 0, usedBytes: 0, totalInodes: 0, availableInodes: 0, usedInodes: 0 };
