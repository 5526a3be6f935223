import { createHash } from 'node:crypto';

/**
 * Identities that MeshStor gives to things on disks and on the wire. All are name-based UUIDs (RFC 9562,
 * version 5): the same volume gives the same identities after any crash, and two volumes never share one.
 */
const space = '8d6f2f6e-6b0c-4d5b-9a43-0b1f7d1c9f10';

export const partitionUUID = (volumeUID: string, slot: number): string =>
  uuid5(space, `partition/${volumeUID}/${slot}`);
export const arrayUUID = (volumeUID: string): string => uuid5(space, `array/${volumeUID}`);
export const fileSystemUUID = (volumeUID: string): string => uuid5(space, `filesystem/${volumeUID}`);
/** The GPT disk GUID that marks a drive's table as made by MeshStor. */
export const diskGUID = (driveID: string): string => uuid5(space, `disk/${driveID}`);

/**
 * Rises with the epoch, so that a connection of an earlier owner can never reach the namespace again; and is another
 * one in each session of a drive whose cache does not outlive it (cacheSession), so that a connection never comes
 * back by itself to a drive that may have forgotten writes.
 */
export const exportNQN = (volumeUID: string, partition: string, epoch: number, session?: string): string =>
  `${nqnPrefix}${volumeUID}:${partition}:e${epoch}${session === undefined ? '' : `:s${sessionID(session)}`}`;
const sessionID = (session: string): string => uuid5(space, `session/${session}`).slice(0, 8);
export const namespaceUUID = (partition: string, epoch: number): string =>
  uuid5(space, `namespace/${partition}/${epoch}`);

const nqnPrefix = 'nqn.2026-01.io.meshstor:';

/** The parts of an exportNQN, but for the session; undefined for any other NQN. */
export function parseExportNQN(nqn: string): { volumeUID: string; partitionUUID: string; epoch: number } | undefined {
  const match = /^nqn\.2026-01\.io\.meshstor:([0-9a-zA-Z-]+):([0-9a-f-]{36}):e(\d+)(?::s[0-9a-f]{8})?$/.exec(nqn);
  if (!match) return undefined;
  return { volumeUID: match[1]!, partitionUUID: match[2]!, epoch: Number(match[3]) };
}

/** How a node presents itself to providers, whatever its /etc/nvme says. */
export function hostIdentity(nodeName: string): { hostNQN: string; hostID: string } {
  const hostID = uuid5(space, `host/${nodeName}`);
  return { hostNQN: `nqn.2014-08.org.nvmexpress:uuid:${hostID}`, hostID };
}

/** GPT partition name (at most 36 characters) that marks a partition as MeshStor's, and as this volume's. */
export const partitionLabel = (volumeUID: string): string =>
  `${partitionLabelPrefix}${volumeUID.replaceAll('-', '').slice(0, 24)}`;
export const partitionLabelPrefix = 'meshstor:';

/** The form mdadm writes UUIDs in: four groups of eight hex digits. */
export function mdUUID(uuid: string): string {
  return uuid.replaceAll('-', '').replace(/(.{8})(?=.)/g, '$1:');
}

const known = new Map<string, string>();
/** Each pass over a volume asks for the same few; those of a thousand volumes that are being worked on. */
const knownAtMost = 4_096;

/** RFC 9562, version 5 (SHA-1 is what the standard names; nothing here depends on its strength). */
export function uuid5(namespace: string, name: string): string {
  const key = `${namespace}/${name}`;
  let uuid = known.get(key);
  if (uuid === undefined) {
    uuid = hashed(namespace, name);
    if (known.size >= knownAtMost) known.clear();
    known.set(key, uuid);
  }
  return uuid;
}

function hashed(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
