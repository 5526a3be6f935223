import { controllerCommand, hostCommand, nodeCommand } from '../../../src/processes/flags';
import { describeManifests } from './kustomize';
import { container, controllerPod, nodePod } from './pods';

const commands = { controller: controllerCommand, node: nodeCommand, host: hostCommand };
const processes = Object.keys(commands) as (keyof typeof commands)[];

describeManifests('the command line', () => {
  it.each(processes)('of %s names the process first and then flags that it has, each once', (process) => {
    const pod = process === 'controller' ? controllerPod() : nodePod();
    const [first, ...rest] = container(pod, process).args;
    expect(first).toBe(process);
    const parse = () => commands[process]().exitOverride().parse(rest, { from: 'user' });
    expect(parse).not.toThrow();
    const names = rest.map((arg) => /^--([a-z-]+)/.exec(arg)?.[1]);
    expect(new Set(names).size).toBe(rest.length);
  });

  it('of the controller, of which there are several, lets one of them decide', () => {
    expect(container(controllerPod(), 'controller').args).toContain('--leader-elect');
  });

  it.each(processes)('of %s refers only to variables that its container has', (process) => {
    const pod = process === 'controller' ? controllerPod() : nodePod();
    const { args, env = [] } = container(pod, process);
    const used = args.flatMap((arg) => [...arg.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name));
    expect(env.map(({ name }) => name).sort()).toEqual(used.sort());
  });
});
