import { notAcceptable } from '../errors/status';

/** How an answer is to look. */
export interface Format {
  readonly as: 'object' | 'table' | 'metadata' | 'discovery';
  /** Of the shape above: v1, v1beta1 (tables, metadata), v2, v2beta1 (discovery). */
  readonly version: string;
  readonly encoding: 'json' | 'yaml';
}

const plain: Format = { as: 'object', version: '', encoding: 'json' };

/** Picks the first alternative that this server can produce, as the real one does. */
export function negotiate(accept: string | undefined): Format {
  if (!accept) return plain;
  for (const alternative of accept.split(',')) {
    const format = parse(alternative);
    if (format) return format;
  }
  throw notAcceptable(['application/json', 'application/yaml']);
}

const shapes: Record<string, { as: Format['as']; versions: readonly string[] }> = {
  Table: { as: 'table', versions: ['v1', 'v1beta1'] },
  PartialObjectMetadata: { as: 'metadata', versions: ['v1', 'v1beta1'] },
  PartialObjectMetadataList: { as: 'metadata', versions: ['v1', 'v1beta1'] },
  APIGroupDiscoveryList: { as: 'discovery', versions: ['v2', 'v2beta1'] },
};

function parse(alternative: string): Format | undefined {
  const [type = '', ...parameters] = alternative.split(';').map((part) => part.trim());
  const encoding = type === 'application/yaml' ? 'yaml' : 'json';
  if (encoding === 'json' && !['application/json', '*/*', 'application/*'].includes(type)) return undefined;
  const values = new Map(parameters.map((parameter) => parameter.split('=') as [string, string]));
  const name = values.get('as');
  if (name === undefined) return { ...plain, encoding };
  const shape = shapes[name];
  const version = values.get('v') ?? 'v1';
  return shape?.versions.includes(version) ? { as: shape.as, version, encoding } : undefined;
}
