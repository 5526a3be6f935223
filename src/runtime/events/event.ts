import type { KubeObject, Resource } from '../../api/meta';

/** events.k8s.io/v1. */
export interface Event extends KubeObject {
  eventTime: string;
  reportingController: string;
  reportingInstance: string;
  action: string;
  reason: string;
  type: EventType;
  note: string;
  regarding: {
    apiVersion?: string;
    kind?: string;
    namespace?: string;
    name: string;
    uid?: string;
    resourceVersion?: string;
  };
  series?: { count: number; lastObservedTime: string };
}

export type EventType = 'Normal' | 'Warning';

export const events: Resource<Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

const maxNoteBytes = 1024;
const ellipsis = '…';

/** Cut to what the API takes, at a whole character. */
export function fitNote(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= maxNoteBytes) return note;
  const room = maxNoteBytes - Buffer.byteLength(ellipsis);
  return (
    bytes
      .subarray(0, room)
      .toString('utf8')
      .replace(/\ufffd$/, '') + ellipsis
  );
}
