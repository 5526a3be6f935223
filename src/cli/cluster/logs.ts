import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createLogger, format, transports } from 'winston';
import type { Logger, LogLevel } from '../../runtime/log';

/** What the simulated processes log, each into a file of its own. */
export interface LogFiles {
  readonly log: Logger;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

const message = Symbol.for('message');

/** Logs by the field `process` into `<folder>/<process>.log`, as JSON lines. */
export function openLogs(folder: string, level: LogLevel): LogFiles {
  const files = new Map<string, WriteStream>();
  const fileOf = (process: string) => {
    const known = files.get(process) ?? createWriteStream(join(folder, `${process}.log`), { flags: 'a', mode: 0o600 });
    files.set(process, known);
    return known;
  };
  const router = new Writable({
    objectMode: true,
    write: (entry: { process?: string; [message]: string }, _encoding, done) => {
      fileOf(entry.process ?? 'cluster').write(`${entry[message]}\n`, () => done());
    },
  });
  const log = createLogger({
    level,
    format: format.combine(format.errors({ stack: true }), format.timestamp(), format.json()),
    transports: [new transports.Stream({ stream: router })],
  });
  return {
    log,
    close: async () => {
      await new Promise<void>((resolve) => router.end(resolve));
      await Promise.all([...files.values()].map((file) => new Promise<void>((resolve) => file.end(() => resolve()))));
    },
  };
}
