/** Names of the indexes over the caches of a cluster's objects. Whoever fills a cache and whoever asks it use these. */
export const indexes = {
  /** On mspart and msmig: spec.volumeName. */
  byVolumeName: 'volumeName',
  /** On mspart: spec.nodeName; on msnd: spec.node. */
  byNode: 'nodeName',
} as const;
