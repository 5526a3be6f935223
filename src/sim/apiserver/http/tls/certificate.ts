import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, der, integer, octets, oid, sequence, set, time, truth, utf8 } from './der';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const commonName = oid('2.5.4.3');
const basicConstraints = oid('2.5.29.19');
const subjectAltName = oid('2.5.29.17');
const serverAuth = sequence(oid('2.5.29.37'), octets(sequence(oid('1.3.6.1.5.5.7.3.1'))));

const day = 24 * 3600 * 1000;
const lifetime = 365 * day;

/**
 * A certificate that vouches for itself, for these names and addresses, from a day before `now` on. For a
 * server on loopback whose clients are given the certificate; the key is new each time.
 */
export function selfSigned(hosts: readonly string[], now: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const name = sequence(set(sequence(commonName, utf8('kube-apiserver'))));
  const authority = sequence(basicConstraints, truth, octets(sequence(truth)));
  const names = sequence(subjectAltName, octets(sequence(...hosts.map(hostName))));
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    name,
    sequence(time(now - day), time(now + lifetime)),
    name,
    publicKey,
    der(0xa3, sequence(authority, names, serverAuth)),
  );
  const signature = sign('sha256', body, createPrivateKey(privateKey));
  return { cert: pem(sequence(body, ecdsaWithSha256, bits(signature))), key: privateKey };
}

/** A GeneralName: an address, or a DNS name. */
function hostName(host: string): Buffer {
  switch (isIP(host)) {
    case 4:
      return der(0x87, Buffer.from(host.split('.').map(Number)));
    case 6:
      return der(0x87, ipv6(host));
    default:
      return der(0x82, Buffer.from(host, 'ascii'));
  }
}

function ipv6(host: string): Buffer {
  const [head = '', tail] = host.split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const [left, right] = [groups(head), groups(tail)];
  const zeros = new Array<string>(8 - left.length - right.length).fill('0');
  return Buffer.concat([...left, ...zeros, ...right].map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
