import { type Request, type Response, Router } from 'express';
import type { Deps } from '../deps.ts';
import { readUnsubscribePage, type UnsubscribePage, unsubscribe } from '../use-cases/unsubscribe.ts';
import { formOf, rawForm } from './form.ts';
import { html } from './html.ts';
import { idIn } from './id-in.ts';
import { notice, type Page, sendPage } from './page.ts';

/**
 * Where people end our mails. A GET only shows the choice, because mail scanners open every link. The POST works for
 * the page's form and for the mail program's own button (RFC 8058): no cookie, no redirect, whichever site it is from.
 */
export function unsubscribeRoutes(deps: Deps, base: string): Router {
  const router = Router();

  router.get('/unsubscribe/:token', async (req, res) => {
    sendPage(
      res,
      base,
      choice(await readUnsubscribePage(deps, idIn(deps, 'unsubscribe', req)), deps.config.PRODUCT_NAME),
    );
  });

  router.post('/unsubscribe/:token', rawForm, async (req: Request, res: Response) => {
    const askId = idIn(deps, 'unsubscribe', req);
    const wanted = await scopeIn(req);
    await unsubscribe(deps, askId, wanted);
    sendPage(res, base, choice(await readUnsubscribePage(deps, askId), deps.config.PRODUCT_NAME));
  });

  return router;
}

/** Undefined for the mail program's button, and for a body that says nothing: a "no" is never refused for its form. */
async function scopeIn(req: Request): Promise<'asks' | 'all' | undefined> {
  const form = await formOf(req).catch(() => undefined);
  const scope = form?.get('scope');
  return scope === 'asks' || scope === 'all' ? scope : undefined;
}

function choice({ scope, byDefault }: UnsubscribePage, productName: string): Page {
  const body = html`
<h1>Mails from ${productName}</h1>
${notice(scope === null ? undefined : STANDING[scope])}
${
  scope !== 'all' &&
  html`
<form method="post">
<fieldset>
<legend>What would you like?</legend>
${scope === null && html`<label class="choice"><input type="radio" name="scope" value="asks" required${byDefault === 'asks' && CHECKED}> No more asks. News of people I introduced may still come.</label>`}
<label class="choice"><input type="radio" name="scope" value="all" required${(byDefault === 'all' || scope === 'asks') && CHECKED}> Nothing at all.</label>
</fieldset>
<p class="buttons"><button>Stop these mails</button></p>
</form>`
}`;
  return { title: `Mails from ${productName}`, body };
}

const CHECKED = html` checked`;

const STANDING = {
  asks: 'Done. You will not be asked again. News of people you introduced may still come.',
  all: 'Done. Nothing more will come.',
} as const;
