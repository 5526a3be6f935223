/** Whether a version such as `v1.20.2` is that of release `1.25` or a later one. */
export function atLeast(version: string, release: string): boolean {
  const [major = 0, minor = 0] = numbers(version);
  const [wantedMajor = 0, wantedMinor = 0] = numbers(release);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function numbers(version: string): number[] {
  if (!/^v?\d+\.\d+/.test(version)) throw new Error(`not a Kubernetes version: ${version}`);
  return version.replace(/^v/, '').split('.').map(Number.parseFloat);
}
