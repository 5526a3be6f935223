import { controllerCommand } from '../../../src/cli/flags';

const parse = (...argv: string[]) => {
  const command = controllerCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(argv, { from: 'user' }).opts();
};

describe('how many synchronisations run at once', () => {
  it('is two on a node and one between two nodes, unless said otherwise', () => {
    expect(parse()).toMatchObject({ syncsPerNode: 2, syncsPerLink: 1 });
    expect(parse('--syncs-per-node', '8', '--syncs-per-link=4')).toMatchObject({ syncsPerNode: 8, syncsPerLink: 4 });
  });
  it.each(['0', '-1', '1.5', '', 'many', '10000'])('is a whole number from 1 on: not %j', (count) => {
    expect(() => parse('--syncs-per-node', count)).toThrow('Expected a whole number from 1 to 9999.');
  });
});
