import type { JsonObject } from '../object/json';
import type { ResourceType, Version } from '../registry/resource';
import type { StatusError } from '../errors/status';
import type { Stored } from '../store/stored';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** What can stand in the query of a request, or in DeleteOptions. */
export interface Options {
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: string;
  timeoutSeconds?: number;
  allowWatchBookmarks?: boolean;
  sendInitialEvents?: boolean;
  dryRun?: boolean;
  fieldManager?: string;
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  force?: boolean;
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** One request after routing and decoding. */
export interface Request {
  readonly verb: Verb;
  readonly type: ResourceType;
  readonly version: Version;
  /** '' for cluster-scoped resources, and for all namespaces. */
  readonly namespace: string;
  /** '' for collections, and where generateName will give one. */
  readonly name: string;
  readonly subresource: string;
  readonly options: Options;
  /** Belongs to the request: the pipeline changes it. A list for JSON patches. */
  readonly body?: JsonObject | JsonObject[];
  readonly patchType?: PatchType;
  /** Answer a read from this older revision, as a lagging server would. */
  readonly asOf?: number;
  /** Who asks: the name of an in-process client, or the user agent's first word. */
  readonly client: string;
}

export type Result =
  | { readonly kind: 'object'; readonly code: number; readonly object: Stored; readonly warnings?: readonly string[] }
  | ListResult
  | { readonly kind: 'watch'; readonly stream: WatchStream }
  /** metav1.Status, or the answer of a review. */
  | { readonly kind: 'answer'; readonly code: number; readonly body: JsonObject };

export interface ListResult {
  readonly kind: 'list';
  readonly items: readonly Stored[];
  readonly revision: number;
  readonly continue?: string;
  readonly remaining?: number;
}

export type StreamEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored }
  | { readonly type: 'BOOKMARK'; readonly revision: number; readonly initialEventsEnd?: boolean }
  | { readonly type: 'ERROR'; readonly error: StatusError };

/** A running watch. Pull `next` until it is undefined, then wait for `onReady`. */
export interface WatchStream {
  next(): StreamEvent | undefined;
  /** Set once there will be no more events. */
  readonly ended: boolean;
  /** Sends a bookmark as soon as everything before it is read. */
  bookmarkNow(): void;
  /** Calls back, at least once, when `next` may have something again or the stream ended. */
  onReady(callback: () => void): void;
  close(): void;
}
