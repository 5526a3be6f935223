import { Command, InvalidArgumentError, Option } from 'commander';
import { namespace } from '../api/names';
import { parseQuantity, quantity } from '../api/quantity';
import { defaultLimits } from '../controllers/migration/queue';
import { defaultSyncBandwidth } from '../controllers/volume/node/sync-budget';
import { logLevels, type LogLevel } from '../runtime/log';

/** Where a server listens. */
export interface Address {
  /** Undefined: on every address. */
  readonly host: string | undefined;
  readonly port: number;
}

export interface CommonFlags {
  readonly metricsAddress: Address;
  readonly healthAddress: Address;
  readonly logLevel: LogLevel;
}
export interface KubeFlags extends CommonFlags {
  readonly csiEndpoint: string;
  readonly namespace: string;
  readonly kubeconfig: string | undefined;
}
export interface ControllerFlags extends KubeFlags {
  readonly leaderElect: boolean;
  readonly syncsPerNode: number;
  readonly syncsPerLink: number;
}
export interface NodeFlags extends KubeFlags {
  readonly nodeName: string;
  readonly hostSocket: string;
  readonly allowOldKernel: boolean;
  /** Bytes a second. */
  readonly syncBandwidth: number;
}
export interface HostFlags extends CommonFlags {
  readonly nodeName: string;
  readonly hostSocket: string;
  readonly machineEtc: string;
}

/** `:8080`, `127.0.0.1:9816`, `[::1]:9816`. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([0-9a-zA-Z.-]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) throw new InvalidArgumentError('Expected host:port, or :port for every address.');
  return { host: match[1] ?? (match[2] || undefined), port };
}

function parseEndpoint(text: string): string {
  if (!/^unix:\/\/\/.+/.test(text)) throw new InvalidArgumentError('Expected unix:///path/of/socket.');
  return text;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 9999.');
  return Number(text);
}

function parseBandwidth(text: string): number {
  const bytes = parseQuantity(text);
  if (bytes === undefined || bytes < 1024 ** 2) {
    throw new InvalidArgumentError('Expected bytes a second from 1Mi, as 200Mi or 1Gi.');
  }
  return bytes;
}

function parsePath(text: string): string {
  if (!text.startsWith('/')) throw new InvalidArgumentError('Expected an absolute path.');
  return text;
}

const address = (flags: string, text: string, standard: string) =>
  new Option(`${flags} <host:port>`, text).argParser(parseAddress).default(parseAddress(standard), standard);

function common(command: Command, metrics: string, health: string): Command {
  return command
    .addOption(address('--metrics-address', 'where to serve /metrics', metrics))
    .addOption(address('--health-address', 'where to serve /healthz and /readyz', health))
    .addOption(new Option('--log-level <level>', 'least severe level logged').choices(logLevels).default('info'));
}

function kube(command: Command, endpoint: string): Command {
  return command
    .addOption(
      new Option('--csi-endpoint <endpoint>', 'socket of the CSI services').argParser(parseEndpoint).default(endpoint),
    )
    .option('--namespace <name>', 'namespace of the leases', namespace)
    .option('--kubeconfig <file>', 'how to reach the API server; in a cluster, the service account is used');
}

const count = (flags: string, text: string, standard: number) =>
  new Option(`${flags} <count>`, text).argParser(parseCount).default(standard);

const nodeName = () =>
  new Option('--node-name <name>', 'the Kubernetes node this runs on').env('NODE_NAME').makeOptionMandatory();
const hostSocket = () =>
  new Option('--host-socket <path>', "the host agent's socket")
    .argParser(parsePath)
    .default('/run/meshstor/socket/host.sock');

export const controllerCommand = (): Command =>
  common(kube(new Command('controller'), 'unix:///csi/csi.sock'), ':8080', ':8081')
    .description('CSI controller service, and everything that is decided for the whole cluster')
    .option('--leader-elect', 'decide only while holding the lease; needed with more than one replica', false)
    .addOption(count('--syncs-per-node', 'synchronisations at once on each node', defaultLimits.perNode))
    .addOption(count('--syncs-per-link', 'synchronisations at once between two nodes', defaultLimits.perLink));

export const nodeCommand = (): Command =>
  common(kube(new Command('node'), 'unix:///csi/csi.sock'), ':9815', '127.0.0.1:9816')
    .description('CSI node service, and everything that is done on one node')
    .addOption(nodeName())
    .addOption(hostSocket())
    .addOption(
      new Option(
        '--sync-bandwidth <quantity>',
        'bytes a second that synchronisations get here beside other I/O, in all',
      )
        .argParser(parseBandwidth)
        .default(defaultSyncBandwidth, quantity(defaultSyncBandwidth)),
    )
    .option('--allow-old-kernel', 'use kernels that are known to damage bitmaps over NVMe/TCP', false);

export const hostCommand = (): Command =>
  common(new Command('host'), '127.0.0.1:9818', '127.0.0.1:9819')
    .description('host agent: the only part that touches the kernel; serves a Unix socket')
    .addOption(nodeName())
    .addOption(hostSocket())
    .addOption(
      new Option('--machine-etc <path>', "the machine's /etc, where mdadm.conf is kept in order")
        .argParser(parsePath)
        .default('/etc'),
    );
