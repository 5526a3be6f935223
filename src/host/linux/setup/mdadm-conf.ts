/** Lines of an mdadm.conf with their continuations (indented lines) joined, without comments. */
function statements(text: string): string[][] {
  const lines = text.replace(/\n[ \t]+/g, ' ').split('\n');
  return lines
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/));
}

const wordsOf = (text: string, keyword: string): string[] =>
  statements(text)
    .filter(([first]) => first!.toUpperCase() === keyword)
    .flatMap((words) => words.slice(1));

/** Whether mdadm leaves every array alone that no ARRAY line names: of AUTO's words the first that fits decides. */
export const leavesArraysAlone = (text: string): boolean => wordsOf(text, 'AUTO')[0]?.toLowerCase() === '-all';

/** Whether new members get no bad-block list: of CREATE's words the last decides. */
export const makesNoBadBlockList = (text: string): boolean =>
  wordsOf(text, 'CREATE')
    .filter((word) => word.toLowerCase().startsWith('bbl='))
    .at(-1) === 'bbl=no';

const mark = '# MeshStor: its arrays are started by nobody else.';

/** The text with what is missing; everything that was there stays. */
export function withRules(text: string, rules: { readonly auto: boolean; readonly create: boolean }): string {
  const front = rules.auto && !leavesArraysAlone(text) ? `${mark}\nAUTO -all\n` : '';
  const back =
    rules.create && !makesNoBadBlockList(text)
      ? '# MeshStor: a member takes every write, or leaves.\nCREATE bbl=no\n'
      : '';
  const gap = back !== '' && text !== '' && !text.endsWith('\n') ? '\n' : '';
  return front + text + gap + back;
}
