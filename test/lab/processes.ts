import { readFileSync } from 'node:fs';

/** A process, told apart from a later one that got the same number. */
export interface ProcessId {
  pid: number;
  /** Ticks from the machine's boot to the process's start. */
  startedAt: string;
}

export function identify(pid: number): ProcessId | undefined {
  const startedAt = startTime(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export const isAlive = (id: ProcessId): boolean => startTime(id.pid) === id.startedAt;

/** Signals exactly this process's group; nothing when the process has ended. */
export function signalGroup(id: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(id)) return;
  try {
    process.kill(-id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Signals exactly this process; nothing when it has ended. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): void {
  if (isAlive(id)) process.kill(id.pid, signal);
}

/** Kills a process group and waits until its leader is gone. */
export async function killGroup(id: ProcessId): Promise<void> {
  signalGroup(id, 'SIGKILL');
  // The leader may be somebody else's child: there is no event to wait for.
  while (isAlive(id)) await new Promise((resolve) => setTimeout(resolve, 5));
}

function startTime(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}
