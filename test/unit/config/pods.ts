import { the } from './kustomize';

/** The parts of a pod that the tests look at. */
export interface Container {
  name: string;
  image: string;
  args: string[];
  env?: { name: string }[];
  ports?: { name: string; containerPort: number }[];
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext: {
    privileged?: boolean;
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[]; add?: string[] };
  };
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean; mountPropagation?: string }[];
}

export interface Probe {
  httpGet: { host?: string; path: string; port: string | number };
}

export interface PodSpec {
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  priorityClassName: string;
  terminationGracePeriodSeconds: number;
  tolerations: object[];
  securityContext: Record<string, unknown>;
  containers: Container[];
  volumes: { name: string; hostPath?: { path: string }; emptyDir?: object; projected?: { sources: object[] } }[];
}

export interface Workload {
  spec: {
    replicas?: number;
    updateStrategy?: object;
    strategy?: object;
    selector: { matchLabels: Record<string, string> };
    template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
  };
}

export const controllerPod = (folder = 'config/default'): PodSpec =>
  the<Workload>(folder, 'Deployment', 'meshstor-csi-controller').spec.template.spec;
export const nodePod = (folder = 'config/default'): PodSpec =>
  the<Workload>(folder, 'DaemonSet', 'meshstor-csi-node').spec.template.spec;

export function container(pod: PodSpec, name: string): Container {
  const found = pod.containers.find((container) => container.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
}

/** Names of the containers that mount a volume. */
export const mountersOf = (pod: PodSpec, volume: string): string[] =>
  pod.containers.filter(({ volumeMounts }) => volumeMounts.some(({ name }) => name === volume)).map(({ name }) => name);

/** The value of `--flag=value`, or '' for `--flag`; undefined when it is not given. */
export function argument({ args }: Container, flag: string): string | undefined {
  const found = args.find((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`));
  return found === undefined ? undefined : found.slice(`--${flag}=`.length);
}
