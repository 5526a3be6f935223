/** Where a value is, rendered only when an error needs it. */
export type Path = { readonly parent: Path; readonly step: string | number } | undefined;

export const at = (parent: Path, step: string | number): Path => ({ parent, step });

/** `spec.placement[2].nodeName` */
export function render(path: Path): string {
  const steps: (string | number)[] = [];
  for (let p = path; p; p = p.parent) steps.push(p.step);
  return steps.reverse().reduce<string>(join, '');
}

function join(text: string, step: string | number): string {
  if (typeof step === 'number') return `${text}[${step}]`;
  return text === '' ? step : `${text}.${step}`;
}
