import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { BASE_URL } from '../house.ts';
import { inChromium } from './chromium.ts';
import type { HostOptions } from './host-page.ts';
import { openStage, type Stage, setVisibility, styleOf } from './stage.ts';

inChromium('the card in a product app', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  /** A page whose user has a nudge waiting. */
  async function withCard(options: HostOptions = {}, context: Parameters<Stage['visit']>[1] = {}) {
    const user = await stage.newUser();
    await stage.succeed(user);
    const visit = await stage.visit({ ...options, user }, context);
    await visit.card.getByText('Who else').waitFor();
    return { ...visit, user };
  }
  const becomes = (user: string, ask: object) =>
    vi.waitFor(async () => expect(await stage.askOf(user)).toMatchObject(ask), { timeout: 15_000 });

  /** From now on the service answers so, instead of what it would say. */
  const answerWith = (context: BrowserContext, nudge: object) =>
    context.route('**/v1/nudges', async (route) => {
      const response = await route.fetch();
      const { nudges, poll_after } = await response.json();
      await route.fulfill({ response, json: { nudges: [{ ...nudges[0], ...nudge }], poll_after } });
    });

  test('says what the nudge says, under a policy that lets nothing inline through', async () => {
    const { card, page, context } = await withCard();
    expect((await card.ariaSnapshot()).replace(/url: .*/, 'url')).toBe(
      [
        '- complementary "Who else, Ada Grace?":',
        '  - paragraph: Who else, Ada Grace?',
        '  - paragraph: A note is ready.',
        '  - link "Read it":',
        '    - /url',
        '  - button "Later"',
        '  - button "Please don’t ask"',
        '  - button "Close"',
      ].join('\n'),
    );
    expect(await page.evaluate('errors')).toEqual([]);
    expect(stage.host.violations).toEqual([]);
    await context.close();
  });

  test('reads its words out politely, once they are there, and leaves the focus where it was', async () => {
    const { card, page, context } = await withCard();
    expect(await card.getByText('A note is ready.').locator('..').getAttribute('aria-live')).toBe('polite');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('BODY');
    await context.close();
  });

  test('is worked by keyboard alone, and gives the focus back', async () => {
    const { card, page, user, context } = await withCard();
    await page.locator('#run').focus();
    const stops: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      await page.keyboard.press('Tab');
      const stop = card.locator(':focus');
      stops.push((await stop.getAttribute('aria-label')) ?? (await stop.textContent()) ?? '');
    }
    expect(stops).toEqual(['Read it', 'Later', 'Please don’t ask', 'Close']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await card.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.id')).toBe('run');
    await becomes(user, { status: 'declined' });
    await context.close();
  });

  test.each<[string, () => string, object]>([
    ['the ✕', () => 'Close', { status: 'ignored', status_reason: 'closed', closed_at: expect.any(Date) }],
    ['please don’t ask', () => 'Please don’t ask', { status: 'declined' }],
    ['later', () => 'Later', { status: 'delivered', snoozed_until: expect.any(Date) }],
  ])('%s takes it away and is reported', async (_what, name, ask) => {
    const { card, user, context } = await withCard();
    await card.getByRole('button', { name: name() }).click();
    await card.waitFor({ state: 'detached' });
    await becomes(user, ask);
    await context.close();
  });

  test('Escape in it is the ✕', async () => {
    const { card, page, user, context } = await withCard();
    await card.getByRole('link').focus();
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    await becomes(user, { status_reason: 'closed' });
    await context.close();
  });

  test('“later” is as long as the page says', async () => {
    const { card, user, context } = await withCard({ init: { snooze: '2d' } });
    await card.getByRole('button', { name: 'Later' }).click();
    await becomes(user, { snoozed_until: new Date(stage.house.now() + 2 * DAY) });
    await context.close();
  });

  test('the action opens a page of its own, which knows nothing of this one', async () => {
    const { card, user, context } = await withCard();
    await context.route(`${BASE_URL}/**`, (route) => route.fulfill({ body: 'the note' }));
    const [opened] = await Promise.all([context.waitForEvent('page'), card.getByRole('link').click()]);
    await opened.waitForURL(`${BASE_URL}/a/**`);
    expect(await opened.evaluate('opener')).toBeNull();
    await card.waitFor({ state: 'detached' });
    await becomes(user, { status: 'accepted', delivered_at: expect.any(Date) });
    await context.close();
  });

  test('counts as shown once it was seen for a moment, not before', async () => {
    const user = await stage.newUser();
    const { card, page, requests, context } = await stage.visit({ user });
    await stage.succeed(user);
    await page.clock.pauseAt(Date.now() + 30_000);
    await page.evaluate('Goodturn.refresh()');
    await page.clock.runFor(1000);
    await card.waitFor();
    await page.clock.runFor(100);
    await card.getByText('Who else').waitFor();
    await setVisibility(page, 'hidden');
    await page.clock.runFor(30_000);
    await page.waitForTimeout(300);
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([]);
    await setVisibility(page, 'visible');
    await page.clock.runFor(1500);
    await becomes(user, { status: 'delivered' });
    await context.close();
  });

  test('shows hostile words as words, should the service ever send any', async () => {
    const title = '<img src=x onerror="window.hacked=1"><script>hacked=2</script>&amp;';
    const { card, page, context } = await withCard();
    await answerWith(context, { title });
    await page.reload();
    await card.getByText(title, { exact: true }).waitFor();
    expect(await card.locator('img, script').count()).toBe(0);
    expect(await page.evaluate('window.hacked ?? "no"')).toBe('no');
    await context.close();
  });

  test('shows nothing whose link is no web page', async () => {
    const { card, page, context } = await withCard();
    await answerWith(context, { action: { label: 'Read it', url: ' javascript:hacked=1' } });
    await page.reload();
    await page.waitForLoadState('networkidle');
    expect(await card.count()).toBe(0);
    await context.close();
  });

  test('keeps out of the page’s styles, and the page’s styles out of it', async () => {
    const { card, context } = await withCard();
    const button = card.getByRole('button', { name: 'Later' });
    expect(await styleOf(button, 'textTransform')).toBe('none');
    expect(await styleOf(button, 'letterSpacing')).toBe('normal');
    await context.close();
  });

  test('is there again in a page that has put another body in place of its own', async () => {
    const { card, page, user, context } = await withCard();
    await page.evaluate("document.body.replaceWith(document.createElement('body'))");
    expect(await card.count()).toBe(0);
    await page.clock.fastForward(120_000);
    await card.getByRole('button', { name: 'Close' }).click();
    await becomes(user, { status_reason: 'closed' });
    await context.close();
  });

  test('stands at the other side in a page that is written from right to left', async () => {
    const viewport = { width: 900, height: 600 };
    const left = async (dir: 'ltr' | 'rtl') => {
      const { card, context } = await withCard({ dir }, { viewport });
      const { x = 0, width = 0 } = (await card.boundingBox()) ?? {};
      const close = await card.getByRole('button', { name: 'Close' }).boundingBox();
      const room = await styleOf(card.getByText('Who else'), dir === 'rtl' ? 'paddingLeft' : 'paddingRight');
      await context.close();
      return { card: x, right: viewport.width - x - width, close: (close?.x ?? 0) < x + width / 2, room };
    };
    expect(await left('rtl')).toEqual({ card: 24, right: expect.any(Number), close: true, room: '28px' });
    expect(await left('ltr')).toEqual({ card: expect.any(Number), right: 24, close: false, room: '28px' });
  });

  test('is light or dark as the page is, or as init says', async () => {
    const { card, page, context } = await withCard();
    const color = async (colorScheme: 'light' | 'dark', rootClass: string) => {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(`document.documentElement.className = '${rootClass}'`);
      return styleOf(card, 'backgroundColor');
    };
    const [light, dark] = ['rgb(255, 255, 255)', 'rgb(32, 38, 42)'];
    expect(await color('dark', 'light')).toBe(light);
    expect(await color('light', 'dark')).toBe(dark);
    expect(await color('light', 'light-dark')).toBe(light);
    expect(await color('dark', 'light-dark')).toBe(dark);
    await context.close();
    const forced = await withCard({ init: { theme: 'dark' } });
    expect(await styleOf(forced.card, 'backgroundColor')).toBe(dark);
    await forced.context.close();
  });

  test('takes the page’s own colours and words', async () => {
    const labels = { snooze: 'Später', decline: 'Bitte nicht fragen', close: 'Schließen' };
    const { card, page, context } = await withCard({ init: { labels } });
    await page.evaluate(`document.documentElement.style.setProperty('--goodturn-accent', 'rgb(1, 2, 3)')`);
    const link = card.getByRole('link');
    expect(await styleOf(link, 'backgroundColor')).toBe('rgb(1, 2, 3)');
    expect(await card.getByRole('button').allTextContents()).toEqual(['Später', 'Bitte nicht fragen', '']);
    expect(await card.getByRole('button', { name: 'Schließen' }).count()).toBe(1);
    await context.close();
  });

  test('moves only for whoever does not mind', async () => {
    const { card, page, context } = await withCard();
    expect(await styleOf(card, 'animationName')).toBe('arrive');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await styleOf(card, 'animationName')).toBe('none');
    await context.close();
  });

  test('fits a small screen with large letters', async () => {
    const { card, page, context } = await withCard({}, { viewport: { width: 320, height: 400 } });
    await page.evaluate(`document.documentElement.style.setProperty('--goodturn-font-size', '30px')`);
    const { x = -1, y = -1, width = 0, height = 0 } = (await card.boundingBox()) ?? {};
    expect([x >= 0, y >= 0, x + width <= 320, y + height <= 400]).toEqual([true, true, true, true]);
    await card.getByRole('button', { name: 'Please don’t ask' }).click();
    await card.waitFor({ state: 'detached' });
    await context.close();
  });
});
