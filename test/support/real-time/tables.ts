import type { KubeObject, Resource } from '../../../src/api/meta';
import { systemClock } from '../../../src/runtime/clock';
import type { Connection } from '../../../src/runtime/kube/connection';
import { Transport } from '../../../src/runtime/kube/transport';
import { objectPath } from '../../../src/runtime/kube/urls';

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** What a server answers to those who ask for tables, as kubectl get does. */
export class Tables {
  readonly #transport: Transport;

  constructor(connection: Connection) {
    this.#transport = new Transport({ connection, clock: systemClock });
  }

  /** The cells of one object, by column, those of `-o wide` included. */
  async row(resource: Resource<KubeObject>, name: string): Promise<Record<string, string>> {
    const path = objectPath(resource, name);
    const { status, text } = await this.#transport.send({ method: 'GET', path, accept });
    if (status !== 200) throw new Error(`GET ${path} as a table: ${status} ${text}`);
    const { columnDefinitions, rows } = JSON.parse(text) as Table;
    const cells = rows[0]!.cells;
    return Object.fromEntries(columnDefinitions.map((column, i) => [column.name, shown(cells[i])]));
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

const shown = (cell: unknown): string =>
  typeof cell === 'string' ? cell : JSON.stringify(cell ?? '').replace(/^""$/, '');
