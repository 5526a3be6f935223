import { Kubectl } from './kubectl';
import { atLeast } from './version';

/** How the control plane that setup.ts has started reaches the processes that run the tests. */
const variable = 'MESHSTOR_TEST_CONTROL_PLANE';

export interface Shared {
  kubeconfigPath: string;
  version: string;
  kubectlPath: string;
  managers: boolean;
}

export function share({ kubeconfigPath, version, kubectlPath, managers }: Shared): void {
  process.env[variable] = JSON.stringify({ kubeconfigPath, version, kubectlPath, managers });
}

/** The control plane that all tests of this run share: keep to names, and on clean-up to objects, of your own. */
export function sharedControlPlane(): Shared & { kubectl: Kubectl } {
  const shared = process.env[variable];
  if (!shared) throw new Error('no control plane: run with jest --selectProjects kube');
  const plane = JSON.parse(shared) as Shared;
  return { ...plane, kubectl: new Kubectl(plane.kubectlPath, plane.kubeconfigPath) };
}

/** Whether the shared server is of this release (such as '1.25') or a later one. */
export const serverAtLeast = (release: string): boolean => atLeast(sharedControlPlane().version, release);

/** `it`, or a test reported as skipped with the reason in its name when the server is older than the release. */
export function itSince(release: string): (name: string, test: () => Promise<void>) => void {
  return unless(serverAtLeast(release), `server older than ${release}`);
}

/** `it`, or a test reported as skipped where kube-controller-manager and kube-scheduler do not run. */
export function itWithManagers(name: string, test: () => Promise<void>): void {
  unless(sharedControlPlane().managers, noManagers)(name, test);
}

/** The same for whole blocks of tests. */
export const describeSince = (release: string) =>
  describeUnless(serverAtLeast(release), `server older than ${release}`);
export const describeWithManagers = (name: string, tests: () => void): void =>
  describeUnless(sharedControlPlane().managers, noManagers)(name, tests);

const noManagers = 'no kube-controller-manager';

function unless(possible: boolean, reason: string): (name: string, test: () => Promise<void>) => void {
  return (name, test) => (possible ? it(name, test) : it.skip(`${name} (skipped: ${reason})`, test));
}

function describeUnless(possible: boolean, reason: string): (name: string, tests: () => void) => void {
  return (name, tests) => (possible ? describe(name, tests) : describe.skip(`${name} (skipped: ${reason})`, tests));
}
