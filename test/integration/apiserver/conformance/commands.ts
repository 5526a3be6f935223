import { metadataOf } from './objects';
import { collection, configMap, configMaps, until, widget, type Subject } from './subject';

/** An unmodified kubectl at work. */
export function commands(subject: () => Subject): void {
  const kubectl = (...args: string[]) => subject().kubectl.run(['--namespace', subject().namespace, ...args]);
  const fed = (input: unknown, ...args: string[]) =>
    subject().kubectl.run(['--namespace', subject().namespace, ...args], JSON.stringify(input));
  const tried = (input: unknown, ...args: string[]) =>
    subject().kubectl.try(['--namespace', subject().namespace, ...args], JSON.stringify(input));
  const raw = () => subject().raw;

  test('finds the kind by its names and its category', async () => {
    await fed(widget('found'), 'create', '-f', '-');
    for (const name of ['widgets', 'widget', 'wdg', 'widgets.conformance.meshstor.io', 'gadgets']) {
      expect(await kubectl('get', name, '--output=name')).toContain('widget.conformance.meshstor.io/found');
    }
    const resources = await kubectl('api-resources', '--api-group=conformance.meshstor.io', '--no-headers');
    expect(resources.trim().split(/\s+/)).toEqual(['widgets', 'wdg', 'conformance.meshstor.io/v1', 'true', 'Widget']);
  });

  test('prints the columns, the wide ones when asked', async () => {
    await fed(widget('printed', { size: 7 }), 'create', '-f', '-');
    const words = async (...args: string[]) => (await kubectl('get', 'wdg', 'printed', ...args)).trim().split(/\s+/);
    expect(await words()).toEqual(['NAME', 'SIZE', 'PHASE', 'READY', 'SEEN', 'printed', '7']);
    expect(await words('--output=wide')).toEqual([
      'NAME',
      'SIZE',
      'PHASE',
      'READY',
      'COLOUR',
      'SEEN',
      'printed',
      '7',
      'red',
    ]);
    const custom = await kubectl('get', 'wdg', 'printed', '--no-headers', '--output=custom-columns=S:.spec.size');
    expect(custom.trim()).toBe('7');
    expect(await kubectl('get', 'wdg', 'printed', '--output=jsonpath={.spec.size}')).toBe('7');
  });

  test('applies, knows when nothing changed, and what did', async () => {
    expect(await fed(widget('applied'), 'apply', '-f', '-')).toContain('created');
    expect(await fed(widget('applied'), 'apply', '-f', '-')).toContain('unchanged');
    const changed = widget('applied', { size: 2 });
    const diff = await tried(changed, 'diff', '-f', '-');
    expect(diff.code).toBe(1);
    expect(diff.stdout).toMatch(/-\s+size: 1\n\+\s+size: 2/);
    expect(await fed(changed, 'apply', '-f', '-')).toContain('configured');
    expect(await kubectl('get', 'wdg', 'applied', '--output=jsonpath={.spec.size}')).toBe('2');
  });

  test('removes what is no longer in an applied file', async () => {
    await fed(configMap('shrinks', { a: '1', b: '2' }), 'apply', '-f', '-');
    await fed(configMap('shrinks', { a: '1' }), 'apply', '-f', '-');
    expect((await raw().get(`${configMaps(subject())}/shrinks`)).body.data).toEqual({ a: '1' });
  });

  test('applies on the server, shows conflicts, and moves over from client-side apply', async () => {
    await fed(widget('server'), 'apply', '-f', '-');
    expect(await fed(widget('server', { size: 2 }), 'apply', '--server-side', '-f', '-')).toContain(
      'serverside-applied',
    );
    await raw().merge(`${collection(subject())}/server?fieldManager=other`, { spec: { size: 3 } });
    const refused = await tried(widget('server', { size: 4 }), 'apply', '--server-side', '-f', '-');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('conflict with "other"');
    expect(
      await fed(widget('server', { size: 4 }), 'apply', '--server-side', '--force-conflicts', '-f', '-'),
    ).toContain('serverside-applied');
  });

  test('applies built-in objects with lists, again and again', async () => {
    const deployment = (image: string, env: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'app' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'x' } },
        template: {
          metadata: { labels: { app: 'x' } },
          spec: {
            containers: [
              { name: 'one', image, ports: [{ containerPort: 80 }], env: [{ name: env, value: '1' }] },
              { name: 'two', image },
            ],
          },
        },
      },
    });
    expect(await fed(deployment('i:1', 'A'), 'apply', '-f', '-')).toContain('created');
    expect(await fed(deployment('i:1', 'A'), 'apply', '-f', '-')).toContain('unchanged');
    expect(await fed(deployment('i:2', 'B'), 'apply', '-f', '-')).toContain('configured');
    const env = await kubectl(
      'get',
      'deploy',
      'app',
      '--output=jsonpath={.spec.template.spec.containers[0].env[*].name}',
    );
    expect(env).toBe('B');
  });

  test('labels, annotates, patches and edits', async () => {
    await fed(widget('handled'), 'create', '-f', '-');
    expect(await kubectl('label', 'wdg', 'handled', 'a=b')).toContain('labeled');
    expect(await kubectl('annotate', 'wdg', 'handled', 'c=d')).toContain('annotated');
    await kubectl('patch', 'wdg', 'handled', '--type=merge', '--patch={"spec":{"size":2}}');
    await kubectl(
      'patch',
      'wdg',
      'handled',
      '--type=json',
      '--patch=[{"op":"replace","path":"/spec/colour","value":"green"}]',
    );
    const { body } = await raw().get(`${collection(subject())}/handled`);
    expect(body).toMatchObject({
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
      spec: { size: 2, colour: 'green' },
    });
  });

  test('waits for a condition, and for a deletion that has finalizers', async () => {
    await fed(widget('awaited', { size: 1 }, { finalizers: ['a.example.com/x'] }), 'create', '-f', '-');
    const at = `${collection(subject())}/awaited`;
    const ready = kubectl('wait', '--for=condition=Ready', 'wdg/awaited', '--timeout=30s');
    await raw().merge(`${at}/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    expect(await ready).toContain('condition met');
    const deleted = kubectl('delete', 'wdg', 'awaited', '--timeout=30s');
    await until(async () => metadataOf(await raw().get(at)).deletionTimestamp !== undefined);
    await raw().merge(at, { metadata: { finalizers: null } });
    expect(await deleted).toContain('deleted');
  });

  test('describes, with the events of the object', async () => {
    const { namespace } = subject();
    const { uid } = metadataOf(await raw().post(collection(subject()), widget('described', { size: 9 })));
    const involvedObject = { kind: 'Widget', name: 'described', namespace, uid };
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'described.1', namespace }, involvedObject };
    await raw().post(`/api/v1/namespaces/${namespace}/events`, {
      ...event,
      reason: 'Happened',
      message: 'it did',
      type: 'Normal',
    });
    const text = await kubectl('describe', 'wdg', 'described');
    expect(text).toMatch(/Size:\s+9/);
    expect(text).toMatch(/Normal\s+Happened.*it did/);
  });

  test('says what is wrong with an invalid object', async () => {
    const refused = await tried(widget('wrong', { size: 0 }), 'create', '--validate=false', '-f', '-');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('The Widget "wrong" is invalid: spec.size: Invalid value: 0');
  });

  test('explains the kind', async () => {
    const explained = async (...args: string[]) => kubectl('explain', ...args).catch(String);
    const text = await explained('wdg.spec.parts');
    expect(text).toMatch(/weight\s*<integer>/);
    expect(await explained('wdg', '--recursive')).toMatch(/options\s*<map\[string\]string>/);
  });

  test('refuses a field that no schema knows', async () => {
    const refused = await tried(widget('typo', { size: 1, colur: 'red' }), 'apply', '-f', '-');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/unknown field "(spec\.)?colur"/);
  });

  test('creates what it creates by itself', async () => {
    await kubectl('create', 'configmap', 'made', '--from-literal=a=b');
    await kubectl('create', 'secret', 'generic', 'made', '--from-literal=a=b');
    await kubectl('create', 'serviceaccount', 'made');
    await kubectl('create', 'deployment', 'made', '--image=i', '--replicas=0');
    expect(await kubectl('get', 'configmap', 'made', '--output=jsonpath={.data.a}')).toBe('b');
    expect(await kubectl('get', 'secret', 'made', '--output=jsonpath={.data.a}')).toBe('Yg==');
    expect(await kubectl('get', 'deployment', 'made', '--output=jsonpath={.spec.replicas}')).toBe('0');
  });

  test('knows what it may do', async () => {
    expect((await kubectl('auth', 'can-i', 'create', 'widgets')).trim()).toBe('yes');
  });

  test('deletes by selector, and at once when told not to wait', async () => {
    for (const name of ['bulk-a', 'bulk-b'])
      await fed(widget(name, { size: 1 }, { labels: { bulk: 'yes' } }), 'create', '-f', '-');
    await kubectl('delete', 'wdg', '--selector=bulk=yes', '--wait=false');
    expect(await kubectl('get', 'wdg', '--selector=bulk=yes', '--output=name')).toBe('');
  });
}
