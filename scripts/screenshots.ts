// Draws docs/images anew, with the words of the default catalog: the card in the page of a product, and the page of a draft.
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { DAY } from '../src/engine/time.ts';
import { launchChromium } from '../tests/browser/chromium.ts';
import { type HostOptions, startHost } from '../tests/browser/host-page.ts';
import { START } from '../tests/builders.ts';
import { databases } from '../tests/databases.ts';
import { BASE_URL, type House, openHouse } from '../tests/house.ts';
import { joined, scored, track } from '../tests/messages.ts';

const FOLDER = 'docs/images';
const WIDE = { width: 920, height: 560 };
const PHONE = { width: 360, height: 640 };
const CARDS: readonly (readonly [string, HostOptions, typeof WIDE])[] = [
  ['card-light', {}, WIDE],
  ['card-dark', { colorScheme: 'dark' }, WIDE],
  ['card-phone', {}, PHONE],
];

const [embedded] = databases;
if (embedded === undefined) throw new Error('There is no embedded database.');
const host = await startHost((user) => house.token(user));
const house = await openHouse(embedded.open, { environment: { ALLOWED_ORIGINS: host.origin } });
host.serve(house.url());
mkdirSync(FOLDER, { recursive: true });
const browser = await launchChromium();
await drawCards(browser, house);
await drawDraft(browser, house);
await browser.close();
await host.close();
await house.close();

async function drawCards(chromium: Browser, { send }: House): Promise<void> {
  const created_at = new Date(START - 200 * DAY).toISOString();
  await send([
    ...joined('ada', 'acme', START - 150 * DAY, { created_at }),
    ...[9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((ago) =>
      track('ada', 'Workflow Completed', { at: START - ago * DAY }),
    ),
  ]);
  for (const [name, options, viewport] of CARDS) {
    const isPhone = viewport === PHONE;
    const context = await chromium.newContext({ viewport, hasTouch: isPhone, isMobile: isPhone });
    const page = await context.newPage();
    await page.goto(host.page(options));
    await page.getByRole('complementary').waitFor();
    await page.waitForTimeout(1000); // the card arrives, and has come to rest
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
    await context.close();
  }
}

/** A promoter with a comment, a colleague who is one as well, and whoever looks after them. */
async function drawDraft(chromium: Browser, { send, runJobs, mails, url }: House): Promise<void> {
  const about = {
    name: 'Birch & Sons',
    csm_email: 'sam@vendor.example',
    csm_name: 'Sam Ortiz',
    created_at: new Date(START - 300 * DAY).toISOString(),
  };
  const comment = 'The monthly close takes a morning now. It used to take us three days.';
  await send([
    ...joined('ben', 'birch', START - 200 * DAY, about),
    ...joined('cleo', 'birch', START - 190 * DAY),
    scored('cleo', 9, { at: START - 20 * DAY }),
    ...[9, 7, 5, 3, 1].map((ago) => track('ben', 'Workflow Completed', { at: START - ago * DAY })),
    scored('ben', 10, { at: START, properties: { comment } }),
  ]);
  await runJobs();
  const link = /https:\S+\/d\/\S+/.exec(mails.at(-1)?.text ?? '')?.[0];
  if (link === undefined) throw new Error('No draft was opened.');
  for (const [name, viewport] of [
    ['draft', { width: 820, height: 1000 }],
    ['draft-phone', { width: 390, height: 844 }],
  ] as const) {
    const page = await chromium.newPage({ viewport });
    await page.goto(link.replace(BASE_URL, url()));
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
    await page.close();
  }
}
