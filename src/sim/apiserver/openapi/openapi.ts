import { createHash } from 'node:crypto';
import { versionInfo } from '../discovery/version';
import { groupsOf } from '../discovery/lists';
import type { JsonObject } from '../object/json';
import { joinApiVersion } from '../object/object';
import type { Registry } from '../registry/registry';
import { pathsOf } from './paths';
import { Definitions, type Flavour } from './schemas';

const info: JsonObject = { title: 'Kubernetes', version: versionInfo.gitVersion };

/** The OpenAPI documents of what is served, made when somebody asks and again when that changed. */
export class OpenApi {
  #generation = -1;
  #documents = new Map<string, string>();

  constructor(private readonly registry: Registry) {}

  /** OpenAPI 2, of everything. */
  version2(): JsonObject {
    const { paths, definitions } = this.#build(2, () => true);
    return { swagger: '2.0', info, paths, definitions };
  }

  /** Paths of the OpenAPI 3 documents, each with a hash of its content so that clients can keep it. */
  index(): JsonObject {
    const paths = [...this.#current()].map(([path, document]) => {
      const hash = createHash('sha256').update(document).digest('hex').toUpperCase();
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
    });
    return { paths: Object.fromEntries(paths) };
  }

  /** OpenAPI 3 of one group version as JSON, by its path (`api/v1`, `apis/apps/v1`). */
  version3(path: string): string | undefined {
    return this.#current().get(path);
  }

  #current(): Map<string, string> {
    if (this.#generation !== this.registry.generation) {
      this.#generation = this.registry.generation;
      this.#documents = new Map();
      for (const [group, versions] of groupsOf(this.registry)) {
        for (const version of versions) this.#documents.set(pathOf(group, version), this.#document(group, version));
      }
    }
    return this.#documents;
  }

  #document(group: string, version: string): string {
    const { paths, definitions } = this.#build(3, (g, v) => g === group && v === version);
    return JSON.stringify({ openapi: '3.0.0', info, paths, components: { schemas: definitions } });
  }

  #build(
    flavour: Flavour,
    wanted: (group: string, version: string) => boolean,
  ): { paths: JsonObject; definitions: JsonObject } {
    const definitions = new Definitions(flavour);
    const paths: JsonObject = {};
    for (const type of this.registry.all()) {
      for (const version of type.versions) {
        if (wanted(type.group, version.name)) Object.assign(paths, pathsOf(type, version, flavour, definitions));
      }
    }
    return { paths, definitions: definitions.all };
  }
}

const pathOf = (group: string, version: string): string =>
  `${group ? 'apis' : 'api'}/${joinApiVersion(group, version)}`;
