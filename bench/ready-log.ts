import { createLogger, type Logger } from 'winston';

/** A log that says nothing, and tells of the manager's word that everything is ready. */
export function listening(): { log: Logger; ready: Promise<void> } {
  const log = createLogger({ silent: true });
  const ready = new Promise<void>((resolve) => {
    const info = log.info.bind(log) as (...line: unknown[]) => Logger;
    log.info = ((...line: unknown[]) => {
      if (line[0] === 'ready') resolve();
      return info(...line);
    }) as Logger['info'];
  });
  return { log, ready };
}
