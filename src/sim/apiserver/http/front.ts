import type { IncomingMessage, ServerResponse } from 'node:http';
import { aggregated } from '../discovery/aggregated';
import { groupDocument, groupList, groupsOf, legacyVersions, resourceList } from '../discovery/lists';
import { versionInfo } from '../discovery/version';
import type { JsonObject } from '../object/json';
import { OpenApi } from '../openapi/openapi';
import type { Include } from '../print/table';
import type { Request } from '../request/request';
import type { ApiServer } from '../server';
import { authenticate } from './auth';
import { decodeRequest } from './decode';
import { negotiate, type Format } from './negotiate';
import { sendOpenApi2, sendOpenApi3 } from './openapi';
import type { Rendering } from './render';
import { addWarning, sendDocument, sendError, sendNotFound, sendResult } from './respond';
import { route, type ResourceRoute, type Route } from './route';

/** Answers HTTP requests out of a server. */
export class Front {
  readonly #openapi: OpenApi;

  constructor(
    private readonly server: ApiServer,
    private readonly token: string,
    private readonly secure: boolean,
  ) {
    this.#openapi = new OpenApi(server.core.registry);
  }

  /** Never rejects: what goes wrong is the answer. */
  async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(message.url ?? '/', 'http://server');
      authenticate(message, url.pathname, this.token, this.secure);
      const found = route(url.pathname);
      if (!found) return sendNotFound(response);
      if (found.kind === 'resource') await this.#resource(message, response, found, url.searchParams);
      else this.#document(message, response, found);
    } catch (error) {
      sendError(response, error);
    }
  }

  async #resource(
    message: IncomingMessage,
    response: ServerResponse,
    found: ResourceRoute,
    query: URLSearchParams,
  ): Promise<void> {
    const format = negotiate(message.headers.accept);
    const { registry, clock } = this.server.core;
    if (!registry.serves(found.group, found.version)) return sendNotFound(response);
    const request = await decodeRequest(registry, message, found, query);
    const { deprecationWarning } = request.version;
    if (deprecationWarning) addWarning(response, deprecationWarning);
    const result = await this.server.handle(request);
    const include = (query.get('includeObject') ?? 'Metadata') as Include;
    const shown = fitting(request, format);
    await sendResult(response, result, (): Rendering => ({ request, format: shown, include, now: clock.now() }));
  }

  #document(message: IncomingMessage, response: ServerResponse, found: Exclude<Route, ResourceRoute>): void {
    switch (found.kind) {
      case 'health':
        response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok');
        return;
      case 'openapi2':
        sendOpenApi2(message, response, this.#openapi);
        return;
      case 'openapi3':
        sendOpenApi3(response, this.#openapi, found.path);
        return;
      default: {
        const format = negotiate(message.headers.accept);
        const document = this.#discovery(found, format);
        if (document) sendDocument(response, document, discoveryType(format));
        else sendNotFound(response);
      }
    }
  }

  #discovery(
    found: Extract<Route, { kind: 'legacy' | 'groups' | 'group' | 'resources' | 'version' }>,
    format: Format,
  ): JsonObject | undefined {
    const { registry } = this.server.core;
    switch (found.kind) {
      case 'version':
        return versionInfo;
      case 'legacy':
        return format.as === 'discovery' ? aggregated(registry, true, format.version) : legacyVersions;
      case 'groups':
        return format.as === 'discovery' ? aggregated(registry, false, format.version) : groupList(registry);
      case 'group': {
        const versions = groupsOf(registry).get(found.group);
        return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(found.group, versions) };
      }
      case 'resources': {
        return resourceList(registry, found.group, found.version);
      }
    }
  }
}

/** Only reads are shown as tables or bare metadata. */
function fitting({ verb }: Request, format: Format): Format {
  const reads = verb === 'get' || verb === 'list' || verb === 'watch';
  return reads && format.as !== 'discovery' ? format : { ...format, as: 'object' };
}

const discoveryType = ({ as, version }: Format): string =>
  as === 'discovery'
    ? `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
    : 'application/json';
