import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { BASE_URL, type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { DRAFT, MAIL } from '../small-catalog.ts';
import { inChromium, launchChromium } from './chromium.ts';

const [embedded] = databases;
if (embedded === undefined) throw new Error('PGlite is always there.');

inChromium('our pages, on a phone and without script', () => {
  let house: House;
  let browser: Browser;
  let page: Page;
  const links: Record<string, string> = {};

  beforeAll(async () => {
    house = await openHouse(embedded.open, { catalog: { triggers: { draft: DRAFT, mail: MAIL } } });
    browser = await launchChromium();
    const context = await browser.newContext({
      viewport: { width: 360, height: 720 },
      hasTouch: true,
      isMobile: true,
      javaScriptEnabled: false,
    });
    page = await context.newPage();
    const at = house.now();
    const csm = { csm_email: 'sam@vendor.example', csm_name: 'Sam Ortiz', name: 'Acme' };
    await house.send([
      ...joined('ben', 'acme', at, csm),
      ...joined('ada', 'acme', at),
      track('ada', 'Kind Words', { at, properties: { text: 'It saved our quarter.' } }),
      ...joined('cleo', 'cedar', at),
      scored('cleo', 10, { at }),
    ]);
    await house.runJobs();
    const mailed = (address: string) => house.mails.find(({ to }) => to.address === address)?.text ?? '';
    const linkIn = (text: string, kind: string) =>
      new RegExp(`${BASE_URL}(/${kind}/\\S+)`).exec(text)?.[1] ?? `/no-${kind}`;
    links['draft'] = linkIn(mailed('sam@vendor.example'), 'd');
    links['advocate'] = linkIn(mailed('cleo@customer.example'), 'a');
    links['unsubscribe'] = linkIn(mailed('cleo@customer.example'), 'unsubscribe');
    await open('advocate');
    links['landing'] = new URL(await page.getByLabel('Your link').inputValue()).pathname;
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await house.close();
  });

  const open = (name: string) => page.goto(`${house.url()}${links[name]}`);

  test.each(['draft', 'advocate', 'landing', 'unsubscribe'])(
    '%s fits, and everything on it has a name',
    async (name) => {
      expect((await open(name))?.status()).toBe(200);
      const root = page.locator('html');
      expect(await root.getAttribute('lang')).toBe('en');
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      const box = await page.locator('body').boundingBox();
      expect(box?.width).toBeLessThanOrEqual(360);
      for (const role of ['textbox', 'button', 'radio', 'combobox', 'link'] as const) {
        const all = page.getByRole(role);
        const named = page.getByRole(role, { name: /\S/ });
        expect(await named.count(), `${role} with a name`).toBe(await all.count());
        for (const one of await all.all()) {
          const place = await one.boundingBox();
          if (place !== null)
            expect(place.x + place.width, `${role} within the page`).toBeLessThanOrEqual(361);
        }
      }
    },
  );

  test('an owner changes the words, and notes that they sent them', async () => {
    await open('draft');
    await page.getByLabel('Text', { exact: true }).fill('Hello Ada,\nwho else should have this?');
    await page.getByRole('button', { name: 'I sent it' }).click();
    expect(await page.getByText('Noted as sent').isVisible()).toBe(true);
    expect(await page.getByRole('heading', { name: 'What did they say?' }).isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Yes, they will' }).click();
    expect(await page.getByText('They said yes.', { exact: true }).isVisible()).toBe(true);
    const { asks } = (await house.secret('GET', '/v1/asks?account_id=acme')).json;
    expect(asks[0].status).toBe('accepted');
  });

  test('an advocate lets us name them, and introduces somebody', async () => {
    await open('advocate');
    await page.getByRole('button', { name: 'You may tell them my name' }).click();
    await page.getByLabel('Their name').fill('Jo Prospect');
    await page.getByLabel('Their work email').fill('jo@newco.example');
    await page.getByLabel('Their company').fill('Newco');
    await page.getByRole('button', { name: 'Introduce them' }).click();
    expect(await page.getByText('Jo Prospect, Newco').isVisible()).toBe(true);
    await open('landing');
    expect(await page.getByText(/Cleo/).first().isVisible()).toBe(true);
  });

  describe('whoever wants no more mail', () => {
    test('chooses how much less', async () => {
      await open('unsubscribe');
      await page.getByLabel('Nothing at all.').check();
      await page.getByRole('button', { name: 'Stop these mails' }).click();
      expect(await page.getByText('Nothing more will come.').isVisible()).toBe(true);
    });
  });
});
