import { atLeast } from '../../kube/version';
import { apply } from './conformance/apply';
import { commands } from './conformance/commands';
import { lists } from './conformance/lists';
import { objects } from './conformance/objects';
import { patch } from './conformance/patch';
import { schema } from './conformance/schema';
import { cleanUp, prepare, type Connection, type Subject } from './conformance/subject';
import { tables } from './conformance/tables';

export type { Connection };

export interface ConformanceOptions {
  /** Of the server, such as `v1.20.2`. */
  readonly version: string;
}

/**
 * What every Kubernetes API server does that this project relies on. Defines tests, to be run against the
 * embedded server and against a real one. `connect` is called once, before the first test.
 */
export function conformance(connect: () => Promise<Connection>, { version }: ConformanceOptions): void {
  let subject: Subject | undefined;
  const found = () => subject!;
  beforeAll(async () => {
    subject = await prepare(await connect());
  }, 120_000);
  afterAll(async () => {
    if (subject) await cleanUp(subject);
  });

  const since125: typeof test = atLeast(version, '1.25') ? test : skippedBecause('server older than 1.25');
  describe('objects', () => objects(found));
  describe('schemas', () => schema(found, since125));
  describe('server-side apply', () => apply(found));
  describe('patches', () => patch(found));
  describe('lists and watches', () => lists(found));
  describe('tables', () => tables(found));
  describe('kubectl', () => commands(found));
}

/** Tests are reported as skipped, with the reason in their names. */
const skippedBecause = (reason: string): typeof test =>
  ((name: string, run: () => Promise<void>) => test.skip(`${name} (skipped: ${reason})`, run)) as typeof test;
