import { controllerCommand, nodeCommand, type ControllerFlags, type NodeFlags } from '../../../src/processes/flags';

describe('how many synchronisations run at once', () => {
  const parse = (...flags: string[]) =>
    controllerCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .parse(flags, { from: 'user' })
      .opts<ControllerFlags>();

  it('is two on a node and one between two nodes, unless said otherwise', () => {
    expect(parse()).toMatchObject({ syncsPerNode: 2, syncsPerLink: 1 });
    expect(parse('--syncs-per-node', '8', '--syncs-per-link=4')).toMatchObject({ syncsPerNode: 8, syncsPerLink: 4 });
  });
  it.each(['0', '-1', '1.5', '', 'many', '10000'])('is a whole number from 1 on: not %j', (count) => {
    expect(() => parse('--syncs-per-node', count)).toThrow('Expected a whole number from 1 to 9999.');
  });
});

describe('what synchronisations of a node get beside other I/O', () => {
  const parse = (...flags: string[]) =>
    nodeCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .parse(['--node-name', 'node1', ...flags], { from: 'user' })
      .opts<NodeFlags>().syncBandwidth;

  it.each<[string[], number]>([
    [[], 200 * 1024 ** 2],
    [['--sync-bandwidth', '1Gi'], 1024 ** 3],
    [['--sync-bandwidth=50000000'], 50_000_000],
  ])('with %j is %d bytes a second', (flags, bytes) => {
    expect(parse(...flags)).toBe(bytes);
  });
  it.each(['0', '-1Mi', '1.5Gi', '1023Ki', '200MB', 'fast', ''])('is a quantity from 1Mi on: not %j', (text) => {
    expect(() => parse('--sync-bandwidth', text)).toThrow('Expected bytes a second from 1Mi, as 200Mi or 1Gi.');
  });
});
