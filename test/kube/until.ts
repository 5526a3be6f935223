/** Polls until `look` returns something; rejects after the time given. For what kubectl wait cannot wait for. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, milliseconds = 60_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new Error(`${what}: not so after ${milliseconds / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
