import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HostError } from '../../errors';
import type { Call } from '../call';
import { CommandError, type Argv } from '../exec';
import type { Host } from '../host';
import { writeAttribute } from '../raw';
import type { MdArray } from './read';

/**
 * Configuration for mdadm's own work: it assembles nothing by itself, and new members get no bad-block list, so
 * that one which cannot take a write is dropped instead of counting as in sync with holes.
 */
export const mdadmConfig = 'AUTO -all\nCREATE bbl=no\n';

/** Runs mdadm in a mode that takes a configuration file (create, assemble). */
export async function mdadm(host: Host, argv: readonly string[], call: Call): Promise<void> {
  const file = `${host.paths.run}/mdadm.conf`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, mdadmConfig);
  const [mode, ...rest] = argv;
  await host.exec.run(['mdadm', mode!, ...rest, `--config=${file}`] as Argv, { call });
}

/** Runs mdadm on a running array. */
export async function manage(host: Host, { path }: MdArray, argv: readonly string[], call: Call): Promise<void> {
  await host.exec.run(['mdadm', '--manage', path, ...argv] as Argv, { call });
}

/** Somebody (udev, a monitor) opens an array for a moment; what lasts longer is a user. */
const briefUseMs = 2_000;

/** Throws Busy when the array stays open. */
export async function stop(host: Host, array: MdArray, call: Call): Promise<void> {
  let last: CommandError | undefined;
  const stopped = await call.poll(briefUseMs, 100, async () => {
    try {
      await host.exec.run(['mdadm', '--stop', array.path], { call });
      return true;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.stderr.includes('No such file')) return true;
      if (!/busy|exclusive access/.test(error.stderr)) throw error;
      last = error;
      return undefined;
    }
  });
  if (!stopped) throw new HostError('Busy', `${array.name} is open: ${last!.stderr.trim().split('\n')[0]}`);
}

/**
 * Sets or clears write-mostly: reads go to local members while there is one. Through sysfs, because mdadm 4.4
 * writes a member that is added with --write-mostly as faulty from the start.
 */
export async function setWriteMostly(
  host: Host,
  array: MdArray,
  kernelName: string,
  writeMostly: boolean,
  call: Call,
): Promise<void> {
  const attribute = `block/${array.name}/md/dev-${kernelName}/state`;
  const flags = ((await host.sysfs.text(attribute)) ?? '').split(',');
  if (flags.includes('write_mostly') === writeMostly || flags.includes('faulty')) return;
  await writeAttribute(host, `${host.paths.sys}/${attribute}`, writeMostly ? 'writemostly' : '-writemostly', call);
}

/** The member stays, and no spare takes its place. md allows it always; a copy that is being made goes on. */
export async function keepMember(host: Host, { name }: MdArray, kernelName: string, call: Call): Promise<void> {
  await writeAttribute(host, `${host.paths.sys}/block/${name}/md/dev-${kernelName}/state`, '-want_replacement', call);
}
