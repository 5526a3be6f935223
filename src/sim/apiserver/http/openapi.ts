import type { IncomingMessage, ServerResponse } from 'node:http';
import { noSuchPath } from '../errors/status';
import type { OpenApi } from '../openapi/openapi';
import { encodeDocument } from '../openapi/v2proto';
import { sendDocument } from './respond';

/** What kubectl asks for has an @ in it, which no media type may have; the answer is called like this. */
const protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** As JSON, or as the protobuf message that kubectl asks for. */
export function sendOpenApi2(message: IncomingMessage, response: ServerResponse, openapi: OpenApi): void {
  const document = openapi.version2();
  if (!/proto-openapi\.spec\.v2(@v1\.0)?\+protobuf/.test(message.headers.accept ?? '')) {
    sendDocument(response, document);
    return;
  }
  const body = encodeDocument(document);
  response.writeHead(200, { 'Content-Type': protobuf, 'Content-Length': body.length }).end(body);
}

export function sendOpenApi3(response: ServerResponse, openapi: OpenApi, path: string): void {
  if (path === '') {
    sendDocument(response, openapi.index());
    return;
  }
  const document = openapi.version3(path);
  if (document === undefined) throw noSuchPath();
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(document) });
  response.end(document);
}
