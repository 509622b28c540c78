import type { Browser, BrowserContextOptions, Locator, Page, Request } from 'playwright-core';
import { databases } from '../databases.ts';
import { openHouse } from '../house.ts';
import { joined, track } from '../messages.ts';
import { CARD } from '../small-catalog.ts';
import { launchChromium } from './chromium.ts';
import { type HostOptions, startHost } from './host-page.ts';

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** The service, a product app of another origin, and a browser that looks at it. */
export async function openStage() {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  const host = await startHost((user) => house.token(user));
  const house = await openHouse(database.open, {
    catalog: {
      triggers: { card: CARD },
      templates: { 'card/title.hbs': 'Who else, {{or person.name "you"}}?' },
    },
    environment: { ALLOWED_ORIGINS: host.origin },
  });
  host.serve(house.url());
  const browser = await launchChromium();
  let users = 0;
  return {
    house,
    host,
    browser,
    /** Somebody in an account of their own. */
    newUser: async (traits: object = {}) => {
      users += 1;
      const user = `user${users}`;
      const [identified, grouped] = joined(user, `account${users}`);
      await house.send([
        { ...identified, traits: { name: 'Ada Grace', ...traits } },
        ...(grouped ? [grouped] : []),
      ]);
      return user;
    },
    /** What opens a nudge for them. */
    succeed: (user: string) => house.send([track(user, 'Workflow Completed')]),
    visit: (options: HostOptions, context: BrowserContextOptions = {}) =>
      visit(browser, host.page(options), context),
    /** The one ask of this user, as it is stored. */
    askOf: async (user: string) => {
      const { rows } = await house.db.pool.query(
        `select id, status, status_reason, delivered_at, snoozed_until, closed_at from ask where person_id = $1`,
        [user],
      );
      return rows[0];
    },
    close: async () => {
      await browser.close();
      await host.close();
      await house.close();
    },
  };
}

/** A page of the product in a browser of its own, with a clock that can be moved, once it has asked for nudges. */
async function visit(browser: Browser, address: string, options: BrowserContextOptions) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.clock.install();
  const requests = watch(page);
  const answered = page.waitForResponse((answer) => isQuestion(answer.request()));
  await page.goto(address);
  await answered;
  return { context, page, requests, card: page.getByRole('complementary') };
}

const isQuestion = (request: Request) =>
  request.method() === 'GET' && new URL(request.url()).pathname === '/v1/nudges';

/** The requests that a page makes of the service, as `GET /v1/nudges`; preflights are the browser's own affair. */
export function watch(page: Page): string[] {
  const requests: string[] = [];
  page.on('request', (request: Request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/v1/')) requests.push(`${request.method()} ${pathname}`);
  });
  return requests;
}

/** The page is in a tab that nobody looks at, or is looked at again. */
export const setVisibility = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
    document.dispatchEvent(new Event('visibilitychange'));
  `);

// A page's own function; tests run where there is none.
declare function getComputedStyle(element: unknown): Readonly<Record<string, string>>;

/** A property of how something looks, as it came out of all the styles. */
export const styleOf = (locator: Locator, property: string) =>
  locator.evaluate((element, name) => getComputedStyle(element)[name], property);
