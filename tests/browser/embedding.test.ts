import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { HOUR } from '../../src/engine/time.ts';
import { inChromium } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

inChromium('whoever embeds the script', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const becomes = (user: string, ask: object) =>
    vi.waitFor(async () => expect(await stage.askOf(user)).toMatchObject(ask), { timeout: 15_000 });

  test('a card of the page’s own gets the nudge, reports, and is told when it is over', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { page, card, context } = await stage.visit({ user, headless: true });
    await vi.waitFor(async () => expect(await page.evaluate('seen.length')).toBe(1), { timeout: 10_000 });
    expect(await page.evaluate('JSON.parse(JSON.stringify(seen[0]))')).toEqual({
      id: expect.stringMatching(/^nudge_/),
      trigger: 'card',
      title: 'Who else, Ada Grace?',
      body: 'A note is ready.',
      action: { label: 'Read it', url: expect.stringContaining('/a/') },
      expires_at: expect.any(String),
    });
    expect(await card.count()).toBe(0);
    expect(await stage.askOf(user)).toMatchObject({ status: 'open' });
    await page.evaluate('seen[0].shown()');
    await becomes(user, { status: 'delivered' });
    await page.evaluate('seen[0].accepted()');
    await becomes(user, { status: 'accepted' });
    expect(await page.evaluate('seen.length === 2 && seen[1] === undefined')).toBe(true);
    await context.close();
  });

  test('may take it from the package, as an ES module', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { page, card, context } = await stage.visit({ user, module: true });
    await card.getByText('Who else').waitFor();
    expect(await page.evaluate('typeof window.Goodturn')).toBe('undefined');
    await context.close();
  });

  test('fetches a token once, another when it has run out, and hears of one that is no good', async () => {
    const user = await stage.newUser();
    const { page, context } = await stage.visit({ user });
    const warnings: string[] = [];
    page.on('console', (message) => warnings.push(message.text()));
    const statuses: number[] = [];
    page.on('response', (answer) => {
      if (answer.url().endsWith('/v1/nudges') && answer.request().method() === 'GET')
        statuses.push(answer.status());
    });
    const given = () => stage.host.tokensGiven.filter((name) => name === user).length;
    const refresh = async () => {
      await page.evaluate('Goodturn.refresh()');
      await page.clock.fastForward(2000);
    };
    const soon = (expectation: () => void) => vi.waitFor(expectation, { timeout: 10_000 });
    await refresh();
    await soon(() => expect(statuses.at(-1)).toBe(304));
    expect(given()).toBe(1);
    stage.house.advance(2 * HOUR);
    await refresh();
    await soon(() => expect(statuses.slice(statuses.indexOf(401))).toEqual([401, 304]));
    expect(given()).toBe(2);
    await context.route('**/token*', (route) => route.fulfill({ body: 'not.a.token' }));
    stage.house.advance(2 * HOUR);
    await refresh();
    const refused = 'Goodturn: the key or the token was refused';
    await soon(() => expect(warnings.filter((text) => text.startsWith(refused))).toHaveLength(1));
    await page.clock.fastForward(HOUR);
    await page.waitForTimeout(300);
    expect(statuses.filter((status) => status === 401)).toHaveLength(3);
    await context.close();
  });

  test('loses nothing while the service is away', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { page, card, requests, context } = await stage.visit({ user });
    await card.getByText('Who else').waitFor();
    const { port } = new URL(stage.house.url());
    await stage.house.service().stop();
    await card.getByRole('button', { name: 'Please don’t ask' }).click();
    await card.waitFor({ state: 'detached' });
    await vi.waitFor(() => expect(requests.at(-1)).toMatch(/^POST /));
    await page.clock.fastForward(10_000);
    await stage.house.restart({ environment: { PORT: port } });
    expect(await stage.askOf(user)).not.toMatchObject({ status: 'declined' });
    await page.clock.fastForward(10 * 60_000);
    await becomes(user, { status: 'declined' });
    expect(await page.evaluate('errors')).toEqual([]);
    await context.close();
  });

  test('asks ever more rarely while the service is away, and at once when the network is back', async () => {
    const { page, card, requests, context } = await stage.visit({ user: await stage.newUser() });
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    await context.setOffline(true);
    await page.clock.runFor(60 * 60_000);
    expect(requests.length).toBeGreaterThan(4);
    expect(requests.length).toBeLessThan(10);
    await context.setOffline(false);
    const before = requests.length;
    await page.clock.runFor(1500);
    await vi.waitFor(() => expect(requests.length).toBe(before + 1));
    expect(await card.count()).toBe(0);
    await context.close();
  });

  test('is not shown again what was closed while the service was away, after the page was left', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { page, card, context } = await stage.visit({ user });
    await card.getByText('Who else').waitFor();
    await context.route('**/closed', (route) => route.abort());
    await card.getByRole('button', { name: 'Close' }).click();
    await card.waitFor({ state: 'detached' });
    await page.goto('about:blank');
    await context.unroute('**/closed');
    await page.goBack();
    await becomes(user, { status_reason: 'closed' });
    expect(await card.count()).toBe(0);
    await context.close();
  });

  test('may stop it, as when the user signs out', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { page, card, requests, context } = await stage.visit({ user });
    await card.getByText('Who else').waitFor();
    await page.evaluate('Goodturn.stop()');
    expect(await card.count()).toBe(0);
    const before = requests.length;
    await page.clock.fastForward(10 * 60_000);
    await page.evaluate('Goodturn.refresh()');
    await page.waitForTimeout(300);
    expect(requests.length).toBe(before);
    await context.close();
  });

  test('never has an error of ours in their page', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { page, card, context } = await stage.visit({ user });
    await card.getByText('Who else').waitFor();
    const warnings: string[] = [];
    page.on('console', (message) => warnings.push(message.text()));
    const mistakes: readonly (readonly [call: string, warning: RegExp])[] = [
      ['Goodturn.init()', /TypeError/],
      ["Goodturn.init({ key: 'sk_secret', token: 't' })", /needs the publishable key/],
      ["Goodturn.init({ key: 'pk_test' })", /needs a token/],
      ["Goodturn.init({ key: 'pk_test', token: 't', host: 'goodturn' })", /needs the host.*got "goodturn"/],
      ["Goodturn.init({ key: 'pk_test', token: () => { throw new Error('threw') } })", /Error: threw/],
      [
        "Goodturn.init({ key: 'pk_test', token: () => Promise.reject(Error('rejected')) })",
        /Error: rejected/,
      ],
      ["Goodturn.init({ key: 'pk_test', token: () => '<h1>Sign in</h1>' })", /the token is no JWT/],
      ["Goodturn.track('Odd', { self: window })", /circular|SecurityError/],
      ["Goodturn.stop(); Goodturn.track('Late')", /call init before track/],
    ];
    for (const [call, warning] of mistakes) {
      await page.evaluate(`{ ${call} }`);
      await vi.waitFor(() => expect(warnings.at(-1)).toMatch(warning), { timeout: 10_000 });
    }
    expect(await page.evaluate('errors')).toEqual([]);
    await context.close();
  });

  test('may forbid the browser to keep anything', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const context = await stage.browser.newContext();
    await context.addInitScript(`
      Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('no', 'SecurityError'); } });
    `);
    const page = await context.newPage();
    await page.goto(stage.host.page({ user }));
    const card = page.getByRole('complementary');
    await card.getByRole('button', { name: 'Close' }).click();
    await card.waitFor({ state: 'detached' });
    await becomes(user, { status_reason: 'closed' });
    expect(await page.evaluate('errors')).toEqual([]);
    await context.close();
  });
});
