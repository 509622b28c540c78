import { resolve } from 'node:path';
import { SignJWT } from 'jose';
import { type CatalogInForce, putInForce } from '../../src/catalog/in-force.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { IDENTITY_SECRET, PUBLISHABLE_KEY, SECRET_KEY, WRITE_KEY } from './keys.ts';

const TRIGGERS = resolve('tests/kills/triggers');
const TEMPLATES = resolve('templates');

/** The environment of the service; where its data is comes on top. */
export const settings = (port: number, smtpUrl: string) => ({
  PORT: String(port),
  MODE: 'live',
  TICK: '1s',
  LOG_LEVEL: 'error',
  TRIGGERS_DIR: TRIGGERS,
  TEMPLATES_DIR: TEMPLATES,
  SMTP_URL: smtpUrl,
  MAIL_FROM: 'growth@vendor.example',
  WRITE_KEY,
  SECRET_KEY,
  PUBLISHABLE_KEY,
  IDENTITY_SECRET,
});

/** The catalog that the service reads, as the checks need it. */
export async function catalogInForce(): Promise<CatalogInForce> {
  const { catalog, faults } = await readCatalog({
    triggersDir: TRIGGERS,
    templatesDir: TEMPLATES,
  });
  if (catalog === undefined)
    throw new Error(`The catalog of the kill test has faults: ${JSON.stringify(faults)}`);
  return putInForce({ ...catalog, version: 1 });
}

/** A token as the product's own backend makes it for one of its users. */
export const tokenOf = (userId: string) =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setAudience('goodturn')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(IDENTITY_SECRET));
