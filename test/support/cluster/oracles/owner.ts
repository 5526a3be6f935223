import type { MeshStorVolume } from '../../../../src/api/model';
import type { Violations } from './violations';

/** I1: the epoch never falls, and rises with every change of the owner. */
export function checkOwner(violations: Violations, now: MeshStorVolume, before: MeshStorVolume | undefined): void {
  const { name } = now.metadata;
  const [owner, former] = [now.status?.owner, before?.status?.owner];
  if (!former) return;
  if (!owner) return violations.add(`volume ${name}: its owner ${former.nodeName} was forgotten`);
  if (owner.epoch < former.epoch) violations.add(`volume ${name}: epoch fell from ${former.epoch} to ${owner.epoch}`);
  if (owner.nodeName !== former.nodeName && owner.epoch === former.epoch) {
    violations.add(`volume ${name}: ${owner.nodeName} took over from ${former.nodeName} in epoch ${owner.epoch}`);
  }
  const created = before?.status?.array?.createdAt;
  if (created && now.status?.array?.createdAt !== created) violations.add(`volume ${name}: createdAt was rewritten`);
  const formatted = before?.status?.formattedAt;
  if (formatted && now.status?.formattedAt !== formatted) violations.add(`volume ${name}: formattedAt was rewritten`);
}
