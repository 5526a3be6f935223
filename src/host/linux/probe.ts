import type { Call } from './call';
import type { Host } from './host';
import { describeSignature, parseBlkid } from './parse/blkid';
import { parseWipefs, type Signature } from './parse/wipefs';
import { readCap, reading } from './raw';

/** blkid's exit codes: nothing recognised; several things recognised that exclude each other. */
const nothing = 2;
const ambivalent = 8;

/**
 * What a device carries by its signatures; undefined when blkid knows none. That alone does not say that it is
 * blank: blkid ends the same way when it cannot read the device. Read it too (readBytes) before relying on it.
 */
export async function probe(
  host: Host,
  device: string,
  call: Call,
  subject: string,
): Promise<{ readonly what: string; readonly fields: ReadonlyMap<string, string> } | undefined> {
  const options = { call, capMs: readCap(call), subject, accept: [0, nothing, ambivalent], readOnly: true };
  const { code, stdout } = await reading(device, () =>
    host.exec.run(['blkid', '--probe', '--output', 'export', device], options),
  );
  if (code === ambivalent) return { what: 'signatures of several kinds', fields: new Map() };
  const fields = parseBlkid(stdout.toString());
  // A partition tells its own entry even when it holds nothing.
  const isSigned = fields.has('TYPE') || fields.has('PTTYPE');
  return isSigned ? { what: describeSignature(fields), fields } : undefined;
}

/** Every signature on a device, and where it is. As with `probe`, none does not say that the device is blank. */
export async function signaturesOn(host: Host, device: string, call: Call, subject: string): Promise<Signature[]> {
  const argv = ['wipefs', '--no-act', '--json', '--output', 'OFFSET,TYPE', device] as const;
  const options = { call, capMs: readCap(call), subject, readOnly: true };
  return reading(device, async () => parseWipefs((await host.exec.run(argv, options)).stdout.toString()));
}
