import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { describe, test } from 'vitest';

const PLACE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Tests in a real Chromium; says so where there is none. */
export function inChromium(name: string, tests: () => void): void {
  if (existsSync(PLACE)) describe(name, tests);
  else test.skip(`${name}: skipped, because there is no Chromium at ${PLACE} (set CHROMIUM to where it is)`);
}

/** A browser that talks to nobody but the pages it is shown. */
export const launchChromium = () =>
  chromium.launch({
    executablePath: PLACE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
