import { objectAt, stringAt, valueAt, type JsonObject, textOf } from '../../object/json';
import type { Obj } from '../../object/object';
import { eventColumns } from '../../print/core';
import type { SelectableFields } from '../../select/fields';
import type { Column, ResourceType } from '../resource';
import { define } from './define';

/** Field of the core group's Event, and the same in events.k8s.io. */
const names: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

const coreVersion = 'v1';

/** Both groups show the same objects; they are stored as the core group has them. */
function convert(object: Obj, apiVersion: string): Obj {
  const converted: JsonObject = { ...object };
  for (const [core, events] of names) {
    const [from, to] = apiVersion === coreVersion ? [events, core] : [core, events];
    delete converted[from];
    if (object[from] !== undefined) converted[to] = object[from];
  }
  return converted as Obj;
}

function fieldsUnder(reference: string, object: string): SelectableFields {
  const parts = ['apiVersion', 'fieldPath', 'kind', 'name', 'namespace', 'resourceVersion', 'uid'];
  return Object.fromEntries(
    parts.map((part) => [`${reference}.${part}`, (event: Obj) => stringAt(objectAt(event, object), part) ?? '']),
  );
}

const common: SelectableFields = {
  reason: (event) => stringAt(event, 'reason') ?? '',
  type: (event) => stringAt(event, 'type') ?? '',
};

const asCore = (column: Column): Column => ({
  ...column,
  cell: (event, view) => column.cell({ ...convert(event, coreVersion), apiVersion: coreVersion }, view),
});

const reporter = (event: Obj): string =>
  textOf(valueAt(event, 'source', 'component') ?? valueAt(event, 'deprecatedSource', 'component'));

export const eventResources: readonly ResourceType[] = [
  define({
    group: '',
    version: 'v1',
    plural: 'events',
    kind: 'Event',
    namespaced: true,
    package: 'core',
    shortNames: ['ev'],
    columns: eventColumns,
    selectable: {
      ...common,
      ...fieldsUnder('involvedObject', 'involvedObject'),
      source: reporter,
      reportingComponent: (event) => stringAt(event, 'reportingComponent') ?? '',
    },
    table: 'events',
    storedAs: coreVersion,
    strategy: { createOnUpdate: true, convert },
  }),
  define({
    group: 'events.k8s.io',
    version: 'v1',
    plural: 'events',
    kind: 'Event',
    namespaced: true,
    package: 'events',
    shortNames: ['ev'],
    columns: eventColumns.map(asCore),
    selectable: {
      ...common,
      ...fieldsUnder('regarding', 'regarding'),
      reportingController: (event) => stringAt(event, 'reportingController') ?? '',
    },
    table: 'events',
    storedAs: coreVersion,
    strategy: { createOnUpdate: true, convert },
  }),
];
