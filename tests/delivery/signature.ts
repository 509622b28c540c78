import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'der' },
});

/** What signs the mails of a test. */
export const dkim = { domain: 'vendor.example', selector: 'goodturn', privateKey };

/** What a receiver finds of the signatures of a mail, with our key in the DNS. */
export async function verified(raw: string) {
  const record = `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`;
  return (await dkimVerify(raw, { resolver: async () => [[record]] })).results;
}
