// Says which test ended how, as it ends: for rings whose files take minutes.
export default class ProgressReporter {
  #started = Date.now();

  onTestCaseResult(_test, { fullName, status, duration }) {
    const minutes = new Date(Date.now() - this.#started).toISOString().slice(14, 19);
    const mark = { passed: '✓', failed: '✕' }[status] ?? '-';
    process.stderr.write(`${minutes}  ${mark} ${fullName}${duration ? ` (${(duration / 1000).toFixed(1)} s)` : ''}\n`);
  }
}
