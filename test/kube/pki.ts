import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Certificates of one run, as files in its folder: `<name>.crt` and `<name>.key` signed by `ca.crt`; `sa.{key,pub}`. */
export class Pki {
  constructor(private readonly folder: string) {
    writeFileSync(this.path('openssl.cnf'), extensions);
    this.issue('ca', '/CN=meshstor-test-ca');
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    writeFileSync(this.path('sa.key'), privateKey, { mode: 0o600 });
    writeFileSync(this.path('sa.pub'), publicKey);
  }

  server(name: string): void {
    this.issue(name, `/CN=${name}`, 'server');
  }

  /** A client that the API server knows as `user`, member of `group`. */
  client(name: string, user: string, group?: string): void {
    this.issue(name, `${group ? `/O=${group}` : ''}/CN=${user}`, 'client');
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  /** The content of a kubeconfig for a client issued before; it refers to no file. */
  kubeconfig(name: string, server: string): string {
    const base64 = (file: string): string => Buffer.from(this.read(file)).toString('base64');
    const client = { 'client-certificate-data': base64(`${name}.crt`), 'client-key-data': base64(`${name}.key`) };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64('ca.crt') } }],
      users: [{ name, user: client }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: name } }],
      'current-context': 'test',
    });
  }

  private issue(name: string, subject: string, usage?: 'server' | 'client'): void {
    const signer = usage ? ['-CA', this.path('ca.crt'), '-CAkey', this.path('ca.key')] : [];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-config', this.path('openssl.cnf'), '-extensions', usage ?? 'authority', ...signer]
        .concat(key, this.path(`${name}.key`), '-out', this.path(`${name}.crt`))
        .concat('-subj', subject, '-days', '30'),
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  }
}

const extensions = `
[req]
distinguished_name = subject
[subject]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, digitalSignature
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, DNS:kubernetes.default.svc, IP:127.0.0.1, IP:10.0.0.1
[client]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = clientAuth
`;
