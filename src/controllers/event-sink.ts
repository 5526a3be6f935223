import type { KubeObject } from '../api/meta';

/** Where reconcilers tell people what happened. Never blocks, never throws. */
export interface EventSink {
  record(regarding: KubeObject, type: 'Normal' | 'Warning', reason: string, note: string): void;
}
