/** Tables of the devices MeshStor makes. Sizes in sectors of 512 bytes. */

/**
 * A member's map with one path. `queue_if_no_path`: I/O waits when the path fails. `queue_mode bio`: the only mode
 * that can lie on a partition, and the kernel lets no map change its mode.
 */
export const multipathTable = (sectors: number, devno: string): string =>
  `0 ${sectors} multipath 3 queue_if_no_path queue_mode bio 0 1 1 round-robin 0 1 1 ${devno} 1`;

export const linearTable = (sectors: number, devno: string): string => `0 ${sectors} linear ${devno} 0`;

/** Every request comes back as an error. */
export const errorTable = (sectors: number): string => `0 ${sectors} error`;
