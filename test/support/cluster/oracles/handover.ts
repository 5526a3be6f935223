import type { MeshStorVolume } from '../../../../src/api/model';
import { isSilent, silenceLimitMs } from '../../../../src/api/silence';
import { isStopped } from '../../../../src/api/volume';
import type { Records } from './records';
import type { Violations } from './violations';

/** C8: the next owner is named when the former has stopped, is silent, or has had its time. */
export class Handovers {
  /** Since when a volume is wanted elsewhere than where its owner is, by UID. */
  readonly #wantedSince = new Map<string, number>();

  constructor(
    private readonly violations: Violations,
    private readonly records: Pick<Records, 'heardOf'>,
    private readonly now: () => number,
  ) {}

  seen(now: MeshStorVolume, before: MeshStorVolume | undefined): void {
    this.#check(now, before);
    const { uid } = now.metadata;
    const owner = now.status?.owner?.nodeName;
    const { nodeName } = now.spec;
    if (!owner || !nodeName || nodeName === owner) this.#wantedSince.delete(uid!);
    else if (!this.#wantedSince.has(uid!)) this.#wantedSince.set(uid!, this.now());
  }

  #check({ metadata, status }: MeshStorVolume, before: MeshStorVolume | undefined): void {
    const [owner, former] = [status?.owner, before?.status?.owner];
    if (!owner || !former || owner.nodeName === former.nodeName || isStopped(before!, former)) return;
    if (isSilent(this.records.heardOf(former.nodeName), this.now())) return;
    const since = this.#wantedSince.get(metadata.uid!) ?? this.now();
    if (this.now() - since >= silenceLimitMs) return;
    this.violations.add(
      `volume ${metadata.name}: ${owner.nodeName} was named its owner while ${former.nodeName} was using it`,
    );
  }
}
