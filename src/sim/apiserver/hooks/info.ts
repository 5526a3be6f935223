import type { PatchType, Request, Verb } from '../request/request';

/** What faults, latencies and counters know about a request. */
export interface RequestInfo {
  /** Counts all requests of this server from 1. */
  readonly ordinal: number;
  /** Name of the in-process client, or the user agent's first word. */
  readonly client: string;
  readonly verb: Verb;
  readonly group: string;
  /** Plural. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldManager?: string;
  readonly patchType?: PatchType;
  readonly dryRun: boolean;
}

export const infoOf = (request: Request, ordinal: number): RequestInfo => ({
  ordinal,
  client: request.client,
  verb: request.verb,
  group: request.type.group,
  resource: request.type.plural,
  subresource: request.subresource,
  namespace: request.namespace,
  name: request.name,
  fieldManager: request.options.fieldManager,
  patchType: request.patchType,
  dryRun: request.options.dryRun ?? false,
});

const reads: readonly Verb[] = ['get', 'list', 'watch'];
export const isWrite = ({ verb }: Pick<RequestInfo, 'verb'>): boolean => !reads.includes(verb);
