import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inChromium } from './chromium.ts';
import { openStage, type Stage, setVisibility, watch } from './stage.ts';

const MINUTE = 60_000;

inChromium('the script in a product app', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const asks = (requests: readonly string[]) =>
    requests.filter((request) => request === 'GET /v1/nudges').length;
  const asked = (requests: readonly string[], times: number) =>
    vi.waitFor(() => expect(asks(requests)).toBe(times), { timeout: 20_000 });
  const becomes = (user: string, ask: object) =>
    vi.waitFor(async () => expect(await stage.askOf(user)).toMatchObject(ask), { timeout: 15_000 });

  test('asks again no earlier than it was told, and a little later than that', async () => {
    const { page, requests, context } = await stage.visit({ user: await stage.newUser() });
    await asked(requests, 1);
    await page.clock.fastForward(0.75 * MINUTE);
    await page.waitForTimeout(300);
    expect(asks(requests)).toBe(1);
    await page.clock.fastForward(0.45 * MINUTE);
    await asked(requests, 2);
    await context.close();
  });

  test('is answered 304 as long as nothing changes, and the card stays', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { page, card, context } = await stage.visit({ user });
    await card.getByText('Who else').waitFor();
    const again = page.waitForResponse((answer) => answer.url().endsWith('/v1/nudges'));
    await page.clock.fastForward(2 * MINUTE);
    const answer = await again;
    expect([answer.status(), (await answer.request().allHeaders())['if-none-match']]).toEqual([
      304,
      expect.stringMatching(/^"/),
    ]);
    expect(await card.count()).toBe(1);
    await context.close();
  });

  test('shows a nudge seconds after what the page reports', async () => {
    const user = await stage.newUser();
    const { page, card, requests, context } = await stage.visit({ user });
    await asked(requests, 1);
    await page.locator('#run').click();
    await card.getByText('Who else').waitFor();
    const { rows } = await stage.house.db.pool.query(
      `select properties from event where person_id = $1 and name = 'Workflow Completed'`,
      [user],
    );
    expect(rows).toEqual([{ properties: '{"steps":3}' }]);
    await context.close();
  });

  test('asks at once when told to, twice more soon after, and not a hundred times', async () => {
    const { page, requests, context } = await stage.visit({ user: await stage.newUser() });
    await asked(requests, 1);
    await page.evaluate('for (let i = 0; i < 100; i += 1) Goodturn.refresh()');
    await page.clock.fastForward(1000);
    await asked(requests, 2);
    await page.clock.fastForward(4000);
    await asked(requests, 3);
    await page.clock.fastForward(11_000);
    await asked(requests, 4);
    await page.clock.fastForward(30_000);
    await page.waitForTimeout(300);
    expect(asks(requests)).toBe(4);
    await context.close();
  });

  test('asks nothing in a hidden tab, and catches up when it is looked at', async () => {
    const { page, requests, context } = await stage.visit({ user: await stage.newUser() });
    await asked(requests, 1);
    await setVisibility(page, 'hidden');
    await page.clock.fastForward(60 * MINUTE);
    await page.waitForTimeout(300);
    expect(asks(requests)).toBe(1);
    await setVisibility(page, 'visible');
    await page.clock.fastForward(10);
    await asked(requests, 2);
    await context.close();
  });

  test('asks no more once the person has decided, until there is a reason to', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { page, card, requests, context } = await stage.visit({ user });
    await card.getByRole('button', { name: 'Please don’t ask' }).click();
    await becomes(user, { status: 'declined' });
    const before = asks(requests);
    await page.clock.fastForward(60 * MINUTE);
    await page.waitForTimeout(300);
    expect(asks(requests)).toBe(before);
    await page.evaluate('Goodturn.refresh()');
    await page.clock.fastForward(1000);
    await asked(requests, before + 1);
    for (const [i, pause] of [5000, 15_000].entries()) {
      await page.clock.fastForward(pause);
      await asked(requests, before + 2 + i);
    }
    await page.waitForTimeout(300);
    await page.clock.fastForward(60 * MINUTE);
    await page.waitForTimeout(300);
    expect(asks(requests)).toBe(before + 3);
    await context.close();
  });

  test('what is decided in one tab is gone in the other at once', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const { context, page, card } = await stage.visit({ user });
    await card.getByText('Who else').waitFor();
    const second = await context.newPage();
    await second.goto(page.url());
    const twin = second.getByRole('complementary');
    await twin.getByText('Who else').waitFor();
    const requests = watch(page);
    await twin.getByRole('button', { name: 'Close' }).click();
    await card.waitFor({ state: 'detached' });
    expect(asks(requests)).toBe(0);
    await becomes(user, { status_reason: 'closed' });
    await context.close();
  });

  test('what is decided on one device is gone on the other at its next question', async () => {
    const user = await stage.newUser();
    await stage.succeed(user);
    const laptop = await stage.visit({ user });
    const phone = await stage.visit({ user });
    await laptop.card.getByText('Who else').waitFor();
    await phone.card.getByRole('button', { name: 'Later' }).click();
    await becomes(user, { snoozed_until: expect.any(Date) });
    await laptop.page.clock.fastForward(2 * MINUTE);
    await laptop.card.waitFor({ state: 'detached' });
    await Promise.all([laptop.context.close(), phone.context.close()]);
  });
});
