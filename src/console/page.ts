import type { Response } from 'express';
import { type Html, html, type Piece, toText } from './html.ts';

export type Page = {
  readonly title: string;
  readonly body: Piece;
  readonly status?: number;
};

/** Sends a whole page. `base` is the path under which people reach us, without a slash at its end. */
export function sendPage(res: Response, base: string, { title, body, status = 200 }: Page): void {
  res
    .status(status)
    .type('html')
    .send(toText(layout(base, title, body)));
}

// With the header's no-referrer a browser on plain HTTP posts a form as "Origin: null", and we could not tell ours
// from a stranger's. The page's own policy says less: an origin, and only to ourselves.
function layout(base: string, title: string, body: Piece): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="same-origin">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/assets/goodturn.css">
<script src="${base}/assets/goodturn.js" defer></script>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** Said at the top of a page after something was done, or could not be. Read out at once. */
export const notice = (text: string | undefined, kind: 'done' | 'problem' = 'done'): Html | false =>
  text !== undefined &&
  html`<p class="notice ${kind}" role="${kind === 'done' ? 'status' : 'alert'}">${text}</p>`;
