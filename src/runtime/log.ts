import { createLogger, format, transports, type Logger } from 'winston';

export type { Logger };

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON lines on standard error, or text for people when a terminal reads them. */
export function newLogger(options: { level: LogLevel; process: string; text?: boolean }): Logger {
  const text = format.printf(({ timestamp, level, message, process: _process, ...fields }) => {
    const rest = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    return [timestamp, level, message, ...rest].join(' ');
  });
  return createLogger({
    level: options.level,
    defaultMeta: { process: options.process },
    format: format.combine(format.errors({ stack: true }), format.timestamp(), options.text ? text : format.json()),
    transports: [new transports.Console({ stderrLevels: [...logLevels] })],
  });
}
