import { stringify } from 'yaml';

/** A kubeconfig for this server. `ca` is PEM. */
export function kubeconfigFor(url: string, token: string, ca: string | undefined): string {
  const cluster = { server: url, ...(ca ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') } : {}) };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sim', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'sim', context: { cluster: 'sim', user: 'admin' } }],
    'current-context': 'sim',
  });
}
