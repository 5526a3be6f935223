import type { Logger } from '../../../src/runtime/log';

export interface Line {
  level: string;
  message: string;
  fields: Record<string, unknown>;
}

/** A logger that keeps its lines for the test to read. */
export function recordingLog(): { log: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const make = (inherited: object): Logger => {
    const at =
      (level: string) =>
      (message: string, fields: object = {}) =>
        void lines.push({ level, message, fields: { ...inherited, ...fields } });
    const levels = {
      isLevelEnabled: () => true,
      error: at('error'),
      warn: at('warn'),
      info: at('info'),
      debug: at('debug'),
    };
    return { ...levels, child: (fields: object) => make({ ...inherited, ...fields }) } as unknown as Logger;
  };
  return { log: make({}), lines };
}

export const quietLog = (): Logger => recordingLog().log;
