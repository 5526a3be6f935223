import { Command, InvalidArgumentError, Option } from 'commander';
import { logLevels, type LogLevel } from '../../runtime/log';
import { bytesOf } from '../../sim/kubernetes/storage-quantity';

export interface ClusterFlags {
  readonly nodes: number;
  readonly drives: number;
  readonly driveSize: number;
  readonly port: number;
  readonly latencyMs: number;
  readonly syncRate: number;
  readonly dir?: string;
  readonly keep: boolean;
  readonly workload?: number;
  readonly output: 'text' | 'json';
  readonly logLevel: LogLevel;
}

const MiB = 1024 ** 2;
/** A volume of the least size, its superblock and the drive's table fit. */
const smallestDrive = 1024 * MiB;
const largestDrive = 1024 ** 5;

/** A parser of whole numbers from `least` to `most`. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };

/** Bytes of a quantity such as 16Gi, in whole MiB. */
export function driveSize(text: string): number {
  const bytes = /^\d/.test(text) ? sizeOrNothing(text) : undefined;
  if (bytes === undefined || bytes < smallestDrive || bytes > largestDrive) {
    throw new InvalidArgumentError('Expected a size from 1Gi to 1Pi, such as 16Gi.');
  }
  return Math.floor(bytes / MiB) * MiB;
}

function sizeOrNothing(text: string): number | undefined {
  try {
    return bytesOf(text);
  } catch {
    return undefined;
  }
}

const number = (flags: string, text: string, [least, most]: readonly [number, number], standard: number) =>
  new Option(flags, text).argParser(wholeNumber(least, most)).default(standard);

export const portOption = (): Option =>
  number('--port <port>', 'where the API server listens on 127.0.0.1; 0 for any that is free', [0, 65_535], 0);

export const logLevelOption = (): Option =>
  new Option('--log-level <level>', 'least severe level logged').choices(logLevels).default('info');

export const clusterCommand = (): Command =>
  new Command('cluster')
    .description('Leave a simulated cluster with MeshStor running, for kubectl and for any CSI client')
    .addOption(number('--nodes <n>', 'simulated nodes: node1, node2, ...', [1, 100], 3))
    .addOption(number('--drives <n>', 'NVMe drives of each node', [0, 64], 2))
    .addOption(
      new Option('--drive-size <size>', 'size of each drive').argParser(driveSize).default(16 * 1024 * MiB, '16Gi'),
    )
    .addOption(portOption())
    .addOption(number('--latency-ms <ms>', 'latency of the storage network, one way', [0, 1_000], 0))
    .addOption(number('--sync-rate <MiB/s>', 'how fast mirrors are synchronised', [1, 1_000_000], 200))
    .option('--dir <path>', 'where to keep kubeconfig, sockets and logs; default: a new temporary folder')
    .option('--keep', 'leave that folder behind at the end', false)
    .addOption(
      new Option('--workload [pods]', 'run pods that write to volumes of theirs and check what they read')
        .argParser(wholeNumber(1, 1_000))
        .preset('3'),
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print what is where').choices(['text', 'json']).default('text'),
    )
    .addOption(logLevelOption());
