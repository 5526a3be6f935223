/** For toThrow: a CsiError of this code whose message contains these words. */
export const failure = (code: string, words: string): Error =>
  expect.objectContaining({ code, message: expect.stringContaining(words) as string }) as Error;
