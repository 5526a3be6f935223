import type { KubeObject, ObjectMeta, Resource } from '../../api/meta';

export type { KubeObject, Resource };

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Page size. */
  limit?: number;
  continue?: string;
  /** '0' accepts any version the server has in memory. */
  resourceVersion?: string;
}

export interface Page<T> {
  items: T[];
  resourceVersion: string;
  /** Set when there are more. */
  continue?: string;
}

export interface WatchOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion: string;
  /** Asks the server to end the stream after this long; an embedded server may ignore it. */
  timeoutSeconds?: number;
}

export type WatchEvent<T> =
  { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T } | { type: 'BOOKMARK'; resourceVersion: string };

export interface WriteOptions {
  /** Names the writer in managedFields. */
  fieldManager: string;
  dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  subresource?: 'status';
  /** Take fields over from other managers. */
  force?: boolean;
}

export interface DeleteOptions {
  namespace?: string;
  /** Refuse with Conflict unless the object still is this one. */
  uid?: string;
  resourceVersion?: string;
  propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Of pods: 0 removes the object at once. */
  gracePeriodSeconds?: number;
}

/**
 * The API server as the rest of the code sees it. Implementations: HTTP (http.ts), and the embedded server
 * called directly (src/sim). Every method rejects with an ApiError when the server answered, and with
 * another error when it did not (then a write may or may not have happened).
 */
export interface KubeClient {
  /** Undefined when there is no such object. */
  get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): Promise<T | undefined>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Page<T>>;
  /**
   * Events after `resourceVersion` until the server ends the stream (normal return), the signal is aborted
   * (normal return), or something fails (throws; ApiError with code 410 when the version is too old).
   */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions): Promise<T>;
  /** PUT of the whole object (or its status). `metadata.resourceVersion` makes it a compare-and-swap. */
  replace<T extends KubeObject>(resource: Resource<T>, object: T, options: ApplyOptions): Promise<T>;
  /**
   * Server-side apply. The object holds exactly the fields this manager wants to own; what it owned before
   * and leaves out is removed. `metadata.resourceVersion`, when set, makes it a compare-and-swap.
   */
  apply<T extends KubeObject>(resource: Resource<T>, object: ApplyBody<T>, options: ApplyOptions): Promise<T>;
  /** JSON merge patch (RFC 7396). `metadata.resourceVersion` in the patch makes it a compare-and-swap. */
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    patch: object,
    options: ApplyOptions & { namespace?: string },
  ): Promise<T>;
  /** Succeeds when the object is gone or going, also when it never was. */
  delete<T extends KubeObject>(resource: Resource<T>, name: string, options?: DeleteOptions): Promise<void>;
}

/** A partial object for server-side apply; apiVersion and kind are filled in from the resource. */
export type ApplyBody<T extends KubeObject> = {
  [K in Exclude<keyof T, 'metadata'>]?: unknown;
} & { metadata: Partial<ObjectMeta> & { name: string } };

/** The server's own refusal (a metav1.Status). */
export class ApiError extends Error {
  constructor(
    /** HTTP status. */
    readonly code: number,
    /** metav1.StatusReason: NotFound, AlreadyExists, Conflict, Expired, Invalid, ... */
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** What came over a watch is not an event. Reading on from the same version may meet it again: list anew. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.reason === 'Conflict';
export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.code === 404;
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof ApiError && error.reason === 'AlreadyExists';
