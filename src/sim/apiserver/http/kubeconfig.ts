import { stringify } from 'yaml';

/** A kubeconfig for this server. `ca` is PEM; without it the server speaks plain HTTP. */
export function kubeconfigFor(url: string, token: string, ca: string | undefined): string {
  const trust = ca
    ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') }
    : // Some client libraries refuse plain HTTP without it.
      { 'insecure-skip-tls-verify': true };
  const cluster = { server: url, ...trust };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sim', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'sim', context: { cluster: 'sim', user: 'admin' } }],
    'current-context': 'sim',
  });
}
