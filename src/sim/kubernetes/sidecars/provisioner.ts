import { driverName } from '../../../api/names';
import type { TopologyRequirement, Volume, VolumeCapability } from '../../../csi/gen/csi';
import type { EventSink } from '../../../controllers/event-sink';
import { isAlreadyExists, type KubeClient } from '../../../runtime/kube/client';
import { settled, type Outcome, type Reconciler } from '../../../runtime/reconciler';
import type { CsiCallError } from '../csi-calls';
import { isFinal, type ControllerCalls } from '../csi-calls';
import { byKey, type Informers } from '../informers';
import {
  claimAnnotations,
  claims,
  persistentVolumes,
  type Claim,
  type CsiNode,
  type PersistentVolume,
  type StorageClass,
} from '../kinds';
import { bytesOf, quantityOf } from '../storage-quantity';

const fieldManager = 'sim-provisioner';
/** external-provisioner's --timeout in our manifests. */
const callDeadlineMs = 60_000;

export interface ProvisionerDeps {
  readonly kube: KubeClient;
  readonly informers: Informers;
  readonly csi: ControllerCalls;
  readonly events: EventSink;
}

/** Does what external-provisioner does when a claim asks for a volume. Keys are `namespace/name` of claims. */
export class Provisioner implements Reconciler {
  readonly name = 'sim-provisioner';

  constructor(private readonly deps: ProvisionerDeps) {}

  async reconcile(key: string): Promise<Outcome> {
    const { informers } = this.deps;
    const claim = byKey(informers.claims, key);
    const annotations = claim?.metadata.annotations ?? {};
    const provisioner = annotations[claimAnnotations.provisioner] ?? annotations[claimAnnotations.betaProvisioner];
    if (!claim || claim.spec.volumeName || claim.metadata.deletionTimestamp || provisioner !== driverName)
      return settled;
    const storageClass = informers.classes.get(claim.spec.storageClassName ?? '');
    if (!storageClass) return settled;
    const selected = annotations[claimAnnotations.selectedNode];
    if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && !selected) return settled;
    try {
      await this.#provision(claim, storageClass, selected);
    } catch (error) {
      this.deps.events.record(claim, 'Warning', 'ProvisioningFailed', (error as Error).message);
      if (selected && isFinal(error) && (error as CsiCallError).code === 'RESOURCE_EXHAUSTED') {
        await this.#reschedule(claim);
      }
      throw error;
    }
    return settled;
  }

  async #provision(claim: Claim, storageClass: StorageClass, selected: string | undefined): Promise<void> {
    const { csi, kube, events } = this.deps;
    const name = `pvc-${claim.metadata.uid}`;
    const { volume } = await csi.createVolume(
      {
        name,
        capacityRange: { requiredBytes: String(bytesOf(claim.spec.resources?.requests?.storage ?? '0')) },
        volumeCapabilities: capabilitiesOf(claim, storageClass),
        parameters: parametersOf(claim, storageClass),
        accessibilityRequirements: topologyFor(
          this.deps.informers.csiNodes.list(),
          this.#labels(),
          selected,
          storageClass,
        ),
      },
      { deadlineMs: callDeadlineMs },
    );
    const object = persistentVolumeFor(claim, storageClass, name, volume!);
    try {
      await kube.create(persistentVolumes, object, { fieldManager });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    events.record(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
  }

  /** The scheduler may pick another node. */
  async #reschedule({ metadata }: Claim): Promise<void> {
    const patch = { metadata: { annotations: { [claimAnnotations.selectedNode]: null } } };
    const { name, namespace } = metadata;
    await this.deps.kube.patch(claims, name, patch, { fieldManager, ...(namespace && { namespace }) });
  }

  #labels(): Map<string, Record<string, string>> {
    return new Map(this.deps.informers.nodes.list().map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  }
}

function capabilitiesOf({ spec }: Claim, storageClass: StorageClass): VolumeCapability[] {
  const fsType = storageClass.parameters?.['csi.storage.k8s.io/fstype'] ?? '';
  const flags = storageClass.mountOptions ?? [];
  return (spec.accessModes ?? ['ReadWriteOnce']).map((mode) => ({
    accessType:
      spec.volumeMode === 'Block'
        ? { $case: 'block', block: {} }
        : { $case: 'mount', mount: { fsType, mountFlags: flags, volumeMountGroup: '' } },
    accessMode: { mode: csiMode(mode) },
  }));
}

/** As external-provisioner maps modes for a driver with SINGLE_NODE_MULTI_WRITER. */
export function csiMode(mode: string) {
  switch (mode) {
    case 'ReadWriteOncePod':
      return 'SINGLE_NODE_SINGLE_WRITER';
    case 'ReadOnlyMany':
      return 'MULTI_NODE_READER_ONLY';
    case 'ReadWriteMany':
      return 'MULTI_NODE_MULTI_WRITER';
    default:
      return 'SINGLE_NODE_MULTI_WRITER';
  }
}

/** With --extra-create-metadata; keys of the sidecar's own are not passed on. */
function parametersOf({ metadata }: Claim, { parameters = {} }: StorageClass): Record<string, string> {
  const { 'csi.storage.k8s.io/fstype': _, ...passed } = parameters;
  return {
    ...passed,
    'csi.storage.k8s.io/pvc/name': metadata.name,
    'csi.storage.k8s.io/pvc/namespace': metadata.namespace ?? '',
    'csi.storage.k8s.io/pv/name': `pvc-${metadata.uid}`,
  };
}

/** All nodes of the driver, the selected one first; allowedTopologies narrow them down. */
export function topologyFor(
  csiNodes: readonly CsiNode[],
  labels: ReadonlyMap<string, Record<string, string>>,
  selected: string | undefined,
  { allowedTopologies = [] }: StorageClass,
): TopologyRequirement {
  const terms = csiNodes.flatMap(({ metadata, spec }) => {
    const driver = spec.drivers.find(({ name }) => name === driverName);
    const known = labels.get(metadata.name) ?? {};
    if (!driver) return [];
    const keys = (driver.topologyKeys ?? []).filter((key) => known[key] !== undefined);
    return [{ node: metadata.name, segments: Object.fromEntries(keys.map((key) => [key, known[key]!])) }];
  });
  const allowed = ({ segments }: { segments: Record<string, string> }) =>
    allowedTopologies.length === 0 ||
    allowedTopologies.some(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.every(({ key, values }) => values.includes(segments[key] ?? '')),
    );
  const requisite = terms.filter(allowed).sort((a, b) => (a.node < b.node ? -1 : 1));
  const preferred = [...requisite].sort((a, b) => Number(b.node === selected) - Number(a.node === selected));
  const segmentsOf = ({ segments }: { segments: Record<string, string> }) => ({ segments });
  return { requisite: requisite.map(segmentsOf), preferred: preferred.map(segmentsOf) };
}

function persistentVolumeFor(claim: Claim, storageClass: StorageClass, name: string, volume: Volume): PersistentVolume {
  const fsType = storageClass.parameters?.['csi.storage.k8s.io/fstype'];
  const { metadata, spec } = claim;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [claimAnnotations.provisionedBy]: driverName } },
    spec: {
      capacity: { storage: quantityOf(Number(volume.capacityBytes)) },
      accessModes: spec.accessModes ?? ['ReadWriteOnce'],
      volumeMode: spec.volumeMode ?? 'Filesystem',
      ...(spec.storageClassName && { storageClassName: spec.storageClassName }),
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        ...(metadata.namespace && { namespace: metadata.namespace }),
        name: metadata.name,
        ...(metadata.uid && { uid: metadata.uid }),
      },
      csi: {
        driver: driverName,
        volumeHandle: volume.volumeId,
        ...(fsType && { fsType }),
        volumeAttributes: volume.volumeContext,
      },
    },
  };
}
