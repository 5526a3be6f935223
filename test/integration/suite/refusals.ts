import { volumes } from '../../../src/api/resources';
import { claims } from '../../../src/sim/kubernetes/kinds';
import { noteOf } from './follow';
import type { ClaimSpec, ClassSpec, User } from './user';

interface Refusal {
  readonly title: string;
  readonly class?: ClassSpec;
  readonly claim?: ClaimSpec;
  readonly says: RegExp;
}

const parameter = (name: string, value: string, says: RegExp): Refusal => ({
  title: `the parameter ${name} of ${JSON.stringify(value)}`,
  class: { parameters: { [name]: value } },
  says,
});

const refusals: readonly Refusal[] = [
  parameter('numberOfCopies', '0', /parameter numberOfCopies: "0" is not allowed; give a whole number from 1 to 8/),
  parameter('numberOfCopies', '9', /from 1 to 8/),
  parameter('numberOfCopies', '2.0', /"2\.0" is not allowed/),
  parameter('numberOfCopies', ' 2', /" 2" is not allowed/),
  parameter('replicaCount', 'many', /parameter replicaCount: "many" is not allowed/),
  parameter('drivesPerCopy', '-1', /parameter drivesPerCopy: "-1" is not allowed/),
  parameter('memberMissingTimeout', '59', /parameter memberMissingTimeout: "59" is not allowed; .* from 60 to/),
  parameter('sectorSize', '520', /parameter sectorSize: "520" is not allowed; give "512" or "4096"/),
  parameter('migratable', 'yes', /parameter migratable: "yes" is not allowed/),
  parameter('migratable', 'true', /needs volumeMode Block/),
  parameter('numberOfCopys', '2', /parameter "numberOfCopys" is unknown; did you mean numberOfCopies\?/),
  parameter('csi.storage.k8s.io/fstype', 'btrfs', /"btrfs" is not supported; give xfs or ext4/),
  {
    title: 'two names of one parameter that contradict each other',
    class: { parameters: { numberOfCopies: '2', replicaCount: '3' } },
    says: /numberOfCopies \("2"\) and replicaCount \("3"\) mean the same and differ/,
  },
  { title: 'less than 512 MiB', claim: { size: '511Mi' }, says: /the minimum volume is 512 MiB/ },
  {
    title: 'a file system for many nodes',
    claim: { accessMode: 'ReadWriteMany' },
    says: /cannot be used from several nodes/,
  },
  {
    title: 'a block device for many nodes, also of a class of migratable volumes',
    class: { parameters: { migratable: 'true' } },
    claim: { block: true, accessMode: 'ReadWriteMany' },
    says: /this version attaches a volume to one node at a time/,
  },
];

/** What is refused, in which words, and that nothing is left behind. */
export function describeRefusals(user: () => User): void {
  /** Waits until the user is told this about a claim of a class that provisions at once; all that is told. */
  async function toldAbout({ class: spec, claim: wanted, says }: Omit<Refusal, 'title'>): Promise<string> {
    const { world } = user();
    const claim = await user().claim({
      ...wanted,
      storageClass: await user().class({ ...spec, binding: 'Immediate' }),
    });
    const note = await noteOf(world, claim, 'ProvisioningFailed', says);
    const seen = (await world.done(world.kube.get(claims, claim, 'default')))!;
    expect(seen.status?.phase).toBe('Pending');
    // It is tried again for as long as the claim is there, and each attempt may have a volume until it fails.
    await user().deleteClaim(claim);
    const volume = `pvc-${seen.metadata.uid}`;
    await world.eventually(`no volume ${volume} to be left`, async () => !(await world.kube.get(volumes, volume)));
    return note;
  }

  it.each(refusals)('refuses $title', async (refusal) => {
    expect(await toldAbout(refusal)).toMatch(refusal.says);
  });

  it('refuses more than any drive has, naming what each node lacks', async () => {
    const { world } = user();
    const note = await toldAbout({ claim: { size: '17Gi' }, says: /2 nodes needed/ });
    for (const node of world.nodes) {
      expect(note).toMatch(new RegExp(`${node}: .*has 16\\.00 GiB free in one piece, 17\\.00 GiB are needed`));
    }
  });

  it('refuses more copies than there are nodes', async () => {
    const says = /4 nodes needed; .* can take a copy/;
    expect(await toldAbout({ class: { parameters: { numberOfCopies: '4' } }, says })).toMatch(says);
  });

  it('refuses a zone that has too few nodes', async () => {
    const says = /is in zone b, not in a/;
    expect(await toldAbout({ class: { zones: ['a'] }, says })).toMatch(says);
  });

  it.each(['0', '-1Gi'])('leaves it to Kubernetes to refuse a size of %s', async (size) => {
    await expect(user().claim({ size })).rejects.toThrow(/must be greater than zero|greater than or equal to/);
  });

  it('takes a claim up again when its class asks for what there is', async () => {
    const { world } = user();
    const storageClass = await user().class({ parameters: { sectorSize: '4096' }, binding: 'Immediate' });
    const large = await user().claim({ size: '9Gi', storageClass });
    await user().synced(large);
    const second = await user().claim({ size: '9Gi', storageClass });
    await noteOf(world, second, 'ProvisioningFailed');
    await user().deleteClaim(large);
    await user().synced(second);
  });
}
