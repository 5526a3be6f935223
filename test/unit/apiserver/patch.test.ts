import type { Json, JsonObject } from '../../../src/sim/apiserver/object/json';
import { jsonPatch } from '../../../src/sim/apiserver/patch/json';
import { mergePatch } from '../../../src/sim/apiserver/patch/merge';
import { strategicMerge } from '../../../src/sim/apiserver/patch/strategic';
import { builtinType } from '../../../src/sim/apiserver/schema/kinds/index';
import { GiB, refusal, world } from './world';

describe('a merge patch (RFC 7396)', () => {
  test.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ a: 'foo' }, null, null],
    [['a'], { a: 1 }, { a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(mergePatch(structuredClone(target), patch)).toEqual(result);
  });
});

describe('a JSON patch (RFC 6902)', () => {
  test.each<[JsonObject, JsonObject[], JsonObject]>([
    [{ a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    [{ a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    [{ a: [1, 2] }, [{ op: 'remove', path: '/a/0' }], { a: [2] }],
    [{ a: 1 }, [{ op: 'replace', path: '/a', value: 2 }], { a: 2 }],
    [{ a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
    [{ a: 1 }, [{ op: 'copy', from: '/a', path: '/b' }], { a: 1, b: 1 }],
    [{ 'a/b': 1 }, [{ op: 'test', path: '/a~1b', value: 1 }], { 'a/b': 1 }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(jsonPatch(structuredClone(target), patch)).toEqual(result);
  });

  test.each<[string, JsonObject]>([
    ['a test that fails', { op: 'test', path: '/a', value: 2 }],
    ['a path that is not there', { op: 'replace', path: '/x/y', value: 2 }],
    ['an operation that does not exist', { op: 'steal', path: '/a' }],
    ['a prototype', { op: 'add', path: '/__proto__/polluted', value: 1 }],
  ])('refuses %s', (_, operation) => {
    expect(() => jsonPatch({ a: 1 }, [operation])).toThrow(
      'the server rejected our request due to an error in our request',
    );
    expect({}).not.toHaveProperty('polluted');
  });

  test('refuses more operations than the real server takes', () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
    expect(() => jsonPatch({ a: 1 }, operations)).toThrow('allowed maximum operations in a JSON patch is 10000');
  });
});

describe('a strategic merge patch', () => {
  const podSpec = builtinType('io.k8s.api.core.v1.PodSpec');
  const patched = (target: JsonObject, patch: JsonObject) => strategicMerge(podSpec, structuredClone(target), patch);
  const two = {
    containers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'j' },
    ],
  };

  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'merges items of the same key',
      two,
      { containers: [{ name: 'b', command: ['x'] }] },
      {
        containers: [
          { name: 'a', image: 'i' },
          { name: 'b', image: 'j', command: ['x'] },
        ],
      },
    ],
    [
      'appends new items',
      two,
      { containers: [{ name: 'c', image: 'k' }] },
      { containers: [...two.containers, { name: 'c', image: 'k' }] },
    ],
    ['deletes an item', two, { containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [two.containers[1]!] }],
    [
      'replaces the whole list',
      two,
      { containers: [{ $patch: 'replace' }, { name: 'z', image: 'i' }] },
      { containers: [{ name: 'z', image: 'i' }] },
    ],
    [
      'replaces lists without key',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [{ key: 'b' }] },
      { tolerations: [{ key: 'b' }] },
    ],
    ['deletes what is null', { hostname: 'x', subdomain: 'y' }, { hostname: null }, { subdomain: 'y' }],
    [
      'orders items as told, and keeps others in their place',
      { containers: [{ name: 'a' }, { name: 'server' }, { name: 'b' }] },
      {
        $setElementOrder: undefined,
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
        containers: [{ name: 'b', image: 'n' }],
      },
      { containers: [{ name: 'server' }, { name: 'b', image: 'n' }, { name: 'a' }] },
    ],
    [
      'retains only the keys it is told to',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] },
      { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
    ],
    [
      'replaces an object',
      { nodeSelector: { a: '1', b: '2' } },
      { nodeSelector: { $patch: 'replace', c: '3' } },
      { nodeSelector: { c: '3' } },
    ],
    [
      'deletes an object',
      { dnsConfig: { searches: ['x'] }, hostname: 'h' },
      { dnsConfig: { $patch: 'delete' } },
      { dnsConfig: {}, hostname: 'h' },
    ],
    [
      'merges at every depth',
      {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'X', value: '1' },
              { name: 'Y', value: '2' },
            ],
          },
        ],
      },
      {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'Y', value: '3' },
              { name: 'X', $patch: 'delete' },
            ],
          },
        ],
      },
      { containers: [{ name: 'a', env: [{ name: 'Y', value: '3' }] }] },
    ],
    [
      'uses its own key where apply uses two',
      { containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }] }] },
      { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'http' }] }] },
      { containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] }] },
    ],
    [
      'leaves directives out of what it adds',
      {},
      { dnsConfig: { searches: ['x'], $retainKeys: ['searches'], options: null } },
      { dnsConfig: { searches: ['x'] } },
    ],
  ])('%s', (_, target, patch, result) => {
    expect(patched(target, patch)).toEqual(result);
  });

  test('merges sets, and takes values out of them', () => {
    const meta = builtinType('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
    const finalizers = { finalizers: ['a/a', 'b/b'] };
    expect(strategicMerge(meta, structuredClone(finalizers), { finalizers: ['c/c', 'a/a'] })).toEqual({
      finalizers: ['a/a', 'b/b', 'c/c'],
    });
    const removal = { '$deleteFromPrimitiveList/finalizers': ['a/a'] };
    expect(strategicMerge(meta, structuredClone(finalizers), removal)).toEqual({ finalizers: ['b/b'] });
  });

  test.each<[string, JsonObject, string]>([
    ['an unknown directive', { $patch: 'steal' }, 'unknown patch type: steal'],
    ['an item without its key', { containers: [{ image: 'i' }] }, 'does not contain declared merge key: name'],
    ['an item that is no object', { containers: ['a'] }, 'must be objects'],
    ['an order that is no list', { '$setElementOrder/containers': 1 }, 'must be a list'],
    ['keys that are no list', { $retainKeys: 'name' }, '$retainKeys must be a list'],
  ])('refuses %s', (_, patch, message) => {
    expect(() => patched(two, patch)).toThrow(message);
  });
});

describe('a patch', () => {
  const volumes = 'meshstorvolumes.csi.meshstor.io';

  test('of a custom resource cannot be strategic', async () => {
    const { api } = world();
    await api.create(volumes, { metadata: { name: 'v' }, spec: { capacityBytes: GiB } });
    const patch = api.object('patch', `${volumes}//v`, { patchType: 'strategic', body: {} });
    expect(await refusal(patch)).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
  });

  test.each([
    ['name', { metadata: { name: 'other' } }, 400],
    ['uid', { metadata: { uid: 'other' } }, 422],
    ['resourceVersion', { metadata: { resourceVersion: '1' } }, 409],
  ])('cannot change the %s', async (_, body, code) => {
    const { api } = world();
    await api.create('nodes', { metadata: { name: 'n' } });
    expect(await refusal(api.merge('nodes//n', body))).toMatchObject({ code });
  });

  test('is judged by its result', async () => {
    const { api } = world();
    await api.create(volumes, { metadata: { name: 'v' }, spec: { capacityBytes: GiB } });
    const error = await refusal(api.merge(`${volumes}//v`, { spec: { capacityBytes: null } }));
    expect(error.message).toContain('spec.capacityBytes: Required value');
  });

  test('that is no object, or no list, is a bad request', async () => {
    const { api } = world();
    await api.create('nodes', { metadata: { name: 'n' } });
    const json = api.object('patch', 'nodes//n', { patchType: 'json', body: { op: 'add' } });
    expect(await refusal(json)).toMatchObject({ code: 400 });
    const merge = api.object('patch', 'nodes//n', { patchType: 'merge', body: [{ op: 'add' }] });
    expect(await refusal(merge)).toMatchObject({ code: 400 });
  });
});
