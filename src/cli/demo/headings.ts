import type { Heading } from './show/show';
import type { StepName } from './story/teller';

/** In order, each with the seconds after which it has failed: several times what it takes on a slow machine. */
const steps: readonly (readonly [StepName, string, number])[] = [
  ['cluster', 'Start a simulated cluster with MeshStor on it', 30],
  ['claim', 'Create a claim and a pod that uses it', 10],
  ['pod', 'Wait for the pod', 30],
  ['data', 'Let the pod write and read, during the synchronisation', 15],
  ['sync', 'Watch the mirror get in sync', 60],
  ['halves', 'Compare the two halves of the mirror', 15],
  ['move', 'Move the pod to the node of the other half', 45],
  ['removal', 'Delete the pod and the claim', 45],
];

export const headings = Object.fromEntries(
  steps.map(([name, title, limitS], index): [StepName, Heading] => [
    name,
    { name, title, number: index + 1, of: steps.length, limitMs: limitS * 1000 },
  ]),
) as Readonly<Record<StepName, Heading>>;
