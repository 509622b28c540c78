import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { type ServiceProcess, startServiceProcess } from './kills/service-process.ts';

/** The service as the build makes it, with every client that is loaded only where it is configured. */
let service: ServiceProcess;
let url: string;
const folder = mkdtempSync(join(tmpdir(), 'goodturn-built-'));

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const nobody = 'http://127.0.0.1:9';
  service = startServiceProcess({
    PORT: String(port),
    DATA_DIR: folder,
    SECRET_KEY: 'sk_test',
    MAIL_FROM: 'growth@vendor.example',
    SMTP_URL: 'smtp://127.0.0.1:9',
    SEGMENT_WRITE_KEY: 'segment',
    SEGMENT_HOST: nobody,
    POSTHOG_PROJECT_KEY: 'posthog',
    POSTHOG_HOST: nobody,
  });
  expect(await service.ready, service.output()).toBeDefined();
}, 60_000);
afterAll(async () => {
  service.stop();
  await service.gone;
  rmSync(folder, { recursive: true, force: true });
});

test.each(['/readyz', '/', '/assets/goodturn.css', '/assets/goodturn.js', '/sdk/goodturn.js'])(
  'the built service answers %s',
  async (path) => {
    expect((await fetch(`${url}${path}`)).status).toBe(200);
  },
);

test('the built service asks its database through Prisma', async () => {
  const headers = { authorization: 'Bearer sk_test' };
  expect((await fetch(`${url}/v1/decisions`, { headers })).status).toBe(200);
});
