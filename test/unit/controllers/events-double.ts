import type { KubeObject } from '../../../src/api/meta';
import type { EventSink } from '../../../src/controllers/event-sink';

/** Keeps events as `Type Reason name`. */
export class EventsDouble implements EventSink {
  readonly list: string[] = [];
  readonly notes: string[] = [];

  record(regarding: KubeObject, type: 'Normal' | 'Warning', reason: string, note: string): void {
    this.list.push(`${type} ${reason} ${regarding.metadata.name}`);
    this.notes.push(note);
  }
}
