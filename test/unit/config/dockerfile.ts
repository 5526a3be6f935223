import { readFileSync } from 'node:fs';

export interface Instruction {
  keyword: string;
  value: string;
}

/** The instructions of a Dockerfile, stage by stage (what stands before the first FROM is stage 0). */
export function readStages(path: string): Instruction[][] {
  const stages: Instruction[][] = [[]];
  for (const line of logicalLines(readFileSync(path, 'utf8'))) {
    const [, keyword, value] = /^(\w+)\s+(.*)$/.exec(line)!;
    if (keyword === 'FROM') stages.push([]);
    stages.at(-1)!.push({ keyword: keyword!, value: value! });
  }
  return stages;
}

/** Comments are dropped, also between continued lines, as the builder does. */
function logicalLines(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return lines
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n');
}

export const valuesOf = (stage: Instruction[], keyword: string): string[] =>
  stage.filter((instruction) => instruction.keyword === keyword).map(({ value }) => value);

/** The lines `#   <package>  <program>...` of a Dockerfile's comment. */
export function programsByPackage(path: string): Record<string, string[]> {
  const rows = [...readFileSync(path, 'utf8').matchAll(/^# {3}([a-z0-9.-]+) {2,}(.+)$/gm)];
  return Object.fromEntries(rows.map(([, name, programs]) => [name!, programs!.split(' ')]));
}
