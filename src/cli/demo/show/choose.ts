import type { Clock } from '../../../runtime/clock';
import { JsonShow } from './json';
import { PlainShow } from './plain';
import type { Show } from './show';
import { asciiSigns, TerminalShow, unicodeSigns } from './terminal';

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** A terminal that can be drawn on gets the live show; anything else, and who asks for it, plain lines. */
export function chooseShow(format: 'text' | 'json', output: Output, env: NodeJS.ProcessEnv, clock: Clock): Show {
  const write = (text: string) => void output.write(text);
  if (format === 'json') return new JsonShow(write);
  if (!output.isTTY || isSet(env.NO_COLOR) || isSet(env.CI) || env.TERM === 'dumb') return new PlainShow(write);
  const terminal = {
    get columns() {
      return output.columns ?? 80;
    },
    get rows() {
      return output.rows ?? 24;
    },
    write,
  };
  return new TerminalShow(terminal, clock, speaksUnicode(env) ? unicodeSigns : asciiSigns);
}

/** Of NO_COLOR and CI it matters only whether they are there and not empty. */
const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Terminals do today; those that say otherwise, and the kernel's own console with its small font, do not. */
function speaksUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: NodeJS.ProcessEnv): boolean {
  return TERM !== 'linux' && /^$|utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
