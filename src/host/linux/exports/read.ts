import { parseExportNQN } from '../../../api/identity';
import { Transport, type Endpoint, type Export } from '../../gen/host';
import type { Host } from '../host';

/** Exports of MeshStor, also those that are only half there: whoever sees one can finish or remove it. */
export async function readExports(host: Host): Promise<Export[]> {
  const nqns = (await host.nvmet.list('subsystems')).filter((nqn) => parseExportNQN(nqn) !== undefined);
  if (nqns.length === 0) return [];
  const ports = await readPorts(host);
  const exports = await Promise.all(nqns.map((nqn) => readExport(host, nqn, ports)));
  return exports.filter((one) => one !== undefined);
}

/** Undefined when there is no such subsystem. `endpoint` is unset while nothing listens for it. */
export async function readExport(host: Host, nqn: string, ports?: readonly Port[]): Promise<Export | undefined> {
  const { nvmet } = host;
  if (!(await nvmet.has(subsystem(nqn)))) return undefined;
  const port = (ports ?? (await readPorts(host))).find(({ nqns }) => nqns.includes(nqn));
  return {
    nqn,
    partitionUuid: parseExportNQN(nqn)?.partitionUUID ?? '',
    namespaceUuid: (await nvmet.text(`${namespace(nqn)}/device_uuid`)) ?? '',
    hostNqns: (await nvmet.list(`${subsystem(nqn)}/allowed_hosts`)).sort(),
    endpoint: port?.endpoint,
    fenced: (await nvmet.text(`${namespace(nqn)}/ana_grpid`)) === fencedGroup,
  };
}

export interface Port {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly nqns: readonly string[];
}

/** Ports from this number on belong to somebody else. */
export const firstForeignPort = 65_000;

export async function readPorts({ nvmet }: Host): Promise<Port[]> {
  const ids = (await nvmet.list('ports')).map(Number).filter((id) => id > 0 && id < firstForeignPort);
  return Promise.all(
    ids.map(async (id) => ({
      id,
      endpoint: {
        transport: (await nvmet.text(`ports/${id}/addr_trtype`)) === 'rdma' ? Transport.RDMA : Transport.TCP,
        address: (await nvmet.text(`ports/${id}/addr_traddr`)) ?? '',
        port: (await nvmet.number(`ports/${id}/addr_trsvcid`)) ?? 0,
      },
      nqns: await nvmet.list(`ports/${id}/subsystems`),
    })),
  );
}

export const subsystem = (nqn: string): string => `subsystems/${nqn}`;
export const namespace = (nqn: string): string => `subsystems/${nqn}/namespaces/1`;

/** ANA groups. The kernel makes group 1 of every port, as `optimized`; group 2 is the fence. */
export const openGroup = '1';
export const fencedGroup = '2';
