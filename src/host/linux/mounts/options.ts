import { HostError } from '../../errors';

/**
 * Mount options that may be asked for, by file system. A list of what is allowed, because options can also name
 * other devices (logdev), run programs (helper), bind and move mounts, or take promises back (nobarrier).
 */
const everywhere = flags(
  'ro rw noatime atime relatime norelatime strictatime nodiratime diratime lazytime nolazytime',
  'nodev dev nosuid suid noexec exec sync async dirsync discard nodiscard',
);
const quotas = flags('quota noquota usrquota grpquota prjquota uquota gquota pquota');

const allowed: Record<string, ReadonlyMap<string, RegExp | undefined>> = {
  xfs: new Map([
    ...everywhere,
    ...quotas,
    ...flags('inode32 inode64 largeio nolargeio noalign swalloc wsync filestreams attr2 noattr2 ikeep noikeep'),
    ...flags('uqnoenforce gqnoenforce pqnoenforce qnoenforce norecovery'),
    ['allocsize', /^\d+[km]?$/],
    ['logbufs', /^\d+$/],
    ['logbsize', /^\d+k?$/],
    ['sunit', /^\d+$/],
    ['swidth', /^\d+$/],
  ]),
  ext4: new Map([
    ...everywhere,
    ...quotas,
    ...flags('acl noacl user_xattr nouser_xattr delalloc nodelalloc auto_da_alloc noauto_da_alloc journal_checksum'),
    ...flags('i_version nombcache dioread_lock dioread_nolock init_itable noinit_itable'),
    ['data', /^(ordered|journal)$/],
    ['commit', /^\d+$/],
    ['errors', /^(continue|remount-ro|panic)$/],
    ['stripe', /^\d+$/],
    ['inode_readahead_blks', /^\d+$/],
    ['max_dir_size_kb', /^\d+$/],
  ]),
};

function flags(...lists: string[]): [string, undefined][] {
  return lists.flatMap((list) => list.split(' ')).map((name) => [name, undefined]);
}

/** The options as mount wants them. Throws Invalid for one that is not on the list; a comma never is. */
export function mountOptions(type: string, options: readonly string[]): string[] {
  for (const option of options) {
    const [, name, value] = /^([a-z0-9_]+)(?:=(.*))?$/.exec(option) ?? [];
    const form = name === undefined ? undefined : allowed[type]?.get(name);
    const isKnown = name !== undefined && allowed[type]?.has(name);
    const fits = isKnown && (form ? value !== undefined && form.test(value) : value === undefined);
    if (!fits)
      throw new HostError('Invalid', `mount option ${JSON.stringify(option.slice(0, 200))} is not allowed on ${type}`);
  }
  return [...options];
}
