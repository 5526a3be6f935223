import { describeManifests } from './kustomize';
import { container, controllerPod, nodePod } from './pods';

/** The command line of each process, as the manifests rely on it. */
const flags: Record<string, string[]> = {
  controller: ['csi-endpoint', 'namespace', 'leader-elect', 'metrics-address', 'health-address', 'log-level'],
  node: ['node-name', 'csi-endpoint', 'host-socket', 'namespace', 'metrics-address', 'health-address', 'log-level'],
  host: ['node-name', 'host-socket', 'machine-etc', 'log-level'],
};

describeManifests('the command line', () => {
  it.each(Object.keys(flags))('of %s names the process first and then flags that it has, each once', (process) => {
    const pod = process === 'controller' ? controllerPod() : nodePod();
    const [command, ...rest] = container(pod, process).args;
    expect(command).toBe(process);
    expect(rest.map((arg) => /^--([a-z-]+)(=.+)?$/.exec(arg)?.[1])).toEqual(flags[process]);
  });

  it.each(Object.keys(flags))('of %s refers only to variables that its container has', (process) => {
    const pod = process === 'controller' ? controllerPod() : nodePod();
    const { args, env = [] } = container(pod, process);
    const used = args.flatMap((arg) => [...arg.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name));
    expect(env.map(({ name }) => name).sort()).toEqual(used.sort());
  });
});
