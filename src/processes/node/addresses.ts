import { annotations, ports, topologyKeys } from '../../api/names';
import type { KubeNode } from '../../api/resources';
import { Transport, type Endpoint } from '../../host/gen/host';

/** Where a node serves its exports: the annotated address, else its InternalIP. Undefined when it has neither. */
export function endpointOf(node: KubeNode | undefined): Endpoint | undefined {
  const internal = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const address = node?.metadata.annotations?.[annotations.tcpAddress] ?? internal;
  return address ? { transport: Transport.TCP, address, port: ports.tcp } : undefined;
}

export const zoneOf = (node: KubeNode | undefined): string | undefined => node?.metadata.labels?.[topologyKeys.zone];
