import { isIPv6 } from 'node:net';
import { HostError } from '../../errors';
import { Transport, type Endpoint } from '../../gen/host';
import type { Host } from '../host';
import { fencedGroup, readPorts, type Port } from './read';

/** Port numbers by transport: odd for TCP, even for RDMA, more than one only while a node changes its address. */
const firstPort = { [Transport.TCP]: 1, [Transport.RDMA]: 2 } as const;
const lastPort = 64;

/**
 * Number of the port for an endpoint, set up with a group that fences. It does not listen before the first
 * subsystem is linked to it. A port that listens cannot change its address: another address gets another port.
 */
export async function ensurePort(host: Host, endpoint: Endpoint): Promise<number> {
  const ports = await readPorts(host);
  const first = firstPort[endpoint.transport as keyof typeof firstPort];
  const candidates = Array.from({ length: lastPort / 2 }, (_, i) => first + 2 * i);
  const fits = (port: Port) => candidates.includes(port.id) && sameEndpoint(port.endpoint, endpoint);
  const usable = (id: number) => (ports.find((port) => port.id === id)?.nqns.length ?? 0) === 0;
  const id = ports.find(fits)?.id ?? candidates.find(usable);
  if (id === undefined) throw new HostError('Busy', `all of the NVMe target's ports up to ${lastPort} are in use`);
  if (usable(id)) await setUp(host, id, endpoint);
  await addFence(host, id);
  return id;
}

export const sameEndpoint = (a: Endpoint, b: Endpoint): boolean =>
  a.transport === b.transport && a.address === b.address && a.port === b.port;

async function setUp({ nvmet }: Host, id: number, { transport, address, port }: Endpoint): Promise<void> {
  await nvmet.make(`ports/${id}`);
  await nvmet.set(`ports/${id}/addr_adrfam`, isIPv6(address) ? 'ipv6' : 'ipv4');
  await nvmet.set(`ports/${id}/addr_trtype`, transport === Transport.RDMA ? 'rdma' : 'tcp');
  await nvmet.set(`ports/${id}/addr_trsvcid`, String(port));
  await nvmet.set(`ports/${id}/addr_traddr`, address);
}

async function addFence({ nvmet }: Host, id: number): Promise<void> {
  const group = `ports/${id}/ana_groups/${fencedGroup}`;
  await nvmet.make(group);
  await nvmet.set(`${group}/ana_state`, 'inaccessible');
}
