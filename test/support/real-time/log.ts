import { createLogger, transports } from 'winston';
import { newLogger, type LogLevel, type Logger } from '../../../src/runtime/log';

/** Failures are what the suite provokes: LOG=debug shows them. */
export function quiet(): Logger {
  const { LOG: level } = process.env;
  if (level) return newLogger({ level: level as LogLevel, process: 'test', text: true });
  return createLogger({ silent: true, transports: [new transports.Console()] });
}
